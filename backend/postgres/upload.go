package postgres

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storecopy"
)

// Upload is what a computer puts into an empty database to share its clinic.
type Upload struct {
	Everything *storecopy.Changes
	APIKey     []byte
	Name       string // of the computer
	Version    string // of its TeleHab
	Progress   func(done, all int)
}

// uploadedAtOnce is how many rows go into one statement.
const uploadedAtOnce = 500

var errNotEmpty = profile.Refuse(profile.Invalid,
	"This database already has a clinic of TeleHab in it, so nothing was shared. To use it on this computer, join with a code from telehab computers add. Otherwise give the address of an empty database.")

// Share makes an empty database the shared one of a clinic, in one transaction: with
// an error it is as it was. o.Keys is the clinic's key. A database in which this very
// computer has shared the clinic before, and which no other one has joined, is filled
// anew: its program was ended before it knew.
//
// Errors: Invalid for a database that is not empty, and those of Open.
func Share(ctx context.Context, o Options, u *Upload) (*DB, error) {
	recipient, err := recipientOf(o.Identity)
	if err != nil {
		return nil, err
	}
	db, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	if db.keys, err = newKeyring(o.Keys); err == nil {
		err = coded(pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
			if err := db.makeEmpty(ctx, tx); err != nil {
				return err
			}
			if err := db.addComputer(ctx, tx, db.keys, computer{u.Name, recipient}, u.Version); err != nil {
				return err
			}
			up := &uploading{Upload: u, db: db, tx: &transaction{Tx: tx, n: 1}, s: db.Profiles(u.Everything.Settings.Clinic.AccountID, time.Now)}
			return up.all(ctx)
		}))
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// makeEmpty leaves the clinic's row alone, new.
func (db *DB) makeEmpty(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, "LOCK TABLE clinic, computer IN EXCLUSIVE MODE"); err != nil {
		return err
	}
	var others, here, used int
	if err := tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE id <> $1), count(*) FILTER (WHERE id = $1),
		(SELECT count(*) FROM clinic WHERE account IS NOT NULL) + (SELECT count(*) FROM person) FROM computer`, db.computer).Scan(&others, &here, &used); err != nil {
		return err
	}
	if others > 0 || here == 0 && used > 0 {
		return errNotEmpty
	}
	batch := &pgx.Batch{}
	for _, table := range []string{"invitation", "wrapped_key", "computer", "audit", "today", "person", "clock", "missing", "seen", "page", "pass", "change", "hub", "client", "delivery", "clinic"} {
		batch.Queue("DELETE FROM " + table)
	}
	if err := run(ctx, tx, batch); err != nil {
		return err
	}
	sealed := db.keys.newIndexKey()
	if _, err := tx.Exec(ctx, "INSERT INTO clinic (n, index_key, key, newest_key) VALUES (1, $1, $2, $2)", sealed, db.keys.latest()); err != nil {
		return err
	}
	return db.keys.useIndexKey(sealed)
}

// uploading is one call of Share.
type uploading struct {
	*Upload
	db        *DB
	s         *Profiles
	tx        *transaction
	done, sum int
}

func (up *uploading) all(ctx context.Context) error {
	e := up.Everything
	up.sum = len(e.Clients) + len(e.History) + len(e.Events)
	for _, step := range []func(context.Context) error{up.settings, up.clients, up.history, up.rest, up.outbox, up.events} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (up *uploading) advance(n int) {
	up.done += n
	if up.Progress != nil {
		up.Progress(up.done, up.sum)
	}
}

func (up *uploading) settings(ctx context.Context) error {
	s := &up.Everything.Settings
	plain, err := json.Marshal(s.Clinic)
	if err != nil {
		return err
	}
	keys := up.db.keys
	account := keys.hash("account", s.Clinic.AccountID)
	c, k := &s.Cursors, &s.Clock
	batch := &pgx.Batch{}
	batch.Queue(`UPDATE clinic SET account = $1, sealed = $2, api_key = $3, revision = 1, missing_n = 1, changed_cursor = $4, archived_cursor = $5, full_at = $6,
			active_in_cliniko = $7, counted_at = $8, drift = $9, judged = $10, archived_days = $11, deleted_days = $12, quick_unlock_forbidden = $13, idle_minutes = $14`,
		account, keys.seal(plain, clinicRow(account)), keys.seal(up.APIKey, apiKeyRow(account)), stamp(c.Changed), stamp(c.Archived), stamp(c.FullAt),
		c.ActiveInCliniko, stamp(c.CountedAt), c.Drift, c.Judged, s.Retention.ArchivedDays, s.Retention.DeletedDays, s.QuickUnlockForbidden, s.IdleMinutes)
	if *k != (profile.Clock{}) {
		batch.Queue("INSERT INTO clock (computer, believed, "+clockColumns+") VALUES ($1, $2, coalesce($3::bigint, 0), $4, $5, $6, $7, $8)", up.db.computer, stamp(k.Believed),
			stamp(k.Latest), stamp(k.Anchor.Clinic), stamp(k.Anchor.Here), stamp(k.Reached), stamp(k.Doubted.Clinic), stamp(k.Doubted.Here))
	}
	return run(ctx, up.tx, batch)
}

func (up *uploading) clients(ctx context.Context) error {
	for some := range slices.Chunk(up.Everything.Clients, uploadedAtOnce) {
		rows := &rowsToWrite{}
		for i := range some {
			w, err := up.client(&some[i])
			if err != nil {
				return err
			}
			rows.add(w, up.db.keys.latest())
		}
		batch := &pgx.Batch{}
		rows.queue(batch, up.tx.n)
		if err := run(ctx, up.tx, batch); err != nil {
			return err
		}
		up.advance(len(some))
	}
	return nil
}

func (up *uploading) client(c *storecopy.Client) (w written, err error) {
	e := &c.Entry
	w = written{hash: up.db.keys.ref(up.s.account, e.Ref), state: stateNone}
	if c.HasProfile {
		sealed, err := up.s.sealDetails(w.hash, &e.Profile)
		if err != nil {
			return w, err
		}
		h := head{ref: e.Ref, profile: e.Profile, readAt: e.ReadAt, fingerprint: sealed.fingerprint, tag: tagOf(sealed.sealed)}
		h.profile.Details = profile.Details{}
		if c.Distrusted {
			h.fingerprint = nil
		}
		w.state, w.head, w.details = string(e.Profile.State), up.s.sealHead(w.hash, &h), sealed.sealed
	}
	if e.Failure != nil {
		w.failure, err = up.s.sealFailure(w.hash, e.Failure)
		w.unreadable = e.Failure.Code == profile.Unreadable
	}
	return w, err
}

func (up *uploading) history(ctx context.Context) error {
	for some := range slices.Chunk(up.Everything.History, uploadedAtOnce) {
		batch := &pgx.Batch{}
		for i := range some {
			c := &some[i]
			plain, err := json.Marshal(changed{c.UpdatedAt.UnixMicro(), c.Fields})
			if err != nil {
				return err
			}
			hash, at := up.db.keys.ref(up.s.account, string(c.Row)), c.At.UnixMicro()
			batch.Queue("INSERT INTO change (ref, n, pass_id, at, key, sealed) VALUES ($1, $2, $3, $4, $5, $6)",
				hash, up.tx.n, c.PassID, at, up.db.keys.latest(), up.db.keys.seal(plain, changeRow(up.s.account, hash, at)))
		}
		if err := run(ctx, up.tx, batch); err != nil {
			return err
		}
		up.advance(len(some))
	}
	return nil
}

// rest uploads passes, people, what Today keeps of them, and who is missing.
func (up *uploading) rest(ctx context.Context) error {
	batch, e, keys := &pgx.Batch{}, up.Everything, up.db.keys
	for i := range e.Passes {
		p := &e.Passes[i]
		c := &p.Counts
		var failing *int
		if p.Failing >= 0 {
			failing = &p.Failing
		}
		batch.Queue("INSERT INTO pass ("+passColumns+`, n, added, failing) OVERRIDING SYSTEM VALUE
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, p.ID, p.Kind, stamp(p.StartedAt), stamp(p.EndedAt), p.Err, p.Requests, p.Expected,
			p.Total, c.Synced, c.Unchanged, c.Failed, c.Archived, p.Service, up.tx.n, p.Added, failing)
	}
	batch.Queue("SELECT setval(pg_get_serial_sequence('pass', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM pass), false)")
	for i := range e.People {
		p := &e.People[i].Person
		plain, err := json.Marshal(person{p.Name, p.Email, p.PasswordHash, p.Permissions, p.Deactivated})
		if err != nil {
			return err
		}
		batch.Queue("INSERT INTO person (id, n, created_at, key, sealed) VALUES ($1, $2, $3, $4, $5)", p.ID, up.tx.n, stamp(p.CreatedAt), keys.latest(), keys.seal(plain, personRow(p.ID)))
	}
	for i := range e.Today {
		if err := up.s.queueToday(batch, up.tx.n, today{e.Today[i].Person, keptToday(e.Today[i].Kept)}); err != nil {
			return err
		}
	}
	for _, m := range e.Missing {
		hash := keys.ref(up.s.account, m.Ref)
		batch.Queue("INSERT INTO missing (ref, answer, key, sealed) VALUES ($1, $2, $3, $4)", hash, m.Answer, keys.latest(), keys.seal([]byte(m.Ref), missingRow(up.s.account, hash)))
	}
	return run(ctx, up.tx, batch)
}

