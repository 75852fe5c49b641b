package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

var _ staff.TodayStore = (*Profiles)(nil)

// today is the content of a row of that table: staff.Today without its methods,
// which would redact it.
type today staff.Today

func todayRow(account, person string) string { return "today/" + account + "/" + person }

// Today returns what the Today screen keeps of a person; the zero value if it was
// never stored. A row that does not open counts as none: it is nothing that a
// person could not choose again, and no reason to show them nothing.
func (s *Profiles) Today(ctx context.Context, person string) (staff.Today, error) {
	t, _, err := s.todayOf(ctx, s.db.read, person)
	return t, err
}

// todayOf reads a row. broken: it does not open.
func (s *Profiles) todayOf(ctx context.Context, in rowQuerier, person string) (t staff.Today, broken bool, err error) {
	var sealed []byte
	err = in.QueryRowContext(ctx, "SELECT sealed FROM today WHERE account_id = ? AND person_id = ?", s.account, person).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, coded(err)
	}
	plain, err := s.db.sealer.open(sealed, todayRow(s.account, person))
	if err != nil || json.Unmarshal(plain, (*today)(&t)) != nil {
		return staff.Today{}, true, nil //nolint:nilerr // said by broken
	}
	return t, false, nil
}

// ChangeToday changes what the Today screen keeps of a person, in one
// transaction, and returns it. An error of change ends it with nothing stored.
func (s *Profiles) ChangeToday(ctx context.Context, person string, change func(*staff.Today) error) (t staff.Today, err error) {
	err = s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if t, _, err = s.todayOf(ctx, tx, person); err != nil {
			return err
		}
		if err := change(&t); err != nil {
			return err
		}
		return s.saveToday(ctx, tx, person, &t)
	})
	return t, err
}

func (s *Profiles) saveToday(ctx context.Context, tx *sql.Tx, person string, t *staff.Today) error {
	plain, err := json.Marshal((*today)(t))
	if err != nil {
		return fmt.Errorf("write what Today keeps: %w", err)
	}
	// Another process may have disconnected the clinic.
	_, err = tx.ExecContext(ctx, `INSERT INTO today (account_id, person_id, sealed)
		SELECT account_id, ?, ? FROM clinic WHERE account_id = ?
		ON CONFLICT DO UPDATE SET sealed = excluded.sealed`,
		person, s.db.sealer.Seal(plain, todayRow(s.account, person)), s.account)
	return err
}

// forgetToday takes erased clients out of what Today keeps of everybody. A row
// that no longer opens may name them, and goes.
func (s *Profiles) forgetToday(ctx context.Context, tx *sql.Tx, refs []string) error {
	people, err := textsOf(ctx, tx, "SELECT person_id FROM today WHERE account_id = ?", s.account)
	if err != nil {
		return err
	}
	for _, person := range people {
		kept, broken, err := s.todayOf(ctx, tx, person)
		if err != nil {
			return err
		}
		switch {
		case broken:
			_, err = tx.ExecContext(ctx, "DELETE FROM today WHERE account_id = ? AND person_id = ?", s.account, person)
		case kept.Forget(refs):
			err = s.saveToday(ctx, tx, person, &kept)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ChangedSince counts the clients of whom something was stored as changed then
// or later, and returns the ids of up to most of them, the latest first. Active
// clients who were themselves first stored then or later are left out.
func (s *Profiles) ChangedSince(ctx context.Context, since time.Time, most int) (ids []profile.ID, clients int, err error) {
	if err := s.db.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT DISTINCT account_id, cliniko_id FROM change WHERE at >= ?1 AND account_id = ?2) AS change
		WHERE `+notAddedSince, since.UnixMicro(), s.account).Scan(&clients); err != nil {
		return nil, 0, coded(err)
	}
	// In the order of the index, so that no more are read than are returned.
	rows, err := s.db.read.QueryContext(ctx, `SELECT cliniko_id FROM change WHERE at >= ?1 AND account_id = ?2 AND `+notAddedSince+`
		ORDER BY at DESC, account_id DESC, cliniko_id DESC`, since.UnixMicro(), s.account)
	if err != nil {
		return nil, 0, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for len(ids) < min(most, clients) && rows.Next() {
		var id profile.ID
		if err := rows.Scan(&id); err != nil {
			return nil, 0, coded(err)
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, clients, coded(rows.Err())
}

// notAddedSince holds for a row of change whose client is not active, or was
// stored before the time that is the first parameter.
const notAddedSince = `NOT EXISTS (SELECT 1 FROM profile AS new WHERE new.account_id = change.account_id AND new.cliniko_id = change.cliniko_id
	AND new.state = 'active' AND new.added_at >= ?1)`

// FailingSince counts the clients who have needed attention since then, and not
// before.
func (s *Profiles) FailingSince(ctx context.Context, since time.Time) (clients int, err error) {
	err = s.db.read.QueryRowContext(ctx, "SELECT count(*) FROM failure WHERE account_id = ? AND first_failed_at >= ?",
		s.account, since.UnixMicro()).Scan(&clients)
	return clients, coded(err)
}

// ImportedAt returns when the first import ended, as far as passes are kept, or
// the zero time.
func (s *Profiles) ImportedAt(ctx context.Context) (time.Time, error) {
	var ended sql.NullInt64
	err := s.db.read.QueryRowContext(ctx, "SELECT min(ended_at) FROM pass WHERE account_id = ? AND kind = ? AND error = ''",
		s.account, profile.FullPass).Scan(&ended)
	return at(ended), coded(err)
}
