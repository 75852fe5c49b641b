package syncer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"telehab.io/desktop/backend/profile"
)

// If more clients than this disappear, or a larger share of them, the cause is
// probably a lowered role or a wrong account, and a person has to decide.
const (
	massNumber  = 50
	massPercent = 5
)

func isMass(gone, kept int) bool { return gone > massNumber || gone*100 > kept*massPercent }

// findDeleted asks Cliniko for each stored patient that a full pass did not
// see. Patients that are still there are stored again; the others are marked as
// deleted. If those would be too many, it stops and leaves the decision to a
// person.
func (e *Engine) findDeleted(ctx context.Context, pass profile.Pass) error {
	unseen, err := e.store.Departures.Unseen(ctx, pass.ID)
	if err != nil || len(unseen) == 0 {
		return err
	}
	tally, err := e.store.Entries.Tally(ctx)
	if err != nil {
		return err
	}
	accepted, err := e.store.Departures.Accepted(ctx)
	if err != nil {
		return err
	}
	s := &deletedSearch{engine: e, passID: pass.ID, kept: tally.Active + tally.Archived, accepted: accepted}
	if err := s.run(ctx, unseen); err != nil {
		return err
	}
	changed, err := e.store.Departures.MarkDeleted(ctx, pass.ID, e.clock.time(), s.gone)
	e.publish(changed)
	return err
}

// deletedSearch is one run of findDeleted.
type deletedSearch struct {
	engine   *Engine
	passID   int64
	kept     int
	accepted map[string]bool
	gone     []string
}

func (s *deletedSearch) run(ctx context.Context, unseen []string) error {
	var ids []profile.ID
	for _, ref := range unseen {
		if id, ok := profile.ParseID(ref); ok {
			ids = append(ids, id)
		} else {
			s.gone = append(s.gone, ref) // an unreadable record without an id, no longer in the list
		}
	}
	seen := map[string]bool{}
	_, err := s.engine.readByID(ctx, s.passID, ids, seen)
	inOneGo := !errors.Is(err, errIDs)
	if err != nil && inOneGo {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id profile.ID) bool { return seen[string(id)] })
	if inOneGo && isMass(s.notAccepted(ids), s.kept) {
		return s.leaveToPerson(ctx, ids)
	}
	return s.confirm(ctx, ids)
}

// notAccepted counts the patients whose deletion no person has accepted.
func (s *deletedSearch) notAccepted(ids []profile.ID) int {
	n := 0
	for _, id := range ids {
		if !s.accepted[string(id)] {
			n++
		}
	}
	return n
}

// confirm asks for one patient at a time, and records those that Cliniko does
// not find as gone.
func (s *deletedSearch) confirm(ctx context.Context, ids []profile.ID) error {
	var gone []profile.ID
	for i, id := range ids {
		page, err := s.engine.source.Patient(ctx, id)
		switch {
		case profile.CodeOf(err) == profile.NotFound:
			gone = append(gone, id)
		case err != nil:
			return err
		default:
			if _, err := s.engine.storePage(ctx, s.passID, page); err != nil {
				return err
			}
		}
		if isMass(s.notAccepted(gone), s.kept) {
			return s.leaveToPerson(ctx, append(gone, ids[i+1:]...))
		}
	}
	for _, id := range gone {
		s.gone = append(s.gone, string(id))
	}
	return nil
}

// leaveToPerson stores who is missing and stops the pass, so that a person
// decides.
func (s *deletedSearch) leaveToPerson(ctx context.Context, ids []profile.ID) error {
	refs := make([]string, len(ids))
	for i, id := range ids {
		refs[i] = string(id)
	}
	if err := s.engine.store.Departures.SetMissing(ctx, refs); err != nil {
		return err
	}
	return profile.Refuse(profile.Gone, goneSentence(len(ids), s.kept))
}

func goneSentence(gone, kept int) string {
	const rest = " can no longer be found in Cliniko. Nothing was removed here. Open Settings, Software integration to see who they are and decide."
	if kept == 1 {
		return "The only client" + rest
	}
	return fmt.Sprintf("%d of %d clients", gone, kept) + rest
}

// readByID reads and stores these patients, adds those it found to seen, and
// returns how many changed. It fails with errIDs if Cliniko does not filter by
// ids.
func (e *Engine) readByID(ctx context.Context, passID int64, ids []profile.ID, seen map[string]bool) (changed int, err error) {
	for some := range slices.Chunk(ids, profile.PageSize) {
		page, err := e.source.Patients(ctx, profile.Query{IDs: some})
		if err != nil {
			return changed, err
		}
		if slices.ContainsFunc(page.Records, func(r profile.Record) bool { return r.Patient.ID != "" && !slices.Contains(some, r.Patient.ID) }) {
			e.notice(IDsIgnored)
			return changed, errIDs
		}
		for i := range page.Records {
			seen[page.Records[i].Ref] = true
		}
		n, err := e.storePage(ctx, passID, page)
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}
