package runner

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"telehab.io/desktop/backend/profile"
)

const (
	tickEvery = 15 * time.Second
	// sleepGap is the time between two readings of the clocks from which on the
	// computer must have slept.
	sleepGap = time.Minute
)

// Tasks are what a Scheduler starts, and what it has to know for that. Pass and
// Retry are called one at a time.
type Tasks struct {
	// Pass brings what is new or changed.
	Pass func(ctx context.Context) error
	// Retry reads the unreadable profiles again that are due.
	Retry func(ctx context.Context) error
	// NextRetry returns when the next unreadable profile is due, as time.Now
	// would say it; zero for none.
	NextRetry func(ctx context.Context) time.Time
	// Online says whether there is a network at all. Nothing is asked of
	// Cliniko while there is none.
	Online func() bool
	// Tick is called every 15 seconds while no pass runs. It may be nil.
	Tick func(ctx context.Context)

	// Clock is this computer's wall clock, which advances while the computer
	// sleeps; nil is the real one.
	Clock func() time.Time
	// Random returns a number in [0, 1); nil is a real one.
	Random func() float64
}

// Scheduler decides when the copy is brought up to date without anybody asking:
// soon after it starts, then every five minutes, when the computer wakes, when
// the window comes to the front, and when the network comes back. How long it
// waits after a pass that failed is in schedule.
type Scheduler struct {
	tasks   Tasks
	changed chan struct{} // the schedule was: what is due may be something else

	mu       sync.Mutex
	schedule schedule

	// Of the goroutine in Run.
	monotonic time.Time // when the clocks were read last, by the monotonic one
	wall      time.Time // and by the wall clock
	lastRetry time.Time
}

// NewScheduler returns a scheduler. It does nothing before Run.
func NewScheduler(t Tasks) *Scheduler {
	if t.Tick == nil {
		t.Tick = func(context.Context) {}
	}
	if t.Clock == nil {
		t.Clock = time.Now
	}
	if t.Random == nil {
		t.Random = rand.Float64
	}
	return &Scheduler{tasks: t, changed: make(chan struct{}, 1), schedule: schedule{random: t.Random}}
}

// Focus says that somebody looks at the window, or that the network may have
// come back: what is shown should not be older than a minute.
func (s *Scheduler) Focus() { s.update((*schedule).focused) }

// Editing says that somebody was sent to Cliniko to change a client. For ten
// minutes, Focus wants nothing older than five seconds.
func (s *Scheduler) Editing() { s.update((*schedule).editing) }

// Resume says that a person did something about what keeps the passes from
// ending well, such as a new key.
func (s *Scheduler) Resume() { s.update((*schedule).resumed) }

// PassEnded says how a pass ended that somebody else started: the next one
// counts from there.
func (s *Scheduler) PassEnded(err error) {
	s.update(func(sc *schedule, now time.Time) { sc.passEnded(now, profile.CodeOf(err)) })
}

// EndedElsewhere is PassEnded for a pass of another process on the same store.
func (s *Scheduler) EndedElsewhere(err error) {
	s.update(func(sc *schedule, now time.Time) { sc.endedElsewhere(now, profile.CodeOf(err)) })
}

func (s *Scheduler) update(event func(*schedule, time.Time)) {
	s.mu.Lock()
	event(&s.schedule, time.Now())
	s.mu.Unlock()
	select {
	case s.changed <- struct{}{}:
	default: // Run will see it anyway
	}
}

// Run starts what is due until ctx ends. It may run again afterwards.
func (s *Scheduler) Run(ctx context.Context) {
	ticks := time.NewTicker(tickEvery)
	defer ticks.Stop()
	s.readClocks()
	s.mu.Lock()
	s.schedule.started(time.Now())
	s.mu.Unlock()
	for ctx.Err() == nil {
		s.detectChanges()
		task, wait := s.next(ctx)
		if task != nil && wait <= 0 {
			task(ctx)
			s.readClocks()
			continue
		}
		var due <-chan time.Time
		if task != nil {
			due = time.After(wait)
		}
		select {
		case <-ctx.Done():
		case <-s.changed:
		case <-due:
		case <-ticks.C:
			s.detectChanges()
			s.tasks.Tick(ctx)
			s.readClocks()
		}
	}
}

// readClocks reads the clocks from which detectChanges measures: how long a
// task took says nothing about sleep.
func (s *Scheduler) readClocks() { s.monotonic, s.wall = time.Now(), s.tasks.Clock().Round(0) }

// detectChanges finds out whether the computer slept, and whether there is a
// network. Some computers stop the monotonic clock while they sleep, others
// stop only the program.
func (s *Scheduler) detectChanges() {
	monotonic, wall := s.monotonic, s.wall
	s.readClocks()
	counted, passed := s.monotonic.Sub(monotonic), s.wall.Sub(wall)
	online := s.tasks.Online()
	s.mu.Lock()
	defer s.mu.Unlock()
	if max(counted, passed) > sleepGap {
		s.schedule.woke(s.monotonic, max(passed-counted, 0))
	}
	s.schedule.connected(s.monotonic, online)
}

// next returns what to start and how long to wait for that; nil for nothing.
func (s *Scheduler) next(ctx context.Context) (task func(context.Context), wait time.Duration) {
	wanted := s.tasks.NextRetry(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	pass, due := s.schedule.due()
	if !due {
		return nil, 0
	}
	task, wait = s.pass, time.Until(pass)
	// A pass that is due in a moment reads the unreadable profiles too.
	if retry, due := s.schedule.retryDue(wanted, s.lastRetry); due && wait > settle && time.Until(retry) < wait {
		task, wait = s.retry, time.Until(retry)
	}
	return task, wait
}

func (s *Scheduler) pass(ctx context.Context) { s.PassEnded(s.tasks.Pass(ctx)) }

// retry reads unreadable profiles again. It is no pass, unless it says
// something about those to come.
func (s *Scheduler) retry(ctx context.Context) {
	err := s.tasks.Retry(ctx)
	s.lastRetry = time.Now()
	if code := profile.CodeOf(err); profile.Unreached(code) || NeedsPerson(code) {
		s.PassEnded(err)
	}
}
