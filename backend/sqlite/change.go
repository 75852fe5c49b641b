package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storerules"
)

// changesShown is the most changes of one profile that are read, the newest
// ones.
const changesShown = 100

// saveChange records which fields differ from the stored copy. A stored copy
// that can no longer be decrypted is replaced without a comparison.
func (w *writer) saveChange(ctx context.Context, after *profile.Profile) error {
	var row storedProfile
	if err := scanProfile(w.sql.profile.QueryRowContext(ctx, w.account, after.ID), &row); err != nil {
		return err
	}
	before, err := w.db.unseal(w.account, &row)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	return w.insertChange(ctx, &before, after)
}

func (w *writer) insertChange(ctx context.Context, before, after *profile.Profile) error {
	fields := profile.Diff(before, after)
	if len(fields) == 0 {
		return nil
	}
	plain, err := json.Marshal(fields)
	if err != nil {
		return fmt.Errorf("write a change: %w", err)
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f.Field)
	}
	_, err = w.sql.insertChange.ExecContext(ctx, w.account, after.ID, w.PassID, stamp(w.At), stamp(after.UpdatedAt),
		strings.Join(names, ","), w.db.sealer.Seal(plain, changeRow(w.account, string(after.ID), w.At)))
	return err
}

// changeRow binds a change to its profile and its time.
func changeRow(account, id string, at time.Time) string {
	return fmt.Sprintf("change/%s/%s/%d", account, id, at.UnixMicro())
}

// Brought says what a pass has brought: of how many clients something changed,
// and how many active ones were stored for the first time.
func (s *Profiles) Brought(ctx context.Context, p *profile.Pass) (changed, added int, err error) {
	// By time first, which has an index: a pass stores nothing before it began.
	err = s.db.read.QueryRowContext(ctx, `SELECT
			(SELECT count(DISTINCT cliniko_id) FROM change WHERE at >= ?1 AND account_id = ?2 AND pass_id = ?3),
			(SELECT added FROM pass WHERE account_id = ?2 AND id = ?3)`,
		p.StartedAt.Add(-storerules.ReadSlack).UnixMicro(), s.account, p.ID).Scan(&changed, &added)
	return changed, added, coded(err)
}

// Changes returns what changed of a profile since it was first stored, for the
// last profile.HistoryDays, the newest first.
//
// Errors: StoreDamaged when a row cannot be decrypted.
func (s *Profiles) Changes(ctx context.Context, id profile.ID) (changes []profile.Change, err error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT pass_id, at, updated_at, sealed FROM change
		WHERE account_id = ? AND cliniko_id = ? ORDER BY at DESC, id DESC LIMIT ?`, s.account, id, changesShown)
	if err != nil {
		return nil, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		var c profile.Change
		var stored, updated sql.NullInt64
		var sealed []byte
		if err := rows.Scan(&c.PassID, &stored, &updated, &sealed); err != nil {
			return nil, coded(err)
		}
		c.At, c.UpdatedAt = at(stored), at(updated)
		plain, err := s.db.sealer.open(sealed, changeRow(s.account, string(id), c.At))
		if err != nil {
			return nil, damaged(err)
		}
		if err := json.Unmarshal(plain, &c.Fields); err != nil {
			return nil, damaged(errors.New("read a change"))
		}
		changes = append(changes, c)
	}
	return changes, coded(rows.Err())
}
