package syncer_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"telehab.io/desktop/backend/cliniko/contract"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// A world is the environment of a history: the network, and how time passes.
type world struct {
	listen func() (net.Listener, error)
	// timeout is how long a program waits for an answer that may never come.
	timeout time.Duration
	// patient says that waiting costs nothing, so that Cliniko may hang or make
	// requests wait as often as it likes.
	patient bool
	disk    func(folder string) (disk, error)
}

// outside is the real world: loopback sockets, and real time.
func outside(disk func(string) (disk, error)) world {
	return world{
		listen:  func() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") },
		timeout: 3 * time.Second,
		disk:    disk,
	}
}

// inBubble runs a history in which time passes at once when all goroutines
// wait. Connections are pipes, because the bubble cannot see that a socket
// waits.
func inBubble(t *testing.T, rt *rapid.T, disk func(string) (disk, error), run func(*rapid.T, world)) {
	var thrown any
	synctest.Test(t, func(*testing.T) {
		// How rapid ends a history that failed; it has to happen in its
		// goroutine.
		defer func() { thrown = recover() }()
		run(rt, world{listen: listenPipe, timeout: 20 * time.Second, patient: true, disk: disk})
	})
	switch {
	case thrown == nil:
	case fmt.Sprintf("%T", thrown) == "rapid.invalidData":
		panic(thrown) // from a line of its own, by which rapid tells it from a failure
	default:
		panic(thrown)
	}
}

// pipes are the listeners that have no socket, by their address.
var (
	pipes     sync.Map
	pipeCount atomic.Int64
)

type pipe struct {
	address pipeAddress
	accept  chan net.Conn
	closed  chan struct{}
	close   sync.Once
	mu      sync.Mutex
	ends    []net.Conn
}

type pipeAddress string

func (a pipeAddress) Network() string { return "pipe" }
func (a pipeAddress) String() string  { return string(a) }

// listenPipe listens on an address that nothing else uses: port 1 of one of the
// many loopback addresses.
func listenPipe() (net.Listener, error) {
	n := pipeCount.Add(1)
	p := &pipe{address: pipeAddress(fmt.Sprintf("127.77.%d.%d:1", n/250%250, 1+n%250)), accept: make(chan net.Conn), closed: make(chan struct{})}
	pipes.Store(p.address.String(), p)
	return p, nil
}

func (p *pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipe) Close() error {
	p.close.Do(func() {
		pipes.Delete(p.address.String())
		close(p.closed)
	})
	return nil
}

// cut ends all connections, including those that a closing server has not seen
// yet.
func (p *pipe) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, end := range p.ends {
		_ = end.Close()
	}
}

func (p *pipe) dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	p.mu.Lock()
	p.ends = append(p.ends, there)
	p.mu.Unlock()
	select {
	case p.accept <- there:
		return here, nil
	case <-p.closed:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipe) Addr() net.Addr { return p.address }

// TestMain gives Go's own transport, of which every client gets a copy, the
// pipes beside its sockets. No goroutine may be left at the end.
func TestMain(m *testing.M) {
	transport := http.DefaultTransport.(*http.Transport)
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if p, ok := pipes.Load(address); ok {
			return p.(*pipe).dial(ctx)
		}
		return dial(ctx, network, address)
	}
	flag.Parse()
	flag.Visit(func(f *flag.Flag) { onCommandLine[f.Name] = true })
	goleak.VerifyTestMain(m)
}

// door is where requests arrive at the clinic. It records what promise 4 is
// about: when which program sent a request, and when it was told to wait.
type door struct {
	clinic *fakeclinic.Clinic
	mu     sync.Mutex
	came   map[string][]fakeclinic.Request // by program
	waits  map[string][]wait
	// together says that the programs share the limit of one store.
	together bool
	inside   int           // requests whose answers are not finished
	lie      time.Duration // of the Date of answers
	lied     time.Time     // since when, by the clinic's clock
	clock    *clinicClock
	// against is the first request that breaks Cliniko's contract.
	against error
	left    sync.Cond
}

type wait struct{ from, until time.Time }

var theContract = sync.OnceValues(contract.New)

func newDoor(clinic *fakeclinic.Clinic) *door {
	d := &door{clinic: clinic, came: map[string][]fakeclinic.Request{}, waits: map[string][]wait{}}
	d.left.L = &d.mu
	return d
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer d.leave()
	who, now := r.UserAgent(), time.Now()
	d.mu.Lock()
	d.inside++
	if agreed, err := theContract(); d.against == nil {
		if err == nil {
			err = agreed.Request(r)
		}
		d.against = err
	}
	d.came[who] = append(d.came[who], fakeclinic.Request{At: now})
	d.mu.Unlock()
	d.clinic.ServeHTTP(&doorWriter{w, d, who}, r)
}

func (d *door) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inside--
	d.left.Broadcast()
}

// liesBy makes the Dates of answers wrong, for at most an hour: a Date that is
// wrong for a day is believed.
func (d *door) liesBy(lie time.Duration, clock *clinicClock) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lie, d.lied, d.clock = lie, time.Time{}, clock
}

// dateOf is the Date of an answer that Cliniko gave at a time.
func (d *door) dateOf(date string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lie == 0 {
		return date
	}
	now := d.clock.Now()
	if d.lied.IsZero() {
		d.lied = now
	}
	given, err := http.ParseTime(date)
	if err != nil || now.Sub(d.lied) > time.Hour {
		return date
	}
	return given.Add(d.lie).UTC().Format(http.TimeFormat)
}

// wait waits until no request is inside.
func (d *door) wait() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.inside > 0 {
		d.left.Wait()
	}
}

type doorWriter struct {
	http.ResponseWriter
	door *door
	who  string
}

// Unwrap is for http.ResponseController.
func (w *doorWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *doorWriter) WriteHeader(status int) {
	if status == http.StatusTooManyRequests {
		header := w.Header()
		reset, _ := strconv.ParseInt(header.Get("X-RateLimit-Reset"), 10, 64)
		date, _ := http.ParseTime(header.Get("Date"))
		now := time.Now()
		w.door.mu.Lock()
		w.door.waits[w.who] = append(w.door.waits[w.who], wait{now, now.Add(time.Unix(reset, 0).Sub(date))})
		w.door.mu.Unlock()
	} else {
		w.Header().Set("Date", w.door.dateOf(w.Header().Get("Date")))
	}
	w.ResponseWriter.WriteHeader(status)
}

// broken says how promise 4 was broken, or "". slack is how long a request may
// have been in flight when its program was told to wait.
func (d *door) broken(slack time.Duration) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.against != nil {
		return "against the contract: " + d.against.Error()
	}
	var all []fakeclinic.Request
	for _, requests := range d.came {
		all = append(all, requests...)
	}
	if n := fakeclinic.MaxInAny(all, time.Minute); d.together && n > 160 {
		return fmt.Sprintf("all programs sent %d requests in a minute", n)
	}
	for who, requests := range d.came {
		if n := fakeclinic.MaxInAny(requests, time.Minute); n > 160 {
			return fmt.Sprintf("%s sent %d requests in a minute", who, n)
		}
		for _, w := range d.waits[who] {
			if slices.ContainsFunc(requests, func(r fakeclinic.Request) bool { return r.At.After(w.from.Add(slack)) && r.At.Before(w.until) }) {
				return who + " sent a request before the reset that it was told"
			}
		}
	}
	return ""
}
