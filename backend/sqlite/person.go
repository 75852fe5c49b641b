package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// person is the content of a person's sealed column.
type person struct {
	Name, Email, PasswordHash string
	Permissions               []staff.Permission
	Deactivated               time.Time        `json:",omitzero"`
	QuickUnlock               staff.Enrollment `json:",omitzero"`
}

func sealPerson(with interface{ Seal([]byte, string) []byte }, p *staff.Person) ([]byte, error) {
	plain, err := json.Marshal(person{p.Name, p.Email, p.PasswordHash, p.Permissions, p.Deactivated, p.QuickUnlock})
	if err != nil {
		return nil, fmt.Errorf("write a person: %w", err)
	}
	return with.Seal(plain, personRow(p.ID)), nil
}

// People returns all people, in the order in which they were added.
func (db *DB) People(ctx context.Context) ([]staff.Person, error) {
	db.followGeneration(ctx)
	return db.people(ctx, db.read)
}

// querier is the store, or a transaction of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (db *DB) people(ctx context.Context, in querier) (people []staff.Person, err error) {
	rows, err := in.QueryContext(ctx, "SELECT id, created_at, sealed FROM person ORDER BY created_at, id")
	if err != nil {
		return nil, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		var out staff.Person
		var created sql.NullInt64
		var sealed []byte
		if err := rows.Scan(&out.ID, &created, &sealed); err != nil {
			return nil, coded(err)
		}
		if err := db.unsealPerson(sealed, &out); err != nil {
			return nil, err
		}
		out.CreatedAt = at(created)
		people = append(people, out)
	}
	return people, coded(rows.Err())
}

// unsealPerson fills in the sealed values of the person with out's id.
func (db *DB) unsealPerson(sealed []byte, out *staff.Person) error {
	plain, err := db.sealer.open(sealed, personRow(out.ID))
	if err != nil {
		return damaged(err)
	}
	var in person
	if err := json.Unmarshal(plain, &in); err != nil {
		return damaged(fmt.Errorf("read a person: %w", err))
	}
	out.Name, out.Email, out.PasswordHash, out.Permissions = in.Name, in.Email, in.PasswordHash, in.Permissions
	out.Deactivated, out.QuickUnlock = in.Deactivated, in.QuickUnlock
	return nil
}

// regrant gives the people of an earlier version's store the permissions that
// replace those they had: see staff.Regranted. It does so once. Rows of people
// are sealed, so a migration in SQL cannot. The store's proof says whether it is
// an earlier version's: the column alone would give permissions to whoever
// changes it in the file.
func (db *DB) regrant(ctx context.Context) error {
	return db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if done, err := db.rowsAuthenticated(ctx, tx); err != nil || done {
			return err
		}
		var done bool
		if err := tx.QueryRowContext(ctx, "SELECT permissions > 0 FROM store").Scan(&done); err != nil || done {
			return err
		}
		rows, err := sealedPeople(ctx, tx)
		if err != nil {
			return err
		}
		for id, sealed := range rows {
			p := staff.Person{ID: id}
			if db.unsealPerson(sealed, &p) != nil {
				continue // reported where people are read
			}
			p.Permissions = staff.Regranted(p.Permissions)
			again, err := sealPerson(db.sealer, &p)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "UPDATE person SET sealed = ? WHERE id = ?", again, id); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, "UPDATE store SET permissions = 1")
		return err
	})
}

func sealedPeople(ctx context.Context, tx *sql.Tx) (sealed map[string][]byte, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, sealed FROM person")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	sealed = map[string][]byte{}
	for rows.Next() {
		var id string
		var row []byte
		if err := rows.Scan(&id, &row); err != nil {
			return nil, err
		}
		sealed[id] = row
	}
	return sealed, rows.Err()
}

// ChangePeople decides about a person and stores them, in one transaction. With
// the first person a generation of keys begins: what was in the file before does
// not open any more, even if somebody took it out and puts it back.
//
// StoreDamaged: it would be the first person although a clinic is connected,
// which only a person can do. So people were deleted from the file, and whoever
// did it must not be shown the clients.
func (db *DB) ChangePeople(ctx context.Context, decide func([]staff.Person) (staff.Person, error)) error {
	return db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		people, err := db.people(ctx, tx)
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
		forbidden, err := quickUnlockForbidden(ctx, tx)
		if err != nil {
			return err
		}
		if forbidden {
			p.QuickUnlock = staff.Enrollment{}
		}
		keys := db.sealer.keys.Load()
		if len(people) == 0 {
			if keys, err = keys.newGeneration(); err != nil {
				return err
			}
		}
		sealed, err := sealPerson(keys, &p)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO person (id, created_at, sealed) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
			p.ID, stamp(p.CreatedAt), sealed)
		if err != nil || len(people) > 0 {
			return err
		}
		return db.useKeys(ctx, tx, keys)
	})
}

func requireNoClinic(ctx context.Context, tx *sql.Tx) error {
	var connected bool
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM clinic)").Scan(&connected); err != nil || !connected {
		return err
	}
	return profile.Refuse(profile.StoreDamaged,
		"The people of this computer were removed outside TeleHab, so its clients cannot be opened. Close TeleHab, delete the file telehab.db in its data folder, and start again: nothing in Cliniko is lost.")
}
