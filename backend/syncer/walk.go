package syncer

import (
	"context"
	"errors"
	"time"

	"telehab.io/desktop/backend/profile"
)

// A walk reads all patients of a time range in the order of one of their times,
// page by page. It never asks for page 2: each request starts at the last time
// that was read. So no patient is skipped when rows leave or enter the pages
// already read, as happens with numbered pages while a clinic works. Patients
// in the second where two requests meet are read twice.
type walk struct {
	source profile.Source
	order  profile.Order
	notice func(Notice)
	emit   func(profile.Page) error
}

// maxRestarts is how often a walk goes back when fewer patients are left than
// expected.
const maxRestarts = 2

// run walks from a position to the end. It fails with errOrder if Cliniko's
// list is not in the order asked for, so that patients may have been skipped.
//
// The end is where the page is not full and the total says so too. If the total
// says that there is more, it is asked for once; if nothing new comes, the total
// was wrong.
func (w *walk) run(ctx context.Context, position time.Time) error {
	last, atLeast := position, 0 // patients that must be left if none was skipped
	before, isFirst := map[string]bool{}, true
	for restarts := 0; ; isFirst = false {
		page, err := w.source.Patients(ctx, w.inRange(profile.Query{Order: w.order}, position, time.Time{}))
		if err != nil {
			return err
		}
		next, err := w.nextPosition(page, position)
		if err != nil {
			return err
		}
		if err := w.emit(page); err != nil {
			return err
		}
		if page.Total < atLeast {
			// A patient was deleted or changed, or the list is not in order.
			if restarts++; restarts <= maxRestarts {
				position, atLeast = last, 0
				clear(before)
				continue
			}
			if w.order != profile.ByCreation {
				return errOrder
			}
		}
		isNew := remember(before, page)
		switch {
		case !isFull(page) && (page.Total <= countDistinct(page, nil) || !isNew && !isFirst):
			return nil
		case len(page.Records) == 0:
			continue
		}
		last = position
		if next.After(position) {
			atLeast = page.Total - w.countBefore(page, next)
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

// inRange limits a query to a range of the walk's time; a zero end is open.
func (w *walk) inRange(q profile.Query, from, before time.Time) profile.Query {
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

// nextPosition returns where the walk continues after the page.
func (w *walk) nextPosition(page profile.Page, position time.Time) (time.Time, error) {
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
	return next, nil
}

// countBefore counts the distinct patients of the page before a time, and the
// unreadable records.
func (w *walk) countBefore(page profile.Page, t time.Time) int {
	return countDistinct(page, func(p *profile.Patient) bool { return w.timeOf(p).Before(t) })
}

// countDistinct counts the distinct patients of the page that match, and the
// unreadable records. A nil match counts all.
func countDistinct(page profile.Page, match func(*profile.Patient) bool) int {
	seen := make(map[string]bool, len(page.Records))
	unreadable := 0
	for i := range page.Records {
		switch r := &page.Records[i]; {
		case r.Err != nil:
			unreadable++
		case match == nil || match(&r.Patient):
			seen[r.Ref] = true
		}
	}
	return len(seen) + unreadable
}

// timeOf is the time that orders the walk, in whole seconds as Cliniko compares
// them.
func (w *walk) timeOf(p *profile.Patient) time.Time {
	switch w.order {
	case profile.ByChange:
		return p.UpdatedAt.Truncate(time.Second)
	case profile.ByArchival:
		return p.ArchivedAt.Truncate(time.Second)
	}
	return p.CreatedAt.Truncate(time.Second)
}

// errOrder reports that a list is not in the order that was asked for.
var errOrder = &profile.Error{Code: profile.ClinicTrouble, Cause: errors.New("a list is not in the order asked for"),
	Message: "Cliniko's list came in an order that TeleHab cannot rely on, so it was not used. Try again; if that does not help, write to TeleHab's support, support@vald.com."}
