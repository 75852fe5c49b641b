package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"telehab.io/desktop/backend/staff"
)

// maxTracked is for how many emails failed sign-ins are counted. Trying more of
// them only drops the oldest.
const maxTracked = 1000

// CountTries updates the failed sign-ins of an email.
func (db *DB) CountTries(ctx context.Context, email string, now, forgetAfter time.Duration, count func(staff.Tries) staff.Tries) error {
	return db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE tries SET last = ?1 WHERE last > ?1", now.Microseconds()); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM tries WHERE last < ?", (now - forgetAfter).Microseconds()); err != nil {
			return err
		}
		key := db.sealer.keyedHash([]byte("tries"), []byte(email))
		var before staff.Tries
		var last int64
		err := tx.QueryRowContext(ctx, "SELECT wrong, last FROM tries WHERE email = ?", key).Scan(&before.Wrong, &last)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		before.Last = time.Duration(last) * time.Microsecond
		after := count(before)
		if after.Wrong == 0 {
			_, err := tx.ExecContext(ctx, "DELETE FROM tries WHERE email = ?", key)
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO tries (email, wrong, last) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET wrong = excluded.wrong, last = excluded.last",
			key, after.Wrong, after.Last.Microseconds()); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM tries WHERE email IN (SELECT email FROM tries ORDER BY last DESC LIMIT -1 OFFSET ?)", maxTracked)
		return err
	})
}
