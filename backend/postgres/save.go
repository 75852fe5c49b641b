package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storerules"
)

// Profiles is the part of the store that is about clients. It implements every
// part of a profile.Store.
type Profiles struct {
	db      *DB
	account string
	now     func() time.Time // this computer's clock
	epoch   int64            // of the election by which it writes, or anyEpoch
}

// Profiles returns the part of the store that belongs to the clinic with this
// account id, which must be the connected one, for what any computer may do:
// read, store a client whom a person opened, record a person's answers and
// settings. now is this computer's clock; stored times are estimates of
// Cliniko's, see Learn. Passes belong to the computer that was elected: see
// Leader.
func (db *DB) Profiles(account string, now func() time.Time) *Profiles {
	return &Profiles{db: db, account: account, now: now, epoch: anyEpoch}
}

// Store returns s as the parts that the engine needs.
func (s *Profiles) Store() profile.Store {
	return profile.Store{Passes: s, Entries: s, Departures: s, Reviews: s, Clock: s}
}

// write runs do in one writing transaction of the connected clinic.
func (s *Profiles) write(ctx context.Context, do func(context.Context, *transaction) error) error {
	return s.db.write(ctx, s.epoch, do)
}

// prepared is a batch whose details are sealed.
type prepared struct {
	by       *Profiles
	key      uint16 // that they are sealed with
	patients int
	entries  []profile.Entry // each ref once
	hashes   [][]byte        // of their refs
	sealed   []sealedDetails
	page     int
	total    int
}

// Patients returns how many entries the batch had.
func (p *prepared) Patients() int { return p.patients }

