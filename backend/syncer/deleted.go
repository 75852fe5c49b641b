package syncer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"telehab.io/desktop/backend/profile"
)

// A disappearance of more than this many clients, or this share of them, looks
// like a lowered role or a wrong account and needs a person.
const (
	massNumber  = 50
	massPercent = 5
)

func isMass(gone, kept int) bool { return gone > massNumber || gone*100 > kept*massPercent }

// lookForGone asks for each kept profile that a full pass did not meet. Who is
// still in Cliniko is stored; who is gone becomes a deleted profile. Where that
// would be many, it stops and leaves their names to a person.
func (e *Engine) lookForGone(ctx context.Context, pass profile.Pass) error {
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
	s := &search{engine: e, passID: pass.ID, kept: tally.Active + tally.Archived, accepted: accepted}
	if err := s.run(ctx, unseen); err != nil {
		return err
	}
	changed, err := e.store.Departures.MarkDeleted(ctx, pass.ID, e.clock.time(), s.gone)
	e.tell(changed)
	return err
}

// search is the look for those whom a full pass did not meet.
type search struct {
	engine   *Engine
	passID   int64
	kept     int
	accepted map[string]bool
	gone     []string
}

func (s *search) run(ctx context.Context, unseen []string) error {
	var ids []profile.ID
	for _, ref := range unseen {
		if id, ok := profile.ParseID(ref); ok {
			ids = append(ids, id)
		} else {
			s.gone = append(s.gone, ref) // an unreadable record that is no longer there
		}
	}
	met := map[string]bool{}
	_, err := s.engine.readByID(ctx, s.passID, ids, met)
	inOneGo := !errors.Is(err, errIDs)
	if err != nil && inOneGo {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id profile.ID) bool { return met[string(id)] })
	if inOneGo && isMass(s.unexpected(ids), s.kept) {
		return s.ask(ctx, ids)
	}
	return s.lookAgain(ctx, ids)
}

// unexpected counts those of whom no person has said that they may go.
func (s *search) unexpected(ids []profile.ID) int {
	n := 0
	for _, id := range ids {
		if !s.accepted[string(id)] {
			n++
		}
	}
	return n
}

// lookAgain is the second look, at one patient at a time.
func (s *search) lookAgain(ctx context.Context, ids []profile.ID) error {
	var gone []profile.ID
	for i, id := range ids {
		page, err := s.engine.source.Patient(ctx, id)
		switch {
		case profile.CodeOf(err) == profile.NotFound:
			gone = append(gone, id)
		case err != nil:
			return err
		default:
			if _, err := s.engine.keep(ctx, s.passID, page); err != nil {
				return err
			}
		}
		if isMass(s.unexpected(gone), s.kept) {
			return s.ask(ctx, append(gone, ids[i+1:]...))
		}
	}
	for _, id := range gone {
		s.gone = append(s.gone, string(id))
	}
	return nil
}

// ask leaves the decision to a person.
func (s *search) ask(ctx context.Context, ids []profile.ID) error {
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
	const rest = " no longer to be found in Cliniko. Nothing was removed here. Open Settings, Software integration to see who they are and decide."
	switch {
	case kept == 1:
		return "The only client is" + rest
	case gone == 1:
		return fmt.Sprintf("1 of %d clients is", kept) + rest
	}
	return fmt.Sprintf("%d of %d clients are", gone, kept) + rest
}

// readByID reads and stores these patients, notes in met who was found, and
// returns how many changed. errIDs: Cliniko does not filter by ids.
func (e *Engine) readByID(ctx context.Context, passID int64, ids []profile.ID, met map[string]bool) (changed int, err error) {
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
			met[page.Records[i].Ref] = true
		}
		n, err := e.keep(ctx, passID, page)
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}
