package syncer

import (
	"sync"
	"time"
)

// Phase is what a pass is doing.
type Phase string

// The phases, in their order.
const (
	Listing  Phase = "listing"  // reading the list of clients, nothing is stored yet
	Storing  Phase = "storing"  // reading and storing, or storing what was listed
	Changes  Phase = "changes"  // reading what is new
	Checking Phase = "checking" // verifying that no patient was missed
)

// Progress is how far a pass is.
type Progress struct {
	Phase     Phase
	Done      int
	Total     int           // 0: not known yet
	PerSecond float64       // 0: not known yet
	Left      time.Duration // -1: not known yet
}

// Report is called with the progress, at most about ten times a second and
// always when the phase changes. Calls do not overlap.
type Report func(Progress)

const (
	reportEvery = 100 * time.Millisecond
	maxLeft     = 100 * time.Hour
)

// meter counts patients and measures how fast they are processed.
type meter struct {
	mu      sync.Mutex
	report  Report
	now     func() time.Time
	p       Progress
	started time.Time
	before  int // done in an earlier run of the same pass
	last    time.Time
}

func newMeter(report Report, now func() time.Time) *meter {
	if report == nil {
		report = func(Progress) {}
	}
	return &meter{report: report, now: now, p: Progress{Left: -1}}
}

// phase starts a phase; done patients were handled before it.
func (m *meter) phase(phase Phase, done, total int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.p = Progress{Phase: phase, Done: done, Total: total, Left: -1}
	m.before, m.started, m.last = done, m.now(), m.now()
	m.report(m.p)
}

// add counts n more patients.
func (m *meter) add(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.p.Done += n
	if m.p.Total > 0 {
		m.p.Done = min(m.p.Done, m.p.Total)
	}
	now := m.now()
	if spent := now.Sub(m.started).Seconds(); spent > 0 {
		m.p.PerSecond = float64(m.p.Done-m.before) / spent
	}
	if m.p.PerSecond > 0 && m.p.Total > 0 {
		// In floating point, which does not overflow.
		left := float64(m.p.Total-m.p.Done) / m.p.PerSecond
		m.p.Left = time.Duration(min(left, maxLeft.Seconds()) * float64(time.Second))
	}
	if now.Sub(m.last) >= reportEvery || m.p.Done == m.p.Total {
		m.last = now
		m.report(m.p)
	}
}
