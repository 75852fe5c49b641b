package postgres

import (
	"bytes"
	"context"
	"encoding/binary"

	"github.com/jackc/pgx/v5"
)

// After a change of the clinic's key its versions stand side by side: what is written
// has the latest one, and Reseal seals the rest with it, some rows at a time.

// resealing is one call of Reseal.
type resealing struct {
	db    *DB
	s     *Profiles // of the connected clinic
	tx    *transaction
	batch pgx.Batch
	most  int // of the rows that are sealed anew in this call
	found int
}

// Reseal seals up to most rows with the latest version of the clinic's key that have
// an earlier one. Where there are none left it deletes the earlier versions, and
// returns done. A value that does not open stays as it is: nobody can open it.
func (l *Leader) Reseal(ctx context.Context, most int) (done bool, err error) {
	db := l.db
	var earliest uint16
	if err := db.pool.QueryRow(ctx, "SELECT coalesce(min(version), 0) FROM wrapped_key").Scan(&earliest); err != nil {
		return false, coded(err)
	}
	if earliest == 0 || earliest == db.keys.latest() {
		return true, nil
	}
	err = db.write(ctx, l.epoch, func(ctx context.Context, tx *transaction) error {
		r := &resealing{db: db, tx: tx, most: most}
		if _, err := tx.Exec(ctx, "SET LOCAL telehab.resealing = 'on'"); err != nil { // see the triggers
			return err
		}
		if err := r.clinic(ctx); err != nil {
			return err
		}
		for _, rows := range []func(context.Context) error{r.clients, r.changes, r.missing, r.people, r.today, r.events, r.hub, r.deliveries} {
			if r.found >= r.most {
				break
			}
			if err := rows(ctx); err != nil {
				return err
			}
		}
		if done = r.found == 0; done {
			r.batch.Queue("DELETE FROM wrapped_key WHERE version < $1", db.keys.latest())
		}
		return run(ctx, tx, &r.batch)
	})
	return done && err == nil, err
}

// again is a value sealed with the latest version of the key.
func (r *resealing) again(sealed []byte, row string) []byte {
	if len(sealed) < versionSize || binary.BigEndian.Uint16(sealed) == r.db.keys.latest() {
		return sealed
	}
	plain, err := r.db.keys.open(sealed, row)
	if err != nil {
		return sealed
	}
	return r.db.keys.seal(plain, row)
}

func (r *resealing) clinic(ctx context.Context) error {
	var key uint16
	var account, sealed, index, api []byte
	if err := r.tx.QueryRow(ctx, "SELECT key, account, sealed, index_key, api_key FROM clinic").Scan(&key, &account, &sealed, &index, &api); err != nil {
		return err
	}
	r.s = r.db.Profiles("", nil)
	if account != nil {
		clinic, err := r.db.openClinic(account, sealed)
		if err != nil {
			return err // without the account nothing else opens
		}
		r.s.account = clinic.AccountID
	}
	if key == r.db.keys.latest() {
		return nil
	}
	r.found++
	r.batch.Queue("UPDATE clinic SET key = $1, sealed = $2, index_key = $3, api_key = $4", r.db.keys.latest(),
		r.again(sealed, clinicRow(account)), r.again(index, indexKeyRow), r.again(api, apiKeyRow(account)))
	return nil
}

// clients seals rows of clients. A head authenticates the details beside it, so they
// change together.
func (r *resealing) clients(ctx context.Context) error {
	rows, err := collect(ctx, r.tx, scanRow, "SELECT "+rowColumns+" FROM client c WHERE c.key < $1 LIMIT $2", r.db.keys.latest(), r.most-r.found)
	r.found += len(rows)
	for i := range rows {
		c := &rows[i]
		account := r.s.account
		head := c.head
		details := r.again(c.details, clientRow(account, c.hash, "details"))
		if !bytes.Equal(details, c.details) {
			if h, err := r.s.openHead(c); err == nil {
				h.tag = tagOf(details)
				head = r.s.sealHead(c.hash, &h)
			} else {
				details = c.details // the row is not as it was written, and stays so
			}
		} else {
			head = r.again(c.head, clientRow(account, c.hash, "head"))
		}
		r.batch.Queue("UPDATE client SET key = $1, head = $2, details = $3, failure = $4 WHERE ref = $5", r.db.keys.latest(), head, details,
			r.again(c.failure, clientRow(account, c.hash, "failure")), c.hash)
	}
	return err
}

// sealedRow is a row with one sealed value.
type sealedRow struct {
	id     any
	row    string // its name
	sealed []byte
}

// each seals the values of some rows of a table with the column id as its key.
func (r *resealing) each(ctx context.Context, table, id string, scan func(pgx.CollectableRow) (sealedRow, error), columns string) error {
	rows, err := collect(ctx, r.tx, scan, "SELECT "+columns+" FROM "+table+" WHERE key < $1 LIMIT $2", r.db.keys.latest(), r.most-r.found)
	r.found += len(rows)
	for _, one := range rows {
		r.batch.Queue("UPDATE "+table+" SET key = $1, sealed = $2 WHERE "+id+" = $3", r.db.keys.latest(), r.again(one.sealed, one.row), one.id)
	}
	return err
}

func (r *resealing) changes(ctx context.Context) error {
	return r.each(ctx, "change", "id", func(from pgx.CollectableRow) (s sealedRow, err error) {
		var id, at int64
		var ref []byte
		err = from.Scan(&id, &s.sealed, &ref, &at)
		s.id, s.row = id, changeRow(r.s.account, ref, at)
		return s, err
	}, "id, sealed, ref, at")
}

func (r *resealing) missing(ctx context.Context) error {
	return r.each(ctx, "missing", "ref", func(from pgx.CollectableRow) (s sealedRow, err error) {
		var ref []byte
		err = from.Scan(&ref, &s.sealed)
		s.id, s.row = ref, missingRow(r.s.account, ref)
		return s, err
	}, "ref, sealed")
}

func (r *resealing) people(ctx context.Context) error {
	return r.each(ctx, "person", "id", func(from pgx.CollectableRow) (s sealedRow, err error) {
		var id string
		err = from.Scan(&id, &s.sealed)
		s.id, s.row = id, personRow(id)
		return s, err
	}, "id, sealed")
}

func (r *resealing) today(ctx context.Context) error {
	return r.each(ctx, "today", "person", func(from pgx.CollectableRow) (s sealedRow, err error) {
		var person []byte
		err = from.Scan(&person, &s.sealed)
		s.id, s.row = person, todayRow(r.s.account, string(person))
		return s, err
	}, "person, sealed")
}

func (r *resealing) events(ctx context.Context) error {
	return r.each(ctx, "audit", "id", func(from pgx.CollectableRow) (s sealedRow, err error) {
		var id int64
		err = from.Scan(&id, &s.sealed)
		s.id, s.row = id, auditRow(id)
		return s, err
	}, "id, sealed")
}

func (r *resealing) hub(ctx context.Context) error {
	return r.each(ctx, "hub", "one", func(from pgx.CollectableRow) (s sealedRow, err error) {
		s.id, s.row = true, hubRow
		return s, from.Scan(&s.sealed)
	}, "sealed")
}

func (r *resealing) deliveries(ctx context.Context) error {
	return r.each(ctx, "delivery", "ref", func(from pgx.CollectableRow) (s sealedRow, err error) {
		var ref []byte
		err = from.Scan(&ref, &s.sealed)
		s.id, s.row = ref, deliveryRow(r.s.account, ref)
		return s, err
	}, "ref, sealed")
}
