package sqlite

import (
	"context"
	"fmt"
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
