package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storecopy"
)

// mode says whether a store is a copy, as far as this process knows. Another process may
// make it one: what this one would still write then would be lost with the next copying.
type mode int32

const (
	unknownMode mode = iota // until the store's proof is read first
	ownMode
	copyMode
	changingMode // by this process
)

// sameMode returns an error where another process has changed it.
func (db *DB) sameMode(ctx context.Context, in rowQuerier) error {
	known := mode(db.mode.Load())
	if known == changingMode {
		return nil
	}
	now := ownMode
	var copied bool
	if err := in.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM copied)").Scan(&copied); err != nil {
		return nil //nolint:nilerr // a store of an earlier version, which cannot be written to, is no copy
	}
	if copied {
		now = copyMode
	}
	if known == unknownMode {
		db.mode.CompareAndSwap(int32(unknownMode), int32(now))
		return nil
	}
	if known != now {
		return errors.New("the store has become a copy, or has ceased to be one")
	}
	return nil
}

// changeMode does what makes this store a copy, or one of its own.
func (db *DB) changeMode(to mode, do func() error) error {
	before := db.mode.Swap(int32(changingMode))
	err := do()
	if err != nil {
		db.mode.Store(before)
		return err
	}
	db.mode.Store(int32(to))
	return nil
}

// BecomeCopy makes this store the copy of another one. publish puts everything that
// this one has there, and returns the changes by which a copy of nothing becomes equal.
// All of it is one transaction here: no other process changes anything meanwhile, and
// with an error this store is as it was.
//
// Errors: Invalid where it is a copy already, NotConnected, StoreDamaged where a row
// does not open.
func (db *DB) BecomeCopy(ctx context.Context, now time.Time, publish func(*storecopy.Changes) (*storecopy.Changes, error)) error {
	return db.changeMode(copyMode, func() error { return db.becomeCopy(ctx, now, publish) })
}

func (db *DB) becomeCopy(ctx context.Context, now time.Time, publish func(*storecopy.Changes) (*storecopy.Changes, error)) error {
	before := db.sealer.keys.Load()
	err := db.inTransaction(ctx, func(held context.Context, tx *sql.Tx) error {
		if position, _, err := copiedIn(held, tx); err != nil || position != (storecopy.Position{}) {
			return errors.Join(err, profile.Refuse(profile.Invalid, "This clinic is shared already. telehab computers lists its computers."))
		}
		everything, err := db.everything(ctx)
		if err != nil {
			return err
		}
		changes, err := publish(everything)
		if err != nil {
			return err
		}
		button, err := db.Profiles(changes.Settings.Clinic.AccountID, nil).Button(ctx)
		if err != nil {
			return err
		}
		c := db.copying(held, tx, changes)
		c.own = true
		if err := c.all(held, now); err != nil {
			return err
		}
		return c.exec(held, "UPDATE clinic SET button = ?", button)
	})
	if err != nil {
		db.sealer.keys.Store(before)
	}
	return err
}

// StopCopying makes a copy a store of its own, with everything that it has.
//
// outbox is what the other store has on the way to VALD Hub. It is kept, and turned off:
// the other computers go on sending it.
func (db *DB) StopCopying(ctx context.Context, outbox *storecopy.Outbox) error {
	return db.changeMode(ownMode, func() error { return db.stopCopying(ctx, outbox) })
}

func (db *DB) stopCopying(ctx context.Context, outbox *storecopy.Outbox) error {
	return db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range []string{
			// How an event ended may not have been delivered, nor the event itself.
			`UPDATE audit SET (person, subject, outcome) = (SELECT person, subject, outcome FROM queued_event WHERE delivered = audit.id)
				WHERE id IN (SELECT delivered FROM queued_event WHERE NOT dropped)`,
			"DELETE FROM audit WHERE id IN (SELECT delivered FROM queued_event WHERE dropped)",
			`INSERT INTO audit (at, clinic_at, person, action, subject, outcome) SELECT at, clinic_at, person, action, subject, outcome
				FROM queued_event WHERE delivered IS NULL AND NOT dropped ORDER BY id`,
			"DELETE FROM queued_event",
			"DELETE FROM copied_client",
			"DELETE FROM copied",
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("end the copy: %w", err)
			}
		}
		return db.keepOutbox(ctx, tx, outbox)
	})
}

