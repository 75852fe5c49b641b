package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storerules"
)

// Unreadable returns the ids of all records that could not be read and have
// one, the one tried longest ago first.
func (s *Profiles) Unreadable(ctx context.Context) ([]profile.ID, error) {
	failures, err := s.failures(ctx, "c.unreadable")
	slices.SortFunc(failures, func(a, b profile.Failure) int {
		return cmp.Or(a.LastFailedAt.Compare(b.LastFailedAt), strings.Compare(a.Ref, b.Ref))
	})
	var ids []profile.ID
	for _, f := range failures {
		if f.ID != "" {
			ids = append(ids, f.ID)
		}
	}
	return ids, err
}

// Retries returns the unreadable records that have a time at which to read them
// again.
func (s *Profiles) Retries(ctx context.Context) ([]profile.Retry, error) {
	failures, err := s.failures(ctx, "c.unreadable")
	if err != nil {
		return nil, err
	}
	clock, err := s.Clock(ctx)
	return storerules.RetriesOf(failures, clock.Estimate(s.now())), err
}

// CheckAgain judges all stored profiles again: see profile.ReviewStore. It
// reads all rows, and writes only those that change.
func (s *Profiles) CheckAgain(ctx context.Context, passID int64, check func(*profile.Profile, *profile.Failure) (profile.Profile, *profile.Failure)) (changed []profile.Entry, unclear []profile.ID, err error) {
	judge := storerules.Judgement(check)
	var refs []string
	// Rows that do not open are repaired elsewhere.
	if _, err := s.All(ctx, func(some []profile.Entry) { judge.Split(some, &refs, &unclear) }); err != nil || len(refs) == 0 {
		return nil, unclear, err
	}
	err = s.write(ctx, func(ctx context.Context, tx *transaction) error {
		changed = nil
		clock, err := s.db.clockIn(ctx, tx)
		if err != nil {
			return err
		}
		w := &writer{Profiles: s, Moment: storerules.Moment{PassID: passID, At: clock.Estimate(s.now())}, tx: tx}
		if changed, err = w.judgeAgain(ctx, refs, judge); err != nil {
			return fmt.Errorf("judge profiles again: %w", err)
		}
		return tx.revise(ctx)
	})
	if err != nil {
		return nil, nil, err
	}
	return changed, unclear, nil
}

// judgeAgain reads the rows again, which may have changed since, as when a
// person opened the client.
func (w *writer) judgeAgain(ctx context.Context, refs []string, judge storerules.Judgement) (changed []profile.Entry, err error) {
	rows, err := collect(ctx, w.tx, scanRow, "SELECT "+rowColumns+" FROM client c WHERE c.ref = ANY ($1) AND c.head IS NOT NULL", w.db.keys.refs(w.account, refs))
	if err != nil {
		return nil, err
	}
	batch, toWrite := &pgx.Batch{}, &rowsToWrite{}
	for i := range rows {
		r := &rows[i]
		before, err := w.open(r)
		if err != nil {
			continue // Cliniko's next answer replaces it
		}
		h, err := w.openHead(r)
		if err != nil || len(h.fingerprint) == 0 {
			continue // as does it this one
		}
		if agrees, enough := judge.Compare(&before); agrees || !enough {
			continue
		}
		after := judge.Judged(before, w.At)
		if err := w.saveJudgement(batch, toWrite, r, &h, &before, &after); err != nil {
			return nil, err
		}
		changed = append(changed, after)
	}
	slices.SortFunc(changed, func(a, b profile.Entry) int { return cmp.Compare(a.Ref, b.Ref) })
	toWrite.queue(batch, w.tx.n)
	return changed, run(ctx, w.tx, batch)
}

func (w *writer) saveJudgement(batch *pgx.Batch, toWrite *rowsToWrite, r *row, h *head, before, after *profile.Entry) error {
	if err := w.queueChange(batch, r.hash, &before.Profile, &after.Profile); err != nil {
		return err
	}
	sealed, err := w.sealDetails(r.hash, &after.Profile)
	if err != nil {
		return err
	}
	h.fingerprint, h.tag = sealed.fingerprint, tagOf(sealed.sealed)
	out := written{hash: r.hash, state: r.state, head: w.sealHead(r.hash, h), details: sealed.sealed}
	if after.Failure != nil {
		out.failure, err = w.sealFailure(r.hash, after.Failure)
		out.unreadable = storerules.IsUnread(after)
	}
	toWrite.add(out, w.db.keys.latest())
	return err
}
