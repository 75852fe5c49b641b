package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"telehab.io/desktop/backend/profile"
)

// Clinic returns the connected clinic, or NotConnected.
func (db *DB) Clinic(ctx context.Context) (profile.Clinic, error) {
	var account string
	var sealed []byte
	err := db.read.QueryRowContext(ctx, "SELECT account_id, sealed FROM clinic").Scan(&account, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return profile.Clinic{}, profile.Errorf(profile.NotConnected,
			"No clinic is connected. Open Settings, Software integration and set up the Cliniko integration.")
	}
	if err != nil {
		return profile.Clinic{}, coded(err)
	}
	plain, err := db.sealer.open(sealed, clinicRow(account))
	if err != nil {
		return profile.Clinic{}, damaged(err)
	}
	var c profile.Clinic
	if err := json.Unmarshal(plain, &c); err != nil {
		return profile.Clinic{}, damaged(fmt.Errorf("read the clinic: %w", err))
	}
	return c, nil
}

// Connect makes c the connected clinic, or renews what is known of it.
// OtherClinic: another one is connected, and nothing was changed.
func (db *DB) Connect(ctx context.Context, c profile.Clinic, now time.Time) error {
	if c.Connected.IsZero() {
		c.Connected = now.UTC()
	}
	plain, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write the clinic: %w", err)
	}
	return db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var other int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM clinic WHERE account_id <> ?", c.AccountID).Scan(&other); err != nil {
			return err
		}
		if other > 0 {
			return profile.Errorf(profile.OtherClinic,
				"This key belongs to another clinic than the one connected here, so nothing was changed. Use a key of this clinic, or disconnect first.")
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO clinic (account_id, connected_at, sealed) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET sealed = excluded.sealed`,
			c.AccountID, stamp(c.Connected), db.sealer.seal(plain, clinicRow(c.AccountID)))
		return err
	})
}

// Forget erases everything that came from Cliniko, and rewrites the file so
// that nothing of it stays in free pages. People stay.
func (db *DB) Forget(ctx context.Context) error {
	if err := db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM clinic") // the rest follows by its foreign keys
		return err
	}); err != nil {
		return err
	}
	for _, statement := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := db.write.ExecContext(ctx, statement); err != nil {
			return coded(fmt.Errorf("rewrite the store: %w", err))
		}
	}
	return nil
}

// person is what the sealed column of a person holds.
type person struct {
	Name, Email, PasswordHash string
	Permissions               []profile.Permission
}

// People returns everybody, the first one first.
func (db *DB) People(ctx context.Context) (people []profile.Person, err error) {
	rows, err := db.read.QueryContext(ctx, "SELECT id, created_at, sealed FROM person ORDER BY created_at, id")
	if err != nil {
		return nil, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		var out profile.Person
		var created sql.NullInt64
		var sealed []byte
		if err := rows.Scan(&out.ID, &created, &sealed); err != nil {
			return nil, coded(err)
		}
		plain, err := db.sealer.open(sealed, personRow(out.ID))
		if err != nil {
			return nil, damaged(err)
		}
		var in person
		if err := json.Unmarshal(plain, &in); err != nil {
			return nil, damaged(fmt.Errorf("read a person: %w", err))
		}
		out.Name, out.Email, out.PasswordHash, out.Permissions = in.Name, in.Email, in.PasswordHash, in.Permissions
		out.CreatedAt = at(created)
		people = append(people, out)
	}
	return people, coded(rows.Err())
}

// AddPerson stores a person. Whether the email is free is for the caller to
// know, since emails are sealed.
func (db *DB) AddPerson(ctx context.Context, p profile.Person) error {
	plain, err := json.Marshal(person{p.Name, p.Email, p.PasswordHash, p.Permissions})
	if err != nil {
		return fmt.Errorf("write a person: %w", err)
	}
	_, err = db.write.ExecContext(ctx, "INSERT INTO person (id, created_at, sealed) VALUES (?, ?, ?)",
		p.ID, stamp(p.CreatedAt), db.sealer.seal(plain, personRow(p.ID)))
	return coded(err)
}
