package sqlite

import (
	"context"
	"database/sql"
)

// Revision returns a number that grows with every transaction, of any process,
// that changes what All reads, and with no other.
func (s *Profiles) Revision(ctx context.Context) (n int64, err error) {
	err = s.db.read.QueryRowContext(ctx, "SELECT revision FROM clinic WHERE account_id = ?", s.account).Scan(&n)
	return n, coded(err)
}

// revise raises the revision as part of a transaction.
func (s *Profiles) revise(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "UPDATE clinic SET revision = revision + 1 WHERE account_id = ?", s.account)
	return err
}