// Prepare seals the details.
func (s *Profiles) Prepare(b profile.Batch) (profile.Prepared, error) {
	p := &prepared{by: s, key: s.db.keys.latest(), patients: len(b.Entries), entries: storerules.EachOnce(b.Entries), page: b.Page, total: b.Total}
	p.hashes, p.sealed = make([][]byte, len(p.entries)), make([]sealedDetails, len(p.entries))
	for i := range p.entries {
		e := &p.entries[i]
		p.hashes[i] = s.db.keys.ref(s.account, e.Ref)
		if e.Profile.ID == "" || storerules.IsUnread(e) {
			continue
		}
		var err error
		if p.sealed[i], err = s.sealDetails(p.hashes[i], &e.Profile); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// withLatestKey is the same batch sealed again, where the clinic's key was changed
// since.
func (p *prepared) withLatestKey() (*prepared, error) {
	if p.key == p.by.db.keys.latest() {
		return p, nil
	}
	again, err := p.by.Prepare(profile.Batch{Entries: p.entries, Page: p.page, Total: p.total})
	if err != nil {
		return nil, err
	}
	fresh := again.(*prepared)
	fresh.patients = p.patients
	return fresh, nil
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
func (s *Profiles) SavePrepared(ctx context.Context, passID int64, ready ...profile.Prepared) (changed []profile.Entry, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *transaction) error {
		changed = nil
		clock, err := s.db.clockIn(ctx, tx)
		if err != nil {
			return err
		}
		w := &writer{Profiles: s, Moment: storerules.MomentOf(passID, clock, s.now()), tx: tx}
		for _, one := range ready {
			p, ok := one.(*prepared)
			if !ok || p.by.db != s.db || p.by.account != s.account {
				return errors.New("a batch that this store has not prepared")
			}
			if p, err = p.withLatestKey(); err != nil {
				return err
			}
			differing, err := w.save(ctx, p)
			if err != nil {
				return fmt.Errorf("store a batch: %w", err)
			}
			changed = append(changed, differing...)
		}
		if len(changed) == 0 {
			return nil
		}
		return tx.revise(ctx)
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// writer is one transaction that stores what was read.
type writer struct {
	*Profiles
	storerules.Moment
	tx *transaction
}

// save stores a batch, in four statements or so however many entries it has.
func (w *writer) save(ctx context.Context, p *prepared) (changed []profile.Entry, err error) {
	before, err := w.readStored(ctx, p.hashes)
	if err != nil {
		return nil, err
	}
	rows := &rowsToWrite{}
	outcomes := make([]string, len(p.entries))
	var replaced []change
	added := 0
	for i := range p.entries {
		known := before[string(p.hashes[i])]
		if known == nil {
			known = &storedRow{}
		}
		d := w.Decide(p.entries[i], p.sealed[i].fingerprint, &known.Stored)
		outcomes[i] = string(d.Outcome)
		if d.New {
			added++
		}
		if d.Changed {
			replaced = append(replaced, change{hash: p.hashes[i], after: d.Entry.Profile})
		}
		if d.Differs {
			changed = append(changed, d.Entry)
		}
		if err := w.addRow(rows, p.hashes[i], &d, p.sealed[i], known); err != nil {
			return nil, err
		}
	}
	batch := &pgx.Batch{}
	if err := w.addChanges(ctx, batch, replaced); err != nil {
		return nil, err
	}
	rows.queue(batch, w.tx.n)
	w.queueOutcomes(batch, p, outcomes, added)
	return changed, run(ctx, w.tx, batch)
}

// storedRow is what the store had of a patient before.
type storedRow struct {
	storerules.Stored
	head    head
	failure []byte
}

func (w *writer) readStored(ctx context.Context, hashes [][]byte) (map[string]*storedRow, error) {
	// The outcomes one by one: joined, all that the pass has met so far would be
	// read for each page.
	rows, err := w.tx.Query(ctx, `SELECT c.ref, c.state, c.head, substring(c.details FROM octet_length(c.details) - 15), c.failure,
			coalesce((SELECT s.outcome FROM seen s WHERE s.pass_id = $2 AND s.ref = c.ref), '')
		FROM client c WHERE c.ref = ANY ($1)`, hashes, w.PassID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	before := map[string]*storedRow{}
	for rows.Next() {
		var r row
		known := &storedRow{}
		if err := rows.Scan(&r.hash, &r.state, &r.head, &r.tag, &r.failure, &known.Outcome); err != nil {
			return nil, err
		}
		w.fillStored(known, &r)
		before[string(r.hash)] = known
	}
	return before, rows.Err()
}

// fillStored opens a row. One that is not as it was written here counts as
// changed, whatever it says.
func (w *writer) fillStored(known *storedRow, r *row) {
	known.failure = r.failure
	if r.hasProfile() {
		known.Profile.State = profile.State(r.state)
		if h, err := w.openHead(r); err == nil {
			known.head, known.Profile, known.Authentic = h, h.profile, true
			known.ReadAt, known.Fingerprint = h.readAt, h.fingerprint
		}
	}
	failure, err := w.openFailure(r)
	if err != nil {
		failure = &profile.Failure{FirstFailedAt: w.At}
	}
	known.Failure = failure
}

// addRow adds a row as it is to be written, if there is anything to write.
func (w *writer) addRow(rows *rowsToWrite, hash []byte, d *storerules.Decision, sealed sealedDetails, known *storedRow) (err error) {
	if d.Details == storerules.Leave && d.Failure == storerules.Leave {
		return nil
	}
	out := written{hash: hash, state: string(known.Profile.State), failure: known.failure}
	if out.state == "" {
		out.state = stateNone
	}
	e := &d.Entry
	switch d.Details {
	case storerules.Touch:
		h := known.head
		h.profile.SyncedAt, h.profile.UpdatedAt, h.readAt = w.At, e.Profile.UpdatedAt, e.ReadAt
		out.head = w.sealHead(hash, &h)
	case storerules.Replace:
		h := head{ref: e.Ref, profile: e.Profile, readAt: e.ReadAt, fingerprint: sealed.fingerprint, tag: tagOf(sealed.sealed)}
		h.profile.Details, h.profile.DeletedAt = profile.Details{}, d.DeletedAt
		out.state, out.head, out.details = string(e.Profile.State), w.sealHead(hash, &h), sealed.sealed
	}
	switch d.Failure {
	case storerules.Replace:
		out.failure, err = w.sealFailure(hash, e.Failure)
		out.unreadable = storerules.IsUnread(e)
	case storerules.Remove:
		out.failure = nil
	}
	rows.add(out, w.db.keys.latest())
	return err
}

// queueOutcomes records the outcomes, marks the page as stored, and expects as
// many patients as it told of: a first count that was too low would hide a
// deletion from a pass that resumes.
func (w *writer) queueOutcomes(batch *pgx.Batch, p *prepared, outcomes []string, added int) {
	if w.PassID == 0 {
		return
	}
	// A pass may see a patient twice, where two pages share a second. Unchanged
	// the second time does not undo synced the first time.
	batch.Queue(`INSERT INTO seen (pass_id, ref, outcome) SELECT $1, * FROM unnest($2::bytea[], $3::text[])
		ON CONFLICT (pass_id, ref) DO UPDATE SET outcome = excluded.outcome
		WHERE NOT (seen.outcome = 'synced' AND excluded.outcome = 'unchanged')`, w.PassID, p.hashes, outcomes)
	if p.total > 0 || added > 0 {
		batch.Queue("UPDATE pass SET expected = greatest(expected, $2), added = added + $3, n = $4 WHERE id = $1", w.PassID, p.total, added, w.tx.n)
	}
	if p.page > 0 {
		batch.Queue("INSERT INTO page (pass_id, number) VALUES ($1, $2) ON CONFLICT DO NOTHING", w.PassID, p.page)
	}
}
