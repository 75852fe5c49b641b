package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/service"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

// The times of a watch.
const (
	// watchTick is how often it looks for what other processes have changed.
	watchTick = 15 * time.Second
	// keyringRest is how long it leaves a keyring alone that did not open: each
	// try may ask a person for the password.
	keyringRest = 5 * time.Minute
)

// watch is telehab sync --watch: it keeps the clinic that is used up to date,
// by the schedule of the window, until its context ends.
type watch struct {
	t       *Terminal
	options workspace.Options
	tick    time.Duration
	rest    time.Duration
	passed  chan struct{} // a pass has ended, here or in another process

	tried time.Time // when the keyring was tried last

	mu      sync.Mutex // a pass writes its line beside what the watch says
	problem profile.Code
	success time.Time // the last good sync when the problem was said
	noticed map[syncer.Notice]bool
	unsent  profile.Code // why nothing is sent to VALD Hub, as it was said last
}

// watchAlone refuses what a watch does not do as well.
func watchAlone(c *cobra.Command) error {
	if watching, _ := c.Flags().GetBool("watch"); !watching {
		return nil
	}
	for _, name := range []string{"demo", "full", "json", "dry-run"} {
		if flag := c.Flags().Lookup(name); flag != nil && flag.Changed {
			return fmt.Errorf("--watch cannot be used with --%s", name)
		}
	}
	return nil
}

func (t *Terminal) newWatch() *watch {
	w := &watch{t: t, options: t.options(), tick: watchTick, rest: keyringRest, passed: make(chan struct{}, 1), noticed: map[syncer.Notice]bool{}}
	w.options.Service, w.options.OnNotice = true, w.notice
	w.options.OnRemoved = func() { w.tell(profile.Because(profile.ComputerRemoved, nil), time.Time{}) }
	return w
}

