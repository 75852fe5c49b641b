package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storerules"
)

// BeginPass starts a pass or resumes an unfinished full one.
func (s *Profiles) BeginPass(ctx context.Context, p profile.Pass) (profile.Pass, map[int]bool, error) {
	var stored map[int]bool
	err := s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if p.Kind == profile.FullPass {
			unfinished, pages, err := unfinishedPass(ctx, tx, s.account)
			if err != nil {
				return err
			}
			if unfinished.ID != 0 && storerules.Resumes(unfinished.StartedAt, p.StartedAt) {
				unfinished.Service = p.Service
				p, stored = unfinished, pages
				_, err := tx.ExecContext(ctx, "UPDATE pass SET service = ? WHERE id = ?", p.Service, p.ID)
				return err
			}
		}
		// Any other unfinished pass is closed as interrupted; a changes pass
		// starts at its cursor anyway.
		for _, statement := range []string{
			"DELETE FROM seen WHERE pass_id IN (SELECT id FROM pass WHERE account_id = ? AND kind = ? AND ended_at IS NULL)",
			"DELETE FROM page WHERE pass_id IN (SELECT id FROM pass WHERE account_id = ? AND kind = ? AND ended_at IS NULL)",
		} {
			if _, err := tx.ExecContext(ctx, statement, s.account, p.Kind); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE pass SET ended_at = started_at, error = CASE error WHEN '' THEN ? ELSE error END
			WHERE account_id = ? AND kind = ? AND ended_at IS NULL`, profile.Cancelled, s.account, p.Kind); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, "INSERT INTO pass (account_id, kind, started_at, expected, service) VALUES (?, ?, ?, ?, ?)",
			s.account, p.Kind, stamp(p.StartedAt), p.Expected, p.Service)
		if err != nil {
			return err
		}
		p.ID, err = result.LastInsertId()
		return err
	})
	return p, stored, err
}

func unfinishedPass(ctx context.Context, tx *sql.Tx, account string) (p profile.Pass, pages map[int]bool, err error) {
	p, err = scanPass(tx.QueryRowContext(ctx, "SELECT "+passColumns+" FROM pass WHERE account_id = ? AND kind = ? AND ended_at IS NULL ORDER BY id DESC LIMIT 1",
		account, profile.FullPass))
	if errors.Is(err, sql.ErrNoRows) {
		return profile.Pass{}, nil, nil
	}
	if err != nil {
		return profile.Pass{}, nil, err
	}
	rows, err := tx.QueryContext(ctx, "SELECT n FROM page WHERE pass_id = ?", p.ID)
	if err != nil {
		return p, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	pages = map[int]bool{}
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return p, nil, err
		}
		pages[n] = true
	}
	return p, pages, rows.Err()
}

// Counts sums the outcomes of the pass so far.
func (s *Profiles) Counts(ctx context.Context, passID int64) (counts profile.Counts, err error) {
	rows, err := s.db.read.QueryContext(ctx, "SELECT outcome, count(*) FROM seen WHERE pass_id = ? GROUP BY outcome", passID)
	if err != nil {
		return counts, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		var outcome profile.Outcome
		var n int
		if err := rows.Scan(&outcome, &n); err != nil {
			return counts, coded(err)
		}
		counts.Read += n
		switch outcome {
		case profile.Synced:
			counts.Synced = n
		case profile.Unchanged:
			counts.Unchanged = n
		case profile.Failed:
			counts.Failed = n
		case profile.ArchivedOutcome:
			counts.Archived = n
		}
	}
	return counts, coded(rows.Err())
}

// ForgetOthers removes the outcomes of all patients but these.
func (s *Profiles) ForgetOthers(ctx context.Context, passID int64, met []string) error {
	list, err := json.Marshal(append([]string{}, met...)) // a list even if there is nobody
	if err != nil {
		return err
	}
	_, err = s.db.write.ExecContext(ctx, "DELETE FROM seen WHERE pass_id = ? AND ref NOT IN (SELECT value FROM json_each(?))", passID, string(list))
	return coded(err)
}

// Unreadable returns the ids of all records that could not be read and have
// one.
func (s *Profiles) Unreadable(ctx context.Context) ([]profile.ID, error) {
	refs, err := s.texts(ctx, "SELECT ref FROM failure INDEXED BY failure_unreadable WHERE account_id = ? AND code = 'unreadable' ORDER BY last_failed_at, ref", s.account)
	var ids []profile.ID
	for _, ref := range refs {
		if id, ok := profile.ParseID(ref); ok {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// Retries returns the unreadable records that have a time at which to read them
// again.
func (s *Profiles) Retries(ctx context.Context) ([]profile.Retry, error) {
	failures, err := s.failures(ctx, "INDEXED BY failure_unreadable WHERE account_id = ? AND code = 'unreadable'", s.account)
	if err != nil {
		return nil, err
	}
	clock, err := s.Clock(ctx)
	return storerules.RetriesOf(failures, clock.Estimate(s.now())), err
}

// EndPass closes the pass, or leaves it open to be resumed.
func (s *Profiles) EndPass(ctx context.Context, p profile.Pass, cursors profile.Cursors) error {
	return s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		goesOn := p.Kind == profile.FullPass && profile.Resumable(p.Err)
		ended := stamp(p.EndedAt)
		if goesOn {
			ended = sql.NullInt64{}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE pass SET ended_at = ?, error = ?, requests = requests + ?, total = ?,
			synced = ?, unchanged = ?, failed = ?, archived = ?, failing = (SELECT count(*) FROM failure WHERE account_id = ?)
			WHERE id = ?`, ended, p.Err, p.Requests, p.Total,
			p.Counts.Synced, p.Counts.Unchanged, p.Counts.Failed, p.Counts.Archived, s.account, p.ID); err != nil {
			return err
		}
		if goesOn {
			return nil
		}
		for _, statement := range []string{"DELETE FROM seen WHERE pass_id = ?", "DELETE FROM page WHERE pass_id = ?"} {
			if _, err := tx.ExecContext(ctx, statement, p.ID); err != nil {
				return err
			}
		}
		if p.Err != "" || p.Kind == profile.RetryPass {
			return nil
		}
		if p.Kind == profile.FullPass {
			if _, err := tx.ExecContext(ctx, "DELETE FROM missing WHERE account_id = ?", s.account); err != nil {
				return err
			}
		}
		if err := s.withinCertain(ctx, tx, &cursors, p.StartedAt); err != nil {
			return err
		}
		return s.setCursors(ctx, tx, cursors)
	})
}

