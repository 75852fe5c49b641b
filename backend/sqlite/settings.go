package sqlite

import "context"

// IdleMinutes returns after how many idle minutes the window locks.
func (db *DB) IdleMinutes(ctx context.Context) (minutes int, err error) {
	err = db.read.QueryRowContext(ctx, "SELECT idle_minutes FROM store").Scan(&minutes)
	return minutes, coded(err)
}

// SetIdleMinutes changes the number of idle minutes.
func (db *DB) SetIdleMinutes(ctx context.Context, minutes int) error {
	_, err := db.write.ExecContext(ctx, "UPDATE store SET idle_minutes = ?", minutes)
	return coded(err)
}
