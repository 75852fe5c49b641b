package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"telehab.io/desktop/backend/profile"
)

// Clinic returns the connected clinic, or NotConnected.
func (db *DB) Clinic(ctx context.Context) (c profile.Clinic, err error) {
	var account, sealed []byte
	if err := db.pool.QueryRow(ctx, "SELECT account, sealed FROM clinic").Scan(&account, &sealed); err != nil {
		return c, coded(err)
	}
	if account == nil {
		return c, profile.Refuse(profile.NotConnected,
			"No clinic is connected. Open Settings, Software integration and set up the Cliniko integration.")
	}
	return db.openClinic(account, sealed)
}

func (db *DB) openClinic(account, sealed []byte) (c profile.Clinic, err error) {
	plain, err := db.keys.open(sealed, clinicRow(account))
	if err != nil {
		return c, damaged(err)
	}
	if err := json.Unmarshal(plain, &c); err != nil {
		return c, damaged(fmt.Errorf("read the clinic: %w", err))
	}
	return c, nil
}

// Connect makes c the connected clinic, or updates what is stored of it.
// OtherClinic: another one is connected, and nothing was changed.
func (db *DB) Connect(ctx context.Context, c profile.Clinic, now time.Time) error {
	return db.ConnectWith(ctx, c, now, nil)
}

// ConnectWith is Connect with the clinic's API key, which any computer may then use;
// nil leaves the one that there is.
func (db *DB) ConnectWith(ctx context.Context, c profile.Clinic, now time.Time, apiKey []byte) error {
	if c.Connected.IsZero() {
		c.Connected = now.UTC()
	}
	plain, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write the clinic: %w", err)
	}
	account := db.keys.hash("account", c.AccountID)
	return db.write(ctx, anyEpoch, func(ctx context.Context, tx *transaction) error {
		var connected []byte
		if err := tx.QueryRow(ctx, "SELECT account FROM clinic").Scan(&connected); err != nil {
			return err
		}
		if connected != nil && !bytes.Equal(connected, account) {
			return profile.Refuse(profile.OtherClinic,
				"This key belongs to another clinic than the one connected here, so nothing was changed. Use a key of this clinic, or disconnect first.")
		}
		var sealedKey []byte
		if apiKey != nil {
			sealedKey = db.keys.seal(apiKey, apiKeyRow(account))
		}
		_, err := tx.Exec(ctx, "UPDATE clinic SET account = $1, sealed = $2, api_key = coalesce($3, api_key), key = least(key, $4)",
			account, db.keys.seal(plain, clinicRow(account)), sealedKey, db.keys.latest())
		return err
	})
}
