package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math"

	"telehab.io/desktop/backend/profile"
)

var _ profile.AuditTrail = (*DB)(nil)

// Note adds a line to the audit trail.
func (db *DB) Note(ctx context.Context, e profile.Event) error {
	return db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO audit (at, person, action, subject) VALUES (?, ?, ?, ?)",
			stamp(e.At), e.Person, e.Action, e.Subject); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM audit WHERE at < ?", stamp(e.At.AddDate(0, -profile.AuditMonths, 0)))
		return err
	})
}

// Events returns a part of the audit trail.
func (db *DB) Events(ctx context.Context, before int64, most int) (events []profile.Event, err error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	rows, err := db.read.QueryContext(ctx, "SELECT id, at, person, action, subject FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?", before, most)
	if err != nil {
		return nil, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		var e profile.Event
		var when sql.NullInt64
		if err := rows.Scan(&e.ID, &when, &e.Person, &e.Action, &e.Subject); err != nil {
			return nil, coded(err)
		}
		e.At = at(when)
		events = append(events, e)
	}
	return events, coded(rows.Err())
}
