package sqlite

import (
	"context"
	"database/sql"
)

// Revision returns a number that grows with every transaction that changes what
// All reads, in whatever process, and with no other.
func (s *Profiles) Revision(ctx context.Context) (n int64, err error) {
	err = s.db.read.QueryRowContext(ctx, "SELECT revision FROM clinic WHERE account_id = ?", s.account).Scan(&n)
	return n, coded(err)
}

// revise is a part of every such transaction.
func (s *Profiles) revise(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "UPDATE clinic SET revision = revision + 1 WHERE account_id = ?", s.account)
	return err
}
