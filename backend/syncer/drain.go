package syncer

import (
	"context"
	"errors"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

// drain reads all patients of a second with more than a page of them, as after
// an import or a bulk edit: by ranges of ids, since times do not order them.
func (w *walk) drain(ctx context.Context, second time.Time) error {
	d := &drain{walk: w, second: second, seen: map[string]bool{}}
	_, err := d.readRange(ctx, "0", "")
	if errors.Is(err, errIDs) {
		w.notice(IDsIgnored)
		return d.readByPages(ctx)
	}
	return err
}

type drain struct {
	*walk
	second time.Time
	seen   map[string]bool // the refs that were read
	halved int             // how many ranges were read in halves
}

// errIDs reports that Cliniko returned other ids than were asked for.
var errIDs = errors.New("a filter on ids was ignored")

// readRange reads the patients with an id in (after, upTo], and returns how
// many there are. An empty upTo means no upper limit.
//
// The page should hold the lowest ids of the range. Whether it did shows in the
// rest: if fewer are left than expected, a patient may have been skipped (or
// has left the second), and the range is read in halves.
func (d *drain) readRange(ctx context.Context, after, upTo profile.ID) (int, error) {
	page, err := d.fetch(ctx, after, upTo)
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
	for i := range page.Records {
		d.seen[page.Records[i].Ref] = true
	}
	read := countDistinct(page, nil)
	if !isFull(page) && (page.Total <= read || len(ids) == 0) {
		return page.Total, nil
	}
	if len(ids) == 0 {
		return 0, errOrder // a page of unreadable records gives no id to continue from
	}
	if slices.IsSortedFunc(ids, compareIDs) {
		rest, err := d.readRange(ctx, ids[len(ids)-1], upTo)
		if err != nil || rest >= page.Total-read || !isFull(page) {
			return page.Total, err
		}
	} else {
		d.notice(OrderIgnored)
	}
	return page.Total, d.readHalves(ctx, ids, after, upTo)
}

// readHalves splits a range at the middle one of ids and reads both parts. How
// often it does is limited by what was read, since totals may be wrong.
func (d *drain) readHalves(ctx context.Context, ids []profile.ID, after, upTo profile.ID) error {
	slices.SortFunc(ids, compareIDs)
	ids = slices.Compact(ids)
	if d.halved++; d.halved > 8+len(d.seen)/10 || len(ids) < 2 {
		return errOrder
	}
	middle := ids[(len(ids)-1)/2]
	if _, err := d.readRange(ctx, after, middle); err != nil {
		return err
	}
	_, err := d.readRange(ctx, middle, upTo)
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

func (d *drain) fetch(ctx context.Context, after, upTo profile.ID) (profile.Page, error) {
	q := profile.Query{Order: profile.ByID, IDAfter: after, IDUpTo: upTo}
	return d.source.Patients(ctx, d.inRange(q, d.second, d.second.Add(time.Second)))
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

// quietTries is how often readByPages tries before it gives up.
const quietTries = 5

// readByPages reads the second by numbered pages until nothing moves meanwhile:
// every page reports the same total, and as many different patients were read.
func (d *drain) readByPages(ctx context.Context) error {
	for range quietTries {
		quiet, err := d.readPagesOnce(ctx)
		if err != nil || quiet {
			return err
		}
	}
	return errOrder
}

func (d *drain) readPagesOnce(ctx context.Context) (quiet bool, err error) {
	seen, before := map[string]bool{}, map[string]bool{}
	total := 0
	for number := 1; ; number++ {
		page, err := d.source.Patients(ctx, d.inRange(profile.Query{Number: number}, d.second, d.second.Add(time.Second)))
		if err != nil {
			return false, err
		}
		if number > 1 && page.Total != total {
			return false, nil
		}
		total = page.Total
		for i := range page.Records {
			seen[page.Records[i].Ref] = true
		}
		if err := d.emit(page); err != nil {
			return false, err
		}
		if !isFull(page) && len(seen) >= total || !remember(before, page) {
			return len(seen) == total, nil
		}
	}
}
