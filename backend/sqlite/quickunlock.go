package sqlite

import (
	"context"
	"database/sql"

	"telehab.io/desktop/backend/staff"
)

// QuickUnlockForbidden says that nobody may have a quick unlock.
func (db *DB) QuickUnlockForbidden(ctx context.Context) (bool, error) {
	forbidden, err := quickUnlockForbidden(ctx, db.read)
	return forbidden, coded(err)
}

func quickUnlockForbidden(ctx context.Context, in rowQuerier) (forbidden bool, err error) {
	err = in.QueryRowContext(ctx, "SELECT quick_unlock_forbidden <> 0 FROM store").Scan(&forbidden)
	return forbidden, err
}

// ForbidQuickUnlock changes that, and takes away those that there are.
func (db *DB) ForbidQuickUnlock(ctx context.Context, forbidden bool) error {
	return db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE store SET quick_unlock_forbidden = ?", forbidden); err != nil || !forbidden {
			return err
		}
		people, err := db.people(ctx, tx)
		if err != nil {
			return err
		}
		for i := range people {
			p := &people[i]
			if p.QuickUnlock == (staff.Enrollment{}) {
				continue
			}
			p.QuickUnlock = staff.Enrollment{}
			sealed, err := sealPerson(db.sealer, p)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "UPDATE person SET sealed = ? WHERE id = ?", sealed, p.ID); err != nil {
				return err
			}
		}
		return nil
	})
}
