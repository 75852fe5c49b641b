package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storerules"
)

// Retention returns for how long archived and deleted clients are stored.
func (s *Profiles) Retention(ctx context.Context) (profile.Retention, error) {
	return retentionOf(s.db.read.QueryRowContext(ctx, retentionQuery, s.account))
}

const retentionQuery = "SELECT archived_days, deleted_days FROM clinic WHERE account_id = ?"

func retentionOf(row scanner) (profile.Retention, error) {
	var r profile.Retention
	err := row.Scan(&r.ArchivedDays, &r.DeletedDays)
	if errors.Is(err, sql.ErrNoRows) {
		return r, errDisconnected
	}
	return r.AtLeast(), coded(err)
}

// SetRetention stores the retention. Invalid: a number of days out of bounds.
func (s *Profiles) SetRetention(ctx context.Context, r profile.Retention) error {
	if err := r.Check(); err != nil {
		return err
	}
	_, err := s.db.write.ExecContext(ctx, "UPDATE clinic SET archived_days = ?, deleted_days = ? WHERE account_id = ?", r.ArchivedDays, r.DeletedDays, s.account)
	return coded(err)
}

// Purge erases what has been stored for long enough.
func (s *Profiles) Purge(ctx context.Context) (refs []string, err error) {
	err = s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		clock, err := clockOf(tx.QueryRowContext(ctx, clockQuery))
		now := clock.Erases()
		if err != nil || now.IsZero() {
			return err
		}
		if err := s.notInFuture(ctx, tx, clock); err != nil {
			return err
		}
		daysAgo := func(days int) sql.NullInt64 { return stamp(now.AddDate(0, 0, -days)) }
		keep, err := retentionOf(tx.QueryRowContext(ctx, retentionQuery, s.account))
		if err != nil {
			return err
		}
		refs, err = textsOf(ctx, tx, `SELECT cliniko_id FROM profile INDEXED BY profile_left
			WHERE account_id = ?1 AND state <> 'active' AND
			(state = 'deleted' AND deleted_at < ?2 OR
			 state IN ('archived', 'merged') AND max(coalesce(archived_at, updated_at), coalesce(added_at, synced_at)) < ?3)`,
			s.account, daysAgo(keep.DeletedDays), daysAgo(keep.ArchivedDays))
		if err != nil {
			return err
		}
		if err := s.erase(ctx, tx, refs); err != nil {
			return err
		}
		history := daysAgo(profile.HistoryDays)
		if _, err := tx.ExecContext(ctx, "DELETE FROM change WHERE at < ?", history); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM pass WHERE account_id = ? AND ended_at < ?", s.account, history); err != nil {
			return err
		}
		return purgeAudit(ctx, tx, now)
	})
	return refs, err
}

// notInFuture sets the times from which retention is counted to now where a
// wrong Date has put them into the future. Cliniko's clock has to be certain: a
// time must not be set back by another wrong Date.
func (s *Profiles) notInFuture(ctx context.Context, tx *sql.Tx, clock profile.Clock) error {
	now := clock.Certain()
	if clock.Doubts() || now.Before(clock.Believed) {
		return nil
	}
	refs, err := textsOf(ctx, tx, `SELECT cliniko_id FROM profile INDEXED BY profile_left
		WHERE account_id = ?1 AND state <> 'active' AND (added_at > ?2 OR deleted_at > ?2)`, s.account, stamp(now.Add(storerules.ReadSlack)))
	if err != nil {
		return err
	}
	return s.rewriteEach(ctx, tx, refs, func(c *clearColumns) {
		c.added, c.deleted = notAfter(c.added, stamp(now)), notAfter(c.deleted, stamp(now))
	})
}

// notAfter returns the earlier of two times; a time that is not set stays so.
func notAfter(t, latest sql.NullInt64) sql.NullInt64 {
	if t.Int64 > latest.Int64 {
		return latest
	}
	return t
}

// Erase removes what is stored of one client who is no longer active. Invalid:
// the client is active in Cliniko, and the next sync would restore the profile.
// NotFound: nothing is stored.
func (s *Profiles) Erase(ctx context.Context, ref string) error {
	return s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var active int
		if err := tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM profile WHERE account_id = ?1 AND cliniko_id = ?2 AND state = 'active')
			+ (SELECT count(*) FROM failure WHERE account_id = ?1 AND ref = ?2)`, s.account, ref).Scan(&active); err != nil {
			return err
		}
		if active > 0 {
			return profile.Refuse(profile.Invalid, "This client is active in Cliniko, so the next sync would bring the profile back. Archive the client in Cliniko first.")
		}
		var kept int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM profile WHERE account_id = ? AND cliniko_id = ?", s.account, ref).Scan(&kept); err != nil {
			return err
		}
		if kept == 0 {
			return profile.Refuse(profile.NotFound, "This client is not on this computer, so there is nothing to erase.")
		}
		return s.erase(ctx, tx, []string{ref})
	})
}

func (s *Profiles) erase(ctx context.Context, tx *sql.Tx, refs []string) error {
	for _, ref := range refs {
		for _, statement := range []string{
			"DELETE FROM profile WHERE account_id = ? AND cliniko_id = ?", "DELETE FROM change WHERE account_id = ? AND cliniko_id = ?",
		} {
			if _, err := tx.ExecContext(ctx, statement, s.account, ref); err != nil {
				return err
			}
		}
	}
	if len(refs) == 0 {
		return nil
	}
	if err := s.forgetToday(ctx, tx, refs); err != nil {
		return err
	}
	return s.revise(ctx, tx)
}
