package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"telehab.io/desktop/backend/profile"
)

// Profiles is one clinic's part of the store. It is a profile.Store.
type Profiles struct {
	db      *DB
	account string
	now     func() time.Time
}

var _ profile.Store = (*Profiles)(nil)

// Profiles returns the part of the store that belongs to the clinic with this
// account id, which must be the connected one.
func (db *DB) Profiles(account string, now func() time.Time) *Profiles {
	return &Profiles{db: db, account: account, now: now}
}

// Save stores a batch in one transaction: see profile.Store.
func (s *Profiles) Save(ctx context.Context, b profile.Batch) ([]profile.Entry, error) {
	// Sealing costs time, so it is done before anything is locked.
	sealed := make([]sealedProfile, len(b.Entries))
	for i := range b.Entries {
		if b.Entries[i].Profile.ID == "" || isUnread(&b.Entries[i]) {
			continue
		}
		var err error
		if sealed[i], err = s.db.sealProfile(s.account, &b.Entries[i].Profile); err != nil {
			return nil, err
		}
	}
	var changed []profile.Entry
	err := s.db.inTransaction(ctx, func(tx *sql.Tx) error {
		w, err := s.writer(ctx, tx, b.PassID)
		if err != nil {
			return err
		}
		for i := range b.Entries {
			entry, differs, err := w.write(ctx, b.Entries[i], sealed[i])
			if err != nil {
				return fmt.Errorf("store a profile: %w", err)
			}
			if differs {
				changed = append(changed, entry)
			}
		}
		return savePage(ctx, tx, b)
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

func isUnread(e *profile.Entry) bool {
	return e.Failure != nil && e.Failure.Code == profile.Unreadable
}

// writer holds the statements of one transaction.
type writer struct {
	account string
	passID  int64
	now     time.Time

	stored, upsert, fresh, fail, mend, see *sql.Stmt
}

func (s *Profiles) writer(ctx context.Context, tx *sql.Tx, passID int64) (*writer, error) {
	w := &writer{account: s.account, passID: passID, now: s.now().UTC()}
	for _, statement := range []struct {
		into **sql.Stmt
		text string
	}{
		{&w.stored, `SELECT p.state, p.updated_at, p.fingerprint, f.code, f.problems, f.first_failed_at, f.attempts, s.outcome
			FROM (SELECT ? AS account_id, ? AS ref, ? AS pass_id) k
			LEFT JOIN profile p ON p.account_id = k.account_id AND p.cliniko_id = k.ref
			LEFT JOIN failure f ON f.account_id = k.account_id AND f.ref = k.ref
			LEFT JOIN seen s ON s.pass_id = k.pass_id AND s.ref = k.ref`},
		{&w.upsert, `INSERT INTO profile (account_id, cliniko_id, state, created_at, updated_at, archived_at, merged_into, synced_at, fingerprint, sealed)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET state = excluded.state, created_at = excluded.created_at, updated_at = excluded.updated_at,
				archived_at = excluded.archived_at, merged_into = excluded.merged_into, synced_at = excluded.synced_at,
				fingerprint = excluded.fingerprint, sealed = excluded.sealed`},
		{&w.fresh, `UPDATE profile SET synced_at = ?, updated_at = ? WHERE account_id = ? AND cliniko_id = ?`},
		{&w.fail, `INSERT INTO failure (account_id, ref, code, problems, first_failed_at, last_failed_at, attempts)
			VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET code = excluded.code, problems = excluded.problems,
				last_failed_at = excluded.last_failed_at, attempts = excluded.attempts`},
		{&w.mend, `DELETE FROM failure WHERE account_id = ? AND ref = ?`},
		// A patient is met twice in a pass where two pages share a second. That
		// it is unchanged the second time does not undo that it was synced.
		{&w.see, `INSERT INTO seen (pass_id, ref, outcome) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET outcome = excluded.outcome
			WHERE NOT (outcome = 'synced' AND excluded.outcome = 'unchanged')`},
	} {
		prepared, err := tx.PrepareContext(ctx, statement.text) //nolint:sqlclosecheck // closed with the transaction
		if err != nil {
			return nil, fmt.Errorf("prepare a statement: %w", err)
		}
		*statement.into = prepared
	}
	return w, nil
}

// stored is what the store had of a patient before.
type stored struct {
	state       sql.NullString
	updated     sql.NullInt64
	fingerprint []byte
	code        sql.NullString
	problems    sql.NullString
	firstFailed sql.NullInt64
	attempts    sql.NullInt64
	outcome     sql.NullString // in this pass
}

func (b *stored) exists() bool { return b.state.Valid }
func (b *stored) failed() bool { return b.code.Valid }

// write stores one entry. It returns the entry as it now is, and whether that
// differs from before.
func (w *writer) write(ctx context.Context, e profile.Entry, sealed sealedProfile) (profile.Entry, bool, error) {
	var before stored
	if err := w.stored.QueryRowContext(ctx, w.account, e.Ref, w.passID).Scan(&before.state, &before.updated, &before.fingerprint,
		&before.code, &before.problems, &before.firstFailed, &before.attempts, &before.outcome); err != nil {
		return e, false, err
	}
	outcome, differs, err := w.decide(ctx, &e, sealed, &before)
	if err != nil || w.passID == 0 {
		return e, differs, err
	}
	_, err = w.see.ExecContext(ctx, w.passID, e.Ref, outcome)
	return e, differs, err
}

func (w *writer) decide(ctx context.Context, e *profile.Entry, sealed sealedProfile, before *stored) (profile.Outcome, bool, error) {
	switch left := e.Profile.State != profile.Active; {
	case isUnread(e):
		differs, err := w.saveFailure(ctx, e, before)
		return profile.Failed, differs, err
	case before.exists() && e.Profile.UpdatedAt.Before(at(before.updated)):
		// An answer that was slow on its way: what is stored is newer.
		return w.standing(before), false, nil
	case left && !before.exists() && !before.failed() && !e.Opened:
		return profile.Left, false, nil
	}
	return w.replace(ctx, e, sealed, before)
}

// replace stores an entry that is as new as what is stored, or newer.
func (w *writer) replace(ctx context.Context, e *profile.Entry, sealed sealedProfile, before *stored) (profile.Outcome, bool, error) {
	same := before.exists() && string(before.fingerprint) == string(sealed.fingerprint)
	differs := !same || !e.Profile.UpdatedAt.Equal(at(before.updated))
	if err := w.saveDetails(ctx, e, sealed, same); err != nil {
		return "", false, err
	}
	switch {
	case e.Profile.State != profile.Active:
		return profile.Left, differs || before.failed(), w.saveMended(ctx, e, before)
	case e.Failure != nil:
		otherwise, err := w.saveFailure(ctx, e, before)
		return profile.Failed, differs || otherwise, err
	case same && !before.failed():
		return profile.Unchanged, differs, nil
	}
	return profile.Synced, true, w.saveMended(ctx, e, before)
}

// standing is the outcome of a patient whose stored copy is newer.
func (w *writer) standing(before *stored) profile.Outcome {
	switch {
	case before.failed():
		return profile.Failed
	case profile.State(before.state.String) != profile.Active:
		return profile.Left
	}
	return profile.Unchanged
}

func (w *writer) saveDetails(ctx context.Context, e *profile.Entry, sealed sealedProfile, same bool) error {
	p := &e.Profile
	p.SyncedAt = w.now
	if same {
		_, err := w.fresh.ExecContext(ctx, stamp(w.now), stamp(p.UpdatedAt), w.account, p.ID)
		return err
	}
	_, err := w.upsert.ExecContext(ctx, w.account, p.ID, p.State, stamp(p.CreatedAt), stamp(p.UpdatedAt), stamp(p.ArchivedAt),
		orNull(p.MergedInto), stamp(w.now), sealed.fingerprint, sealed.sealed)
	return err
}

// saveFailure notes the failure, and says whether the reason is a new one.
func (w *writer) saveFailure(ctx context.Context, e *profile.Entry, before *stored) (bool, error) {
	failure := *e.Failure
	problems, err := json.Marshal(failure.Problems)
	if err != nil {
		return false, err
	}
	failure.FirstFailedAt, failure.LastFailedAt, failure.Attempts = w.now, w.now, 1
	if before.failed() {
		failure.FirstFailedAt = at(before.firstFailed)
		failure.Attempts = int(before.attempts.Int64)
		if w.passID == 0 || before.outcome.String != string(profile.Failed) {
			failure.Attempts++ // met twice in one pass, it was still one attempt
		}
	}
	e.Failure = &failure
	_, err = w.fail.ExecContext(ctx, w.account, e.Ref, failure.Code, string(problems), stamp(failure.FirstFailedAt), stamp(w.now), failure.Attempts)
	differs := !before.failed() || before.code.String != string(failure.Code) || before.problems.String != string(problems)
	return differs, err
}

func (w *writer) saveMended(ctx context.Context, e *profile.Entry, before *stored) error {
	e.Failure = nil
	if !before.failed() {
		return nil
	}
	_, err := w.mend.ExecContext(ctx, w.account, e.Ref)
	return err
}
