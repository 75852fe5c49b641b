package syncer

import (
	"context"
	"time"

	"telehab.io/desktop/backend/profile"
)

// pageProof is what the numbered pages say about whether they were all.
type pageProof struct {
	still bool      // every page reported the same total, in one go
	tail  time.Time // see pages
}

// verify makes sure that a full pass has seen every patient, and finds the
// profiles that were deleted in Cliniko.
//
// Numbered pages are exact only if no patient is deleted meanwhile: everyone
// behind a deleted patient moves up by one, and the first of a page may move to
// the page read before. Creating does no harm, since new patients come last. So
// the number of deleted patients has to be zero; it is Cliniko's count at the
// start, plus the patients created since, less its count now. And as many
// different patients must have been seen as there are: two that changed places
// would be one too few. If this cannot be shown, one walk from the start, which
// needs no page numbers, reads every patient again.
func (e *Engine) verify(ctx context.Context, pass profile.Pass, proof pageProof) (profile.Pass, error) {
	pass.Total = pass.Expected
	if !proof.still {
		count, err := e.source.Patients(ctx, profile.Query{Size: 1})
		if err != nil {
			return pass, err
		}
		pass.Total = count.Total
	}
	// Read after the count, so that a patient created in between makes the
	// proof fail instead of hiding a deleted one.
	created, sameSecond, err := e.readNew(ctx, pass, proof.tail)
	if err != nil {
		return pass, err
	}
	if proof.still && created > 0 {
		proof.still = false
		return e.verify(ctx, pass, proof) // a count tells whether anything else happened
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
	return pass, e.findDeleted(ctx, pass)
}

// readNew reads the patients created shortly before the pass and since, and
// those after the tail if that is set. It returns how many were created since, and whether any may have been created in
// the very second of the start, so that it is unknown whether the count
// included them.
func (e *Engine) readNew(ctx context.Context, pass profile.Pass, tail time.Time) (created int, sameSecond bool, err error) {
	counted := map[string]bool{}
	w := e.newWalk(profile.ByCreation, func(page profile.Page) error {
		for i := range page.Records {
			record := &page.Records[i]
			second := record.Patient.CreatedAt.Truncate(time.Second)
			sameSecond = sameSecond || second.Equal(pass.StartedAt) || record.Err != nil
			if second.After(pass.StartedAt) {
				counted[record.Ref] = true
			}
		}
		_, err := e.storePage(ctx, pass.ID, page)
		return err
	})
	from := pass.StartedAt.Add(-overlap)
	if tail = tail.Truncate(time.Second); !tail.IsZero() && tail.Before(from) {
		from = tail
	}
	err = w.run(ctx, from)
	return len(counted), sameSecond, err
}

// readAll reads all patients in the order of their creation, which needs
// neither page numbers nor a sort order in the request.
func (e *Engine) readAll(ctx context.Context, passID int64) error {
	w := e.newWalk(profile.ByCreation, func(page profile.Page) error {
		_, err := e.storePage(ctx, passID, page)
		return err
	})
	return w.run(ctx, time.Time{})
}

func (e *Engine) newWalk(order profile.Order, emit func(profile.Page) error) *walk {
	return &walk{source: e.source, order: order, notice: e.notice, emit: emit}
}
