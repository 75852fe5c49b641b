package syncer_test

import (
	"slices"
	"sync"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// A plan says what happens while a pass runs, by the number of the request
// during which it happens, counted from 1.
type plan struct {
	Events []event
	Faults map[int]fakeclinic.Fault
	// Kill ends the program at a request (positive), or after so many stored
	// batches that changed something (negative); 0 lets it live.
	Kill int
	// Beside is what a second process does meanwhile, or "".
	Beside  passKind
	Latency time.Duration // of each answer, by the clinic's clock
	Lie     time.Duration // of each answer's Date, for at most an hour
}

// event is a move at a request, before its answer is read from the clinic or
// before the client has it.
type event struct {
	At    int
	After bool
	Move  move
	Open  bool          // a person opens the patient instead
	Skew  time.Duration // this computer's clock is set instead, when not 0
}

type passKind string

const (
	fullPass    passKind = "full"
	changesPass passKind = "changes"
	askedPass   passKind = "asked"
	importPass  passKind = "list and import"
	retryPass   passKind = "retry"
	onePatient  passKind = "one patient"
)

var passKinds = rapid.SampledFrom([]passKind{changesPass, changesPass, changesPass, askedPass, askedPass, fullPass, fullPass, importPass, retryPass})

// requestNumbers are small, since most passes have few requests.
var requestNumbers = rapid.IntRange(1, 9)

var events = rapid.Custom(func(t *rapid.T) event {
	e := event{At: requestNumbers.Draw(t, "at"), After: rapid.Bool().Draw(t, "after")}
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		e.Open, e.Move.Who = true, rapid.IntRange(0, 400).Draw(t, "who")
	case 1:
		e.Skew = skews.Draw(t, "skew")
	default:
		e.Move = moves.Draw(t, "move")
	}
	return e
})

// busyEvents are what people do during the pages that matter.
var busyEvents = rapid.Custom(func(t *rapid.T) event {
	return event{At: rapid.SampledFrom([]int{1, 1, 2, 3}).Draw(t, "at"), After: rapid.IntRange(0, 3).Draw(t, "before") != 3, Move: move{
		What: rapid.SampledFrom([]string{edited, edited, edited, edited, archived, merged, created, removed, removed}).Draw(t, "what"), Many: 1,
		Who: rapid.IntRange(0, 400).Draw(t, "who"), To: rapid.IntRange(0, 400).Draw(t, "to"),
	}}
})

var skews = rapid.Custom(func(t *rapid.T) time.Duration {
	return time.Duration(rapid.IntRange(-24*60, 24*60).Draw(t, "minutes")) * time.Minute
})

// lies are further than this computer's clock is ever set.
var lies = rapid.Custom(func(t *rapid.T) time.Duration {
	lie := time.Duration(rapid.IntRange(20*24*60, 40*24*60).Draw(t, "minutes")) * time.Minute
	if rapid.Bool().Draw(t, "behind") {
		return -lie
	}
	return lie
})

// Faults by what an engine makes of them.
var (
	// slowFaults cost real time outside a bubble, and so are rare there.
	slowFaults = []fakeclinic.Kind{fakeclinic.Hang, fakeclinic.HugeBody, fakeclinic.TooMany}
	// wrongPages are wrong answers that look right.
	wrongPages = []fakeclinic.Kind{fakeclinic.DuplicateRow, fakeclinic.ReplacedRow, fakeclinic.Undecodable, fakeclinic.Undecodable,
		fakeclinic.Unreadable, fakeclinic.ForeignNext, fakeclinic.IgnoreSort, fakeclinic.IgnoreIDFilter}
	quickFaults = slices.DeleteFunc(fakeclinic.Kinds(), func(k fakeclinic.Kind) bool {
		return slices.Contains(slowFaults, k) || slices.Contains(wrongPages, k)
	})
)

