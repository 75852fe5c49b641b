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
	db.followGeneration(ctx)
	var account string
	var sealed []byte
	err := db.read.QueryRowContext(ctx, "SELECT account_id, sealed FROM clinic").Scan(&account, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return profile.Clinic{}, profile.Refuse(profile.NotConnected,
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

// Connect makes c the connected clinic, or updates what is stored of it.
// OtherClinic: another one is connected, and nothing was changed. StoreMissing:
// another process has erased what was connected.
func (db *DB) Connect(ctx context.Context, c profile.Clinic, now time.Time) error {
	return db.ConnectWith(ctx, c, now, func() error { return nil })
}

// ConnectWith is Connect with a last step that belongs to it. If that fails,
// nothing was changed. No other process connects or forgets a clinic meanwhile.
func (db *DB) ConnectWith(ctx context.Context, c profile.Clinic, now time.Time, last func() error) error {
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
			return profile.Refuse(profile.OtherClinic,
				"This key belongs to another clinic than the one connected here, so nothing was changed. Use a key of this clinic, or disconnect first.")
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO clinic (account_id, connected_at, sealed) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET sealed = excluded.sealed`,
			c.AccountID, stamp(c.Connected), db.sealer.Seal(plain, clinicRow(c.AccountID))); err != nil {
			return err
		}
		return last()
	})
}

// Forgotten is how much Forget erased.
type Forgotten struct {
	Profiles int // including incomplete, archived and deleted ones
	Changes  int // in their history
	Passes   int
}

// Forget erases everything that came from Cliniko, and rewrites the file. People
// stay, sealed with the fresh key, which becomes the store's key: remains of
// erased clients on the disk can no longer be decrypted.
func (db *DB) Forget(ctx context.Context, fresh []byte) (Forgotten, error) {
	gone, err := db.ForgetWith(ctx, fresh, func() error { return nil })
	if err != nil {
		return gone, err
	}
	return gone, db.Rewrite(ctx)
}

// ForgetWith is Forget without Rewrite, and with a first step that belongs to
// it. If there is an error, nothing was changed. No other process connects or
// forgets a clinic meanwhile.
func (db *DB) ForgetWith(ctx context.Context, fresh []byte, first func() error) (Forgotten, error) {
	var gone Forgotten
	next, err := newKeys(fresh, "")
	if err != nil {
		return gone, err
	}
	err = db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		people, err := db.people(ctx, tx) // not before: another process may be changing them
		if err != nil {
			return err
		}
		if gone, err = count(ctx, tx); err != nil {
			return err
		}
		if err := first(); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM clinic"); err != nil { // foreign keys delete the rest
			return err
		}
		for i := range people {
			sealed, err := sealPerson(next, &people[i])
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "UPDATE person SET sealed = ? WHERE id = ?", sealed, people[i].ID); err != nil {
				return err
			}
		}
		return db.useKeys(ctx, tx, next)
	})
	if err != nil {
		return Forgotten{}, err
	}
	return gone, nil
}

// Rewrite rewrites the file, so that nothing that was erased stays in free
// pages.
func (db *DB) Rewrite(ctx context.Context) error {
	for _, statement := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := db.write.ExecContext(ctx, statement); err != nil {
			return coded(fmt.Errorf("rewrite the store: %w", err))
		}
	}
	return nil
}

func count(ctx context.Context, tx *sql.Tx) (f Forgotten, err error) {
	// An unreadable patient has a failure and no profile.
	err = tx.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM (SELECT account_id, cliniko_id FROM profile UNION SELECT account_id, ref FROM failure)),
		(SELECT count(*) FROM change), (SELECT count(*) FROM pass)`).Scan(&f.Profiles, &f.Changes, &f.Passes)
	return f, err
}
