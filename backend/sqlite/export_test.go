package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"telehab.io/desktop/backend/profile"
)

// LimitPages makes the disk look full once the database has this many pages
// more than now.
func (db *DB) LimitPages(ctx context.Context, more int) error {
	var pages int
	if err := db.write.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return err
	}
	var limit int
	return db.write.QueryRowContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages+more)).Scan(&limit)
}

// Writes says that a transaction of this process runs, or waits for another
// process.
func (db *DB) Writes() bool { return db.write.Stats().InUse > 0 }

// Details returns the content of a profile's sealed column.
func (s *Profiles) Details(ctx context.Context, id string) (string, error) {
	var sealed []byte
	if err := s.db.read.QueryRowContext(ctx, "SELECT sealed FROM profile WHERE account_id = ? AND cliniko_id = ?", s.account, id).Scan(&sealed); err != nil {
		return "", err
	}
	plain, err := s.db.sealer.open(sealed, profileRow(s.account, id))
	return string(plain), err
}

// SetDetails replaces the sealed details of an active profile.
func (s *Profiles) SetDetails(ctx context.Context, id, plain string) error {
	return s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var row storedProfile
		if err := scanProfile(tx.QueryRowContext(ctx, "SELECT "+profileColumns+" FROM profile WHERE account_id = ? AND cliniko_id = ?", s.account, id), &row); err != nil {
			return err
		}
		row.clear.fingerprint = s.db.fingerprint([]byte(plain), &profile.Profile{State: profile.Active})
		row.sealed = s.db.sealer.Seal([]byte(plain), profileRow(s.account, id))
		return s.rewrite(ctx, tx, &row)
	})
}

// ForgetRowHashes leaves the store as an earlier version would have, whose rows
// have no hashes.
func (db *DB) ForgetRowHashes(ctx context.Context) error {
	_, err := db.write.ExecContext(ctx, "UPDATE profile SET mac = x''")
	if err == nil {
		_, err = db.write.ExecContext(ctx, "UPDATE store SET proof = ?", db.sealer.keys.Load().sealProof("telehab"))
	}
	return err
}
