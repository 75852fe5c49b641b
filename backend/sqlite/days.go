package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sort"
	"time"

	"telehab.io/desktop/backend/profile"
)

// Days sums the passes that ended on each day. begins has the time at which
// each day begins, the oldest first, since that depends on the time zone. A
// pass that can be resumed has not ended.
func (s *Profiles) Days(ctx context.Context, begins []time.Time) (days []profile.Day, err error) {
	days = make([]profile.Day, len(begins))
	for i := range days {
		days[i].Failing = -1
	}
	if len(days) == 0 {
		return days, nil
	}
	rows, err := s.db.read.QueryContext(ctx, `SELECT ended_at, error IN ('', ?), failing FROM pass
		WHERE account_id = ? AND ended_at >= ? ORDER BY ended_at, id`, profile.Cancelled, s.account, stamp(begins[0]))
	if err != nil {
		return nil, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		var ended, failing sql.NullInt64
		var well bool
		if err := rows.Scan(&ended, &well, &failing); err != nil {
			return nil, coded(err)
		}
		when := at(ended)
		day := &days[sort.Search(len(begins), func(i int) bool { return begins[i].After(when) })-1]
		day.Passes++
		if !well {
			day.Broken++
		}
		if failing.Valid {
			day.Failing = int(failing.Int64)
		}
	}
	return days, coded(rows.Err())
}
