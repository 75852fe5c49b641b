package sqlite

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/seal"
	"telehab.io/desktop/backend/storerules"
)

// Profiles is one clinic's part of the store. It implements every part of a
// profile.Store.
type Profiles struct {
	db      *DB
	account string
	now     func() time.Time // this computer's clock
}

// Profiles returns the part of the store that belongs to the clinic with this
// account id, which must be the connected one. now is this computer's clock;
// stored times are estimates of Cliniko's, see Learn.
func (db *DB) Profiles(account string, now func() time.Time) *Profiles {
	return &Profiles{db: db, account: account, now: now}
}

// Store returns s as the parts that the engine needs.
func (s *Profiles) Store() profile.Store {
	return profile.Store{Passes: s, Entries: s, Departures: s, Reviews: s, Clock: s}
}

// Save stores a batch in one transaction: see profile.EntryStore.
func (s *Profiles) Save(ctx context.Context, b profile.Batch) ([]profile.Entry, error) {
	p, err := s.Prepare(b)
	if err != nil {
		return nil, err
	}
	return s.SavePrepared(ctx, b.PassID, p)
}

// SavePrepared stores what Prepare returned, in one transaction.
func (s *Profiles) SavePrepared(ctx context.Context, passID int64, ready ...profile.Prepared) ([]profile.Entry, error) {
	var changed []profile.Entry
	err := s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		clock, err := clockOf(tx.QueryRowContext(ctx, clockQuery))
		if err != nil {
			return err
		}
		bound := s.db.statements.bind(ctx, tx)
		for _, one := range ready {
			p, ok := one.(*prepared)
			if !ok || p.by.db != s.db || p.by.account != s.account {
				return errors.New("a batch that this store has not prepared")
			}
			if p.keys != s.db.sealer.keys.Load() {
				return Replaced(errors.New("sealed with the key of before"))
			}
			w := &writer{Profiles: s, tx: tx, sql: bound, Moment: storerules.MomentOf(passID, clock, s.now()), outcomes: make(map[string]profile.Outcome, len(p.entries))}
			differing, err := w.writeAll(ctx, p)
			if err != nil {
				return err
			}
			changed = append(changed, differing...)
		}
		if len(changed) == 0 {
			return nil
		}
		return s.revise(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

func (w *writer) writeAll(ctx context.Context, p *prepared) (changed []profile.Entry, err error) {
	if err := w.readStored(ctx, p.entries); err != nil {
		return nil, fmt.Errorf("read what was stored before: %w", err)
	}
	for i := range p.entries {
		entry, differs, err := w.write(ctx, p.entries[i], p.sealed[i])
		if err != nil {
			return nil, fmt.Errorf("store a profile: %w", err)
		}
		if differs {
			changed = append(changed, entry)
		}
	}
	return changed, w.recordOutcomes(ctx, p.page, p.total)
}

// writer is one transaction of Save.
type writer struct {
	*Profiles
	storerules.Moment
	tx       *sql.Tx
	sql      *statements
	before   map[string]*stored // what is stored, by ref
	outcomes map[string]profile.Outcome
	added    int // active clients who were not stored before
}

// stored is what the store had of a patient before, with the row's columns.
type stored struct {
	storerules.Stored
	clear clearColumns
	tag   []byte // of the sealed details
}

// notStored stands for a patient that is not in the store.
var notStored = &stored{}

func (w *writer) readStored(ctx context.Context, entries []profile.Entry) (err error) {
	refs := make([]string, len(entries))
	for i := range entries {
		refs[i] = entries[i].Ref
	}
	list, err := json.Marshal(refs)
	if err != nil {
		return err
	}
	rows, err := w.sql.stored.QueryContext(ctx, w.account, w.PassID, string(list))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	w.before = map[string]*stored{}
	for rows.Next() {
		ref, b, err := w.scanStored(rows)
		if err != nil {
			return err
		}
		w.before[ref] = b
	}
	return rows.Err()
}

func (w *writer) scanStored(row scanner) (ref string, b *stored, err error) {
	b = &stored{}
	c := &b.clear
	var mac []byte
	var code, problems, outcome sql.NullString
	var first, attempts sql.NullInt64
	if err := row.Scan(&ref, &c.state, &c.created, &c.updated, &c.archived, &c.merged, &c.added, &c.synced, &c.read, &c.deleted,
		&c.fingerprint, &b.tag, &mac, &code, &problems, &first, &attempts, &outcome); err != nil {
		return "", nil, err
	}
	b.Profile, b.ReadAt, b.Fingerprint, b.Outcome = c.profile(profile.ID(ref)), at(c.read), c.fingerprint, profile.Outcome(outcome.String)
	b.Authentic = c.state != "" && hmac.Equal(mac, w.db.sealer.rowMAC(w.account, ref, c, b.tag))
	if code.Valid {
		b.Failure = &profile.Failure{Code: profile.FailureCode(code.String), Problems: problemsOf(problems.String), FirstFailedAt: at(first), Attempts: int(attempts.Int64)}
	}
	return ref, b, nil
}

// write stores one entry. It returns the entry as it now is, and whether that
// differs from before.
func (w *writer) write(ctx context.Context, e profile.Entry, sealed sealedProfile) (profile.Entry, bool, error) {
	before := w.before[e.Ref]
	if before == nil {
		before = notStored
	}
	d := w.Decide(e, sealed.fingerprint, &before.Stored)
	w.outcomes[e.Ref] = d.Outcome
	return d.Entry, d.Differs, w.carryOut(ctx, &d, sealed, before)
}

func (w *writer) carryOut(ctx context.Context, d *storerules.Decision, sealed sealedProfile, before *stored) (err error) {
	if d.New {
		w.added++
	}
	if d.Changed {
		err = w.saveChange(ctx, &d.Entry.Profile)
	}
	if err != nil {
		return err
	}
	switch d.Details {
	case storerules.Touch:
		err = w.touch(ctx, &d.Entry, before)
	case storerules.Replace:
		err = w.saveDetails(ctx, d, sealed)
	}
	if err != nil {
		return err
	}
	switch d.Failure {
	case storerules.Replace:
		err = w.insertFailure(ctx, d.Entry.Ref, d.Entry.Failure)
	case storerules.Remove:
		_, err = w.sql.deleteFailure.ExecContext(ctx, w.account, d.Entry.Ref)
	}
	return err
}

// touch is for a profile that is the same.
func (w *writer) touch(ctx context.Context, e *profile.Entry, before *stored) error {
	c, id := before.clear, string(e.Profile.ID)
	c.synced, c.updated, c.read = stamp(w.At), stamp(e.Profile.UpdatedAt), stamp(e.ReadAt)
	_, err := w.sql.touch.ExecContext(ctx, c.synced, c.updated, c.read, w.db.sealer.rowMAC(w.account, id, &c, before.tag), w.account, id)
	return err
}

func (w *writer) saveDetails(ctx context.Context, d *storerules.Decision, sealed sealedProfile) error {
	p, id := &d.Entry.Profile, string(d.Entry.Profile.ID)
	c := clearColumns{state: string(p.State), created: stamp(p.CreatedAt), updated: stamp(p.UpdatedAt), archived: stamp(p.ArchivedAt),
		merged: orNull(p.MergedInto), added: stamp(p.AddedAt), synced: stamp(w.At), read: stamp(d.Entry.ReadAt), deleted: stamp(d.DeletedAt),
		fingerprint: sealed.fingerprint}
	_, err := w.sql.upsertProfile.ExecContext(ctx, w.account, id, c.state, c.created, c.updated, c.archived, c.merged, c.synced, c.read,
		c.added, c.deleted, c.fingerprint, sealed.sealed, w.db.sealer.rowMAC(w.account, id, &c, seal.Tag(sealed.sealed)))
	return err
}

// insertFailure writes the failure's row.
func (w *writer) insertFailure(ctx context.Context, ref string, f *profile.Failure) error {
	list, err := json.Marshal(f.Problems)
	if err != nil {
		return err
	}
	_, err = w.sql.upsertFailure.ExecContext(ctx, w.account, ref, f.Code, string(list), stamp(f.FirstFailedAt), stamp(f.LastFailedAt), f.Attempts)
	return err
}

// recordOutcomes stores the outcomes, marks the page as stored, and expects as
// many patients as it told of: a first count that was too low would hide a
// deletion from a pass that resumes.
func (w *writer) recordOutcomes(ctx context.Context, page, total int) error {
	if w.PassID == 0 {
		return nil
	}
	outcomes, err := json.Marshal(w.outcomes)
	if err != nil {
		return err
	}
	if _, err := w.sql.recordOutcomes.ExecContext(ctx, w.PassID, string(outcomes)); err != nil {
		return fmt.Errorf("record the outcomes: %w", err)
	}
	if total > 0 {
		if _, err := w.tx.ExecContext(ctx, "UPDATE pass SET expected = ?1 WHERE id = ?2 AND expected < ?1", total, w.PassID); err != nil {
			return fmt.Errorf("record how many patients to expect: %w", err)
		}
	}
	if w.added > 0 {
		if _, err := w.tx.ExecContext(ctx, "UPDATE pass SET added = added + ? WHERE id = ?", w.added, w.PassID); err != nil {
			return fmt.Errorf("record how many patients are new: %w", err)
		}
	}
	if page == 0 {
		return nil
	}
	if _, err := w.tx.ExecContext(ctx, "INSERT INTO page (pass_id, n) VALUES (?, ?) ON CONFLICT DO NOTHING", w.PassID, page); err != nil {
		return fmt.Errorf("record which page is stored: %w", err)
	}
	return nil
}
