package syncer

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

// maxWalks is how often a full pass walks through the whole list before it ends
// without a proof. A second walk is needed only if patients were deleted during
// the first.
const maxWalks = 2

// longestAnswer is longer than a source waits for an answer.
const longestAnswer = 30 * time.Second

// reading is how a full pass has read its pages.
type reading struct {
	still  bool          // every page reported the same total
	above  []count       // see pages
	paused bool          // the pass was interrupted, or its list waited for a person: of that time the totals say nothing
	tail   time.Time     // see pages
	took   time.Duration // see pages
}

// readingOf returns how these pages were read. own says that the pass began with
// them, and does not resume one.
func readingOf(list *pages, own bool) reading {
	r := reading{still: list.still, above: list.above, paused: !own, tail: list.tail, took: list.took}
	if !own {
		r.took = longestAnswer // that of a program that has ended
		r.above = append(r.above, count{total: list.total, at: list.started})
	}
	return r
}

// verify makes sure that a full pass has seen every patient, and finds the
// profiles that were deleted in Cliniko: whoever was not met by what proves
// that it is complete, the pages or a walk. It returns whether there is a proof.
//
// Numbered pages are exact only if no patient is deleted meanwhile: everyone
// behind a deleted patient moves up by one, and the first of a page may move to
// the page read before. Creating does no harm, since new patients come last. So
// the number of deleted patients has to be zero; it is Cliniko's count at the
// start, plus the patients created since, less its count now. And as many
// different patients must have been seen as there are: two that changed places
// would be one too few. If this cannot be shown, a walk from the start, which
// needs no page numbers, reads every patient again.
func (e *Engine) verify(ctx context.Context, pass profile.Pass, r reading) (profile.Pass, bool, error) {
	v := &verification{engine: e, passID: pass.ID, reading: r, started: pass.StartedAt, counted: count{pass.Expected, pass.StartedAt, r.took}}
	proven, err := v.provePages(ctx)
	for range maxWalks {
		if err != nil || proven {
			break
		}
		proven, err = v.walkAll(ctx)
	}
	pass.Total = v.counted.total
	if err != nil {
		return pass, false, err
	}
	return pass, proven, e.findDeleted(ctx, pass)
}

// verification is one run of verify.
type verification struct {
	engine *Engine
	passID int64
	reading
	started time.Time
	counted count // the newest, at first that of the start of the pass
}

// count is how many patients Cliniko has, and when: an answer is read before it
// is dated.
type count struct {
	total int
	at    time.Time     // the Date of the answer
	took  time.Duration // that the answer took at most
}

// counting reads a page, and what its answer says of the number of patients.
func (e *Engine) counting(ctx context.Context, q profile.Query) (profile.Page, count, error) {
	passed := e.stopwatch()
	page, err := e.source.Patients(ctx, q)
	if err != nil {
		return page, count{}, err
	}
	took := min(passed(), longestAnswer)
	at, err := e.clock.observe(ctx, page.Date)
	return page, count{page.Total, at, took}, err
}

// mayInclude says that a patient created in this second may be among those
// counted, or may not be.
func (c count) mayInclude(second time.Time) bool {
	return !second.Before(c.at.Add(-c.took).Truncate(time.Second)) && !second.After(c.at)
}

// provePages reports whether the pages that the pass has read are all patients,
// as they are now.
func (v *verification) provePages(ctx context.Context) (bool, error) {
	if v.still && !v.paused {
		// Nothing was deleted unless as many were created, which would show here.
		created, unclear, err := v.readNew(ctx, v.counted, nil)
		if err != nil {
			return false, err
		}
		if len(created) == 0 {
			seen, err := v.seen(ctx)
			return !unclear && seen.Read == v.counted.total, err
		}
	}
	nobodyDeleted, err := v.nobodyDeleted(ctx, nil)
	if err != nil {
		return false, err
	}
	if v.paused {
		if current, err := v.catchUp(ctx); err != nil || !current {
			return false, err
		}
	}
	seen, err := v.seen(ctx)
	return nobodyDeleted && seen.Read == v.counted.total, err
}

