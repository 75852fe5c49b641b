package syncer

import (
	"context"
	"errors"
	"time"

	"telehab.io/desktop/backend/profile"
)

// A walk reads all patients of a time range in the order of one of their
// times, page by page. It never asks for page 2: each question starts at the
// last time that was read. So nobody is passed over when rows leave or enter
// the pages that were already read, which is what happens to numbered pages
// while a clinic works. Who stands in the second at which two questions meet is
// read twice.
type walk struct {
	source profile.Source
	order  profile.Order
	notice func(Notice)
	emit   func(profile.Page) error
}

// secondLooks is how often a walk goes back when fewer were left than should be.
const secondLooks = 2

// run walks from a position to the end. errOrder: Cliniko's list is not in the
// order that was asked for, and some may have been passed over.
func (w *walk) run(ctx context.Context, position time.Time) error {
	last, atLeast := position, 0 // who must still match, if nobody was passed over
	for looks := 0; ; {
		page, err := w.source.Patients(ctx, w.within(profile.Query{Order: w.order}, position, time.Time{}))
		if err != nil {
			return err
		}
		next, err := w.follow(page, position)
		if err != nil {
			return err
		}
		if err := w.emit(page); err != nil {
			return err
		}
		if page.Total < atLeast {
			// Somebody was deleted, or moved, or the list is not what it should be.
			if looks++; looks <= secondLooks {
				position, atLeast = last, 0
				continue
			}
			if w.order != profile.ByCreation {
				return errOrder
			}
		}
		if page.Total <= different(page, nil) {
			return nil
		}
		last = position
		if next.After(position) {
			atLeast = page.Total - w.before(page, next)
			position = next
			continue
		}
		// More than a page in one second.
		if err := w.drain(ctx, position); err != nil {
			return err
		}
		position, atLeast = position.Add(time.Second), 0
	}
}

// within puts a range of the walk's time into a query; a zero end is open.
func (w *walk) within(q profile.Query, from, before time.Time) profile.Query {
	switch w.order {
	case profile.ByChange:
		q.ChangedFrom, q.ChangedBefore = from, before
	case profile.ByArchival:
		q.ArchivedFrom, q.ArchivedUntil = from, before
	default:
		q.CreatedFrom, q.CreatedBefore = from, before
	}
	return q
}

// follow returns where the walk goes on after the page.
func (w *walk) follow(page profile.Page, position time.Time) (time.Time, error) {
	next := position
	for i := range page.Records {
		if page.Records[i].Err != nil {
			continue
		}
		t := w.timeOf(&page.Records[i].Patient)
		if t.Before(next) {
			return next, errOrder
		}
		next = t
	}
	if page.Total > len(page.Records) && len(page.Records) == 0 {
		return next, errOrder
	}
	return next, nil
}

// before counts the different patients of the page who stand before a time, and
// the records that cannot be read.
func (w *walk) before(page profile.Page, t time.Time) int {
	return different(page, func(p *profile.Patient) bool { return w.timeOf(p).Before(t) })
}

// different counts the different patients of the page of whom which is true,
// and the records that cannot be read. A nil which is always true.
func different(page profile.Page, which func(*profile.Patient) bool) int {
	met := make(map[string]bool, len(page.Records))
	unreadable := 0
	for i := range page.Records {
		switch r := &page.Records[i]; {
		case r.Err != nil:
			unreadable++
		case which == nil || which(&r.Patient):
			met[r.Ref] = true
		}
	}
	return len(met) + unreadable
}

// timeOf is the time by which the walk goes, in whole seconds as Cliniko
// compares them.
func (w *walk) timeOf(p *profile.Patient) time.Time {
	switch w.order {
	case profile.ByChange:
		return p.UpdatedAt.Truncate(time.Second)
	case profile.ByArchival:
		return p.ArchivedAt.Truncate(time.Second)
	}
	return p.CreatedAt.Truncate(time.Second)
}

// errOrder says that a list did not come in the order that was asked for.
var errOrder = &profile.Error{Code: profile.ClinicTrouble, Cause: errors.New("a list is not in the order asked for"),
	Message: "Cliniko's list came in an order that TeleHab cannot rely on, so it was not used. Try again; if it stays, contact support@vald.com."}
