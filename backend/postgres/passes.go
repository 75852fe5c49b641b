package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storerules"
)

const passColumns = "id, kind, started_at, ended_at, error, requests, expected, total, synced, unchanged, failed, archived, service"

func scanPass(from pgx.Row) (p profile.Pass, err error) {
	var started, ended *int64
	c := &p.Counts
	err = from.Scan(&p.ID, &p.Kind, &started, &ended, &p.Err, &p.Requests, &p.Expected, &p.Total, &c.Synced, &c.Unchanged, &c.Failed, &c.Archived, &p.Service)
	p.StartedAt, p.EndedAt = at(started), at(ended)
	c.Read = c.Synced + c.Unchanged + c.Failed + c.Archived
	return p, err
}

func onePass(ctx context.Context, in querier, rest string, values ...any) (profile.Pass, error) {
	p, err := scanPass(in.QueryRow(ctx, "SELECT "+passColumns+" FROM pass "+rest, values...))
	if isNone(err) {
		return profile.Pass{}, nil
	}
	return p, coded(err)
}

// Passes returns the newest passes first, unfinished ones included.
func (s *Profiles) Passes(ctx context.Context, most int) ([]profile.Pass, error) {
	return collect(ctx, s.db.pool, func(from pgx.CollectableRow) (profile.Pass, error) { return scanPass(from) },
		"SELECT "+passColumns+" FROM pass ORDER BY id DESC LIMIT $1", most)
}

// LastFull returns the newest full pass, or the zero Pass.
func (s *Profiles) LastFull(ctx context.Context) (profile.Pass, error) {
	return onePass(ctx, s.db.pool, "WHERE kind = $1 ORDER BY id DESC LIMIT 1", profile.FullPass)
}

// LastGood returns the newest successful full or changes pass, or the zero
// Pass.
func (s *Profiles) LastGood(ctx context.Context) (profile.Pass, error) {
	return onePass(ctx, s.db.pool, "WHERE kind <> $1 AND ended_at IS NOT NULL AND error = '' ORDER BY id DESC LIMIT 1", profile.RetryPass)
}

// BeginPass starts a pass or resumes an unfinished full one.
func (s *Profiles) BeginPass(ctx context.Context, p profile.Pass) (profile.Pass, map[int]bool, error) {
	begun, pages := p, map[int]bool(nil)
	err := s.write(ctx, func(ctx context.Context, tx *transaction) error {
		begun, pages = p, nil
		if p.Kind == profile.FullPass {
			unfinished, err := onePass(ctx, tx, "WHERE kind = $1 AND ended_at IS NULL ORDER BY id DESC LIMIT 1", profile.FullPass)
			if err != nil {
				return err
			}
			if unfinished.ID != 0 && storerules.Resumes(unfinished.StartedAt, p.StartedAt) {
				begun, begun.Service = unfinished, p.Service
				pages, err = resume(ctx, tx, begun)
				return err
			}
		}
		// Any other unfinished pass is closed as interrupted; a changes pass
		// starts at its cursor anyway.
		batch := &pgx.Batch{}
		batch.Queue("DELETE FROM seen WHERE pass_id IN (SELECT id FROM pass WHERE kind = $1 AND ended_at IS NULL)", p.Kind)
		batch.Queue("DELETE FROM page WHERE pass_id IN (SELECT id FROM pass WHERE kind = $1 AND ended_at IS NULL)", p.Kind)
		batch.Queue(`UPDATE pass SET n = $1, ended_at = started_at, error = CASE error WHEN '' THEN $2 ELSE error END
			WHERE kind = $3 AND ended_at IS NULL`, tx.n, profile.Cancelled, p.Kind)
		if err := run(ctx, tx, batch); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "INSERT INTO pass (n, kind, started_at, expected, service) VALUES ($1, $2, $3, $4, $5) RETURNING id",
			tx.n, p.Kind, stamp(p.StartedAt), p.Expected, p.Service).Scan(&begun.ID)
	})
	return begun, pages, err
}

// resume returns the pages of a pass that goes on.
func resume(ctx context.Context, tx *transaction, p profile.Pass) (map[int]bool, error) {
	if _, err := tx.Exec(ctx, "UPDATE pass SET service = $1, n = $2 WHERE id = $3", p.Service, tx.n, p.ID); err != nil {
		return nil, err
	}
	numbers, err := collect(ctx, tx, pgx.RowTo[int], "SELECT number FROM page WHERE pass_id = $1", p.ID)
	pages := make(map[int]bool, len(numbers))
	for _, n := range numbers {
		pages[n] = true
	}
	return pages, err
}