// run syncs until ctx ends, which is what a watch is told to do: no error. The
// pass that runs then is left as after a kill, and resumes later.
func (w *watch) run(ctx context.Context) error {
	var before profile.Code
	for {
		opened, err := w.open(ctx)
		if err == nil {
			w.follow(ctx, opened)
			err = opened.Close()
		}
		if ctx.Err() != nil {
			return nil //nolint:nilerr // what was ended did not fail
		}
		// A store that somebody erases is missing for a moment.
		if code := profile.CodeOf(err); code != profile.StoreMissing || code == before {
			w.tell(err, time.Time{})
		}
		before = profile.CodeOf(err)
		wait := w.tick
		if isKeyring(err) {
			wait = w.rest
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// open opens the store of the clinic that is used. It makes none: what was
// erased stays erased.
func (w *watch) open(ctx context.Context) (*workspace.Workspace, error) {
	current, err := workspace.ClinicsOf(w.options).Current()
	if err != nil {
		return nil, err
	}
	if !workspace.HasStore(current) {
		return nil, errNothingToWatch
	}
	return workspace.OpenCurrent(ctx, w.options)
}

var errNothingToWatch = profile.Refuse(profile.NotConnected,
	"No clinic is connected, so nothing is synced yet. Connect it with telehab connect --as EMAIL, which reads the API key from standard input.")

var errImportCancelled = profile.Refuse(profile.Cancelled,
	"The first import was cancelled, so nothing is synced. Start it again in the window, or with telehab sync.")

// follow keeps one store up to date until ctx ends, or until it is not any more
// the one to sync: erased, replaced, or of a clinic that is not used now.
func (w *watch) follow(ctx context.Context, opened *workspace.Workspace) {
	changed := func(context.Context) {
		select {
		case w.passed <- struct{}{}:
		default: // it will be looked at anyway
		}
	}
	passes := runner.New(ctx, runner.Of(opened, time.Now), runner.Observer{
		StatusChanged: func(context.Context) {}, StateChanged: changed, ProfilesChanged: func() {},
		PassEnded: func(ctx context.Context, p *profile.Pass) { w.report(ctx, opened, p) },
	}, zerolog.Nop())
	background := runner.NewUnattended(passes, w.online)
	background.SendWith(w.sender(opened))
	w.begin(ctx, passes)
	background.Start()
	defer func() { background.Pause(syncer.ErrClosing) }() // nothing resumes it
	ticks := time.NewTicker(w.tick)
	defer ticks.Stop()
	connected := connectedAt(ctx, opened)
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.passed:
		case <-ticks.C:
			if opened.Replaced(ctx) || w.otherClinic(opened) {
				return
			}
			if now := connectedAt(ctx, opened); !now.Equal(connected) {
				connected = now
				background.Resume() // a person has connected a clinic, or replaced its key
			}
			w.retryKeyring(passes, background)
		}
		w.tellProblem(ctx, opened, passes)
	}
}

// sender sends what is due to VALD Hub, and says once why it cannot.
func (w *watch) sender(opened *workspace.Workspace) func(context.Context) error {
	send := opened.HubSender().SendDue
	return func(ctx context.Context) error {
		err := send(ctx)
		w.mu.Lock()
		defer w.mu.Unlock()
		if code := profile.CodeOf(err); ctx.Err() == nil && code != w.unsent {
			w.unsent = code
			if err != nil {
				_, _ = fmt.Fprintf(w.t.Err, "telehab: Nothing is sent to VALD Hub. %s (%s)\n", inTerminal(profile.MessageOf(err)), code)
			}
		}
		return err
	}
}

// begin takes what ended before as known.
func (w *watch) begin(ctx context.Context, passes *runner.Runner) {
	_ = passes.RefreshSummary(ctx) // tellProblem says what is wrong with the store
	w.mu.Lock()
	defer w.mu.Unlock()
	w.success = passes.Status().LastSuccess
}

// online says whether there is a network. A clinic on this computer itself needs
// none.
func (w *watch) online() bool { return w.options.ClinikoURL != "" || runner.Online() }

// otherClinic says that a person has chosen another clinic of this computer.
func (w *watch) otherClinic(opened *workspace.Workspace) bool {
	current, err := workspace.ClinicsOf(w.options).Current()
	return err == nil && current.Account != opened.SeparateAccount()
}

// connectedAt returns when the key was saved that the store has now; zero while
// no clinic is connected.
func connectedAt(ctx context.Context, opened *workspace.Workspace) time.Time {
	clinic, err := opened.Clinic(ctx)
	if err != nil {
		return time.Time{}
	}
	return clinic.Connected
}

// retryKeyring tries a keyring again that did not open: nobody tells that it
// was unlocked.
func (w *watch) retryKeyring(passes *runner.Runner, background *runner.Background) {
	if isKeyring(passes.Status().Problem) && time.Since(w.tried) >= w.rest {
		w.tried = time.Now()
		background.Resume()
	}
}

func isKeyring(err error) bool {
	code := profile.CodeOf(err)
	return code == profile.KeyringLocked || code == profile.KeyringMissing
}

// tellProblem says what keeps the copy from being up to date, once. While a pass
// runs, nobody knows.
func (w *watch) tellProblem(ctx context.Context, opened *workspace.Workspace, passes *runner.Runner) {
	if passes.Status().Progress.Phase != runner.Idle {
		return
	}
	problem := passes.RefreshSummary(ctx)
	if problem == nil {
		problem = problemOf(ctx, opened, passes)
	}
	if ctx.Err() == nil {
		w.tell(problem, passes.Status().LastSuccess)
	}
}

// problemOf returns what needs a person, or the network; nil for nothing.
func problemOf(ctx context.Context, opened *workspace.Workspace, passes *runner.Runner) error {
	status := passes.Status()
	if status.Problem != nil {
		return status.Problem
	}
	store, err := opened.Store(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return errNothingToWatch
	}
	if err != nil {
		return err
	}
	cursors, err := store.Cursors(ctx)
	if err != nil {
		return err
	}
	last, err := store.LastFull(ctx)
	if err != nil {
		return err
	}
	missing, err := store.Missing(ctx)
	switch {
	case err != nil:
		return err
	case cursors.Changed.IsZero() && last.Err == profile.Cancelled:
		return errImportCancelled
	case len(missing) > 0:
		return profile.Because(profile.Gone, nil)
	case !status.OfflineSince.IsZero():
		return profile.Because(profile.Offline, nil)
	}
	return nil
}

// tell says a problem, unless it is the one that was said last, and that it is
// over once a sync has ended well.
func (w *watch) tell(problem error, success time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	code := profile.CodeOf(problem)
	switch {
	case problem == nil && w.problem != "" && success.After(w.success):
		w.problem = ""
		_, _ = fmt.Fprintln(w.t.Err, "telehab: Syncing works again. (ok)")
		service.Report("")
	case problem != nil && code != w.problem:
		w.problem = code
		if !success.IsZero() {
			w.success = success
		}
		_, _ = fmt.Fprintf(w.t.Err, "telehab: %s (%s)\n", inTerminal(profile.MessageOf(problem)), code)
		service.Report(code)
	}
}

// notice says once what passes cope with: each would say it again.
func (w *watch) notice(n syncer.Notice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.noticed[n] {
		w.noticed[n] = true
		_, _ = fmt.Fprintf(w.t.Err, "telehab: %s (%s)\n", noticed[n], n)
	}
}

// report prints a line about a pass that brought something.
func (w *watch) report(ctx context.Context, opened *workspace.Workspace, p *profile.Pass) {
	store, err := opened.Store(ctx)
	if err != nil {
		return // tellProblem says why
	}
	changed, added, err := store.Brought(ctx, p)
	failed, failedErr := store.Failures(ctx)
	if errors.Join(err, failedErr) != nil || broughtNothing(&p.Counts, changed, added, failed) {
		return
	}
	parts := []string{clients(p.Counts.Read) + " read"}
	for _, c := range []count{{p.Counts.Synced, "synced"}, {p.Counts.Failed, needs(p.Counts.Failed) + " attention"}, {p.Counts.Archived, "archived in Cliniko"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = fmt.Fprintf(w.t.Out, "%s: %s\n", localTime(time.Now(), time.Local), strings.Join(parts, ", "))
}
