package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// querier is the store, or a transaction of it.
type querier interface {
	Query(ctx context.Context, query string, values ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, query string, values ...any) pgx.Row
}

// transaction is one that writes. It holds the clinic's row, so that writers
// come one after the other and commit in the order of their numbers: whoever has
// read all changes up to a number misses none that is committed later. A number
// from a sequence would not do, because a transaction with a lower one may commit
// after a follower has read a higher one.
type transaction struct {
	pgx.Tx
	n int64 // the number of what it changes
}

// anyEpoch is for writes that do not belong to the one computer that syncs.
const anyEpoch = 0

// errNewKey says that the clinic's key was changed since this computer has read it.
var errNewKey = errors.New("there is a newer version of the clinic's key")

// write runs do in one transaction that writes. epoch is that of the election by
// which this computer may write; another one's transaction ends with
// errSuperseded before do is called, and that of a computer that was removed with
// errRemoved. Where the clinic's key was changed, do is called once this computer has
// it.
func (db *DB) write(ctx context.Context, epoch int64, do func(context.Context, *transaction) error) error {
	return db.withNewestKey(ctx, func() error {
		return coded(pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
			t := &transaction{Tx: tx}
			var now, schema int64
			var newest uint16
			var removed bool
			var woken string
			if err := tx.QueryRow(ctx, "UPDATE clinic SET n = n + 1 RETURNING n, epoch, newest_key, "+removedNow+", "+schemaNow+", pg_notify('"+channel+"', '')::text", db.computer).
				Scan(&t.n, &now, &newest, &removed, &schema, &woken); err != nil {
				return err
			}
			switch {
			case removed:
				return errRemoved
			case schema > newestSchema:
				return errTooNew
			case epoch != anyEpoch && epoch != now:
				return errSuperseded
			case newest > db.keys.latest():
				return errNewKey
			}
			return do(ctx, t)
		}))
	})
}

// revise records that the transaction has changed what All reads.
func (t *transaction) revise(ctx context.Context) error {
	_, err := t.Exec(ctx, "UPDATE clinic SET revision = n")
	return err
}

// run sends all statements of a batch at once.
func run(ctx context.Context, tx pgx.Tx, batch *pgx.Batch) error {
	if batch.Len() == 0 {
		return nil
	}
	return tx.SendBatch(ctx, batch).Close()
}

// collect returns what scan makes of each row.
func collect[T any](ctx context.Context, in querier, scan func(pgx.CollectableRow) (T, error), query string, values ...any) ([]T, error) {
	rows, err := in.Query(ctx, query, values...)
	if err != nil {
		return nil, coded(err)
	}
	all, err := pgx.CollectRows(rows, scan)
	return all, coded(err)
}

// stamp and at convert times; the zero time is NULL.
func stamp(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	micro := t.UnixMicro()
	return &micro
}

func at(n *int64) time.Time {
	if n == nil {
		return time.Time{}
	}
	return time.UnixMicro(*n).UTC()
}

// isNone says that there is no such row.
func isNone(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
