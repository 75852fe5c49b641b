package postgres

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storecopy"
)

// lineage names the database: its server, what that was restored to, the database
// there, and the tables, which a restored dump makes anew.
const lineage = `(SELECT system_identifier FROM pg_control_system())::text || '/' || (SELECT timeline_id FROM pg_control_checkpoint())::text
	|| '/' || (SELECT oid FROM pg_database WHERE datname = current_database())::text || '/' || 'clinic'::regclass::oid::text`

// answerLimit is how long the database may take to say whether anything was
// changed.
const answerLimit = 15 * time.Second

// copyLimit is how long one statement of a copy may take.
const copyLimit = "10min"

// ChangesSince returns what was changed since a copy was at a position, as of one
// moment; nil if nothing was. It misses no change that is committed meanwhile: see
// transaction.
//
// Errors: StoreTooNew when a newer program has changed the tables, ComputerRemoved when
// this computer is none of the clinic's any more.
func (db *DB) ChangesSince(ctx context.Context, from storecopy.Position) (changes *storecopy.Changes, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// A network that swallows everything ends no connection for a quarter of an hour.
	var silent atomic.Bool
	late := time.AfterFunc(answerLimit, func() { silent.Store(true); cancel() })
	defer func() {
		late.Stop()
		if silent.Load() && profile.CodeOf(err) == profile.Cancelled {
			err = unreachable(err)
		}
	}()
	err = db.withNewestKey(ctx, func() error { return db.readChanges(ctx, from, late.Stop, &changes) })
	return changes, err
}

// readChanges reads them in one transaction. answered is called once the database has
// answered.
func (db *DB) readChanges(ctx context.Context, from storecopy.Position, answered func() bool, changes **storecopy.Changes) error {
	return coded(pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		f := &follower{db: db, tx: tx, Changes: storecopy.Changes{From: from}}
		changed, err := f.begin(ctx)
		answered()
		if err != nil || !changed {
			return err
		}
		for _, read := range []func(context.Context) error{f.readSettings, f.readClients, f.readHistory, f.readPasses, f.readPeople,
			f.readToday, f.readMissing, f.readEvents} {
			if err := read(ctx); err != nil {
				return err
			}
		}
		*changes = &f.Changes
		return nil
	}))
}

// follower is one call of ChangesSince.
type follower struct {
	db      *DB
	tx      pgx.Tx
	s       *Profiles // of the connected clinic
	after   int64     // the changes with higher numbers are read
	missing int64     // the last change of who is missing
	storecopy.Changes
}

// begin finds out what is to be read. A copy whose number means something else
// here, or of whose erased clients nobody knows any more, begins anew.
func (f *follower) begin(ctx context.Context) (changed bool, err error) {
	var schema, horizon int64
	var newest uint16
	var removed bool
	if err := f.tx.QueryRow(ctx, "SELECT n, horizon, missing_n, newest_key, "+removedNow+", "+lineage+", "+schemaNow+" FROM clinic", f.db.computer).
		Scan(&f.To.N, &horizon, &f.missing, &newest, &removed, &f.To.Lineage, &schema); err != nil {
		return false, err
	}
	switch {
	case removed:
		return false, errRemoved
	case schema > newestSchema:
		return false, errTooNew
	case newest > f.db.keys.latest():
		return false, errNewKey
	}
	if f.From == f.To {
		return false, nil
	}
	f.Anew = f.From.Lineage != f.To.Lineage || f.From.N > f.To.N || f.From.N < horizon
	f.after = f.From.N
	if f.Anew {
		f.after = -1
	}
	_, err = f.tx.Exec(ctx, "SET LOCAL statement_timeout = '"+copyLimit+"'")
	return true, err
}

func (f *follower) readSettings(ctx context.Context) (err error) {
	s := &f.Settings
	var account, sealed []byte
	var history, events, changed, archived, full, counted *int64
	c := &s.Cursors
	if err := f.tx.QueryRow(ctx, "SELECT account, sealed, revision, quick_unlock_forbidden, idle_minutes, archived_days, deleted_days, history_from, events_from, "+cursorColumns+" FROM clinic").
		Scan(&account, &sealed, &s.Revision, &s.QuickUnlockForbidden, &s.IdleMinutes, &s.Retention.ArchivedDays, &s.Retention.DeletedDays, &history, &events,
			&changed, &archived, &full, &c.ActiveInCliniko, &counted, &c.Drift, &c.Judged); err != nil {
		return err
	}
	f.HistoryFrom, f.EventsFrom = at(history), at(events)
	c.Changed, c.Archived, c.FullAt, c.CountedAt = at(changed), at(archived), at(full), at(counted)
	if account != nil {
		if s.Clinic, err = f.db.openClinic(account, sealed); err != nil {
			return err
		}
	}
	f.s = f.db.Profiles(s.Clinic.AccountID, time.Now)
	s.Clock, err = f.db.clockIn(ctx, f.tx)
	return err
}

func (f *follower) readClients(ctx context.Context) (err error) {
	f.Clients, err = collect(ctx, f.tx, func(from pgx.CollectableRow) (storecopy.Client, error) {
		var r row
		var born int64
		if err := from.Scan(&r.hash, &r.state, &r.head, &r.details, &r.failure, &born); err != nil {
			return storecopy.Client{}, err
		}
		r.tag = tagOf(r.details)
		c := f.client(&r)
		c.New = born > f.after
		return c, nil
	}, "SELECT "+rowColumns+", c.born FROM client c WHERE c.n > $1 AND NOT ($2 AND c.state = 'erased') ORDER BY c.n", f.after, f.Anew)
	return err
}

