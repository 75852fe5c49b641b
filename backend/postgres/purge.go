package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storerules"
)

// Retention returns for how long archived and deleted clients are stored.
func (s *Profiles) Retention(ctx context.Context) (profile.Retention, error) {
	return retentionIn(ctx, s.db.pool)
}

func retentionIn(ctx context.Context, in querier) (r profile.Retention, err error) {
	err = in.QueryRow(ctx, "SELECT archived_days, deleted_days FROM clinic WHERE account IS NOT NULL").Scan(&r.ArchivedDays, &r.DeletedDays)
	if isNone(err) {
		return r, errDisconnected
	}
	return r.AtLeast(), coded(err)
}

// SetRetention stores the retention. Invalid: a number of days out of bounds.
func (s *Profiles) SetRetention(ctx context.Context, r profile.Retention) error {
	if err := r.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, tx *transaction) error {
		_, err := tx.Exec(ctx, "UPDATE clinic SET archived_days = $1, deleted_days = $2", r.ArchivedDays, r.DeletedDays)
		return err
	})
}

// Purge erases what has been stored for long enough.
func (s *Profiles) Purge(ctx context.Context) (refs []string, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *transaction) error {
		refs = nil
		clock, err := s.db.clockIn(ctx, tx)
		now := clock.Erases()
		if err != nil || now.IsZero() {
			return err
		}
		keep, err := retentionIn(ctx, tx)
		if err != nil {
			return err
		}
		left, err := collect(ctx, tx, scanRow, `SELECT c.ref, c.state, c.head, substring(c.details FROM octet_length(c.details) - 15), NULL::bytea
			FROM client c WHERE c.state NOT IN ('active', 'none', 'erased')`)
		if err != nil {
			return err
		}
		if err := s.notInFuture(ctx, tx, clock, left); err != nil {
			return err
		}
		var hashes [][]byte
		for i := range left {
			h, err := s.openHead(&left[i])
			if err == nil && overdue(&h.profile, keep, now) {
				refs, hashes = append(refs, h.ref), append(hashes, left[i].hash)
			}
		}
		slices.Sort(refs)
		if err := s.eraseRows(ctx, tx, refs, hashes); err != nil {
			return err
		}
		return s.purgeHistory(ctx, tx, now)
	})
	return refs, err
}

// overdue says that a client who left has been stored for long enough.
func overdue(p *profile.Profile, keep profile.Retention, now time.Time) bool {
	if p.State == profile.Deleted {
		return !p.DeletedAt.IsZero() && p.DeletedAt.Before(now.AddDate(0, 0, -keep.DeletedDays))
	}
	since, added := p.LeftAt(), p.AddedAt
	if added.IsZero() {
		added = p.SyncedAt
	}
	if added.After(since) {
		since = added
	}
	return since.Before(now.AddDate(0, 0, -keep.ArchivedDays))
}

// notInFuture sets the times from which retention is counted to now where a
// wrong Date has put them into the future. Cliniko's clock has to be certain: a
// time must not be set back by another wrong Date.
func (s *Profiles) notInFuture(ctx context.Context, tx *transaction, clock profile.Clock, left []row) error {
	now := clock.Certain()
	if clock.Doubts() || now.Before(clock.Believed) {
		return nil
	}
	latest := now.Add(storerules.ReadSlack)
	var late []row
	for i := range left {
		if h, err := s.openHead(&left[i]); err == nil && (h.profile.AddedAt.After(latest) || h.profile.DeletedAt.After(latest)) {
			late = append(late, left[i])
		}
	}
	return s.rewriteHeads(ctx, tx, late, func(h *head) {
		for _, t := range []*time.Time{&h.profile.AddedAt, &h.profile.DeletedAt} {
			if t.After(now) {
				*t = now
			}
		}
	})
}

// purgeHistory erases history, and the empty rows of clients who were erased
// long ago: a copy that is older than those begins anew.
func (s *Profiles) purgeHistory(ctx context.Context, tx *transaction, now time.Time) error {
	history := stamp(now.AddDate(0, 0, -profile.HistoryDays))
	batch := &pgx.Batch{}
	batch.Queue("DELETE FROM change WHERE at < $1", history)
	batch.Queue("DELETE FROM pass WHERE ended_at < $1", history)
	batch.Queue("UPDATE clinic SET history_from = greatest(history_from, $1)", history)
	batch.Queue("UPDATE clinic SET horizon = greatest(horizon, (SELECT max(n) FROM client WHERE state = 'erased' AND erased_at < $1))", history)
	batch.Queue("DELETE FROM client WHERE state = 'erased' AND erased_at < $1", history)
	queuePurgeAudit(batch, now)
	return run(ctx, tx, batch)
}

// Erase removes what is stored of one client who is no longer active. Invalid:
// the client is active in Cliniko, and the next sync would restore the profile.
// NotFound: nothing is stored.
func (s *Profiles) Erase(ctx context.Context, ref string) error {
	hash := s.db.keys.ref(s.account, ref)
	return s.write(ctx, func(ctx context.Context, tx *transaction) error {
		var active bool
		err := tx.QueryRow(ctx, "SELECT state IN ('active', 'none') OR failure IS NOT NULL FROM client WHERE ref = $1 AND state <> 'erased'", hash).Scan(&active)
		switch {
		case isNone(err):
			return profile.Refuse(profile.NotFound, "The clinic does not have this client, so there is nothing to erase.")
		case err != nil:
			return err
		case active:
			return profile.Refuse(profile.Invalid, "This client is active in Cliniko, so the next sync would bring the profile back. Archive the client in Cliniko first.")
		}
		return s.eraseRows(ctx, tx, []string{ref}, [][]byte{hash})
	})
}

func (s *Profiles) eraseRows(ctx context.Context, tx *transaction, refs []string, hashes [][]byte) error {
	if len(hashes) == 0 {
		return nil
	}
	clock, err := s.db.clockIn(ctx, tx)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	queueErased(batch, tx.n, clock.Estimate(s.now()).UnixMicro(), hashes)
	batch.Queue("DELETE FROM change WHERE ref = ANY ($1)", hashes)
	if err := run(ctx, tx, batch); err != nil {
		return err
	}
	if err := s.forgetToday(ctx, tx, refs); err != nil {
		return err
	}
	return tx.revise(ctx)
}
