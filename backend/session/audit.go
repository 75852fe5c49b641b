package session

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// event is what the person of this session does.
func (s *Session) event(action staff.Action, subject string) staff.Event {
	return staff.Event{Here: s.options.Clock().UTC(), Person: s.Person().ID, Action: action, Subject: subject}
}

// record adds to the audit trail what the person has done.
func (s *Session) record(ctx context.Context, action staff.Action, subject string) error {
	return s.workspace.Record(ctx, s.event(action, subject))
}

// recordAround adds an event before it is done and completes it afterwards,
// with how it ended. What cannot be recorded is not done: see
// Workspace.Audited.
func (s *Session) recordAround(ctx context.Context, e staff.Event, do func(e *staff.Event) error) error {
	return s.workspace.Audited(ctx, e, do)
}

// recordAfter adds an event once it is done, with how it ended. What was
// typed in wrongly is no event.
func (s *Session) recordAfter(ctx context.Context, e staff.Event, do func(e *staff.Event) error) error {
	err := do(&e)
	switch e.Outcome = profile.CodeOf(err); e.Outcome {
	case profile.Invalid, profile.NotFound:
		return err
	}
	if recordErr := s.workspace.Record(context.WithoutCancel(ctx), e); err == nil {
		err = recordErr
	}
	return err
}