func (db *DB) keepOutbox(ctx context.Context, tx *sql.Tx, outbox *storecopy.Outbox) error {
	var account string
	err := tx.QueryRowContext(ctx, "SELECT account_id FROM clinic").Scan(&account)
	if errors.Is(err, sql.ErrNoRows) || err == nil && outbox.Sending.Tenant == "" {
		return nil
	}
	if err != nil {
		return err
	}
	sending := outbox.Sending
	sending.On = false
	plain, err := json.Marshal(sending)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO hub (account_id, sending, compared_at, deviations, sealed) VALUES (?, 0, ?, ?, ?)",
		account, stamp(sending.Compared), sending.Deviations, db.sealer.Seal(plain, hubRow(account))); err != nil {
		return err
	}
	s := db.Profiles(account, nil)
	for i := range outbox.Deliveries {
		d := &outbox.Deliveries[i]
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO delivery (account_id, ref) VALUES (?, ?)", account, d.Ref); err != nil {
			return err
		}
		if err := s.writeDelivery(ctx, tx, d, d.Version); err != nil {
			return err
		}
	}
	return nil
}

func (s *Profiles) readOutbox(ctx context.Context, e *storecopy.Changes) (err error) {
	if e.Outbox.Sending, err = s.Sending(ctx); err != nil {
		return err
	}
	e.Outbox.Deliveries, err = s.Deliveries(ctx, profile.DeliveryQuery{States: profile.DeliveryStates})
	return err
}

// EraseAll erases people, clients and events, and seals what is left with a key that
// nobody has.
func (db *DB) EraseAll(ctx context.Context) error {
	lost := make([]byte, KeySize)
	_, _ = rand.Read(lost) // never fails: it would end the program
	next, err := newKeys(lost, "")
	if err != nil {
		return err
	}
	err = db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, table := range []string{"clinic", "person", "audit", "queued_event", "copied_client", "copied", "clock", "tries"} { // foreign keys delete the rest
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil { // #nosec G202 -- a constant
				return err
			}
		}
		return db.useKeys(ctx, tx, next)
	})
	if err != nil {
		return err
	}
	return db.Rewrite(ctx)
}