// outbox uploads what is on the way to VALD Hub, once the clients are there, whose
// trigger would queue them anew.
func (up *uploading) outbox(ctx context.Context) error {
	out, keys := &up.Everything.Outbox, up.db.keys
	if out.Sending.Tenant == "" && !out.Sending.On {
		return nil
	}
	plain, err := json.Marshal(out.Sending)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	batch.Queue("INSERT INTO hub (sending, compared_at, deviations, key, sealed) VALUES ($1, $2, $3, $4, $5)",
		out.Sending.On, stamp(out.Sending.Compared), out.Sending.Deviations, keys.latest(), keys.seal(plain, hubRow))
	if err := run(ctx, up.tx, batch); err != nil {
		return err
	}
	for some := range slices.Chunk(out.Deliveries, uploadedAtOnce) {
		batch := &pgx.Batch{}
		for i := range some {
			d := &some[i]
			hash := keys.ref(up.s.account, d.Ref)
			batch.Queue("INSERT INTO delivery (ref) VALUES ($1)", hash)
			if err := up.s.queueDelivery(batch, hash, d, d.Version); err != nil {
				return err
			}
		}
		if err := run(ctx, up.tx, batch); err != nil {
			return err
		}
	}
	return nil
}

func (up *uploading) events(ctx context.Context) error {
	for some := range slices.Chunk(up.Everything.Events, uploadedAtOnce) {
		batch := &pgx.Batch{}
		for i := range some {
			e := &some[i]
			sealed, err := up.db.sealEvent(e.ID, &event{e.Here.UnixMicro(), e.Estimate.UnixMicro(), e.Person, e.Action, e.Subject, e.Outcome})
			if err != nil {
				return err
			}
			batch.Queue("INSERT INTO audit (id, n, known_by, finished, key, sealed) VALUES ($1, $2, $3, $4, $5, $6)",
				e.ID, up.tx.n, stamp(e.KnownBy), e.Outcome != staff.NotFinished, up.db.keys.latest(), sealed)
		}
		batch.Queue("UPDATE clinic SET last_event = $1", some[len(some)-1].ID)
		if err := run(ctx, up.tx, batch); err != nil {
			return err
		}
		up.advance(len(some))
	}
	return nil
}
