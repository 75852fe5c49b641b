package fakeclinic

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kind is a kind of fault in one answer. Its text is its name in the serve
// command's --faults.
type Kind string

// These affect any answer. Statuses of 500 and above come with an HTML page.
const (
	NoFault Kind = ""

	Hang         Kind = "hang" // no answer until the client gives up, or Fault.Wait is over and the connection is cut
	CutBody      Kind = "cut"  // the connection ends half way through the body
	ServerError  Kind = "500"
	BadGateway   Kind = "502"
	Unavailable  Kind = "503"
	GatewayTime  Kind = "504"
	LoginPage    Kind = "login-page" // 200 with HTML
	NoContent    Kind = "204"
	HugeBody     Kind = "huge"     // a list of Fault.Size bytes, 64 MiB unless given
	BadGzip      Kind = "bad-gzip" // Content-Encoding: gzip over something else
	Redirect     Kind = "redirect" // to Fault.Location
	Unauthorized Kind = "401"
	Forbidden    Kind = "403"
	TooMany      Kind = "429" // with a reset Fault.Wait (60 s unless given) from now, put off by Fault.Skew
)

// These change a list of patients, and have no effect on other requests.
// [Patient.Raw] makes a patient unreadable permanently.
const (
	DuplicateRow   Kind = "duplicate"   // a row appears twice, so that the page has one too many
	ReplacedRow    Kind = "replaced"    // a row appears twice, replacing its neighbour
	ForeignNext    Kind = "next"        // links.next, if there is one, points to Fault.Location
	Undecodable    Kind = "undecodable" // a row has a readable id and fields of wrong types
	Unreadable     Kind = "unreadable"  // a row is not even an object
	IgnoreSort     Kind = "ignore-sort" // the default order, whatever was asked for
	IgnoreIDFilter Kind = "ignore-id"   // q[]=id:… has no effect
	WrongCount     Kind = "count"       // total_entries is Fault.Count
	CountOff       Kind = "count-off"   // total_entries is Fault.Count too many, or too few if that is negative
)

// Kinds returns all kinds except NoFault.
func Kinds() []Kind {
	return []Kind{
		Hang, CutBody, ServerError, BadGateway, Unavailable, GatewayTime, LoginPage, NoContent, HugeBody, BadGzip, Redirect,
		Unauthorized, Forbidden, TooMany, DuplicateRow, ReplacedRow, ForeignNext, Undecodable, Unreadable, IgnoreSort,
		IgnoreIDFilter, WrongCount, CountOff,
	}
}

// Fault is what goes wrong with one answer. The zero value is no fault.
type Fault struct {
	Kind Kind
	// Row is the affected row of the page, counted from 0, modulo the page's
	// length.
	Row int
	// Wait and Skew: see Hang and TooMany.
	Wait, Skew time.Duration
	// Size of a HugeBody in bytes.
	Size int64
	// Count: see WrongCount and CountOff.
	Count int64
	// Location of a Redirect or ForeignNext; empty means a host that does not
	// exist.
	Location string
}

// hooks are the tests' hooks into the clinic.
type hooks struct {
	mu             sync.Mutex
	faults         func(Request) Fault
	beforeResponse func(Request)
	afterRequest   func(Request)
	latency        time.Duration
}

// SetFaults calls decide for every admitted request (right key, under the
// limit), possibly from several goroutines at once; nil ends it.
func (c *Clinic) SetFaults(decide func(Request) Fault) {
	c.hooks.mu.Lock()
	defer c.hooks.mu.Unlock()
	c.hooks.faults = decide
}

// BeforeResponse calls hook after a request is admitted and before its answer
// is read from the clinic, so that the hook's changes are in the answer. No
// lock is held meanwhile; nil ends it.
func (c *Clinic) BeforeResponse(hook func(Request)) {
	c.hooks.mu.Lock()
	defer c.hooks.mu.Unlock()
	c.hooks.beforeResponse = hook
}

