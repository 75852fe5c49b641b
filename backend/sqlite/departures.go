package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storerules"
)

// Unseen returns what is stored and was not read in the pass.
func (s *Profiles) Unseen(ctx context.Context, passID int64) (unseen []profile.Departure, err error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT ref, max(stored), (SELECT accepted FROM missing WHERE account_id = ?1 AND ref = known.ref) FROM (
		SELECT cliniko_id AS ref, synced_at AS stored FROM profile WHERE account_id = ?1 AND state <> 'deleted'
		UNION ALL SELECT ref, last_failed_at FROM failure WHERE account_id = ?1) AS known
		WHERE NOT EXISTS (SELECT 1 FROM seen WHERE pass_id = ?2 AND ref = known.ref) GROUP BY ref ORDER BY ref`, s.account, passID)
	if err != nil {
		return nil, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		var d profile.Departure
		var stored, answer sql.NullInt64
		if err := rows.Scan(&d.Ref, &stored, &answer); err != nil {
			return nil, coded(err)
		}
		d.StoredAt, d.Accepted, d.Kept = at(stored), answer.Int64 == mayGo, answer.Int64 == stays
		d.Asked = answer.Valid && !d.Accepted
		unseen = append(unseen, d)
	}
	return unseen, coded(rows.Err())
}

// MarkDeleted records that Cliniko no longer has these patients.
func (s *Profiles) MarkDeleted(ctx context.Context, passID int64, gone []profile.Departure) (changed []profile.Entry, kept []profile.Departure, err error) {
	var refs []string
	err = s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		clock, err := clockOf(tx.QueryRowContext(ctx, clockQuery))
		if err != nil {
			return err
		}
		// Their retention counts from then on.
		w := &writer{Profiles: s, tx: tx, sql: s.db.statements.bind(ctx, tx), Moment: storerules.Moment{PassID: passID, At: clock.AtMost(s.now())}}
		staying, err := stayingOf(ctx, tx, s.account)
		if err != nil {
			return err
		}
		for _, d := range gone {
			back, err := w.isBack(ctx, d)
			if err != nil {
				return err
			}
			if back {
				continue
			}
			if staying[d.Ref] {
				kept = append(kept, d)
				continue
			}
			if err := w.markDeleted(ctx, d.Ref, d.NotFoundAt); err != nil {
				return err
			}
			refs = append(refs, d.Ref)
		}
		return s.revise(ctx, tx)
	})
	if err != nil {
		return nil, nil, err
	}
	for _, ref := range refs {
		entry, err := s.One(ctx, ref)
		switch {
		case profile.CodeOf(err) == profile.NotFound, profile.CodeOf(err) == profile.StoreDamaged:
			// A failure without a profile, of which nothing is left; or details
			// that do not open, which Cliniko does not have any more.
			entry = profile.Entry{Ref: ref, Profile: profile.Profile{State: profile.Deleted}}
			entry.Profile.ID, _ = profile.ParseID(ref)
		case err != nil:
			return changed, kept, err
		}
		changed = append(changed, entry)
	}
	return changed, kept, nil
}

// isBack reports whether the patient was read after Cliniko had not found them,
// as when a person opened them.
func (w *writer) isBack(ctx context.Context, d profile.Departure) (bool, error) {
	var stored, read sql.NullInt64
	err := w.tx.QueryRowContext(ctx, `SELECT max(stored), max(read) FROM (
		SELECT synced_at AS stored, read_at AS read FROM profile WHERE account_id = ?1 AND cliniko_id = ?2 AND state <> 'deleted'
		UNION ALL SELECT last_failed_at, ?3 FROM failure WHERE account_id = ?1 AND ref = ?2)`, w.account, d.Ref, stamp(d.NotFoundAt)).Scan(&stored, &read)
	return storerules.IsBack(d, at(stored), at(read)), err
}

// markDeleted marks one profile as deleted. Its fingerprint then matches no
// details, so that it is restored in full if Cliniko has it after all.
func (w *writer) markDeleted(ctx context.Context, ref string, readAt time.Time) error {
	var row storedProfile
	err := scanProfile(w.sql.profile.QueryRowContext(ctx, w.account, ref), &row)
	if err == nil {
		after := row.Profile
		after.State = profile.Deleted
		err = w.insertChange(ctx, &row.Profile, &after)
	}
	if err == nil {
		if !w.db.authentic(w.account, &row) { // what its columns say is nobody's
			row.clear = clearColumns{added: stamp(w.At), synced: stamp(w.At)}
		}
		row.clear.state, row.clear.fingerprint = string(profile.Deleted), []byte{}
		row.clear.read, row.clear.deleted = stamp(readAt), stamp(w.At)
		err = w.rewrite(ctx, w.tx, &row)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	for _, statement := range []string{"DELETE FROM failure WHERE account_id = ? AND ref = ?", "DELETE FROM missing WHERE account_id = ? AND ref = ?"} {
		if _, err := w.tx.ExecContext(ctx, statement, w.account, ref); err != nil {
			return err
		}
	}
	return nil
}

// Distrust clears the times and the fingerprints of the stored copies, so that
// any reading counts as newer and different.
func (s *Profiles) Distrust(ctx context.Context, refs []string) error {
	return s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return s.rewriteEach(ctx, tx, refs, func(c *clearColumns) {
			c.fingerprint, c.updated, c.read = []byte{}, sql.NullInt64{}, sql.NullInt64{}
		})
	})
}

// SetMissing records the patients about whom a person has to decide. Whether
// one was shown to a person stays known.
func (s *Profiles) SetMissing(ctx context.Context, missing []profile.Departure) error {
	refs, keptBefore := make([]string, 0, len(missing)), []string{}
	for _, d := range missing {
		refs = append(refs, d.Ref)
		if d.Kept {
			keptBefore = append(keptBefore, d.Ref)
		}
	}
	list, err := json.Marshal(refs)
	if err != nil {
		return err
	}
	before, err := json.Marshal(keptBefore)
	if err != nil {
		return err
	}
	return s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range []string{
			"DELETE FROM missing WHERE account_id = ?1 AND ref NOT IN (SELECT value FROM json_each(?2))",
			// Whom an earlier answer has kept until now was shown. An answer that
			// was given meanwhile stays.
			fmt.Sprintf("UPDATE missing SET accepted = %d WHERE account_id = ?1 AND accepted = %d AND ref IN (SELECT value FROM json_each(?3))", shown, stays),
			"INSERT INTO missing (account_id, ref) SELECT ?1, value FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING",
		} {
			if _, err := tx.ExecContext(ctx, statement, s.account, string(list), string(before)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Missing returns the refs of the patients about whom a person has to decide.
func (s *Profiles) Missing(ctx context.Context) ([]string, error) {
	return s.texts(ctx, "SELECT ref FROM missing WHERE account_id = ? AND accepted IN (?, ?) ORDER BY ref", s.account, undecided, shown)
}

// ShowMissing records that a person was shown these patients, or told how many
// they are: see NewlyMissing.
func (s *Profiles) ShowMissing(ctx context.Context, refs []string) error {
	return s.setAccepted(ctx, shown, refs, undecided)
}

// NewlyMissing returns the refs of the patients about whom a person has to
// decide and of whom nobody was told yet, although others were shown before
// them.
func (s *Profiles) NewlyMissing(ctx context.Context) ([]string, error) {
	return s.texts(ctx, `SELECT ref FROM missing WHERE account_id = ?1 AND accepted = ?2
		AND EXISTS (SELECT 1 FROM missing WHERE account_id = ?1 AND accepted <> ?2) ORDER BY ref`, s.account, undecided)
}

// Decided returns the refs of the missing patients about whom a person has
// decided since the last full pass: those who stay for now, and those who may
// be removed.
func (s *Profiles) Decided(ctx context.Context) (staying, going []string, err error) {
	const query = "SELECT ref FROM missing WHERE account_id = ? AND accepted = ? ORDER BY ref"
	if staying, err = s.texts(ctx, query, s.account, stays); err != nil {
		return nil, nil, err
	}
	going, err = s.texts(ctx, query, s.account, mayGo)
	return staying, going, err
}

// A person's decisions about a missing patient.
const (
	undecided = 0
	mayGo     = 1
	stays     = 2 // for now: the next full pass asks again
	shown     = 3 // undecided, and a person knows of it
)

// AcceptMissing records that a person, who was shown these patients, accepts
// that they are removed. The next full pass removes those whom Cliniko still
// does not have.
func (s *Profiles) AcceptMissing(ctx context.Context, refs []string) error {
	return s.setAccepted(ctx, mayGo, refs, undecided, shown, stays)
}

// setAccepted changes what is recorded of those missing patients of whom one of
// the given states is recorded.
func (s *Profiles) setAccepted(ctx context.Context, to int, refs []string, from ...int) error {
	list, err := json.Marshal(refs)
	if err != nil {
		return err
	}
	states, err := json.Marshal(from)
	if err != nil {
		return err
	}
	_, err = s.db.write.ExecContext(ctx, `UPDATE missing SET accepted = ? WHERE account_id = ?
		AND ref IN (SELECT value FROM json_each(?)) AND accepted IN (SELECT value FROM json_each(?))`, to, s.account, string(list), string(states))
	return coded(err)
}

// KeepMissing records that a person wants all missing patients to stay,
// including those accepted before and not yet removed, and returns how many they
// are.
func (s *Profiles) KeepMissing(ctx context.Context) (int, error) {
	result, err := s.db.write.ExecContext(ctx, "UPDATE missing SET accepted = ? WHERE account_id = ?", stays, s.account)
	if err != nil {
		return 0, coded(err)
	}
	kept, err := result.RowsAffected()
	return int(kept), coded(err)
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// stayingOf returns the refs of the missing patients whom a person has kept.
func stayingOf(ctx context.Context, q queryer, account string) (map[string]bool, error) {
	refs, err := textsOf(ctx, q, "SELECT ref FROM missing WHERE account_id = ? AND accepted = ?", account, stays)
	staying := make(map[string]bool, len(refs))
	for _, ref := range refs {
		staying[ref] = true
	}
	return staying, err
}

func (s *Profiles) texts(ctx context.Context, query string, values ...any) ([]string, error) {
	return textsOf(ctx, s.db.read, query, values...)
}

func textsOf(ctx context.Context, q queryer, query string, values ...any) (texts []string, err error) {
	rows, err := q.QueryContext(ctx, query, values...)
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
