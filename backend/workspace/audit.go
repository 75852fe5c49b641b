package workspace

import (
	"context"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Events returns the newest events of the audit trail before the one with this
// id, the newest first; 0 is from the end.
func (w *Workspace) Events(ctx context.Context, before int64, most int) ([]staff.Event, error) {
	return w.db().Events(ctx, before, most)
}

// LastToSignIn returns the id of whoever signed in last, or "".
func (w *Workspace) LastToSignIn(ctx context.Context) (string, error) {
	return w.db().LastToSignIn(ctx)
}

// Record adds something that was done to the audit trail.
func (w *Workspace) Record(ctx context.Context, e staff.Event) error {
	_, err := w.db().AddEvent(ctx, w.stamped(e))
	return err
}

// Audited does something that the audit trail has to have, and records how it
// ended. do may complete the event's person and subject. What cannot be recorded
// is not done: the event is there before, as one whose end is not known, so that
// a full disk or a kill hides nothing either. Where it was done and only its end
// cannot be recorded, that is no error, or it would be done again:
// Options.OnUnsaved is told.
func (w *Workspace) Audited(ctx context.Context, e staff.Event, do func(e *staff.Event) error) error {
	return w.AuditedUnless(ctx, e, func(error) bool { return false }, do)
}

// AuditedUnless is Audited, but for the errors of do after which nothing has
// happened that is an event: the audit trail is then as it was.
func (w *Workspace) AuditedUnless(ctx context.Context, e staff.Event, isNone func(error) bool, do func(e *staff.Event) error) error {
	e.Outcome = staff.NotFinished
	id, err := w.db().AddEvent(ctx, w.stamped(e))
	if err != nil {
		return err
	}
	err = do(&e)
	ctx = context.WithoutCancel(ctx)
	if err != nil && isNone(err) {
		_ = w.db().DropEvent(ctx, id) // or it says that it did not finish
		return err
	}
	e.ID, e.Outcome = id, profile.CodeOf(err)
	if unfinished := w.db().FinishEvent(ctx, e); unfinished != nil {
		w.Unsaved(unfinished)
	}
	return err
}

// Unsaved tells Options.OnUnsaved why something that was done could not be saved
// beside it.
func (w *Workspace) Unsaved(why error) {
	if w.options.OnUnsaved != nil {
		w.options.OnUnsaved(why)
	}
}

// Failed records that something was refused before it began.
func (w *Workspace) Failed(ctx context.Context, e staff.Event, why error) error {
	e.Outcome = profile.CodeOf(why)
	return w.Record(ctx, e)
}

func (w *Workspace) stamped(e staff.Event) staff.Event {
	if e.Here.IsZero() {
		e.Here = w.clocks.now().UTC()
	}
	return e
}

// ClinicTime returns Cliniko's time when this computer's clock says here, as
// far as it is known; here itself where nothing is.
func (w *Workspace) ClinicTime(ctx context.Context, here time.Time) time.Time {
	clock, err := w.db().Clock(ctx)
	if err != nil {
		return here // whoever reads the store next says why
	}
	return clock.Estimate(here)
}