// everything returns all that this store has, as its readers see it. A client's Row is
// its ref.
func (db *DB) everything(ctx context.Context) (_ *storecopy.Changes, err error) {
	clinic, err := db.Clinic(ctx)
	if err != nil {
		return nil, err
	}
	e := &storecopy.Changes{Anew: true, MissingChanged: true}
	s := db.Profiles(clinic.AccountID, nil)
	e.Settings.Clinic = clinic
	for _, read := range []func(context.Context, *storecopy.Changes) error{s.readSettings, s.readClients, s.readHistory, s.readPasses, s.readPeople, s.readMissing, s.readOutbox, s.readEvents} {
		if err := read(ctx, e); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (s *Profiles) readSettings(ctx context.Context, e *storecopy.Changes) (err error) {
	in := &e.Settings
	if in.Cursors, err = s.Cursors(ctx); err != nil {
		return err
	}
	if in.Retention, err = s.Retention(ctx); err != nil {
		return err
	}
	if in.Clock, err = s.Clock(ctx); err != nil {
		return err
	}
	if in.IdleMinutes, err = s.db.IdleMinutes(ctx); err != nil {
		return err
	}
	in.QuickUnlockForbidden, err = s.db.QuickUnlockForbidden(ctx)
	return err
}

var errBroken = profile.Refuse(profile.StoreDamaged, "A saved profile cannot be read, so nothing was shared. Run telehab sync --full to fetch it from Cliniko, then try again.")

func (s *Profiles) readClients(ctx context.Context, e *storecopy.Changes) error {
	failures, err := s.failuresByRef(ctx)
	if err != nil {
		return err
	}
	err = s.db.eachRow(ctx, "SELECT "+profileColumns+" FROM profile WHERE account_id = ?", func(rows *sql.Rows) error {
		var p storedProfile
		if err := scanProfile(rows, &p); err != nil {
			return err
		}
		opened, err := s.db.unseal(s.account, &p)
		if err != nil {
			return errors.Join(errBroken, err)
		}
		c := storecopy.Client{Row: []byte(p.ID), HasProfile: true, Distrusted: len(p.fingerprint) == 0,
			Entry: profile.Entry{Ref: string(p.ID), Profile: opened, ReadAt: at(p.clear.read)}}
		if failure, ok := failures[c.Entry.Ref]; ok {
			c.Entry.Failure = &failure
			delete(failures, c.Entry.Ref)
		}
		e.Clients = append(e.Clients, c)
		return nil
	}, s.account)
	for _, entry := range unread(failures) {
		e.Clients = append(e.Clients, storecopy.Client{Row: []byte(entry.Ref), Entry: entry})
	}
	return err
}

func (s *Profiles) readHistory(ctx context.Context, e *storecopy.Changes) error {
	return s.db.eachRow(ctx, "SELECT cliniko_id, pass_id, at, updated_at, sealed FROM change WHERE account_id = ? ORDER BY id", func(rows *sql.Rows) error {
		var c storecopy.Change
		var ref string
		var stored, updated sql.NullInt64
		var sealed []byte
		if err := rows.Scan(&ref, &c.PassID, &stored, &updated, &sealed); err != nil {
			return err
		}
		c.Row, c.At, c.UpdatedAt = []byte(ref), at(stored), at(updated)
		// What does not open here does not open there.
		if plain, err := s.db.sealer.open(sealed, changeRow(s.account, ref, c.At)); err == nil && json.Unmarshal(plain, &c.Fields) == nil {
			e.History = append(e.History, c)
		}
		return nil
	}, s.account)
}

func (s *Profiles) readPasses(ctx context.Context, e *storecopy.Changes) error {
	return s.db.eachRow(ctx, "SELECT "+passColumns+", added, failing FROM pass WHERE account_id = ? ORDER BY id", func(rows *sql.Rows) (err error) {
		p := storecopy.Pass{Failing: -1}
		var failing sql.NullInt64
		if p.Pass, err = scanPass(alsoInto{rows, []any{&p.Added, &failing}}); err != nil {
			return err
		}
		if failing.Valid {
			p.Failing = int(failing.Int64)
		}
		e.Passes = append(e.Passes, p)
		return nil
	}, s.account)
}

// alsoInto scans further columns after those that are asked for.
type alsoInto struct {
	scanner
	more []any
}

func (a alsoInto) Scan(into ...any) error { return a.scanner.Scan(append(into, a.more...)...) }

func (s *Profiles) readPeople(ctx context.Context, e *storecopy.Changes) error {
	people, err := s.db.People(ctx)
	for i := range people {
		kept, _, err := s.todayOf(ctx, s.db.read, people[i].ID)
		if err != nil {
			return err
		}
		e.People = append(e.People, storecopy.Person{Person: people[i]})
		e.Today = append(e.Today, storecopy.Today{Person: people[i].ID, Kept: kept})
	}
	return err
}

func (s *Profiles) readMissing(ctx context.Context, e *storecopy.Changes) error {
	return s.db.eachRow(ctx, "SELECT ref, accepted FROM missing WHERE account_id = ?", func(rows *sql.Rows) error {
		var m storecopy.Missing
		err := rows.Scan(&m.Ref, &m.Answer)
		e.Missing = append(e.Missing, m)
		return err
	}, s.account)
}

func (s *Profiles) readEvents(ctx context.Context, e *storecopy.Changes) error {
	return s.db.eachRow(ctx, "SELECT id, at, clinic_at, known_by, person, action, subject, outcome FROM audit ORDER BY id", func(rows *sql.Rows) error {
		var in storecopy.Event
		var here, clinic, knownBy sql.NullInt64
		if err := rows.Scan(&in.ID, &here, &clinic, &knownBy, &in.Person, &in.Action, &in.Subject, &in.Outcome); err != nil {
			return err
		}
		in.Here, in.Estimate, in.KnownBy = at(here), at(clinic), at(knownBy)
		if !clinic.Valid {
			in.Estimate = in.Here
		}
		if in.Outcome == staff.NotFinished {
			e.Unfinished = append(e.Unfinished, in.ID)
		}
		e.Events = append(e.Events, in)
		return nil
	})
}
