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

// audited does something that the audit trail must have, with how it ended.
// What cannot be recorded is not done: see Workspace.Audited.
func (s *Session) audited(ctx context.Context, e staff.Event, do func(e *staff.Event) error) error {
	return s.workspace.Audited(ctx, e, do)
}

// recorded does something in the store and adds it to the audit trail, with how
// it ended. What was typed in wrongly is no event.
func (s *Session) recorded(ctx context.Context, e staff.Event, do func(e *staff.Event) error) error {
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

// OpenedProfile adds to the audit trail that the person looks at a client, once
// as long as they go on looking at the same one.
func (s *Session) OpenedProfile(ctx context.Context, ref string) error {
	s.mu.Lock()
	again := s.opened == ref
	s.opened = ref
	s.mu.Unlock()
	if again {
		return nil
	}
	return s.record(ctx, staff.OpenedProfile, ref)
}

// Events returns the newest lines of the audit trail before the one with this
// id, the newest first; 0 is from the end. That somebody reads it is a line too,
// one as long as nobody does anything else. It needs MayManagePeople.
func (s *Session) Events(ctx context.Context, before int64, most int) ([]staff.Event, error) {
	if err := s.Require(MayManagePeople); err != nil {
		return nil, err
	}
	if before <= 0 {
		newest, err := s.workspace.Events(ctx, 0, 1)
		if err != nil {
			return nil, err
		}
		if len(newest) == 0 || newest[0].Action != staff.ReadAudit || newest[0].Person != s.Person().ID {
			if err := s.record(ctx, staff.ReadAudit, ""); err != nil {
				return nil, err
			}
		}
	}
	return s.workspace.Events(ctx, before, most)
}
