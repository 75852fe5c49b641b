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
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storecopy"
)

// Copied returns up to where this store is a copy of another one, and when that
// was last reached; zero values if it is none.
func (db *DB) Copied(ctx context.Context) (storecopy.Position, time.Time, error) {
	return copiedIn(ctx, db.read)
}

func copiedIn(ctx context.Context, in rowQuerier) (p storecopy.Position, reached time.Time, err error) {
	var when sql.NullInt64
	err = in.QueryRowContext(ctx, "SELECT lineage, n, at FROM copied").Scan(&p.Lineage, &p.N, &when)
	if errors.Is(err, sql.ErrNoRows) {
		return p, reached, nil
	}
	return p, at(when), coded(err)
}

// ReachedOriginal records that the store of which this is a copy was reached, and
// had nothing new.
func (db *DB) ReachedOriginal(ctx context.Context, now time.Time) error {
	_, err := db.write.ExecContext(ctx, "UPDATE copied SET at = ?", stamp(now))
	return coded(err)
}

// CopyChanges makes this store what another one is, in one transaction.
//
// Errors: storecopy.ErrMoved when this store is not where the changes begin any
// more, Invalid when it has something of its own and is no copy.
func (db *DB) CopyChanges(ctx context.Context, changes *storecopy.Changes, now time.Time) error {
	if changes.From == (storecopy.Position{}) {
		return db.changeMode(copyMode, func() error { return db.copyChanges(ctx, changes, now) })
	}
	return db.copyChanges(ctx, changes, now)
}

func (db *DB) copyChanges(ctx context.Context, changes *storecopy.Changes, now time.Time) error {
	before := db.sealer.keys.Load()
	err := db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		position, _, err := copiedIn(ctx, tx)
		if err != nil {
			return err
		}
		if position != changes.From {
			return storecopy.ErrMoved
		}
		return db.copying(ctx, tx, changes).all(ctx, now)
	})
	if err != nil {
		db.sealer.keys.Store(before) // those of a generation that was not stored
	}
	return err
}

func (db *DB) copying(ctx context.Context, tx *sql.Tx, changes *storecopy.Changes) *copying {
	return &copying{Changes: changes, writer: &writer{Profiles: db.Profiles(changes.Settings.Clinic.AccountID, nil), tx: tx, sql: db.statements.bind(ctx, tx)}}
}

func (c *copying) all(ctx context.Context, now time.Time) error {
	for _, step := range []func(context.Context) error{c.empty, c.copyPeople, c.copySettings, c.eraseOld, c.copyClients, c.copyHistory, c.copyPasses,
		c.copyToday, c.copyMissing, c.copyEvents} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("copy the clinic's store: %w", err)
		}
	}
	return c.arrive(ctx, now)
}

// copying is one call of CopyChanges.
type copying struct {
	*storecopy.Changes
	*writer
	own      bool  // what this store has of its own is in the changes
	revision int64 // of a clinic that was removed
}

func (c *copying) exec(ctx context.Context, statement string, values ...any) error {
	_, err := c.tx.ExecContext(ctx, statement, values...)
	return err
}

