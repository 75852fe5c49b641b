package session

import (
	"context"
	"time"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// event is what the person of this session does.
func (s *Session) event(action staff.Action, subject string) staff.Event {
	return staff.Event{Here: s.here(), Person: s.Person().ID, Action: action, Subject: subject}
}

// here is the time by this computer's clock.
func (s *Session) here() time.Time { return s.options.Clock().UTC() }

// record adds to the audit trail what the person has done.
func (s *Session) record(ctx context.Context, action staff.Action, subject string) error {
	return s.workspace.Record(ctx, s.event(action, subject))
}

// Recorded does something for whoever has what it needs, with an event as by
// recordUnlessWrong.
//
// Errors: SignedOut, NotPermitted, those of do and of the store.
func (s *Session) Recorded(ctx context.Context, n Needs, action staff.Action, subject string, do func() error) error {
	if err := s.Require(n); err != nil {
		return err
	}
	return s.recordUnlessWrong(ctx, s.event(action, subject), func(*staff.Event) error { return do() })
}

// recordAround adds an event before it is done and completes it afterwards,
// with how it ended. What cannot be recorded is not done: see
// Workspace.Audited. It counts from now: the event may have been made before a
// dialog or a question that waited for hours.
func (s *Session) recordAround(ctx context.Context, e staff.Event, do func(e *staff.Event) error) error {
	e.Here = s.here()
	return s.workspace.Audited(ctx, e, do)
}

// recordUnlessWrong is recordAround, but what was typed in wrongly is no event,
// nor is a password that was not compared.
func (s *Session) recordUnlessWrong(ctx context.Context, e staff.Event, do func(e *staff.Event) error) error {
	e.Here = s.here()
	return s.workspace.AuditedUnless(ctx, e, func(err error) bool {
		code := profile.CodeOf(err)
		return code == profile.Invalid || code == profile.NotFound || account.Delayed(err)
	}, do)
}

// recordRefused adds to the audit trail that somebody tried to sign in with a
// wrong email or password. A try that had to wait is no line: nobody fills the
// trail by trying.
func recordRefused(ctx context.Context, w *workspace.Workspace, o Options, email string, refused error) {
	recordRefusedOf(ctx, w, o, refused, func() (string, error) { return w.Accounts.ID(ctx, email) })
}

// recordRefusedAs is recordRefused for whoever has the id.
func recordRefusedAs(ctx context.Context, w *workspace.Workspace, o Options, id string, refused error) {
	recordRefusedOf(ctx, w, o, refused, func() (string, error) {
		if known, err := w.Accounts.Has(ctx, id); err != nil || !known {
			return "", err
		}
		return id, nil
	})
}

// recordWrongPIN is recordRefusedAs for a PIN that was compared, with a further
// line where no other one will be. So nobody fills the trail by trying either.
func recordWrongPIN(ctx context.Context, w *workspace.Workspace, o Options, id string, refused error) {
	if account.NeedsPassword(refused) {
		return
	}
	recordRefusedAs(ctx, w, o, id, refused)
	if account.LastWrongPIN(refused) {
		// The PIN is refused all the same.
		_ = newSession(w, o, staff.Person{ID: id}).record(ctx, staff.BlockedPIN, "")
	}
}

func recordRefusedOf(ctx context.Context, w *workspace.Workspace, o Options, refused error, whose func() (id string, err error)) {
	if profile.CodeOf(refused) != profile.SignInRefused || account.Delayed(refused) {
		return
	}
	id, err := whose()
	if err != nil {
		return // the sign-in is refused all the same
	}
	_ = w.Failed(ctx, newSession(w, o, staff.Person{ID: id}).event(staff.SignedIn, ""), refused)
}
