package fakeclinic

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kind is a way for one answer to go wrong. Its text is its name in the serve command's --faults.
type Kind string

// These spoil any answer. The statuses of 500 and above come with an HTML page.
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

// These change what a list of patients says; on other requests they do nothing. [Patient.Raw] spoils one for longer.
const (
	DuplicateRow   Kind = "duplicate"   // a row is there twice, so that the page has one too many
	ReplacedRow    Kind = "replaced"    // a row is there twice, in place of its neighbour
	ForeignNext    Kind = "next"        // links.next, if there is one, points to Fault.Location
	Undecodable    Kind = "undecodable" // a row has a readable id and fields of wrong types
	Unreadable     Kind = "unreadable"  // a row is not even an object
	IgnoreSort     Kind = "ignore-sort" // the default order, whatever was asked for
	IgnoreIDFilter Kind = "ignore-id"   // q[]=id:… has no effect
)

// Kinds are all of them but NoFault.
func Kinds() []Kind {
	return []Kind{
		Hang, CutBody, ServerError, BadGateway, Unavailable, GatewayTime, LoginPage, NoContent, HugeBody, BadGzip, Redirect,
		Unauthorized, Forbidden, TooMany, DuplicateRow, ReplacedRow, ForeignNext, Undecodable, Unreadable, IgnoreSort,
		IgnoreIDFilter,
	}
}

// Fault is what goes wrong with one answer. The zero value is nothing.
type Fault struct {
	Kind Kind
	// Row is the row of the page that is meant, counted from 0 and taken modulo the page's length.
	Row int
	// Wait and Skew: see Hang and TooMany.
	Wait, Skew time.Duration
	// Size of a HugeBody in bytes.
	Size int64
	// Location of a Redirect or ForeignNext; empty means a host that does not exist.
	Location string
}

// hooks are what tests hang on to the clinic.
type hooks struct {
	mu             sync.Mutex
	faults         func(Request) Fault
	beforeResponse func(Request)
	afterRequest   func(Request)
	latency        time.Duration
}

// SetFaults has every request that was let in (right key, under the limit) go through decide, which may be called from
// several goroutines at once; nil ends it.
func (c *Clinic) SetFaults(decide func(Request) Fault) {
	c.hooks.mu.Lock()
	defer c.hooks.mu.Unlock()
	c.hooks.faults = decide
}

// BeforeResponse has hook run when a request has been let in and before its answer is read from the clinic, so that
// what the hook changes is in the answer. Nothing is locked meanwhile; nil ends it.
func (c *Clinic) BeforeResponse(hook func(Request)) {
	c.hooks.mu.Lock()
	defer c.hooks.mu.Unlock()
	c.hooks.beforeResponse = hook
}

// AfterRequest has hook run when an answer has been read from the clinic and before the client has it, so that what the
// hook changes is in the next answer and not in this one. It runs for refused requests as well; nil ends it.
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

// OnRequest makes a fault of one request, by its number.
func OnRequest(n int, fault Fault) func(Request) Fault {
	return func(r Request) Fault {
		if r.N == n {
			return fault
		}
		return Fault{}
	}
}

// FromRequest makes a fault of every request from a number on, such as a key that was archived meanwhile.
func FromRequest(n int, fault Fault) func(Request) Fault {
	return func(r Request) Fault {
		if r.N >= n {
			return fault
		}
		return Fault{}
	}
}

// RandomFaults gives each kind its probability, from 0 to 1. The same seed gives the same fault to the same request number.
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
				return Fault{Kind: kind, Row: random.IntN(maximumPerPage)}
			}
			drawn -= probability[kind]
		}
		return Fault{}
	}
}

// ParseFaults reads probabilities such as "500=0.01,hang=0.002".
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
