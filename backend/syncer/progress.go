package syncer

import (
	"sync"
	"time"
)

// Phase says what a pass does now.
type Phase string

// The phases, in their order.
const (
	Listing  Phase = "listing"  // reading the client list, nothing is stored yet
	Storing  Phase = "storing"  // reading and storing, or storing what was listed
	Changes  Phase = "changes"  // asking for what is new
	Checking Phase = "checking" // comparing with what Cliniko counts
)

// Progress is how far a pass is.
type Progress struct {
	Phase     Phase
	Done      int
	Total     int           // 0: not known yet
	PerSecond float64       // 0: not known yet
	Left      time.Duration // -1: not known yet
}

// Report is told of progress, about ten times a second at the most and always
// when the phase changes. It is called from one goroutine at a time.
type Report func(Progress)

const reportEvery = 100 * time.Millisecond

// meter counts patients and tells how fast they come.
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
		m.p.Left = time.Duration(float64(m.p.Total-m.p.Done) / m.p.PerSecond * float64(time.Second))
	}
	if now.Sub(m.last) >= reportEvery || m.p.Done == m.p.Total {
		m.last = now
		m.report(m.p)
	}
}
