package runner

import (
	"context"
	"sync"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// Background starts passes that nobody asked for. A Scheduler decides when;
// the Status shows how they ended, and marks them while they run.
type Background struct {
	runner     *Runner
	scheduler  *Scheduler
	online     func() bool
	unattended bool // begins the first import too
	send       func(context.Context) error
	wake       chan struct{} // there may be something to send

	mu     sync.Mutex
	stop   func() // ends the scheduler and waits for that; nil while it does not run
	paused int    // how many pauses are not resumed yet
}

// NewBackground returns what keeps the runner's workspace up to date. It does
// nothing before Start. online says whether there is a network at all.
func NewBackground(r *Runner, online func() bool) *Background {
	b := &Background{runner: r, online: online, wake: make(chan struct{}, 1)}
	b.scheduler = NewScheduler(Tasks{Pass: b.Pass, Retry: b.Retry, NextRetry: b.NextRetry, Online: b.checkOnline, Tick: b.tick})
	r.passEnded, r.endedElsewhere = b.thenSend(b.scheduler.PassEnded), b.thenSend(b.scheduler.EndedElsewhere)
	return b
}

// NewUnattended is NewBackground where nobody sits at a window: it begins the
// first import too, as telehab sync does, since nobody else would. One that a
// person cancelled waits for a person here as well.
func NewUnattended(r *Runner, online func() bool) *Background {
	b := NewBackground(r, online)
	b.unattended = true
	return b
}

// Start begins to start passes when they are due, the first one soon. It does
// nothing while paused, or when already started.
func (b *Background) Start() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.paused > 0 || b.stop != nil {
		return
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	ended := make(chan struct{})
	b.stop = func() {
		cancel(syncer.ErrClosing)
		<-ended
	}
	go func() {
		defer close(ended)
		var all sync.WaitGroup
		all.Go(func() { b.runner.workspace.Follow(ctx, b.Resume) })
		all.Go(func() { b.scheduler.Run(ctx) })
		if b.send != nil {
			all.Go(func() { b.sendWhenDue(ctx) })
		}
		all.Wait()
	}()
}

// Pause ends what runs, and nothing starts until resume is called, whoever asks
// for it; with several pauses, until each is resumed. The cause is as for
// Runner.Cancel.
func (b *Background) Pause(cause error) (resume func()) {
	b.mu.Lock()
	b.paused++
	stop := b.stop
	b.mu.Unlock()
	b.runner.slot.hold() // before what runs is cancelled, or another begins
	b.runner.Cancel(cause)
	if stop != nil {
		stop()
	}
	b.mu.Lock()
	b.stop = nil
	b.mu.Unlock()
	return func() {
		b.mu.Lock()
		b.paused--
		b.mu.Unlock()
		b.runner.slot.release()
		b.Start()
	}
}

// Focus reports that somebody looks at what is shown, or that the network may
// have come back: it should not be older than a minute.
func (b *Background) Focus() { b.scheduler.Focus() }

// Editing reports that somebody was sent to Cliniko to change a client: on coming
// back they find what they changed.
func (b *Background) Editing() { b.scheduler.Editing() }

// Resume reports that a person did something about what kept passes from ending
// well, such as a new key: the problem is forgotten, and a pass starts soon.
func (b *Background) Resume() {
	b.runner.slot.update(func(o *outcome) { o.problem = nil })
	b.scheduler.Resume()
}

// Reached reports that Cliniko has answered somebody: after a pass that did not
// reach it, the next one need not wait for its turn.
func (b *Background) Reached() {
	missed := false
	b.runner.slot.update(func(o *outcome) { missed = profile.Unreached(profile.CodeOf(o.problem)) })
	if missed {
		b.scheduler.Resume()
	}
}

// Pass brings what is new or changed, or resumes an import that was cut off. It
// does nothing before the first import, unless it is unattended, and after one
// that a person cancelled.
func (b *Background) Pass(ctx context.Context) error {
	kind, err := b.next(ctx)
	if err != nil || kind == "" {
		b.runner.failures.record("look for what to do", err)
		return err
	}
	p := newBackgroundPass(kind)
	if kind == Full {
		p.phase, p.resumed = syncer.Storing, true
	}
	err = b.runner.runPass(ctx, p, func(ctx context.Context, e *syncer.Engine, report syncer.Report) (profile.Pass, error) {
		result, err := e.Changes(ctx, report)
		if err != nil || result.Kind != profile.ChangesPass || !b.runner.slot.closeToJoins(p) {
			return result, err
		}
		return changes(ctx, e, report) // whoever joined it expects that
	})
	b.runner.failures.record("sync by itself", err)
	if err == nil {
		b.SendSoon()
	}
	return err
}

// next returns what kind of pass is to run next; "" for none.
func (b *Background) next(ctx context.Context) (Kind, error) {
	store, err := b.runner.workspace.Store(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	cursors, err := store.Cursors(ctx)
	if err != nil {
		return "", err
	}
	if !cursors.Changed.IsZero() {
		return Changes, nil
	}
	last, err := store.LastFull(ctx)
	if err == nil && (b.unattended || isUnfinished(&last)) && last.Err != profile.Cancelled {
		return Full, nil
	}
	return "", err
}

// Retry reads the unreadable profiles again that are due.
func (b *Background) Retry(ctx context.Context) error {
	err := b.runner.runPass(ctx, newBackgroundPass(Retry), func(ctx context.Context, e *syncer.Engine, _ syncer.Report) (profile.Pass, error) {
		return e.Retry(ctx)
	})
	b.runner.failures.record("read failed profiles again", err)
	return err
}

// NextRetry returns when the next unreadable profile is due, as time.Now would
// say it; zero for none.
func (b *Background) NextRetry(ctx context.Context) time.Time {
	store, err := b.runner.workspace.Store(ctx)
	if err != nil {
		return time.Time{} // the next pass says why
	}
	due, err := store.Retries(ctx)
	if err != nil || len(due) == 0 {
		return time.Time{}
	}
	// The store's times are Cliniko's; the scheduler waits by the monotonic
	// clock.
	return time.Now().Add(due[0].At.Sub(b.runner.workspace.ClinicTime(ctx)))
}

// checkOnline says whether there is a network, and records since when there is
// none.
func (b *Background) checkOnline() bool {
	online, changed := b.online(), false
	b.runner.slot.update(func(o *outcome) { changed = o.setOnline(online) })
	if changed {
		b.runner.observer.StatusChanged(context.Background())
	}
	return online
}

func (b *Background) tick(ctx context.Context) {
	if b.runner.slot.running() == nil {
		b.runner.RefreshPasses(ctx)
	}
}
