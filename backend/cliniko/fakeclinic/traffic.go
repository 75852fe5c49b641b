package fakeclinic

import (
	"slices"
	"sync"
	"time"
)

// Request is one request to the API. Web pages are not counted.
type Request struct {
	// N is the number of the request, from 1.
	N int
	// At is when it arrived, by the server's clock.
	At time.Time
	// Path is, for example, /v1/patients; RawQuery is the query as sent.
	Method, Path, RawQuery string
	// Status is the status of the answer, or 0 if there is none yet, or the
	// connection was closed or left hanging.
	Status int
}

// requestsKept bounds the memory of a demo that is left running; tests stay far
// below it.
const requestsKept = 200_000

// traffic is the record of requests and the rate limit over them.
type traffic struct {
	mu       sync.Mutex
	count    int
	requests []Request

	limit    int
	fixed    bool
	admitted []time.Time
}

// arrive records a request and, if it counts towards the limit, returns when to
// send it again; the zero time means that it is admitted.
func (t *traffic) arrive(r Request, counts bool) (numbered Request, reset time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	r.N = t.count
	if len(t.requests) == requestsKept {
		t.requests = slices.Delete(t.requests, 0, requestsKept/2)
	}
	t.requests = append(t.requests, r)
	if counts {
		reset = t.admit(r.At)
	}
	return r, reset
}

func (t *traffic) admit(now time.Time) (reset time.Time) {
	if t.limit <= 0 {
		return time.Time{}
	}
	start := now.Add(-rateWindow)
	if t.fixed {
		start = now.Truncate(rateWindow).Add(-1)
	}
	t.admitted = slices.DeleteFunc(t.admitted, func(at time.Time) bool { return !at.After(start) })
	if len(t.admitted) < t.limit {
		t.admitted = append(t.admitted, now)
		return time.Time{}
	}
	if t.fixed {
		return now.Truncate(rateWindow).Add(rateWindow)
	}
	return t.admitted[0].Add(rateWindow)
}

func (t *traffic) answered(n, status int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.requests) == 0 {
		return
	}
	if at := n - t.requests[0].N; at >= 0 && at < len(t.requests) {
		t.requests[at].Status = status
	}
}

// Requests returns the requests that have arrived, in order. Only the newest
// 200,000 are kept.
func (c *Clinic) Requests() []Request {
	c.traffic.mu.Lock()
	defer c.traffic.mu.Unlock()
	return slices.Clone(c.traffic.requests)
}

// RequestCount is how many requests have arrived so far.
func (c *Clinic) RequestCount() int {
	c.traffic.mu.Lock()
	defer c.traffic.mu.Unlock()
	return c.traffic.count
}

// ForgetRequests empties the record, without affecting numbering and the rate
// limit.
func (c *Clinic) ForgetRequests() {
	c.traffic.mu.Lock()
	defer c.traffic.mu.Unlock()
	c.traffic.requests = nil
}

// SetLimit changes how many requests a minute are admitted; zero means no
// limit.
func (c *Clinic) SetLimit(perMinute int) {
	c.traffic.mu.Lock()
	defer c.traffic.mu.Unlock()
	c.traffic.limit = perMinute
}

// MaxInAny is the largest number of recorded requests that arrived within any
// window of this length: of two requests exactly that far apart, only one is in
// it.
func (c *Clinic) MaxInAny(window time.Duration) int {
	return MaxInAny(c.Requests(), window)
}

// MaxInAny is [Clinic.MaxInAny] for a selection of requests.
func MaxInAny(requests []Request, window time.Duration) int {
	times := make([]time.Time, len(requests))
	for i, r := range requests {
		times[i] = r.At
	}
	slices.SortFunc(times, time.Time.Compare)
	most, first := 0, 0
	for last := range times {
		for !times[last].Before(times[first].Add(window)) {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}
