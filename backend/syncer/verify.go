package syncer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

// A disappearance of more than this many clients, or this share of them, looks
// like a lowered role or a wrong account and needs a person.
const (
	massNumber  = 50
	massPercent = 5
)

// verify makes sure that a full pass has met everybody, and looks for profiles
// that are gone from Cliniko.
//
// Numbered pages are exact only while nobody is deleted: who stands behind a
// deleted patient moves up by one, and the first of a page may slip to the one
// read before. Creating does not do that, since new patients are last. So the
// number of the deleted has to be nought, and it is what Cliniko counted at the
// start, and who was created since, less what it counts now. And as many
// different patients must have been met as there are: two that changed places
// would make one too few. Where that cannot be shown, one walk from the start,
// which needs no page numbers, reads everybody again.
func (e *Engine) verify(ctx context.Context, pass profile.Pass, still bool) (profile.Pass, error) {
	pass.Total = pass.Expected
	if !still {
		count, err := e.source.Patients(ctx, profile.Query{Size: 1})
		if err != nil {
			return pass, err
		}
		pass.Total = count.Total
	}
	// Asked after the count, so that somebody created in between makes the
	// proof fail rather than hide somebody deleted.
	created, sameSecond, err := e.readNew(ctx, pass)
	if err != nil {
		return pass, err
	}
	if still && created > 0 {
		return e.verify(ctx, pass, false) // a count can tell whether only that happened
	}
	counts, err := e.store.Counts(ctx, pass.ID)
	if err != nil {
		return pass, err
	}
	nobodyDeleted := pass.Expected+created == pass.Total && !sameSecond
	proven := nobodyDeleted && counts.Read == pass.Total
	if !proven {
		if err := e.readAgain(ctx, &pass); err != nil {
			return pass, err
		}
	}
	return pass, e.lookForGone(ctx, pass)
}

// readNew reads who was created shortly before the pass and since. It returns
// how many were created since, and whether somebody was in the very second of
// the start, of whom nobody can say whether they were counted.
func (e *Engine) readNew(ctx context.Context, pass profile.Pass) (created int, sameSecond bool, err error) {
	w := walk{source: e.source, order: profile.ByCreation}
	counted := map[string]bool{}
	err = w.run(ctx, pass.StartedAt.Add(-overlap), func(s step) error {
		for i := range s.records {
			second := s.records[i].Patient.CreatedAt.Truncate(time.Second)
			sameSecond = sameSecond || second.Equal(pass.StartedAt) || s.records[i].Err != nil
			if second.After(pass.StartedAt) && !counted[s.records[i].Ref] {
				counted[s.records[i].Ref] = true
				created++
			}
		}
		return e.save(ctx, profile.Batch{PassID: pass.ID, Entries: e.judge(s.records)})
	})
	return created, sameSecond, err
}

// readAgain walks through all patients.
func (e *Engine) readAgain(ctx context.Context, pass *profile.Pass) error {
	w := walk{source: e.source, order: profile.ByCreation}
	err := w.run(ctx, time.Time{}, func(s step) error {
		return e.save(ctx, profile.Batch{PassID: pass.ID, Entries: e.judge(s.records)})
	})
	if err != nil {
		return err
	}
	count, err := e.source.Patients(ctx, profile.Query{Size: 1})
	pass.Total = count.Total
	return err
}

// lookForGone asks for each kept profile that the pass did not meet. Who is
// still in Cliniko is stored; who is gone becomes a deleted profile.
func (e *Engine) lookForGone(ctx context.Context, pass profile.Pass) error {
	unseen, err := e.store.Unseen(ctx, pass.ID)
	if err != nil || len(unseen) == 0 {
		return err
	}
	tally, err := e.store.Tally(ctx)
	if err != nil {
		return err
	}
	var ids []profile.ID
	var gone []string
	for _, ref := range unseen {
		if id, ok := profile.ParseID(ref); ok {
			ids = append(ids, id)
		} else {
			gone = append(gone, ref) // an unreadable record that is no longer there
		}
	}
	met := map[string]bool{}
	if err := e.readByID(ctx, pass.ID, ids, met); err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id profile.ID) bool { return met[string(id)] })
	kept := tally.Active + tally.Archived
	if len(ids) > massNumber || len(ids)*100 > kept*massPercent {
		return profile.Errorf(profile.Gone, fmt.Sprintf(
			"%d of %d clients are no longer to be found in Cliniko. Nothing was removed here. Check the role of the key's owner in Cliniko, then sync again.", len(ids), kept))
	}
	for _, id := range ids {
		// The second look, at this one patient.
		_, err := e.source.Patient(ctx, id)
		switch {
		case profile.CodeOf(err) == profile.NotFound:
			gone = append(gone, string(id))
		case err != nil:
			return err
		}
	}
	changed, err := e.store.Vanish(ctx, pass.ID, gone)
	e.tell(changed)
	return err
}

// readByID reads and stores these patients, and notes in met who was found.
func (e *Engine) readByID(ctx context.Context, passID int64, ids []profile.ID, met map[string]bool) error {
	for some := range slices.Chunk(ids, profile.PageSize) {
		page, err := e.source.Patients(ctx, profile.Query{IDs: some})
		if err != nil {
			return err
		}
		e.learnTime(page.Date)
		for i := range page.Records {
			met[page.Records[i].Ref] = true
		}
		if err := e.save(ctx, profile.Batch{PassID: passID, Entries: e.judge(page.Records)}); err != nil {
			return err
		}
	}
	return nil
}
