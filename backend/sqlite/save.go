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
			w := &writer{Profiles: s, tx: tx, sql: bound, passID: passID, at: clock.Estimate(s.now()), latest: latestOf(clock, s.now()), outcomes: make(map[string]profile.Outcome, len(p.entries))}
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
	tx       *sql.Tx
	sql      *statements
	passID   int64
	at       time.Time          // the estimate of Cliniko's time
	latest   time.Time          // the latest that it can be; zero while nobody can tell
	before   map[string]*stored // what is stored, by ref
	outcomes map[string]profile.Outcome
	added    int // active clients who were not stored before
}

// stored is what the store had of a patient before.
type stored struct {
	clearColumns
	tag         []byte // of the sealed details
	authentic   bool   // the row is as it was written here
	code        sql.NullString
	problems    sql.NullString
	firstFailed sql.NullInt64
	attempts    sql.NullInt64
	outcome     sql.NullString // in this pass
}

func (b *stored) exists() bool { return b.state != "" }
func (b *stored) failed() bool { return b.code.Valid }

// newerThan reports whether the stored copy was read later than e, which is
// then a slow answer or a list that waited for a person. A stored reading time
// long after now, and after e, is wrong and ignored.
func (b *stored) newerThan(e *profile.Entry, now time.Time) bool {
	if !b.exists() || !b.authentic {
		return false // whatever its times say
	}
	if e.ReadAt.After(now) {
		now = e.ReadAt
	}
	readBefore := !e.ReadAt.IsZero() && e.ReadAt.Before(at(b.read)) && !at(b.read).After(now.Add(readSlack))
	if isUnread(e) {
		return readBefore
	}
	updated := at(b.updated)
	// A change ahead of Cliniko's own clock is an error, and would make every
	// later reading look older. But if the clocks disagree, updated_at still
	// orders two readings of the same second.
	if !e.ReadAt.IsZero() && updated.After(e.ReadAt.Add(clockSlack)) && !e.ReadAt.Equal(at(b.read)) {
		return readBefore
	}
	// Archiving may leave updated_at unchanged, so that only the time of
	// reading tells which of two copies is newer.
	return e.Profile.UpdatedAt.Before(updated) || e.Profile.UpdatedAt.Equal(updated) && readBefore
}

const (
	// clockSlack is how far two of Cliniko's times may disagree.
	clockSlack = time.Minute
	// readSlack is how far Cliniko's time may be ahead of its estimate.
	readSlack = 10 * time.Minute
)

// equals reports whether the stored copy is p, which has this fingerprint.
func (b *stored) equals(p *profile.Profile, fingerprint []byte) bool {
	return b.exists() && b.authentic && string(b.fingerprint) == string(fingerprint) && b.state == string(p.State) &&
		at(b.archived).Equal(at(stamp(p.ArchivedAt))) && b.merged.String == string(p.MergedInto)
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
	rows, err := w.sql.stored.QueryContext(ctx, w.account, w.passID, string(list))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	w.before = map[string]*stored{}
	for rows.Next() {
		var ref string
		b := &stored{}
		var mac []byte
		if err := rows.Scan(&ref, &b.state, &b.created, &b.updated, &b.archived, &b.merged, &b.added, &b.synced, &b.read, &b.deleted,
			&b.fingerprint, &b.tag, &mac, &b.code, &b.problems, &b.firstFailed, &b.attempts, &b.outcome); err != nil {
			return err
		}
		b.authentic = b.exists() && hmac.Equal(mac, w.db.sealer.rowMAC(w.account, ref, &b.clearColumns, b.tag))
		w.before[ref] = b
	}
	return rows.Err()
}

// write stores one entry. It returns the entry as it now is, and whether that
// differs from before.
func (w *writer) write(ctx context.Context, e profile.Entry, sealed sealedProfile) (profile.Entry, bool, error) {
	before := w.before[e.Ref]
	if before == nil {
		before = notStored
	}
	w.leftByNow(&e.Profile, before)
	outcome, differs, err := w.decide(ctx, &e, sealed, before)
	w.outcomes[e.Ref] = outcome
	return e, differs, err
}

// leftByNow is for a client whom Cliniko says to have left in the future: the
// time from which the retention counts begins when that is first stored.
func (w *writer) leftByNow(p *profile.Profile, before *stored) {
	inFuture := func(t time.Time) bool { return !w.latest.IsZero() && t.After(w.latest.Add(readSlack)) }
	if p.State != profile.Archived && p.State != profile.Merged || !inFuture(p.LeftAt()) {
		return
	}
	p.ArchivedAt = w.latest
	known := profile.State(before.state) == profile.Archived || profile.State(before.state) == profile.Merged
	if known && before.authentic && before.archived.Valid && !inFuture(at(before.archived)) {
		p.ArchivedAt = at(before.archived)
	}
}

func (w *writer) decide(ctx context.Context, e *profile.Entry, sealed sealedProfile, before *stored) (profile.Outcome, bool, error) {
	switch archived := e.Profile.State != profile.Active; {
	case before.newerThan(e, w.at):
		return before.currentOutcome(), false, nil
	case isUnread(e):
		differs, err := w.saveFailure(ctx, e, before)
		return profile.Failed, differs, err
	case archived && !before.exists() && !before.failed() && !e.Opened:
		return profile.ArchivedOutcome, false, nil
	}
	return w.replace(ctx, e, sealed, before)
}