// AfterRequest calls hook after an answer is read from the clinic and before
// the client has it, so that the hook's changes are in the next answer and not
// in this one. It also runs for refused requests; nil ends it.
func (c *Clinic) AfterRequest(hook func(Request)) {
	c.hooks.mu.Lock()
	defer c.hooks.mu.Unlock()
	c.hooks.afterRequest = hook
}

// SetLatency changes how long the API takes to answer.
func (c *Clinic) SetLatency(latency time.Duration) {
	c.hooks.mu.Lock()
	defer c.hooks.mu.Unlock()
	c.hooks.latency = latency
}

func (h *hooks) fault(r Request) Fault {
	h.mu.Lock()
	decide := h.faults
	h.mu.Unlock()
	if decide == nil {
		return Fault{}
	}
	return decide(r)
}

func (h *hooks) before(r Request) {
	h.mu.Lock()
	hook := h.beforeResponse
	h.mu.Unlock()
	if hook != nil {
		hook(r)
	}
}

func (h *hooks) after(r Request) {
	h.mu.Lock()
	hook := h.afterRequest
	h.mu.Unlock()
	if hook != nil {
		hook(r)
	}
}

func (h *hooks) delay() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.latency
}

// OnRequest gives one request, by its number, a fault.
func OnRequest(n int, fault Fault) func(Request) Fault {
	return func(r Request) Fault {
		if r.N == n {
			return fault
		}
		return Fault{}
	}
}

// FromRequest gives every request from a number on a fault, such as that of a
// key that was archived meanwhile.
func FromRequest(n int, fault Fault) func(Request) Fault {
	return func(r Request) Fault {
		if r.N >= n {
			return fault
		}
		return Fault{}
	}
}

// randomCounts are the Fault.Count of RandomFaults.
var randomCounts = []int64{1, -1, 100, -100, 0, 1_000_000, 1_000_000_000, 1_000_000_000_000, math.MaxInt64}

// count is the total_entries of a list.
func (f Fault) count(people int) int64 {
	switch f.Kind {
	case WrongCount:
		return f.Count
	case CountOff:
		return max(0, int64(people)+f.Count)
	}
	return int64(people)
}

// RandomFaults draws each kind of fault with its probability, from 0 to 1. The
// same seed gives the same request number the same fault.
func RandomFaults(seed uint64, probability map[Kind]float64) func(Request) Fault {
	kinds := make([]Kind, 0, len(probability))
	for kind := range probability {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return func(r Request) Fault {
		random := rand.New(rand.NewPCG(seed, uint64(r.N)))
		drawn := random.Float64()
		for _, kind := range kinds {
			if drawn < probability[kind] {
				return Fault{Kind: kind, Row: random.IntN(maximumPerPage), Count: randomCounts[random.IntN(len(randomCounts))]}
			}
			drawn -= probability[kind]
		}
		return Fault{}
	}
}

// ParseFaults parses probabilities such as "500=0.01,hang=0.002".
func ParseFaults(text string) (map[Kind]float64, error) {
	probability := map[Kind]float64{}
	if text == "" {
		return probability, nil
	}
	sum := 0.0
	for part := range strings.SplitSeq(text, ",") {
		name, number, _ := strings.Cut(strings.TrimSpace(part), "=")
		kind := Kind(name)
		if !slices.Contains(Kinds(), kind) {
			return nil, fmt.Errorf("read faults: unknown kind %q, known are %q", name, Kinds())
		}
		p, err := strconv.ParseFloat(number, 64)
		if err != nil || !(p >= 0 && p <= 1) {
			return nil, fmt.Errorf("read faults: probability of %s must be from 0 to 1, not %q", name, number)
		}
		probability[kind] = p
		sum += p
	}
	if sum > 1 {
		return nil, fmt.Errorf("read faults: the probabilities add up to %g, more than 1", sum)
	}
	return probability, nil
}