// withinCertain applies storerules.Certain to the cursors of a pass.
func (s *Profiles) withinCertain(ctx context.Context, tx *sql.Tx, c *profile.Cursors, started time.Time) error {
	clock, err := clockOf(tx.QueryRowContext(ctx, clockQuery))
	certain := clock.Certain()
	if err != nil || !c.Changed.After(certain) && !c.Archived.After(certain) {
		return err
	}
	var changed, archived, newest sql.NullInt64
	if err := tx.QueryRowContext(ctx, `SELECT changed_cursor, archived_cursor, (SELECT max(updated_at) FROM profile WHERE account_id = ?1 AND updated_at <= ?2)
		FROM clinic WHERE account_id = ?1`, s.account, stamp(started)).Scan(&changed, &archived, &newest); err != nil {
		return err
	}
	*c = storerules.Certain(*c, profile.Cursors{Changed: at(changed), Archived: at(archived)}, certain, at(newest))
	return nil
}

// SetCursors stores the cursors outside of a pass.
func (s *Profiles) SetCursors(ctx context.Context, c profile.Cursors) error {
	return coded(s.setCursors(ctx, s.db.write, c))
}

type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func (s *Profiles) setCursors(ctx context.Context, to executor, c profile.Cursors) error {
	_, err := to.ExecContext(ctx, `UPDATE clinic SET changed_cursor = ?, archived_cursor = ?, full_at = ?, active_in_cliniko = ?, counted_at = ?, drift = ?,
		judged = ? WHERE account_id = ?`, stamp(c.Changed), stamp(c.Archived), stamp(c.FullAt), c.ActiveInCliniko, stamp(c.CountedAt), c.Drift, c.Judged, s.account)
	return err
}

var errDisconnected = profile.Refuse(profile.NotConnected, "This clinic is no longer connected. Set up the Cliniko integration again.")

// Cursors returns where the next changes pass starts.
func (s *Profiles) Cursors(ctx context.Context) (profile.Cursors, error) {
	var c profile.Cursors
	var changed, archived, full, counted sql.NullInt64
	err := s.db.read.QueryRowContext(ctx, "SELECT changed_cursor, archived_cursor, full_at, active_in_cliniko, counted_at, drift, judged FROM clinic WHERE account_id = ?", s.account).
		Scan(&changed, &archived, &full, &c.ActiveInCliniko, &counted, &c.Drift, &c.Judged)
	if errors.Is(err, sql.ErrNoRows) {
		return c, errDisconnected
	}
	c.Changed, c.Archived, c.FullAt, c.CountedAt = at(changed), at(archived), at(full), at(counted)
	return c, coded(err)
}
