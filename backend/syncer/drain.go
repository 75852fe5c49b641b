package syncer

import (
	"context"
	"errors"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

// drain reads everybody in one second that holds more patients than a page, as
// an import or a bulk edit leaves them: by ranges of their ids, since the second
// has no order of its own.
func (w *walk) drain(ctx context.Context, second time.Time) error {
	d := &drain{walk: w, second: second}
	_, err := d.run(ctx, "0", "")
	if errors.Is(err, errIDs) {
		w.notice(IDsIgnored)
		return d.byPages(ctx)
	}
	return err
}

type drain struct {
	*walk
	second time.Time
}

// errIDs says that Cliniko answered with others than the ids asked for.
var errIDs = errors.New("a filter on ids was ignored")

// run reads who has an id in (after, upTo], and returns how many there were. An
// empty upTo is open.
//
// The page should hold the lowest ids of the range. Whether it did is seen at
// the rest: where fewer are left than should be, somebody may have been passed
// over (or has moved meanwhile), and the lower part is asked for as such.
func (d *drain) run(ctx context.Context, after, upTo profile.ID) (int, error) {
	page, err := d.ask(ctx, after, upTo)
	if err != nil {
		return 0, err
	}
	ids, err := d.idsIn(page, after, upTo)
	if err != nil {
		return 0, err
	}
	if err := d.emit(page); err != nil {
		return 0, err
	}
	read := different(page, nil)
	if page.Total <= read {
		return page.Total, nil
	}
	if len(ids) < 2 {
		return 0, errOrder // full of what cannot be read: no way to go on
	}
	if slices.IsSortedFunc(ids, compareIDs) {
		rest, err := d.run(ctx, ids[len(ids)-1], upTo)
		if err != nil || rest >= page.Total-read {
			return page.Total, err
		}
	} else {
		d.notice(OrderIgnored)
	}
	return page.Total, d.halve(ctx, ids, after, upTo)
}

// halve reads a range in two parts, which are each smaller than the whole.
func (d *drain) halve(ctx context.Context, ids []profile.ID, after, upTo profile.ID) error {
	slices.SortFunc(ids, compareIDs)
	middle := ids[(len(ids)-1)/2]
	if _, err := d.run(ctx, after, middle); err != nil {
		return err
	}
	_, err := d.run(ctx, middle, upTo)
	return err
}

func compareIDs(a, b profile.ID) int {
	switch {
	case a.Less(b):
		return -1
	case b.Less(a):
		return 1
	}
	return 0
}

func (d *drain) ask(ctx context.Context, after, upTo profile.ID) (profile.Page, error) {
	q := profile.Query{Order: profile.ByID, IDAfter: after, IDUpTo: upTo}
	return d.source.Patients(ctx, d.within(q, d.second, d.second.Add(time.Second)))
}

// idsIn returns the page's ids, which must lie in the range.
func (d *drain) idsIn(page profile.Page, after, upTo profile.ID) ([]profile.ID, error) {
	ids := make([]profile.ID, 0, len(page.Records))
	for i := range page.Records {
		id := page.Records[i].Patient.ID
		if id == "" {
			continue
		}
		if !after.Less(id) || upTo != "" && upTo.Less(id) {
			return nil, errIDs
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// quietTries is how often byPages hopes for a quiet moment.
const quietTries = 5

// byPages reads the second by numbered pages, until nothing moved while it did:
// all pages told the same number, and as many different patients came.
func (d *drain) byPages(ctx context.Context) error {
	for range quietTries {
		quiet, err := d.pagesOnce(ctx)
		if err != nil || quiet {
			return err
		}
	}
	return errOrder
}

func (d *drain) pagesOnce(ctx context.Context) (quiet bool, err error) {
	met := map[string]bool{}
	total := 0
	for number := 1; number == 1 || (number-1)*profile.PageSize < total; number++ {
		page, err := d.source.Patients(ctx, d.within(profile.Query{Number: number}, d.second, d.second.Add(time.Second)))
		if err != nil {
			return false, err
		}
		if number > 1 && page.Total != total {
			return false, nil
		}
		total = page.Total
		for i := range page.Records {
			met[page.Records[i].Ref] = true
		}
		if err := d.emit(page); err != nil {
			return false, err
		}
	}
	return len(met) == total, nil
}
