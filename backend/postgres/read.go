package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"telehab.io/desktop/backend/profile"
)

// One returns what is stored of a patient, or NotFound.
func (s *Profiles) One(ctx context.Context, ref string) (profile.Entry, error) {
	rows, err := collect(ctx, s.db.pool, scanRow, "SELECT "+rowColumns+" FROM client c WHERE c.ref = $1 AND c.state <> 'erased'", s.db.keys.ref(s.account, ref))
	if err != nil {
		return profile.Entry{Ref: ref}, err
	}
	if len(rows) == 0 {
		return profile.Entry{Ref: ref}, profile.Refuse(profile.NotFound, "The clinic does not have this client yet. Sync, or look it up in Cliniko.")
	}
	return s.open(&rows[0])
}

// portionSize is how many rows are opened at a time.
const portionSize = 256

// All calls each with everything that is stored, some entries at a time, one
// call after the other and in no particular order; each may keep the slice. Rows
// that do not open are left out, and their refs returned.
func (s *Profiles) All(ctx context.Context, each func([]profile.Entry)) (badRefs []string, err error) {
	rows, err := s.db.pool.Query(ctx, "SELECT "+rowColumns+" FROM client c WHERE c.state <> 'erased'")
	if err != nil {
		return nil, coded(err)
	}
	defer rows.Close()
	// Opening a row takes longer than reading it, so several goroutines do that.
	o := &opening{Profiles: s, each: each}
	o.workers.SetLimit(runtime.GOMAXPROCS(0))
	err = o.feed(rows)
	_ = o.workers.Wait() // they do not fail
	return o.badRefs, coded(err)
}

// opening is the state of one call of All.
type opening struct {
	*Profiles
	workers errgroup.Group

	mu      sync.Mutex // of what follows
	each    func([]profile.Entry)
	badRefs []string
}

func (o *opening) feed(rows pgx.Rows) error {
	portion := make([]row, 0, portionSize)
	for rows.Next() {
		r, err := scanRow(rows)
		if err != nil {
			return err
		}
		if portion = append(portion, r); len(portion) == portionSize {
			ready := portion
			o.workers.Go(func() error { return o.openAll(ready) })
			portion = make([]row, 0, portionSize)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return o.openAll(portion)
}

func (o *opening) openAll(portion []row) error {
	entries := make([]profile.Entry, 0, len(portion))
	var bad []string
	for i := range portion {
		if e, err := o.open(&portion[i]); err != nil {
			bad = append(bad, e.Ref)
		} else {
			entries = append(entries, e)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.badRefs = append(o.badRefs, bad...)
	o.each(entries)
	return nil
}

// failures returns the failures that match a condition and open.
func (s *Profiles) failures(ctx context.Context, condition string) (failures []profile.Failure, err error) {
	rows, err := collect(ctx, s.db.pool, scanRow, "SELECT c.ref, c.state, NULL::bytea, NULL::bytea, c.failure FROM client c WHERE c.failure IS NOT NULL AND "+condition)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if f, err := s.openFailure(&rows[i]); err == nil {
			failures = append(failures, *f)
		}
	}
	return failures, nil
}

// Tally counts the stored clients.
func (s *Profiles) Tally(ctx context.Context) (t profile.Tally, err error) {
	err = s.db.pool.QueryRow(ctx, `SELECT count(*) FILTER (WHERE c.state IN ('active', 'none')), count(*) FILTER (WHERE c.failure IS NOT NULL),
			count(*) FILTER (WHERE c.state IN ('archived', 'merged')), count(*) FILTER (WHERE c.state = 'deleted'),
			count(*) FILTER (WHERE m.ref IS NOT NULL AND (c.state = 'active' OR c.failure IS NOT NULL))
		FROM client c LEFT JOIN missing m ON m.ref = c.ref`).Scan(&t.Active, &t.Failed, &t.Archived, &t.Deleted, &t.Missing)
	return t, coded(err)
}

// changesShown is the most changes of one profile that are read, the newest
// ones.
const changesShown = 100

// Changes returns what changed of a profile since it was first stored, for the
// last profile.HistoryDays, the newest first.
//
// Errors: StoreDamaged when a row does not open.
func (s *Profiles) Changes(ctx context.Context, id profile.ID) ([]profile.Change, error) {
	hash := s.db.keys.ref(s.account, string(id))
	return collect(ctx, s.db.pool, func(from pgx.CollectableRow) (c profile.Change, err error) {
		var stored int64
		var sealed []byte
		if err := from.Scan(&c.PassID, &stored, &sealed); err != nil {
			return c, err
		}
		plain, err := s.db.keys.open(sealed, changeRow(s.account, hash, stored))
		if err != nil {
			return c, damaged(err)
		}
		var in changed
		if json.Unmarshal(plain, &in) != nil {
			return c, damaged(errors.New("read a change"))
		}
		c.At, c.UpdatedAt, c.Fields = time.UnixMicro(stored).UTC(), time.UnixMicro(in.UpdatedAt).UTC(), in.Fields
		return c, nil
	}, "SELECT pass_id, at, sealed FROM change WHERE ref = $1 ORDER BY at DESC, id DESC LIMIT $2", hash, changesShown)
}

// Revision returns a number that grows with every transaction, of any computer,
// that changes what All reads, and with no other.
func (s *Profiles) Revision(ctx context.Context) (n int64, err error) {
	err = s.db.pool.QueryRow(ctx, "SELECT revision FROM clinic").Scan(&n)
	return n, coded(err)
}