// empty removes everything from a copy that begins anew, but people: their quick
// unlocks are of this computer.
func (c *copying) empty(ctx context.Context) error {
	if !c.Anew {
		return nil
	}
	var own bool
	if err := c.tx.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM copied) AND (EXISTS (SELECT 1 FROM clinic) OR EXISTS (SELECT 1 FROM person)),
		(SELECT coalesce(max(revision), 0) FROM clinic)`).Scan(&own, &c.revision); err != nil {
		return err
	}
	if own && !c.own {
		return profile.Refuse(profile.Invalid,
			"This computer has people and clients of its own, so it was not made a copy of the clinic's database. Nothing was changed.")
	}
	// What was delivered may not be in a database that was restored from a backup.
	if err := c.exec(ctx, "UPDATE queued_event SET delivered = NULL, sent = NULL"); err != nil {
		return err
	}
	for _, table := range []string{"clinic", "copied_client", "audit", "clock"} { // foreign keys delete the rest
		if err := c.exec(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	return nil
}

// copyPeople begins a generation of keys with the first person, as ChangePeople
// does.
func (c *copying) copyPeople(ctx context.Context) error {
	known, err := c.db.people(ctx, c.tx)
	if profile.CodeOf(err) == profile.StoreDamaged {
		err = nil // whoever does not open has no quick unlock
	}
	if err != nil {
		return err
	}
	if len(known) == 0 && len(c.People) > 0 && c.Anew {
		keys, err := c.db.sealer.keys.Load().newGeneration()
		if err == nil {
			err = c.db.useKeys(ctx, c.tx, keys)
		}
		if err != nil {
			return err
		}
	}
	unlocks := map[string]staff.Enrollment{}
	for i := range known {
		unlocks[known[i].ID] = known[i].QuickUnlock
	}
	if c.Anew {
		if err := c.exec(ctx, "DELETE FROM person"); err != nil {
			return err
		}
	}
	for i := range c.People {
		p := &c.People[i]
		p.QuickUnlock = unlocks[p.ID]
		if c.Settings.QuickUnlockForbidden {
			p.QuickUnlock = staff.Enrollment{}
		}
		if err := c.copyPerson(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (c *copying) copyPerson(ctx context.Context, p *storecopy.Person) (err error) {
	sealed := []byte{} // opens for nobody
	if !p.Broken {
		if sealed, err = sealPerson(c.db.sealer, &p.Person); err != nil {
			return err
		}
	}
	return c.exec(ctx, "INSERT INTO person (id, created_at, sealed) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
		p.ID, p.CreatedAt.UnixMicro(), sealed)
}

func (c *copying) copySettings(ctx context.Context) error {
	s := &c.Settings
	if err := c.copyQuickUnlockForbidden(ctx, s.QuickUnlockForbidden); err != nil {
		return err
	}
	if err := c.exec(ctx, "UPDATE store SET idle_minutes = ?", s.IdleMinutes); err != nil {
		return err
	}
	if err := c.copyClock(ctx, &s.Clock); err != nil || s.Clinic.AccountID == "" {
		return err
	}
	plain, err := json.Marshal(s.Clinic)
	if err != nil {
		return err
	}
	if err := c.exec(ctx, "INSERT INTO clinic (account_id, connected_at, sealed) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
		s.Clinic.AccountID, stamp(s.Clinic.Connected), c.db.sealer.Seal(plain, clinicRow(s.Clinic.AccountID))); err != nil {
		return err
	}
	if err := c.exec(ctx, "UPDATE clinic SET archived_days = ?, deleted_days = ? WHERE account_id = ?", s.Retention.ArchivedDays, s.Retention.DeletedDays, c.account); err != nil {
		return err
	}
	return c.setCursors(ctx, c.tx, s.Cursors)
}

func (c *copying) copyQuickUnlockForbidden(ctx context.Context, forbidden bool) error {
	before, err := quickUnlockForbidden(ctx, c.tx)
	if err != nil || before == forbidden {
		return err
	}
	return c.db.forbidQuickUnlock(ctx, c.tx, forbidden)
}

func (c *copying) copyClock(ctx context.Context, k *profile.Clock) error {
	if *k == (profile.Clock{}) {
		return nil
	}
	return saveClock(ctx, c.tx, *k)
}

// eraseOld erases what was erased by age, and events that were dropped before
// they finished.
func (c *copying) eraseOld(ctx context.Context) error {
	unfinished, err := json.Marshal(append([]int64{}, c.Unfinished...))
	if err != nil {
		return err
	}
	for _, one := range []struct {
		statement string
		value     any
	}{
		{"DELETE FROM change WHERE at < ?", stamp(c.HistoryFrom)},
		{"DELETE FROM pass WHERE ended_at < ?", stamp(c.HistoryFrom)},
		{"DELETE FROM audit WHERE known_by < ?", stamp(c.EventsFrom)},
		{"DELETE FROM audit WHERE outcome = '" + string(staff.NotFinished) + "' AND id NOT IN (SELECT value FROM json_each(?))", string(unfinished)},
	} {
		if err := c.exec(ctx, one.statement, one.value); err != nil {
			return err
		}
	}
	return nil
}

func (c *copying) copyHistory(ctx context.Context) error {
	for i := range c.History {
		change := &c.History[i]
		ref, err := c.refOf(ctx, change.Row)
		if err != nil {
			return err
		}
		if ref == "" { // erased
			continue
		}
		sealed, names := []byte{}, make([]string, len(change.Fields)) // what does not open there does not open here
		if len(change.Fields) > 0 {
			plain, err := json.Marshal(change.Fields)
			if err != nil {
				return err
			}
			sealed = c.db.sealer.Seal(plain, changeRow(c.account, ref, change.At))
		}
		for n, field := range change.Fields {
			names[n] = string(field.Field)
		}
		if err := c.exec(ctx, "INSERT OR REPLACE INTO change (id, account_id, cliniko_id, pass_id, at, updated_at, fields, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			change.ID, c.account, ref, change.PassID, stamp(change.At), stamp(change.UpdatedAt), strings.Join(names, ","), sealed); err != nil {
			return err
		}
	}
	return nil
}

func (c *copying) copyPasses(ctx context.Context) error {
	for i := range c.Passes {
		p := &c.Passes[i]
		n := &p.Counts
		failing := sql.NullInt64{Int64: int64(p.Failing), Valid: p.Failing >= 0}
		if err := c.exec(ctx, `INSERT INTO pass (id, account_id, kind, started_at, ended_at, error, requests, expected, total, synced, unchanged, failed,
				archived, added, failing, service) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET ended_at = excluded.ended_at, error = excluded.error, requests = excluded.requests, expected = excluded.expected,
				total = excluded.total, synced = excluded.synced, unchanged = excluded.unchanged, failed = excluded.failed,
				archived = excluded.archived, added = excluded.added, failing = excluded.failing, service = excluded.service`,
			p.ID, c.account, p.Kind, p.StartedAt.UnixMicro(), stamp(p.EndedAt), p.Err, p.Requests, p.Expected, p.Total, n.Synced, n.Unchanged, n.Failed,
			n.Archived, p.Added, failing, p.Service); err != nil {
			return err
		}
	}
	return nil
}

func (c *copying) copyToday(ctx context.Context) error {
	for i := range c.Today {
		if err := c.saveToday(ctx, c.tx, c.Today[i].Person, &c.Today[i].Kept); err != nil {
			return err
		}
	}
	return nil
}

func (c *copying) copyMissing(ctx context.Context) error {
	if !c.MissingChanged {
		return nil
	}
	if err := c.exec(ctx, "DELETE FROM missing WHERE account_id = ?", c.account); err != nil {
		return err
	}
	for _, m := range c.Missing {
		if err := c.exec(ctx, "INSERT INTO missing (account_id, ref, accepted) VALUES (?, ?, ?)", c.account, m.Ref, m.Answer); err != nil {
			return err
		}
	}
	return nil
}

func (c *copying) copyEvents(ctx context.Context) error {
	for i := range c.Events {
		e := &c.Events[i]
		if err := c.exec(ctx, "INSERT OR REPLACE INTO audit (id, at, clinic_at, known_by, person, action, subject, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			e.ID, e.Here.UnixMicro(), stamp(e.Estimate), stamp(e.KnownBy), e.Person, e.Action, e.Subject, e.Outcome); err != nil {
			return err
		}
	}
	return nil
}

// arrive records up to where the copy has everything, and whether All reads
// something else now.
func (c *copying) arrive(ctx context.Context, now time.Time) error {
	var revision int64
	err := c.tx.QueryRowContext(ctx, "SELECT revision FROM copied").Scan(&revision)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if c.Settings.Revision > revision || c.revision > 0 {
		if err := c.exec(ctx, "UPDATE clinic SET revision = max(revision, ?) + 1", c.revision); err != nil {
			return err
		}
	}
	return c.exec(ctx, `INSERT INTO copied (one, lineage, n, revision, at) VALUES (1, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET lineage = excluded.lineage, n = excluded.n, revision = excluded.revision, at = excluded.at`,
		c.To.Lineage, c.To.N, c.Settings.Revision, now.UnixMicro())
}
