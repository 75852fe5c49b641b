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
	return db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error { return db.forbidQuickUnlock(ctx, tx, forbidden) })
}

func (db *DB) forbidQuickUnlock(ctx context.Context, tx *sql.Tx, forbidden bool) error {
	if _, err := tx.ExecContext(ctx, "UPDATE store SET quick_unlock_forbidden = ?", forbidden); err != nil || !forbidden {
		return err
	}
	people, err := db.people(ctx, tx)
	if err != nil {
		return err
	}
	for i := range people {
		if people[i].QuickUnlock == (staff.Enrollment{}) {
			continue
		}
		if err := db.saveQuickUnlock(ctx, tx, &people[i], staff.Enrollment{}); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) saveQuickUnlock(ctx context.Context, tx *sql.Tx, p *staff.Person, unlock staff.Enrollment) error {
	p.QuickUnlock = unlock
	sealed, err := sealPerson(db.sealer, p)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE person SET sealed = ? WHERE id = ?", sealed, p.ID)
	return err
}

// Enroll keeps a person's quick unlock, which is of this computer and in no other
// store.
func (db *DB) Enroll(ctx context.Context, person string, unlock staff.Enrollment) error {
	return db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		people, err := db.people(ctx, tx)
		if err != nil {
			return err
		}
		forbidden, err := quickUnlockForbidden(ctx, tx)
		if err != nil {
			return err
		}
		if forbidden {
			unlock = staff.Enrollment{}
		}
		for i := range people {
			if people[i].ID == person && people[i].QuickUnlock != unlock {
				return db.saveQuickUnlock(ctx, tx, &people[i], unlock)
			}
		}
		return nil
	})
}