// Counts sums the outcomes of the pass so far.
func (s *Profiles) Counts(ctx context.Context, passID int64) (c profile.Counts, err error) {
	err = s.db.pool.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE outcome = 'synced'), count(*) FILTER (WHERE outcome = 'unchanged'),
			count(*) FILTER (WHERE outcome = 'failed'), count(*) FILTER (WHERE outcome = 'archived')
		FROM seen WHERE pass_id = $1`, passID).Scan(&c.Read, &c.Synced, &c.Unchanged, &c.Failed, &c.Archived)
	return c, coded(err)
}

// ForgetOthers removes the outcomes of all patients but these.
func (s *Profiles) ForgetOthers(ctx context.Context, passID int64, met []string) error {
	return s.write(ctx, func(ctx context.Context, tx *transaction) error {
		_, err := tx.Exec(ctx, "DELETE FROM seen WHERE pass_id = $1 AND NOT EXISTS (SELECT 1 FROM unnest($2::bytea[]) AS met (ref) WHERE met.ref = seen.ref)", passID, s.db.keys.refs(s.account, met))
		return err
	})
}

// EndPass closes the pass, or leaves it open to be resumed.
func (s *Profiles) EndPass(ctx context.Context, p profile.Pass, cursors profile.Cursors) error {
	return s.write(ctx, func(ctx context.Context, tx *transaction) error {
		goesOn := p.Kind == profile.FullPass && profile.Resumable(p.Err)
		ended := stamp(p.EndedAt)
		if goesOn {
			ended = nil
		}
		batch := &pgx.Batch{}
		batch.Queue(`UPDATE pass SET n = $1, ended_at = $2, error = $3, requests = requests + $4, total = $5, synced = $6, unchanged = $7, failed = $8,
				archived = $9, failing = (SELECT count(*) FROM client WHERE failure IS NOT NULL) WHERE id = $10`,
			tx.n, ended, p.Err, p.Requests, p.Total, p.Counts.Synced, p.Counts.Unchanged, p.Counts.Failed, p.Counts.Archived, p.ID)
		if !goesOn {
			batch.Queue("DELETE FROM seen WHERE pass_id = $1", p.ID)
			batch.Queue("DELETE FROM page WHERE pass_id = $1", p.ID)
		}
		succeeded := !goesOn && p.Err == "" && p.Kind != profile.RetryPass
		if succeeded && p.Kind == profile.FullPass {
			batch.Queue("DELETE FROM missing")
			batch.Queue(missingChanged)
		}
		if err := run(ctx, tx, batch); err != nil || !succeeded {
			return err
		}
		within, err := s.withinCertain(ctx, tx, cursors, p)
		if err != nil {
			return err
		}
		return setCursors(ctx, tx, within)
	})
}

// withinCertain applies storerules.Certain to the cursors of a pass.
func (s *Profiles) withinCertain(ctx context.Context, tx *transaction, next profile.Cursors, p profile.Pass) (profile.Cursors, error) {
	clock, err := s.db.clockIn(ctx, tx)
	certain := clock.Certain()
	if err != nil || !next.Changed.After(certain) && !next.Archived.After(certain) {
		return next, err
	}
	before, err := cursorsIn(ctx, tx)
	if err != nil {
		return next, err
	}
	// The times are sealed, so all heads are read. That happens while Cliniko's
	// clock and this computer's disagree, and no more.
	rows, err := collect(ctx, tx, scanRow, `SELECT c.ref, c.state, c.head, substring(c.details FROM octet_length(c.details) - 15), NULL::bytea
		FROM client c WHERE c.head IS NOT NULL`)
	if err != nil {
		return next, err
	}
	var newest time.Time
	for i := range rows {
		h, err := s.openHead(&rows[i])
		if updated := h.profile.UpdatedAt; err == nil && updated.After(newest) && !updated.After(p.StartedAt) {
			newest = updated
		}
	}
	return storerules.Certain(next, before, certain, newest), nil
}

const cursorColumns = "changed_cursor, archived_cursor, full_at, active_in_cliniko, counted_at, drift, judged"

// Cursors returns where the next changes pass starts.
func (s *Profiles) Cursors(ctx context.Context) (profile.Cursors, error) {
	return cursorsIn(ctx, s.db.pool)
}

func cursorsIn(ctx context.Context, in querier) (c profile.Cursors, err error) {
	var changed, archived, full, counted *int64
	err = in.QueryRow(ctx, "SELECT "+cursorColumns+" FROM clinic WHERE account IS NOT NULL").
		Scan(&changed, &archived, &full, &c.ActiveInCliniko, &counted, &c.Drift, &c.Judged)
	if isNone(err) {
		return c, errDisconnected
	}
	c.Changed, c.Archived, c.FullAt, c.CountedAt = at(changed), at(archived), at(full), at(counted)
	return c, coded(err)
}

// SetCursors stores the cursors outside of a pass.
func (s *Profiles) SetCursors(ctx context.Context, c profile.Cursors) error {
	return s.write(ctx, func(ctx context.Context, tx *transaction) error { return setCursors(ctx, tx, c) })
}

func setCursors(ctx context.Context, tx *transaction, c profile.Cursors) error {
	_, err := tx.Exec(ctx, "UPDATE clinic SET ("+cursorColumns+") = ($1, $2, $3, $4, $5, $6, $7)",
		stamp(c.Changed), stamp(c.Archived), stamp(c.FullAt), c.ActiveInCliniko, stamp(c.CountedAt), c.Drift, c.Judged)
	return err
}
