package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storecopy"
)

// Events of a computer whose store is a copy happen here, and are delivered to the
// database that it follows. Until then each has a number beyond those of the trail.

// queuedFrom is the first of these numbers. It is less than the page can count to.
const queuedFrom = 1 << 52

// queuedKept is how many events are remembered that were delivered.
const queuedKept = 1000

// QueueEvent adds an event that is to be delivered, and returns its number on this
// computer. Of the times, Here is read.
func (db *DB) QueueEvent(ctx context.Context, ticket []byte, e staff.Event) (n int64, err error) {
	err = db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		clock, err := clockOf(tx.QueryRowContext(ctx, clockQuery))
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, "INSERT INTO queued_event (ticket, at, clinic_at, person, action, subject, outcome) VALUES (?, ?, ?, ?, ?, ?, ?)",
			ticket, e.Here.UnixMicro(), clock.Estimate(e.Here).UnixMicro(), e.Person, e.Action, e.Subject, e.Outcome)
		if err != nil {
			return err
		}
		n, err = result.LastInsertId()
		return err
	})
	return n, err
}

// QueuedID returns the number of a queued event in the trail, or the one that it has
// until it is delivered.
func (db *DB) QueuedID(ctx context.Context, n int64) (id int64, err error) {
	err = db.read.QueryRowContext(ctx, "SELECT coalesce(delivered, ?) FROM queued_event WHERE id = ?", queuedFrom+n, n).Scan(&id)
	return id, coded(err)
}

// toDeliver holds for events of which the database does not know everything yet.
const toDeliver = "(delivered IS NULL AND NOT dropped OR delivered IS NOT NULL AND (dropped OR outcome <> sent))"

// Queued returns the events of which the database does not know everything yet, in
// the order in which they happened.
func (db *DB) Queued(ctx context.Context) (all []storecopy.Queued, err error) {
	return db.queued(ctx, toDeliver+" ORDER BY id")
}

func (db *DB) queued(ctx context.Context, condition string, values ...any) (all []storecopy.Queued, err error) {
	rows, err := db.read.QueryContext(ctx, "SELECT id, ticket, at, clinic_at, person, action, subject, outcome, dropped, coalesce(delivered, 0), coalesce(sent, '') FROM queued_event WHERE "+condition, values...) // #nosec G202 -- a constant
	if err != nil {
		return nil, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		var q storecopy.Queued
		var here, clinic sql.NullInt64
		e := &q.Event
		if err := rows.Scan(&q.N, &q.Ticket, &here, &clinic, &e.Person, &e.Action, &e.Subject, &e.Outcome, &q.Dropped, &q.Delivered, &q.Sent); err != nil {
			return nil, coded(err)
		}
		e.ID, e.Here, e.At, q.Estimate = queuedFrom+q.N, at(here), at(clinic), at(clinic)
		all = append(all, q)
	}
	return all, coded(rows.Err())
}

// Delivered records that the database has these events, with the outcomes that they
// have here, under these numbers.
func (db *DB) Delivered(ctx context.Context, events []storecopy.Queued, ids []int64) error {
	return db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for i := range events {
			if _, err := tx.ExecContext(ctx, "UPDATE queued_event SET delivered = ?, sent = ? WHERE id = ?", ids[i], events[i].Event.Outcome, events[i].N); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM queued_event WHERE id < (SELECT max(id) FROM queued_event) - ? AND delivered IS NOT NULL AND NOT "+toDeliver+
			" AND outcome <> ?", queuedKept, staff.NotFinished)
		return err
	})
}

// Unqueue forgets an event that was dropped, in the database too.
func (db *DB) Unqueue(ctx context.Context, n int64) error {
	_, err := db.write.ExecContext(ctx, "DELETE FROM queued_event WHERE id = ?", n)
	return coded(err)
}

// FinishQueued records how an event ended that has not finished, if it is one of this
// computer's: known.
func (db *DB) FinishQueued(ctx context.Context, e staff.Event) (known bool, err error) {
	return db.endQueued(ctx, e.ID, func(tx *sql.Tx, n int64) error {
		_, err := tx.ExecContext(ctx, "UPDATE queued_event SET person = ?, subject = ?, outcome = ? WHERE id = ?", e.Person, e.Subject, e.Outcome, n)
		return err
	})
}

// DropQueued removes an event that has not finished, if it is one of this computer's.
func (db *DB) DropQueued(ctx context.Context, id int64) (known bool, err error) {
	return db.endQueued(ctx, id, func(tx *sql.Tx, n int64) error {
		_, err := tx.ExecContext(ctx, "UPDATE queued_event SET dropped = 1 WHERE id = ?", n)
		return err
	})
}

func (db *DB) endQueued(ctx context.Context, id int64, end func(*sql.Tx, int64) error) (known bool, err error) {
	err = db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var n int64
		var open bool
		err := tx.QueryRowContext(ctx, "SELECT id, outcome = ? AND NOT dropped FROM queued_event WHERE delivered = ?2 OR id = ?2 - ?3 AND ?2 > ?3",
			staff.NotFinished, id, queuedFrom).Scan(&n, &open)
		if errors.Is(err, sql.ErrNoRows) && id < queuedFrom {
			return nil
		}
		if err == nil && !open || errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("line %d is not in the audit trail as one that has not finished", id)
		}
		if err != nil {
			return err
		}
		known = true
		return end(tx, n)
	})
	return known, err
}

// EventsHere is Events with those that are not delivered yet, which are the newest.
func (db *DB) EventsHere(ctx context.Context, before int64, most int) (events []staff.Event, err error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	pending, err := db.queued(ctx, "delivered IS NULL AND NOT dropped AND id < ? ORDER BY id DESC LIMIT ?", max(before-queuedFrom, 0), most)
	if err != nil {
		return nil, err
	}
	for i := range pending {
		events = append(events, pending[i].Event)
	}
	if len(events) == most {
		return events, nil
	}
	delivered, err := db.Events(ctx, before, most-len(events))
	return append(events, delivered...), err
}

// LastToSignInHere is LastToSignIn with those whose event is not delivered yet.
func (db *DB) LastToSignInHere(ctx context.Context) (string, error) {
	pending, err := db.queued(ctx, "delivered IS NULL AND NOT dropped AND action = ? AND outcome = '' AND person <> '' ORDER BY id DESC LIMIT 1", staff.SignedIn)
	if err != nil {
		return "", err
	}
	if len(pending) > 0 {
		return pending[0].Event.Person, nil
	}
	return db.LastToSignIn(ctx)
}
