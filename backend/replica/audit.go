package replica

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storecopy"
)

var _ staff.AuditTrail = (*Store)(nil)

// AddEvent adds an event to the audit trail and returns its number. While the
// database cannot be reached the event waits on this computer, with a number of its
// own, and is delivered later, once, and after those that happened here before.
func (s *Store) AddEvent(ctx context.Context, e staff.Event) (int64, error) {
	ticket := make([]byte, 16)
	_, _ = rand.Read(ticket) // never fails: it would end the program
	n, err := s.local.QueueEvent(ctx, ticket, e)
	if err != nil {
		return 0, err
	}
	s.deliverSoon(ctx)
	return s.local.QueuedID(ctx, n)
}

// FinishEvent records an event's outcome, subject and person.
func (s *Store) FinishEvent(ctx context.Context, e staff.Event) error {
	known, err := s.local.FinishQueued(ctx, e)
	if err == nil && !known {
		return s.change(ctx, func(db *postgres.DB) error { return db.FinishEvent(ctx, e) })
	}
	if err == nil {
		s.deliverSoon(ctx)
	}
	return err
}

// DropEvent removes an event that has not finished.
func (s *Store) DropEvent(ctx context.Context, id int64) error {
	known, err := s.local.DropQueued(ctx, id)
	if err == nil && !known {
		return s.change(ctx, func(db *postgres.DB) error { return db.DropEvent(ctx, id) })
	}
	if err == nil {
		s.deliverSoon(ctx)
	}
	return err
}

// deliverSoon delivers at once, unless the database was out of reach the last time:
// nobody waits for it then. What it ends with is in Status; the event is stored here.
func (s *Store) deliverSoon(ctx context.Context) {
	if s.Status().Problem == nil {
		_ = s.CatchUp(ctx)
	}
}

// deliver tells the database of what has happened on this computer. It may end
// anywhere and begin again: an event is known by its ticket.
func (s *Store) deliver(ctx context.Context, db *postgres.DB, waiting []storecopy.Queued) error {
	var fresh []storecopy.Queued
	for i := range waiting {
		if waiting[i].Delivered == 0 {
			fresh = append(fresh, waiting[i])
		} else if err := s.end(ctx, db, &waiting[i]); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(fresh, deliveredAtOnce) {
		ids, err := db.DeliverEvents(ctx, some)
		if err == nil {
			err = s.local.Delivered(ctx, some, ids)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// deliveredAtOnce is how many events one transaction delivers: other computers wait
// for it.
const deliveredAtOnce = 200

// end tells the database how an event ended that it has as one that has not
// finished. If it knows already, this computer was ended before it could note that.
func (s *Store) end(ctx context.Context, db *postgres.DB, q *storecopy.Queued) error {
	q.Event.ID = q.Delivered
	var err error
	if q.Dropped {
		err = db.DropEvent(ctx, q.Delivered)
	} else {
		err = db.FinishEvent(ctx, q.Event)
	}
	if err != nil && !errors.Is(err, postgres.ErrEnded) {
		return err
	}
	if q.Dropped {
		return s.local.Unqueue(ctx, q.N)
	}
	return s.local.Delivered(ctx, []storecopy.Queued{*q}, []int64{q.Delivered})
}

// LastToSignIn returns the id of whoever signed in last, on any computer.
func (s *Store) LastToSignIn(ctx context.Context) (string, error) {
	return s.local.LastToSignInHere(ctx)
}

// Events returns up to most events of the audit trail, with those that wait here.
func (s *Store) Events(ctx context.Context, before int64, most int) ([]staff.Event, error) {
	return s.local.EventsHere(ctx, before, most)
}
