package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

var _ staff.ClinicPeople = (*DB)(nil)

// person is the content of a person's sealed column. A quick unlock is of one
// computer and is not in it.
type person struct {
	Name, Email, PasswordHash string
	Permissions               []staff.Permission
	Deactivated               time.Time `json:",omitzero"`
}

// People returns all people, in the order in which they were added.
//
// Errors: StoreDamaged when one of them does not open.
func (db *DB) People(ctx context.Context) ([]staff.Person, error) { return db.peopleIn(ctx, db.pool) }

func (db *DB) peopleIn(ctx context.Context, in querier) ([]staff.Person, error) {
	return collect(ctx, in, db.scanPerson, "SELECT id, created_at, sealed FROM person ORDER BY created_at, id")
}

func (db *DB) scanPerson(from pgx.CollectableRow) (p staff.Person, err error) {
	var created *int64
	var sealed []byte
	if err := from.Scan(&p.ID, &created, &sealed); err != nil {
		return p, err
	}
	p.CreatedAt = at(created)
	plain, err := db.keys.open(sealed, personRow(p.ID))
	if err != nil {
		return p, damaged(err)
	}
	var in person
	if err := json.Unmarshal(plain, &in); err != nil {
		return p, damaged(fmt.Errorf("read a person: %w", err))
	}
	p.Name, p.Email, p.PasswordHash, p.Permissions = in.Name, in.Email, in.PasswordHash, in.Permissions
	p.Deactivated = in.Deactivated
	return p, nil
}

// ChangePeople decides about a person and stores them, in one transaction. Their
// quick unlock is left out: it belongs to one computer.
//
// StoreDamaged: it would be the first person although a clinic is connected,
// which only a person can do. So people were removed from the database, and
// whoever did it must not be shown the clients.
func (db *DB) ChangePeople(ctx context.Context, decide func([]staff.Person) (staff.Person, error)) error {
	return db.write(ctx, anyEpoch, func(ctx context.Context, tx *transaction) error {
		people, err := db.peopleIn(ctx, tx)
		if err != nil {
			return err
		}
		p, err := decide(people)
		if err != nil {
			return err
		}
		if len(people) == 0 {
			if err := requireNoClinic(ctx, tx); err != nil {
				return err
			}
		}
		plain, err := json.Marshal(person{p.Name, p.Email, p.PasswordHash, p.Permissions, p.Deactivated})
		if err != nil {
			return fmt.Errorf("write a person: %w", err)
		}
		_, err = tx.Exec(ctx, `INSERT INTO person (id, n, created_at, key, sealed) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO UPDATE SET n = excluded.n, key = excluded.key, sealed = excluded.sealed`,
			p.ID, tx.n, stamp(p.CreatedAt), db.keys.latest(), db.keys.seal(plain, personRow(p.ID)))
		return err
	})
}

func requireNoClinic(ctx context.Context, tx *transaction) error {
	var connected bool
	if err := tx.QueryRow(ctx, "SELECT account IS NOT NULL FROM clinic").Scan(&connected); err != nil || !connected {
		return err
	}
	return profile.Refuse(profile.StoreDamaged,
		"The people of the clinic were removed from its database outside TeleHab, so its clients cannot be opened. Restore the database from a backup.")
}

// QuickUnlockForbidden says that nobody may have a quick unlock.
func (db *DB) QuickUnlockForbidden(ctx context.Context) (forbidden bool, err error) {
	err = db.pool.QueryRow(ctx, "SELECT quick_unlock_forbidden FROM clinic").Scan(&forbidden)
	return forbidden, coded(err)
}

// ForbidQuickUnlock changes that. Each computer takes away those that it has.
func (db *DB) ForbidQuickUnlock(ctx context.Context, forbidden bool) error {
	return db.write(ctx, anyEpoch, func(ctx context.Context, tx *transaction) error {
		_, err := tx.Exec(ctx, "UPDATE clinic SET quick_unlock_forbidden = $1", forbidden)
		return err
	})
}

// SetIdleMinutes changes after how many idle minutes a window locks.
func (db *DB) SetIdleMinutes(ctx context.Context, minutes int) error {
	return db.write(ctx, anyEpoch, func(ctx context.Context, tx *transaction) error {
		_, err := tx.Exec(ctx, "UPDATE clinic SET idle_minutes = $1", minutes)
		return err
	})
}
