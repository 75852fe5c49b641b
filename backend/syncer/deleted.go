package syncer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

// If more clients than this disappear, or a larger share of them, the cause is
// probably a lowered role or a wrong account, and a person has to decide.
const (
	massNumber  = 50
	massPercent = 5
)

// mostGone is how many of these may be gone without a question.
func mostGone(kept int) int { return min(massNumber, kept*massPercent/100) }

// findDeleted asks Cliniko for each stored patient that a full pass did not
// see. Patients that are still there are stored again; the others are marked as
// deleted. If those are too many, only those are marked whom a person has been
// shown and has let go; it stops, and leaves the others to a person, as it does
// those whom a person has kept meanwhile.
func (e *Engine) findDeleted(ctx context.Context, pass profile.Pass) error {
	unseen, err := e.store.Departures.Unseen(ctx, pass.ID)
	if err != nil || len(unseen) == 0 {
		return err
	}
	tally, err := e.store.Entries.Tally(ctx)
	if err != nil {
		return err
	}
	s := &deletedSearch{engine: e, passID: pass.ID, kept: tally.Active + tally.Archived}
	if err := s.run(ctx, unseen); err != nil {
		return err
	}
	var kept []profile.Departure
	err = e.commit(func() (changed []profile.Entry, err error) {
		changed, kept, err = e.store.Departures.MarkDeleted(ctx, pass.ID, s.gone)
		return changed, err
	})
	missing := slices.Concat(s.undecided, kept)
	if err != nil || len(missing) == 0 {
		return err
	}
	if err := e.store.Departures.SetMissing(ctx, missing); err != nil {
		return err
	}
	return profile.Refuse(profile.Gone, goneSentence(len(missing), s.kept, len(s.gone)-len(kept)))
}

// deletedSearch is one run of findDeleted.
type deletedSearch struct {
	engine    *Engine
	passID    int64
	kept      int
	gone      []profile.Departure // who is to be marked as deleted
	undecided []profile.Departure // about whom a person has to decide
}

func (s *deletedSearch) run(ctx context.Context, unseen []profile.Departure) error {
	var ids []profile.ID
	var unreadable []profile.Departure // records without an id, which are no longer in the list
	byID := map[profile.ID]profile.Departure{}
	for _, d := range unseen {
		if id, ok := profile.ParseID(d.Ref); ok {
			ids = append(ids, id)
			byID[id] = d
		} else {
			d.NotFoundAt = s.engine.secondNow()
			unreadable = append(unreadable, d)
		}
	}
	seen := map[string]bool{}
	_, err := s.engine.readByID(ctx, s.passID, ids, seen)
	inOneGo := !errors.Is(err, errIDs)
	if err != nil && inOneGo {
		return err
	}
	var accepted, others []profile.Departure
	asked := false
	for _, id := range ids {
		switch {
		case seen[string(id)]:
		case byID[id].Accepted:
			accepted = append(accepted, byID[id])
		default:
			others = append(others, byID[id])
			asked = asked || byID[id].Asked
		}
	}
	let, _, err := s.confirm(ctx, accepted, len(accepted))
	if err != nil {
		return err
	}
	// Who is missing beside those whom a person let go is part of the same
	// question, however few they are; and a question that was asked is open until
	// it is answered, however few are still missing.
	room := max(0, mostGone(s.kept)-len(let))
	if asked {
		room = 0
	}
	if inOneGo && len(others) > room {
		s.gone, s.undecided = let, others
		return nil
	}
	gone, rest, err := s.confirm(ctx, others, room)
	if len(gone) > room {
		s.gone, s.undecided = let, append(gone, rest...)
		return err
	}
	s.gone = slices.Concat(unreadable, let, gone)
	return err
}

// confirm asks for one patient at a time. It returns those that Cliniko does
// not find and, once they are more than most, those not asked for.
func (s *deletedSearch) confirm(ctx context.Context, unseen []profile.Departure, most int) (gone, rest []profile.Departure, err error) {
	for i, d := range unseen {
		d.NotFoundAt = s.engine.secondNow() // the answer is not older
		page, err := s.engine.source.Patient(ctx, profile.ID(d.Ref))
		switch {
		case profile.CodeOf(err) == profile.NotFound:
			gone = append(gone, d)
		case err != nil:
			return nil, nil, err
		default:
			if _, err := s.engine.storePage(ctx, s.passID, page); err != nil {
				return nil, nil, err
			}
		}
		if len(gone) > most {
			return gone, unseen[i+1:], nil
		}
	}
	return gone, nil, nil
}

// secondNow is the estimate of Cliniko's time in whole seconds, as the times of
// readings are.
func (e *Engine) secondNow() time.Time { return e.clock.time().Truncate(time.Second) }

func goneSentence(missing, kept, removed int) string {
	const where = " can no longer be found in Cliniko. "
	const next = " Open Settings, Software integration to see who they are and decide."
	switch {
	case removed > 0:
		return fmt.Sprintf("%d removed, as you decided. Besides them, %d of %d clients", removed, missing, kept) + where + "Those were not removed." + next
	case kept == 1:
		return "The only client" + where + "Nothing was removed here." + next
	}
	return fmt.Sprintf("%d of %d clients", missing, kept) + where + "Nothing was removed here." + next
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
