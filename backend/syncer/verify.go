package syncer

import (
	"context"
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

// verify compares what a full pass read with what Cliniko counts, reads once
// more if that differs, and looks for profiles that are gone from Cliniko.
func (e *Engine) verify(ctx context.Context, pass profile.Pass) (profile.Pass, error) {
	for again := false; ; again = true {
		count, err := e.source.Patients(ctx, profile.Query{Size: 1})
		if err != nil {
			return pass, err
		}
		counts, err := e.store.Counts(ctx, pass.ID)
		if err != nil {
			return pass, err
		}
		pass.Total, pass.Counts = count.Total, counts
		if counts.Read == count.Total || again {
			break
		}
		// Somebody was created or deleted meanwhile, or Cliniko's pages were
		// not what they seemed. One walk from the start settles it.
		w := walk{source: e.source, order: profile.ByCreation}
		err = w.run(ctx, profile.Slice{}.Position, func(s step) error {
			return e.save(ctx, profile.Batch{PassID: pass.ID, Entries: e.judge(s.records)})
		})
		if err != nil {
			return pass, err
		}
	}
	return pass, e.lookForGone(ctx, pass)
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
