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
// while a clinic works.
type walk struct {
	source profile.Source
	order  profile.Order
	until  time.Time // exclusive; zero: open-ended
}

// step is a part of a walk: patients, and from where the walk goes on once
// they are stored.
type step struct {
	records  []profile.Record
	position time.Time
	done     bool
	total    int // patients that the question matched, these included
	date     time.Time
}

// run walks from a position to the end, and gives each step to emit.
func (w *walk) run(ctx context.Context, position time.Time, emit func(step) error) error {
	shared := tie{}
	for {
		page, err := w.ask(ctx, profile.Query{}, position)
		if err != nil {
			return err
		}
		next, done, err := w.follow(page, position)
		if err != nil {
			return err
		}
		s := step{records: shared.without(page.Records), position: next, done: done, total: page.Total, date: page.Date}
		crowded := !done && !next.After(position)
		if crowded {
			s.position = position
		}
		if err := emit(s); err != nil || done {
			return err
		}
		shared = w.tieAt(page.Records, next)
		if crowded {
			if position, done, err = w.drain(ctx, page.Records, position, emit); err != nil || done {
				return err
			}
			shared = tie{}
			continue
		}
		position = next
	}
}

// drain reads the rest of a second that holds more patients than a page, by
// their ids, and goes on after it.
func (w *walk) drain(ctx context.Context, known []profile.Record, second time.Time, emit func(step) error) (time.Time, bool, error) {
	after := profile.ID("0")
	have := tie{}
	for i := range known {
		have[known[i].Ref] = known[i].Patient.UpdatedAt
	}
	part := walk{source: w.source, order: w.order, until: second.Add(time.Second)}
	for {
		page, err := part.ask(ctx, profile.Query{Order: profile.ByID, IDAfter: after}, second)
		if err != nil {
			return second, false, err
		}
		complete := page.Total <= len(page.Records)
		for i := range page.Records {
			id := page.Records[i].Patient.ID
			if id == "" {
				continue
			}
			if !after.Less(id) {
				return second, false, disorder("ids do not ascend")
			}
			after = id
		}
		if !complete && len(page.Records) == 0 {
			return second, false, disorder("an empty page before the end")
		}
		s := step{records: have.without(page.Records), position: second, total: page.Total, date: page.Date}
		if complete {
			s.position = part.until
			s.done = !w.until.IsZero() && !s.position.Before(w.until)
		}
		if err := emit(s); err != nil || complete {
			return s.position, s.done, err
		}
	}
}

// ask puts the walk's range into a query.
func (w *walk) ask(ctx context.Context, q profile.Query, from time.Time) (profile.Page, error) {
	if q.Order == "" {
		q.Order = w.order
	}
	switch w.order {
	case profile.ByChange:
		q.ChangedFrom, q.ChangedBefore = from, w.until
	case profile.ByArchival:
		q.ArchivedFrom, q.ArchivedUntil = from, w.until
	default:
		q.CreatedFrom, q.CreatedBefore = from, w.until
	}
	return w.source.Patients(ctx, q)
}

// follow returns where the walk goes on after the page, and whether it was the
// last one. It refuses a page that is not in order, since following it would
// pass people over.
func (w *walk) follow(page profile.Page, position time.Time) (time.Time, bool, error) {
	next := position
	for i := range page.Records {
		if page.Records[i].Err != nil {
			continue
		}
		t := w.timeOf(&page.Records[i].Patient)
		if t.Before(next) {
			return next, false, disorder("times do not ascend")
		}
		next = t
	}
	done := page.Total <= len(page.Records)
	if !done && len(page.Records) == 0 {
		return next, false, disorder("an empty page before the end")
	}
	return next, done, nil
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

// tie remembers who was read in the second at which two questions meet.
type tie map[string]time.Time

func (w *walk) tieAt(records []profile.Record, second time.Time) tie {
	t := tie{}
	for i := range records {
		if records[i].Err != nil || w.timeOf(&records[i].Patient).Equal(second) {
			t[records[i].Ref] = records[i].Patient.UpdatedAt
		}
	}
	return t
}

// without leaves out what was read before and has not changed since.
func (t tie) without(records []profile.Record) []profile.Record {
	if len(t) == 0 {
		return records
	}
	var fresh []profile.Record
	for i := range records {
		if before, ok := t[records[i].Ref]; !ok || !before.Equal(records[i].Patient.UpdatedAt) {
			fresh = append(fresh, records[i])
		}
	}
	return fresh
}

func disorder(what string) error {
	return &profile.Error{Code: profile.ClinicTrouble, Cause: errors.New(what),
		Message: "Cliniko's list came in an order that TeleHab cannot rely on, so it was not used. Try again; if it stays, contact support@vald.com."}
}
