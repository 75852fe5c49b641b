// Package runner runs the passes of one workspace, one at a time: those that a
// person asks for, and those that keep the copy up to date in the background.
// A person's pass preempts one in the background, which resumes later.
//
// It knows no window and no permission: an Observer is told what changed, and
// Status says what is shown of it.
package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// Observer is told what changed. Its functions are called from several
// goroutines and without any lock of the runner, so they may ask for the
// Status.
type Observer struct {
	// StatusChanged is called about ten times a second at the most.
	StatusChanged func(ctx context.Context)
	// StateChanged reports that a pass has ended, here or in another process, so
	// that whatever is counted in the store may be another number now.
	StateChanged func(ctx context.Context)
	// ProfilesChanged reports that another process changed profiles, and that the
	// workspace has read them again.
	ProfilesChanged func()
	// PassEnded is given each pass of this runner that ended well, once it is
	// stored. It may be nil.
	PassEnded func(ctx context.Context, p *profile.Pass)
}

// Runner runs one pass at a time on a workspace. It is safe for concurrent use.
type Runner struct {
	workspace Workspace
	observer  Observer
	history   *history
	slot      *slot
	failures  *failures
	log       zerolog.Logger
	// passEnded and endedElsewhere tell whoever schedules passes how one ended
	// that it did not start: a person's, and another process's.
	passEnded, endedElsewhere func(error)
}

// New returns the runner of a workspace. Its first problem is what ended the
// last pass of an earlier run of the program.
func New(ctx context.Context, w Workspace, o Observer, log zerolog.Logger) *Runner {
	r := &Runner{workspace: w, observer: o, history: &history{workspace: w}, slot: &slot{}, log: log,
		failures: &failures{log: log, last: map[string]profile.Code{}}, passEnded: func(error) {}, endedElsewhere: func(error) {}}
	problem, err := r.history.lastProblem(ctx)
	r.slot.update(func(o *outcome) { o.problem = problem })
	if err == nil {
		_, err = r.history.endedElsewhere(ctx) // from now on
	}
	r.failures.record("recall the last pass", err)
	return r
}

// Cancel ends what runs and waits until it has ended. The pass is told the
// cause: ErrCancelled for a person, and syncer.ErrClosing for a program that
// ends, which leaves the pass as a kill would.
func (r *Runner) Cancel(cause error) {
	_ = r.CancelIf(cause, func(Kind) error { return nil })
}

// Running says that a pass of one of these kinds runs.
func (r *Runner) Running(kinds ...Kind) bool {
	current := r.slot.running()
	return current != nil && slices.Contains(kinds, current.kind)
}

// CancelIf is Cancel if may agrees to the kind of what runs, and returns its
// error otherwise. Nothing that begins meanwhile is cancelled.
func (r *Runner) CancelIf(cause error, may func(Kind) error) error {
	current := r.slot.running()
	if current == nil {
		return nil
	}
	if err := may(current.kind); err != nil {
		return err
	}
	current.cancel(cause)
	<-current.done
	return nil
}

// WaitUntil says that Cliniko asked to wait. The Status has it until then, or
// until the pass that runs ends.
func (r *Runner) WaitUntil(until time.Time) {
	r.slot.wait(until)
	r.observer.StatusChanged(context.Background())
}

// Status says what runs and how earlier passes ended, as of the last
// RefreshSummary.
func (r *Runner) Status() Status { return r.slot.status(time.Now()) }

// RefreshSummary reads from the store how earlier passes ended. While one runs,
// the summary of before stays.
func (r *Runner) RefreshSummary(ctx context.Context) error {
	if r.slot.running() != nil {
		return nil
	}
	summary, err := r.history.summary(ctx)
	if err == nil {
		r.slot.setSummary(summary)
	}
	return err
}

// Forget clears what the Status says of earlier passes, for a clinic that was
// disconnected.
func (r *Runner) Forget() {
	r.slot.update(func(o *outcome) { o.problem = nil })
	r.slot.setSummary(Summary{})
}

// RefreshPasses finds out whether another process has ended a pass on the same
// store, such as telehab sync in a terminal. If so, the profiles in memory are
// read again, and how that pass ended counts as if it were ours.
func (r *Runner) RefreshPasses(ctx context.Context) {
	newest, err := r.history.endedElsewhere(ctx)
	if err != nil || newest == nil {
		r.failures.record("look for other passes", err)
		return
	}
	if newest.Kind != profile.RetryPass {
		problem := problemOf(newest)
		r.slot.update(func(o *outcome) { o.record(Changes, false, problem) })
		r.endedElsewhere(problem)
	}
	renewed, err := r.workspace.Renew(ctx)
	if err != nil {
		r.failures.record("read the profiles again", err)
		return
	}
	if renewed {
		r.observer.ProfilesChanged()
	}
	r.observer.StateChanged(ctx)
}

// run runs one pass, unless another one runs that it may not preempt.
func (r *Runner) run(ctx context.Context, p *pass, do func(context.Context, syncer.Report) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p.cancel = cancel
	scheduled := p.background // whoever joins it does not change that
	if err := r.slot.begin(p); err != nil {
		return err
	}
	r.RefreshPasses(ctx) // passes of other processes, before ours is among them
	r.observer.StatusChanged(ctx)
	err := recovered(func() error {
		return do(ctx, func(progress syncer.Progress) {
			r.slot.report(progress)
			r.observer.StatusChanged(context.Background())
		})
	})
	if cause := context.Cause(ctx); cause != nil && profile.CodeOf(err) == profile.Cancelled {
		err = cause
	}
	if p.kind != Listing {
		// While it had the store's lock, no other process ended a pass.
		_, unseen := r.history.endedElsewhere(context.Background())
		r.failures.record("look for passes", unseen)
	}
	r.slot.finish(p, err)
	if errors.Is(err, syncer.ErrClosing) {
		return err
	}
	if !scheduled && p.kind != Listing {
		r.passEnded(err)
	}
	ctx = context.WithoutCancel(ctx)
	if err == nil && p.kind != Listing && r.observer.PassEnded != nil {
		r.observer.PassEnded(ctx, &p.result)
	}
	r.observer.StatusChanged(ctx)
	r.observer.StateChanged(ctx)
	return err
}

// runPass runs a pass of the engine, and keeps its result in p. That another computer
// syncs is no pass that has failed.
func (r *Runner) runPass(ctx context.Context, p *pass, do work) error {
	if err := r.workspace.MaySync(ctx); err != nil {
		return err
	}
	return r.run(ctx, p, func(ctx context.Context, report syncer.Report) error {
		engine, err := r.workspace.Engine(ctx)
		if err != nil {
			return err
		}
		p.result, err = do(ctx, engine, report)
		return err
	})
}

// recovered turns a panic into an error: a bug in one pass is no reason to hold
// up all others, or to end the program.
func recovered(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a bug: %v", r)
		}
	}()
	return do()
}
