package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

var _ staff.TodayStore = (*Profiles)(nil)

// today is the content of a row of that table: staff.Today without its methods,
// which would redact it. It names the person, whose id is only hashed beside it.
type today struct {
	Person string
	Kept   keptToday
}

type keptToday staff.Today

// Today returns what the Today screen keeps of a person; the zero value if it was
// never stored. A row that does not open counts as none: it is nothing that a
// person could not choose again, and no reason to show them nothing.
func (s *Profiles) Today(ctx context.Context, person string) (staff.Today, error) {
	return s.todayIn(ctx, s.db.pool, person)
}

func (s *Profiles) todayIn(ctx context.Context, in querier, person string) (t staff.Today, err error) {
	var sealed []byte
	hash := s.db.keys.hash("today", person)
	if err := in.QueryRow(ctx, "SELECT sealed FROM today WHERE person = $1", hash).Scan(&sealed); err != nil {
		return t, orNone(err)
	}
	row, _ := s.openToday(hash, sealed)
	return staff.Today(row.Kept), nil
}

// openToday opens a row. broken: it does not open.
func (s *Profiles) openToday(hash, sealed []byte) (row today, broken bool) {
	plain, err := s.db.keys.open(sealed, todayRow(s.account, string(hash)))
	if err != nil || json.Unmarshal(plain, &row) != nil {
		return today{}, true
	}
	return row, false
}

// ChangeToday changes what the Today screen keeps of a person, in one
// transaction, and returns it. An error of change ends it with nothing stored.
// It must not call the store.
func (s *Profiles) ChangeToday(ctx context.Context, person string, change func(*staff.Today) error) (t staff.Today, err error) {
	err = s.db.write(ctx, anyEpoch, func(ctx context.Context, tx *transaction) error {
		if t, err = s.todayIn(ctx, tx, person); err != nil {
			return err
		}
		if err := change(&t); err != nil {
			return err
		}
		batch := &pgx.Batch{}
		if err := s.queueToday(batch, tx.n, today{person, keptToday(t)}); err != nil {
			return err
		}
		return run(ctx, tx, batch)
	})
	return t, err
}

func (s *Profiles) queueToday(batch *pgx.Batch, n int64, row today) error {
	return s.queueTodayOf(batch, n, s.db.keys.hash("today", row.Person), row)
}

func (s *Profiles) queueTodayOf(batch *pgx.Batch, n int64, hash []byte, row today) error {
	plain, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("write what Today keeps: %w", err)
	}
	batch.Queue(`INSERT INTO today (person, n, key, sealed) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person) DO UPDATE SET n = excluded.n, key = excluded.key, sealed = excluded.sealed`,
		hash, n, s.db.keys.latest(), s.db.keys.seal(plain, todayRow(s.account, string(hash))))
	return nil
}

// forgetToday takes erased clients out of what Today keeps of everybody. A row
// that no longer opens may name them, and is emptied.
func (s *Profiles) forgetToday(ctx context.Context, tx *transaction, refs []string) error {
	type sealedRow struct{ person, sealed []byte }
	rows, err := collect(ctx, tx, func(from pgx.CollectableRow) (r sealedRow, err error) {
		err = from.Scan(&r.person, &r.sealed)
		return r, err
	}, "SELECT person, sealed FROM today")
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for _, r := range rows {
		row, broken := s.openToday(r.person, r.sealed)
		kept := staff.Today(row.Kept)
		switch {
		case broken:
			// Empty, and not deleted, so that copies follow.
			if err := s.queueTodayOf(batch, tx.n, r.person, today{}); err != nil {
				return err
			}
		case kept.Forget(refs):
			row.Kept = keptToday(kept)
			if err := s.queueToday(batch, tx.n, row); err != nil {
				return err
			}
		}
	}
	return run(ctx, tx, batch)
}

// ImportedAt returns when the first import ended, as far as passes are kept, or
// the zero time.
func (s *Profiles) ImportedAt(ctx context.Context) (time.Time, error) {
	var ended *int64
	err := s.db.pool.QueryRow(ctx, "SELECT min(ended_at) FROM pass WHERE kind = $1 AND error = ''", profile.FullPass).Scan(&ended)
	return at(ended), coded(err)
}
