package sqlite

import (
	"context"
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
	fingerprint := s.db.fingerprint([]byte(plain), &profile.Profile{State: profile.Active})
	_, err := s.db.write.ExecContext(ctx, "UPDATE profile SET sealed = ?, fingerprint = ? WHERE account_id = ? AND cliniko_id = ?",
		s.db.sealer.seal([]byte(plain), profileRow(s.account, id)), fingerprint, s.account, id)
	return err
}