// replace stores an entry that is as new as what is stored, or newer.
func (w *writer) replace(ctx context.Context, e *profile.Entry, sealed sealedProfile, before *stored) (profile.Outcome, bool, error) {
	same := before.equals(&e.Profile, sealed.fingerprint)
	differs := !same || !e.Profile.UpdatedAt.Equal(at(before.updated))
	if before.exists() && !same {
		if err := w.saveChange(ctx, &e.Profile); err != nil {
			return "", false, err
		}
	}
	if !before.exists() && !before.failed() && e.Profile.State == profile.Active {
		w.added++
	}
	e.Profile.AddedAt, e.Profile.SyncedAt = w.at, w.at
	if before.authentic {
		e.Profile.AddedAt = at(before.added)
	}
	if err := w.saveDetails(ctx, e, sealed, before, same); err != nil {
		return "", false, err
	}
	switch {
	case e.Profile.State != profile.Active:
		return profile.ArchivedOutcome, differs || before.failed(), w.clearFailure(ctx, e, before)
	case e.Failure != nil:
		reasonDiffers, err := w.saveFailure(ctx, e, before)
		return profile.Failed, differs || reasonDiffers, err
	case same && !before.failed():
		return profile.Unchanged, differs, nil
	}
	return profile.Synced, true, w.clearFailure(ctx, e, before)
}

// currentOutcome is the outcome of a patient whose stored copy is newer.
func (b *stored) currentOutcome() profile.Outcome {
	switch {
	case b.failed():
		return profile.Failed
	case profile.State(b.state) != profile.Active:
		return profile.ArchivedOutcome
	}
	return profile.Unchanged
}

func (w *writer) saveDetails(ctx context.Context, e *profile.Entry, sealed sealedProfile, before *stored, same bool) error {
	p, id := &e.Profile, string(e.Profile.ID)
	if same {
		c := before.clearColumns
		c.synced, c.updated, c.read = stamp(w.at), stamp(p.UpdatedAt), stamp(e.ReadAt)
		_, err := w.sql.touch.ExecContext(ctx, c.synced, c.updated, c.read, w.db.sealer.rowMAC(w.account, id, &c, before.tag), w.account, id)
		return err
	}
	c := clearColumns{state: string(p.State), created: stamp(p.CreatedAt), updated: stamp(p.UpdatedAt), archived: stamp(p.ArchivedAt),
		merged: orNull(p.MergedInto), added: stamp(p.AddedAt), synced: stamp(w.at), read: stamp(e.ReadAt), fingerprint: sealed.fingerprint}
	var deletedBefore sql.NullInt64
	if before.authentic {
		deletedBefore = before.deleted
	}
	c.deleted = deletedSince(p.State, deletedBefore, c.synced)
	_, err := w.sql.upsertProfile.ExecContext(ctx, w.account, id, c.state, c.created, c.updated, c.archived, c.merged, c.synced, c.read,
		c.added, c.deleted, c.fingerprint, sealed.sealed, w.db.sealer.rowMAC(w.account, id, &c, tagOf(sealed.sealed)))
	return err
}

// saveFailure stores the failure, and reports whether its reason changed.
func (w *writer) saveFailure(ctx context.Context, e *profile.Entry, before *stored) (bool, error) {
	failure := *e.Failure
	failure.FirstFailedAt, failure.LastFailedAt, failure.Attempts = w.at, w.at, 1
	if before.failed() {
		failure.FirstFailedAt = at(before.firstFailed)
		failure.Attempts = int(before.attempts.Int64)
		if w.passID == 0 || before.outcome.String != string(profile.Failed) {
			failure.Attempts++ // a patient seen twice in one pass is one attempt
		}
	}
	e.Failure = &failure
	problems, err := w.insertFailure(ctx, e.Ref, &failure)
	differs := !before.failed() || before.code.String != string(failure.Code) || before.problems.String != problems
	return differs, err
}

// insertFailure writes the failure's row, and returns its problems as stored.
func (w *writer) insertFailure(ctx context.Context, ref string, f *profile.Failure) (problems string, err error) {
	list, err := json.Marshal(f.Problems)
	if err != nil {
		return "", err
	}
	_, err = w.sql.upsertFailure.ExecContext(ctx, w.account, ref, f.Code, string(list), stamp(f.FirstFailedAt), stamp(f.LastFailedAt), f.Attempts)
	return string(list), err
}

func (w *writer) clearFailure(ctx context.Context, e *profile.Entry, before *stored) error {
	e.Failure = nil
	if !before.failed() {
		return nil
	}
	_, err := w.sql.deleteFailure.ExecContext(ctx, w.account, e.Ref)
	return err
}

// recordOutcomes stores the outcomes, marks the page as stored, and expects as
// many patients as it told of: a first count that was too low would hide a
// deletion from a pass that resumes.
func (w *writer) recordOutcomes(ctx context.Context, page, total int) error {
	if w.passID == 0 {
		return nil
	}
	outcomes, err := json.Marshal(w.outcomes)
	if err != nil {
		return err
	}
	if _, err := w.sql.recordOutcomes.ExecContext(ctx, w.passID, string(outcomes)); err != nil {
		return fmt.Errorf("record the outcomes: %w", err)
	}
	if total > 0 {
		if _, err := w.tx.ExecContext(ctx, "UPDATE pass SET expected = ?1 WHERE id = ?2 AND expected < ?1", total, w.passID); err != nil {
			return fmt.Errorf("record how many patients to expect: %w", err)
		}
	}
	if w.added > 0 {
		if _, err := w.tx.ExecContext(ctx, "UPDATE pass SET added = added + ? WHERE id = ?", w.added, w.passID); err != nil {
			return fmt.Errorf("record how many patients are new: %w", err)
		}
	}
	if page == 0 {
		return nil
	}
	if _, err := w.tx.ExecContext(ctx, "INSERT INTO page (pass_id, n) VALUES (?, ?) ON CONFLICT DO NOTHING", w.passID, page); err != nil {
		return fmt.Errorf("record which page is stored: %w", err)
	}
	return nil
}
