package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storerules"
)

// CheckAgain judges all stored profiles again: see profile.ReviewStore. It
// reads all rows, and writes only those that change.
func (s *Profiles) CheckAgain(ctx context.Context, passID int64, check func(*profile.Profile, *profile.Failure) (profile.Profile, *profile.Failure)) (changed []profile.Entry, unclear []profile.ID, err error) {
	var refs []string
	// Rows that cannot be decrypted are repaired elsewhere.
	if _, err := s.All(ctx, func(some []profile.Entry) { storerules.Judgement(check).Split(some, &refs, &unclear) }); err != nil || len(refs) == 0 {
		return nil, unclear, err
	}
	slices.Sort(refs)
	err = s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		changed = nil
		now, err := s.clinicTime(ctx, tx)
		if err != nil {
			return err
		}
		w := &writer{Profiles: s, tx: tx, sql: s.db.statements.bind(ctx, tx), Moment: storerules.Moment{PassID: passID, At: now}}
		for _, ref := range refs {
			entry, differs, err := w.checkAgain(ctx, ref, check)
			if err != nil {
				return fmt.Errorf("judge a profile again: %w", err)
			}
			if differs {
				changed = append(changed, entry)
			}
		}
		return s.revise(ctx, tx)
	})
	if err != nil {
		return nil, nil, err
	}
	return changed, unclear, nil
}

// checkAgain stores a judgement. It reads the row again, which may have changed
// since, as when a person opened the client.
func (w *writer) checkAgain(ctx context.Context, ref string, judge storerules.Judgement) (e profile.Entry, differs bool, err error) {
	e.Ref = ref
	var row storedProfile
	err = scanProfile(w.sql.profile.QueryRowContext(ctx, w.account, ref), &row)
	if errors.Is(err, sql.ErrNoRows) {
		return e, false, nil
	}
	if err != nil {
		return e, false, err
	}
	if e.Profile, err = w.db.unseal(w.account, &row); err != nil || len(row.fingerprint) == 0 {
		return e, false, nil //nolint:nilerr // Cliniko's next answer replaces it
	}
	failure, err := scanFailure(w.tx.QueryRowContext(ctx, "SELECT "+failureColumns+" FROM failure WHERE account_id = ? AND ref = ?", w.account, ref))
	switch {
	case err == nil:
		e.Failure = &failure
	case !errors.Is(err, sql.ErrNoRows):
		return e, false, err
	}
	if agrees, enough := judge.Compare(&e); agrees || !enough {
		return e, false, nil
	}
	before := e
	e = judge.Judged(before, w.At)
	return e, true, w.saveJudgement(ctx, &row, &before, &e)
}

func (w *writer) saveJudgement(ctx context.Context, row *storedProfile, before, e *profile.Entry) error {
	if err := w.insertChange(ctx, &before.Profile, &e.Profile); err != nil {
		return err
	}
	sealed, err := w.db.sealProfile(w.account, &e.Profile)
	if err != nil {
		return err
	}
	row.clear.fingerprint, row.sealed = sealed.fingerprint, sealed.sealed
	if err := w.rewrite(ctx, w.tx, row); err != nil {
		return err
	}
	if e.Failure == nil {
		_, err := w.sql.deleteFailure.ExecContext(ctx, w.account, e.Ref)
		return err
	}
	return w.insertFailure(ctx, e.Ref, e.Failure)
}
