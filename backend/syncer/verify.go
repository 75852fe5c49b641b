package syncer

import (
	"context"
	"time"

	"telehab.io/desktop/backend/profile"
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
	counts, err := e.store.Passes.Counts(ctx, pass.ID)
	if err != nil {
		return pass, err
	}
	nobodyDeleted := pass.Expected+created == pass.Total && !sameSecond
	proven := nobodyDeleted && counts.Read == pass.Total
	if !proven {
		if err := e.readAll(ctx, pass.ID); err != nil {
			return pass, err
		}
		count, err := e.source.Patients(ctx, profile.Query{Size: 1})
		if err != nil {
			return pass, err
		}
		pass.Total = count.Total
	}
	return pass, e.lookForGone(ctx, pass)
}

// readNew reads who was created shortly before the pass and since. It returns
// how many were created since, and whether somebody was in the very second of
// the start, of whom nobody can say whether they were counted.
func (e *Engine) readNew(ctx context.Context, pass profile.Pass) (created int, sameSecond bool, err error) {
	counted := map[string]bool{}
	w := e.walk(profile.ByCreation, func(page profile.Page) error {
		for i := range page.Records {
			record := &page.Records[i]
			second := record.Patient.CreatedAt.Truncate(time.Second)
			sameSecond = sameSecond || second.Equal(pass.StartedAt) || record.Err != nil
			if second.After(pass.StartedAt) {
				counted[record.Ref] = true
			}
		}
		_, err := e.keep(ctx, pass.ID, page)
		return err
	})
	err = w.run(ctx, pass.StartedAt.Add(-overlap))
	return len(counted), sameSecond, err
}

// readAll reads all patients in the order in which they were created, which
// needs neither page numbers nor an order that Cliniko has to be asked for.
func (e *Engine) readAll(ctx context.Context, passID int64) error {
	w := e.walk(profile.ByCreation, func(page profile.Page) error {
		_, err := e.keep(ctx, passID, page)
		return err
	})
	return w.run(ctx, time.Time{})
}

func (e *Engine) walk(order profile.Order, emit func(profile.Page) error) *walk {
	return &walk{source: e.source, order: order, notice: e.notice, emit: emit}
}
