package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

// goesStale is the age at which an unfinished full pass starts again: who was
// brought back from the archive in between would not be noticed.
const goesStale = 24 * time.Hour

// Begin starts a pass or goes on with an unfinished full one.
func (s *Profiles) Begin(ctx context.Context, p profile.Pass) (profile.Pass, map[int]bool, error) {
	var stored map[int]bool
	err := s.db.inTransaction(ctx, func(tx *sql.Tx) error {
		if p.Kind == profile.FullPass {
			unfinished, pages, err := unfinishedPass(ctx, tx, s.account)
			if err != nil {
				return err
			}
			if unfinished.ID != 0 && p.StartedAt.Sub(unfinished.StartedAt) < goesStale {
				p, stored = unfinished, pages
				return nil
			}
		}
		// Any other pass that was cut off is closed as such; a changes pass
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
		result, err := tx.ExecContext(ctx, "INSERT INTO pass (account_id, kind, started_at, expected) VALUES (?, ?, ?, ?)",
			s.account, p.Kind, stamp(p.StartedAt), p.Expected)
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

func savePage(ctx context.Context, tx *sql.Tx, b profile.Batch) error {
	if b.Page == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO page (pass_id, n) VALUES (?, ?) ON CONFLICT DO NOTHING", b.PassID, b.Page); err != nil {
		return fmt.Errorf("note which page is stored: %w", err)
	}
	return nil
}

// Counts sums what the pass did so far.
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
		case profile.Left:
			counts.Archived = n
		}
	}
	return counts, coded(rows.Err())
}

// Unseen returns the refs of what is kept and was not read in the pass.
func (s *Profiles) Unseen(ctx context.Context, passID int64) ([]string, error) {
	return s.texts(ctx, `SELECT cliniko_id FROM profile p WHERE account_id = ?1 AND state <> 'deleted'
			AND NOT EXISTS (SELECT 1 FROM seen WHERE pass_id = ?2 AND ref = p.cliniko_id)
		UNION SELECT ref FROM failure f WHERE account_id = ?1
			AND NOT EXISTS (SELECT 1 FROM seen WHERE pass_id = ?2 AND ref = f.ref)
		ORDER BY 1`, s.account, passID)
}

// Failed returns the ids of all failures that have one.
func (s *Profiles) Failed(ctx context.Context) ([]profile.ID, error) {
	refs, err := s.texts(ctx, "SELECT ref FROM failure WHERE account_id = ? ORDER BY ref", s.account)
	var ids []profile.ID
	for _, ref := range refs {
		if id, ok := profile.ParseID(ref); ok {
			ids = append(ids, id)
		}
	}
	return ids, err
}

func (s *Profiles) texts(ctx context.Context, query string, values ...any) (texts []string, err error) {
	rows, err := s.db.read.QueryContext(ctx, query, values...)
	if err != nil {
		return nil, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, coded(err)
		}
		texts = append(texts, text)
	}
	return texts, coded(rows.Err())
}

// Vanish notes that Cliniko no longer has these patients.
func (s *Profiles) Vanish(ctx context.Context, passID int64, refs []string) ([]profile.Entry, error) {
	err := s.db.inTransaction(ctx, func(tx *sql.Tx) error {
		for part := range slices.Chunk(refs, profile.PageSize) {
			for _, ref := range part {
				if _, err := tx.ExecContext(ctx, "UPDATE profile SET state = 'deleted', fingerprint = x'' WHERE account_id = ? AND cliniko_id = ?", s.account, ref); err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, "DELETE FROM failure WHERE account_id = ? AND ref = ?", s.account, ref); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var changed []profile.Entry
	for _, ref := range refs {
		entry, err := s.One(ctx, ref)
		switch {
		case profile.CodeOf(err) == profile.NotFound:
			// A failure without details, gone for good.
			entry = profile.Entry{Ref: ref, Profile: profile.Profile{State: profile.Deleted}}
			entry.Profile.ID, _ = profile.ParseID(ref)
		case err != nil:
			return changed, err
		}
		changed = append(changed, entry)
	}
	return changed, nil
}

// End closes the pass, or leaves it open to go on.
func (s *Profiles) End(ctx context.Context, p profile.Pass, cursors profile.Cursors) error {
	return s.db.inTransaction(ctx, func(tx *sql.Tx) error {
		goesOn := p.Kind == profile.FullPass && profile.Resumable(p.Err)
		ended := stamp(p.EndedAt)
		if goesOn {
			ended = sql.NullInt64{}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE pass SET ended_at = ?, error = ?, requests = requests + ?, total = ?,
			synced = ?, unchanged = ?, failed = ?, archived = ? WHERE id = ?`, ended, p.Err, p.Requests, p.Total,
			p.Counts.Synced, p.Counts.Unchanged, p.Counts.Failed, p.Counts.Archived, p.ID); err != nil {
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
		if p.Err != "" {
			return nil
		}
		_, err := tx.ExecContext(ctx, `UPDATE clinic SET changed_cursor = ?, archived_cursor = ?, active_in_cliniko = ?, counted_at = ? WHERE account_id = ?`,
			stamp(cursors.Changed), stamp(cursors.Archived), cursors.ActiveInCliniko, stamp(cursors.CountedAt), s.account)
		return err
	})
}

// Cursors returns where the next changes pass starts.
func (s *Profiles) Cursors(ctx context.Context) (profile.Cursors, error) {
	var c profile.Cursors
	var changed, archived, counted sql.NullInt64
	err := s.db.read.QueryRowContext(ctx, "SELECT changed_cursor, archived_cursor, active_in_cliniko, counted_at FROM clinic WHERE account_id = ?", s.account).
		Scan(&changed, &archived, &c.ActiveInCliniko, &counted)
	if errors.Is(err, sql.ErrNoRows) {
		return c, profile.Errorf(profile.NotConnected, "This clinic is no longer connected. Set up the Cliniko integration again.")
	}
	c.Changed, c.Archived, c.CountedAt = at(changed), at(archived), at(counted)
	return c, coded(err)
}
