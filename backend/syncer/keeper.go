package syncer

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"telehab.io/desktop/backend/profile"
)

const (
	tickEvery = 15 * time.Second
	// sleepGap is the time between two looks at the clock from which on the
	// computer must have slept.
	sleepGap = time.Minute
)

// Duties are what a Keeper sees to. Pass and Retry are called one at a time.
type Duties struct {
	// Pass brings what is new or changed.
	Pass func(ctx context.Context) error
	// Retry reads the failed profiles again that are due.
	Retry func(ctx context.Context) error
	// NextRetry returns when the next failed profile is due, as time.Now would
	// say it; zero for none.
	NextRetry func(ctx context.Context) time.Time
	// Online says whether there is a network at all. Nothing is asked of Cliniko
	// while there is none.
	Online func() bool
	// Tick is called every 15 seconds while no pass runs. It may be nil.
	Tick func(ctx context.Context)

	// Clock is this computer's clock on the wall, which goes on while the
	// computer sleeps; nil is the real one.
	Clock func() time.Time
	// Random returns a number in [0, 1); nil is a real one.
	Random func() float64
}

// Keeper decides when the copy is brought up to date without anybody asking:
// soon after it starts, then every five minutes, when the computer wakes, when
// the window comes to the front, and when the network comes back. What it
// waits for after a trouble is in schedule.
type Keeper struct {
	duties Duties
	news   chan struct{} // something was told: look again at what is due

	mu       sync.Mutex
	schedule schedule

	// Of the goroutine in Run.
	seen      time.Time // the last look at the clock that runs by itself,
	seenWall  time.Time // and at the one on the wall
	lastRetry time.Time
}

// NewKeeper returns a keeper. It does nothing before Run.
func NewKeeper(d Duties) *Keeper {
	if d.Tick == nil {
		d.Tick = func(context.Context) {}
	}
	if d.Clock == nil {
		d.Clock = time.Now
	}
	if d.Random == nil {
		d.Random = rand.Float64
	}
	return &Keeper{duties: d, news: make(chan struct{}, 1), schedule: schedule{random: d.Random}}
}

// Focus tells that somebody looks at the window, or that the network may have
// come back: what is shown should not be older than a minute.
func (k *Keeper) Focus() { k.tell((*schedule).focused) }

// Resume tells that a person did something about what keeps the passes from
// ending well, such as a new key.
func (k *Keeper) Resume() { k.tell((*schedule).resumed) }

// Ended tells how a pass ended that somebody else started: the next one counts
// from there.
func (k *Keeper) Ended(err error) {
	k.tell(func(s *schedule, now time.Time) { s.ended(now, profile.CodeOf(err)) })
}

func (k *Keeper) tell(what func(*schedule, time.Time)) {
	k.mu.Lock()
	what(&k.schedule, time.Now())
	k.mu.Unlock()
	select {
	case k.news <- struct{}{}:
	default: // it will look anyway
	}
}

// Run sees to the duties until ctx ends. It may run again afterwards.
func (k *Keeper) Run(ctx context.Context) {
	ticks := time.NewTicker(tickEvery)
	defer ticks.Stop()
	k.look()
	k.mu.Lock()
	k.schedule.begin(time.Now())
	k.mu.Unlock()
	for ctx.Err() == nil {
		k.notice()
		do, wait := k.next(ctx)
		if do != nil && wait <= 0 {
			do(ctx)
			k.look()
			continue
		}
		var alarm <-chan time.Time
		if do != nil {
			alarm = time.After(wait)
		}
		select {
		case <-ctx.Done():
		case <-k.news:
		case <-alarm:
		case <-ticks.C:
			k.notice()
			k.duties.Tick(ctx)
			k.look()
		}
	}
}

// look notes the time from which notice measures: how long our own work took
// says nothing about sleep.
func (k *Keeper) look() { k.seen, k.seenWall = time.Now(), k.duties.Clock().Round(0) }

// notice finds out whether the computer slept, and whether there is a network.
// Some computers stop the clock that runs by itself while they sleep, others
// stop only the program.
func (k *Keeper) notice() {
	seen, seenWall := k.seen, k.seenWall
	k.look()
	counted, passed := k.seen.Sub(seen), k.seenWall.Sub(seenWall)
	online := k.duties.Online()
	k.mu.Lock()
	defer k.mu.Unlock()
	if max(counted, passed) > sleepGap {
		k.schedule.woke(k.seen, max(passed-counted, 0))
	}
	k.schedule.connected(k.seen, online)
}

// next returns what to do and how long to wait for it; nil for nothing.
func (k *Keeper) next(ctx context.Context) (do func(context.Context), wait time.Duration) {
	wanted := k.duties.NextRetry(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	pass, due := k.schedule.due()
	if !due {
		return nil, 0
	}
	do, wait = k.pass, time.Until(pass)
	// A pass that is due in a moment reads the failed profiles too.
	if retry, due := k.schedule.retryDue(wanted, k.lastRetry); due && wait > settle && time.Until(retry) < wait {
		do, wait = k.retry, time.Until(retry)
	}
	return do, wait
}

func (k *Keeper) pass(ctx context.Context) { k.Ended(k.duties.Pass(ctx)) }

// retry reads failed profiles again. It is no pass, unless it says something
// about those to come.
func (k *Keeper) retry(ctx context.Context) {
	err := k.duties.Retry(ctx)
	k.lastRetry = time.Now()
	if code := profile.CodeOf(err); profile.Unreached(code) || needsPerson(code) {
		k.Ended(err)
	}
}