// walkAll reads all patients in the order of their creation, which needs
// neither page numbers nor a sort order in the request. From then on the pass
// has seen only those whom the walk met: who was read before may be deleted. It
// reports whether nobody was deleted during the walk.
func (v *verification) walkAll(ctx context.Context) (proven bool, err error) {
	v.above = nil // of a walk's end and the count before it, pages say nothing
	met := map[string]bool{}
	if err := v.walk(ctx, profile.ByCreation, met).run(ctx, time.Time{}); err != nil {
		return false, err
	}
	nobodyDeleted, err := v.nobodyDeleted(ctx, met)
	if err != nil {
		return false, err
	}
	// Of unreadable records that are equal, one is met and all are counted.
	proven = nobodyDeleted && len(met) <= v.counted.total
	return proven, v.engine.store.Passes.ForgetOthers(ctx, v.passID, slices.Sorted(maps.Keys(met)))
}

// nobodyDeleted counts the patients, and reports whether the difference to the
// count before is the number of those created since. It adds whom it meets to
// met.
func (v *verification) nobodyDeleted(ctx context.Context, met map[string]bool) (bool, error) {
	before := v.counted
	_, counted, err := v.engine.counting(ctx, profile.Query{Size: 1})
	if err != nil {
		return false, err
	}
	v.counted = counted
	// Read after the count, so that a patient created in between makes the
	// proof fail instead of hiding a deleted one.
	created, unclear, err := v.readNew(ctx, before, met)
	return before.total+len(created) == v.counted.total && !unclear && !v.contradicted(before, created), err
}

// contradicted reports whether a page told of more patients than there can have
// been if the count before it was right. Then that was too low, which hides as
// many deletions.
func (v *verification) contradicted(before count, created map[string]time.Time) bool {
	return slices.ContainsFunc(v.above, func(page count) bool {
		most := before.total
		for _, second := range created {
			if !second.After(page.at) {
				most++
			}
		}
		return page.total > most
	})
}

// readNew reads the patients created shortly before a count and since. It
// returns who was created since, and when, and whether it is unclear of any
// whether the count included them. It adds whom it meets to met. Where that is nil, the
// pages are to be proved, and the patients after the tail are read too.
func (v *verification) readNew(ctx context.Context, before count, met map[string]bool) (created map[string]time.Time, unclear bool, err error) {
	created = map[string]time.Time{}
	w := v.walk(ctx, profile.ByCreation, met)
	store := w.emit
	w.emit = func(page profile.Page) error {
		for i := range page.Records {
			record := &page.Records[i]
			second := record.Patient.CreatedAt.Truncate(time.Second)
			unclear = unclear || before.mayInclude(second) || record.Err != nil
			if second.After(before.at) {
				created[record.Ref] = second
			}
		}
		return store(page)
	}
	from := before.at.Add(-overlap)
	if tail := v.tail.Truncate(time.Second); met == nil && !v.tail.IsZero() && tail.Before(from) {
		from = tail
	}
	err = w.run(ctx, from)
	return created, unclear, err
}

// catchUp reads what has changed since the pass began, because its first pages
// are not read again. Unarchiving leaves no trace but the number of active
// patients: catchUp reports whether the pass has seen as many of them as
// Cliniko counts.
func (v *verification) catchUp(ctx context.Context) (current bool, err error) {
	for _, order := range []profile.Order{profile.ByChange, profile.ByArchival} {
		err := v.walk(ctx, order, nil).run(ctx, v.started.Add(-overlap))
		if errors.Is(err, errOrder) {
			v.engine.notice(OrderIgnored)
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	active, err := v.engine.source.Patients(ctx, profile.Query{ActiveOnly: true, Size: 1})
	if err != nil {
		return false, err
	}
	seen, err := v.seen(ctx)
	return active.Total == seen.Read-seen.Archived, err
}

// seen returns whom the pass has seen so far, by outcome.
func (v *verification) seen(ctx context.Context) (profile.Counts, error) {
	return v.engine.store.Passes.Counts(ctx, v.passID)
}

// walk returns a walk that stores its pages for the pass, and adds whom it
// meets to met.
func (v *verification) walk(ctx context.Context, order profile.Order, met map[string]bool) *walk {
	return v.engine.newWalk(order, func(page profile.Page) error {
		for i := range page.Records {
			if met != nil {
				met[page.Records[i].Ref] = true
			}
		}
		_, err := v.engine.storePage(ctx, v.passID, page)
		return err
	})
}

func (e *Engine) newWalk(order profile.Order, emit func(profile.Page) error) *walk {
	return &walk{source: e.source, order: order, notice: e.notice, emit: emit}
}