func faultsIn(w world) *rapid.Generator[fakeclinic.Fault] {
	return rapid.Custom(func(t *rapid.T) fakeclinic.Fault {
		f := fakeclinic.Fault{Row: rapid.IntRange(0, 99).Draw(t, "row"), Size: 17 << 20, Count: wrongCounts.Draw(t, "count").Count}
		switch slow := rapid.IntRange(0, 99).Draw(t, "slow"); {
		case w.patient && slow < 30, slow == 99:
			f.Kind = rapid.SampledFrom(slowFaults).Draw(t, "kind")
		case slow%2 == 0:
			f.Kind = rapid.SampledFrom(wrongPages).Draw(t, "kind")
		default:
			f.Kind = rapid.SampledFrom(quickFaults).Draw(t, "kind")
		}
		if f.Kind == fakeclinic.TooMany {
			f.Wait = time.Nanosecond // which a client rounds up to a second
			if w.patient {
				f.Wait = time.Duration(rapid.IntRange(1, 90).Draw(t, "wait")) * time.Second
			}
		}
		return f
	})
}

var latencies = []time.Duration{0, 0, 40 * time.Millisecond, 700 * time.Millisecond, 3 * time.Second}

func plansIn(w world) *rapid.Generator[plan] {
	faults := faultsIn(w)
	return rapid.Custom(func(t *rapid.T) plan {
		p := plan{Latency: rapid.SampledFrom(latencies).Draw(t, "latency")}
		if rapid.IntRange(0, 4).Draw(t, "truth") == 4 {
			p.Lie = lies.Draw(t, "lie")
		}
		switch rapid.IntRange(0, 5).Draw(t, "weather") {
		case 0: // a quiet pass
			return p
		case 1:
			p.Faults = rapid.MapOfN(requestNumbers, faults, 1, 3).Draw(t, "faults")
		default:
			p.Events = rapid.SliceOfN(events, 1, 5).Draw(t, "events")
			p.Faults = rapid.MapOfN(requestNumbers, faults, 0, 2).Draw(t, "faults")
		}
		if rapid.IntRange(0, 3).Draw(t, "killed") == 0 {
			p.Kill = rapid.IntRange(-5, 9).Draw(t, "kill")
		}
		if rapid.IntRange(0, 3).Draw(t, "accompanied") == 0 {
			p.Beside = rapid.SampledFrom([]passKind{fullPass, changesPass, retryPass, onePatient}).Draw(t, "beside")
		}
		return p
	})
}

// disturbed reports whether the clinic may have changed during the pass.
func (p plan) disturbed() bool { return len(p.Events) > 0 || p.Kill != 0 || p.Beside != "" }

// spoilsRows reports whether an answer about a patient was wrong.
func (p plan) spoilsRows() bool {
	for _, f := range p.Faults {
		if f.Kind == fakeclinic.Undecodable || f.Kind == fakeclinic.Unreadable {
			return true
		}
	}
	return false
}

// conductor carries out a plan from the fake's hooks.
type conductor struct {
	plan plan
	mu   sync.Mutex
	base int // the number of the last request before the pass
	done []bool
	do   func(event)
	kill func()
	tick func(time.Duration)
}

func (c *conductor) install(fake *fakeclinic.Clinic) {
	c.base, c.done = fake.RequestCount(), make([]bool, len(c.plan.Events))
	fake.SetFaults(func(r fakeclinic.Request) fakeclinic.Fault { return c.plan.Faults[r.N-c.base] })
	fake.BeforeResponse(func(r fakeclinic.Request) { c.at(r, false) })
	fake.AfterRequest(func(r fakeclinic.Request) {
		c.at(r, true)
		c.tick(c.plan.Latency)
	})
}

func uninstall(fake *fakeclinic.Clinic) {
	fake.SetFaults(nil)
	fake.BeforeResponse(nil)
	fake.AfterRequest(nil)
}

func (c *conductor) at(r fakeclinic.Request, after bool) {
	n := r.N - c.base
	for i, e := range c.plan.Events {
		if e.At == n && e.After == after && c.first(i) {
			c.do(e)
		}
	}
	if c.plan.Kill == n && after {
		c.kill()
	}
}

func (c *conductor) first(i int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.done[i]
	c.done[i] = true
	return !before
}