// client opens a row.
func (f *follower) client(r *row) storecopy.Client {
	c := storecopy.Client{Row: r.hash, Erased: r.state == stateErased, HasProfile: r.hasProfile()}
	if c.Erased {
		return c
	}
	var err error
	if c.Entry, err = f.s.open(r); err != nil {
		c.Broken = true
		return c
	}
	if !c.HasProfile {
		return c
	}
	h, err := f.s.openHead(r)
	c.Entry.ReadAt, c.Distrusted, c.Broken = h.readAt, len(h.fingerprint) == 0, err != nil
	return c
}

func (f *follower) readHistory(ctx context.Context) (err error) {
	f.History, err = collect(ctx, f.tx, func(from pgx.CollectableRow) (c storecopy.Change, err error) {
		var stored int64
		var sealed []byte
		if err := from.Scan(&c.ID, &c.Row, &c.PassID, &stored, &sealed); err != nil {
			return c, err
		}
		c.At = time.UnixMicro(stored).UTC()
		var in changed
		if plain, err := f.db.keys.open(sealed, changeRow(f.s.account, c.Row, stored)); err == nil && json.Unmarshal(plain, &in) == nil {
			c.UpdatedAt, c.Fields = time.UnixMicro(in.UpdatedAt).UTC(), in.Fields
		}
		return c, nil
	}, "SELECT id, ref, pass_id, at, sealed FROM change WHERE n > $1 ORDER BY id", f.after)
	return err
}

func (f *follower) readPasses(ctx context.Context) (err error) {
	f.Passes, err = collect(ctx, f.tx, func(from pgx.CollectableRow) (p storecopy.Pass, err error) {
		var failing *int
		p.Pass, err = scanPass(alsoInto{from, []any{&p.Added, &failing}})
		p.Failing = -1
		if failing != nil {
			p.Failing = *failing
		}
		return p, err
	}, "SELECT "+passColumns+", added, failing FROM pass WHERE n > $1 ORDER BY id", f.after)
	return err
}

// alsoInto scans further columns after those that are asked for.
type alsoInto struct {
	pgx.Row
	more []any
}

func (a alsoInto) Scan(into ...any) error { return a.Row.Scan(append(into, a.more...)...) }

func (f *follower) readPeople(ctx context.Context) (err error) {
	f.People, err = collect(ctx, f.tx, func(from pgx.CollectableRow) (p storecopy.Person, err error) {
		p.Person, err = f.db.scanPerson(from)
		if profile.CodeOf(err) == profile.StoreDamaged {
			p.Broken, err = true, nil
		}
		return p, err
	}, "SELECT id, created_at, sealed FROM person WHERE n > $1 ORDER BY created_at, id", f.after)
	return err
}

func (f *follower) readToday(ctx context.Context) error {
	type sealedRow struct{ person, sealed []byte }
	rows, err := collect(ctx, f.tx, func(from pgx.CollectableRow) (r sealedRow, err error) {
		err = from.Scan(&r.person, &r.sealed)
		return r, err
	}, "SELECT person, sealed FROM today WHERE n > $1", f.after)
	if err != nil || len(rows) == 0 {
		return err
	}
	// A row that was emptied, or does not open, has only the hash of whose it is.
	ids, err := collect(ctx, f.tx, pgx.RowTo[string], "SELECT id FROM person")
	people := map[string]string{}
	for _, id := range ids {
		people[string(f.db.keys.hash("today", id))] = id
	}
	for _, r := range rows {
		row, _ := f.s.openToday(r.person, r.sealed)
		if row.Person == "" {
			row.Person = people[string(r.person)]
		}
		if row.Person != "" {
			f.Today = append(f.Today, storecopy.Today{Person: row.Person, Kept: staff.Today(row.Kept)})
		}
	}
	return err
}

func (f *follower) readMissing(ctx context.Context) (err error) {
	if f.MissingChanged = f.missing > f.after; !f.MissingChanged {
		return nil
	}
	all, err := collect(ctx, f.tx, func(from pgx.CollectableRow) (m storecopy.Missing, err error) {
		var hash, sealed []byte
		if err := from.Scan(&hash, &sealed, &m.Answer); err != nil {
			return m, err
		}
		if ref, err := f.db.keys.open(sealed, missingRow(f.s.account, hash)); err == nil {
			m.Ref = string(ref)
		}
		return m, nil
	}, "SELECT ref, sealed, answer FROM missing")
	for _, m := range all {
		if m.Ref != "" { // the next full pass asks again about whoever it is
			f.Missing = append(f.Missing, m)
		}
	}
	return err
}

func (f *follower) readEvents(ctx context.Context) (err error) {
	all, err := collect(ctx, f.tx, func(from pgx.CollectableRow) (e storecopy.Event, err error) {
		var knownBy *int64
		var sealed []byte
		if err := from.Scan(&e.ID, &knownBy, &sealed); err != nil {
			return e, err
		}
		in, err := f.db.openEvent(e.ID, sealed)
		if err != nil {
			return storecopy.Event{}, nil //nolint:nilerr // the copy keeps what it has of an event that was changed outside
		}
		e.Here, e.Estimate, e.KnownBy = time.UnixMicro(in.Here).UTC(), time.UnixMicro(in.Estimate).UTC(), at(knownBy)
		e.Person, e.Action, e.Subject, e.Outcome = in.Person, in.Action, in.Subject, in.Outcome
		return e, nil
	}, "SELECT id, known_by, sealed FROM audit WHERE n > $1 ORDER BY id", f.after)
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].ID != 0 {
			f.Events = append(f.Events, all[i])
		}
	}
	f.Unfinished, err = collect(ctx, f.tx, pgx.RowTo[int64], "SELECT id FROM audit WHERE NOT finished")
	return err
}
