package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"telehab.io/desktop/backend/staff"
)

var _ staff.AuditTrail = (*DB)(nil)

// AddEvent adds an event to the audit trail and returns its number.
func (db *DB) AddEvent(ctx context.Context, e staff.Event) (id int64, err error) {
	err = db.inClear(ctx, func(ctx context.Context, tx *sql.Tx) error {
		clock, err := clockOf(tx.QueryRowContext(ctx, clockQuery))
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, "INSERT INTO audit (at, clinic_at, person, action, subject, outcome) VALUES (?, ?, ?, ?, ?, ?)",
			stamp(e.Here), stamp(clock.Estimate(e.Here)), e.Person, e.Action, e.Subject, e.Outcome)
		if err != nil {
			return err
		}
		id, err = result.LastInsertId()
		return err
	})
	return id, err
}

// FinishEvent records an event's outcome, subject and person.
func (db *DB) FinishEvent(ctx context.Context, e staff.Event) error {
	return db.endEvent(ctx, e.ID, "UPDATE audit SET person = ?, subject = ?, outcome = ? WHERE id = ? AND outcome = ?", e.Person, e.Subject, e.Outcome)
}

// DropEvent removes an event that has not finished.
func (db *DB) DropEvent(ctx context.Context, id int64) error {
	return db.endEvent(ctx, id, "DELETE FROM audit WHERE id = ? AND outcome = ?")
}

// endEvent changes an event that has not finished. The statement ends with its
// id and outcome.
func (db *DB) endEvent(ctx context.Context, id int64, statement string, args ...any) error {
	result, err := db.write.ExecContext(ctx, statement, append(args, id, staff.NotFinished)...)
	if err != nil {
		return coded(err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, fmt.Errorf("line %d is not in the audit trail as one that has not finished", id))
	}
	return nil
}

// purgeAudit erases events that happened more than AuditMonths before now,
// which is Cliniko's time. An event's position in the trail decides: it
// happened before the first of Cliniko's times that was believed after it. Its
// own times decide nothing.
func purgeAudit(ctx context.Context, tx *sql.Tx, now time.Time) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM audit WHERE known_by < ?", stamp(now.AddDate(0, -staff.AuditMonths, 0)))
	return err
}

// LastToSignIn returns the id of whoever signed in last.
func (db *DB) LastToSignIn(ctx context.Context) (person string, err error) {
	err = db.read.QueryRowContext(ctx, "SELECT person FROM audit WHERE action = ? AND outcome = '' AND person <> '' ORDER BY id DESC LIMIT 1",
		staff.SignedIn).Scan(&person)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return person, coded(err)
}

// Events returns up to most events of the audit trail.
func (db *DB) Events(ctx context.Context, before int64, most int) (events []staff.Event, err error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	rows, err := db.read.QueryContext(ctx, "SELECT id, at, clinic_at, known_by, person, action, subject, outcome FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?", before, most)
	if err != nil {
		return nil, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		var e staff.Event
		var here, clinic, knownBy sql.NullInt64
		if err := rows.Scan(&e.ID, &here, &clinic, &knownBy, &e.Person, &e.Action, &e.Subject, &e.Outcome); err != nil {
			return nil, coded(err)
		}
		e.Here, e.At = at(here), at(clinic)
		if !clinic.Valid {
			e.At = e.Here // written by a version that knew one clock
		}
		if knownBy.Valid && e.At.After(at(knownBy)) {
			e.At = at(knownBy)
		}
		events = append(events, e)
	}
	return events, coded(rows.Err())
}
