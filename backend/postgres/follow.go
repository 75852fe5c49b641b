package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
)

// SealedClient is a client's row as it lies in the database, for a copy of it.
type SealedClient struct {
	Ref        []byte // keyed hash
	N          int64  // of the change that wrote the row
	State      string // "erased": the copy erases it
	Head       []byte
	Details    []byte
	Failure    []byte
	Unreadable bool
}

// ClientsAfter returns up to about most of the rows that changes after n have
// written, in the order of those changes, and never a part of one change: so a
// copy that has them all up to the last row's N continues there. Of a change
// that a later one has overwritten there is nothing. It misses no change that is
// committed meanwhile: see transaction.
//
// Gone: erased rows from after n are no longer known, so a copy that has rows up
// to n begins anew, with 0.
func (db *DB) ClientsAfter(ctx context.Context, n int64, most int) (rows []SealedClient, err error) {
	err = coded(pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var horizon int64
		if err := tx.QueryRow(ctx, "SELECT horizon FROM clinic").Scan(&horizon); err != nil {
			return err
		}
		if n > 0 && n < horizon {
			return profile.Refuse(profile.Gone, "This computer was away for too long to catch up, so the clients are copied anew.")
		}
		rows, err = collect(ctx, tx, func(from pgx.CollectableRow) (c SealedClient, err error) {
			err = from.Scan(&c.Ref, &c.N, &c.State, &c.Head, &c.Details, &c.Failure, &c.Unreadable)
			return c, err
		}, `SELECT ref, n, state, head, details, failure, unreadable FROM client
			WHERE n > $1 AND n <= coalesce((SELECT n FROM client WHERE n > $1 ORDER BY n OFFSET $2 LIMIT 1), 9223372036854775807)
			ORDER BY n`, n, max(most, 1)-1)
		return err
	}))
	return rows, err
}

// OpenCopy returns what a copied row has of a client, with the time at which it
// was read. NotFound: nothing, because the client was erased.
func (s *Profiles) OpenCopy(c *SealedClient) (profile.Entry, error) {
	if c.State == stateErased {
		return profile.Entry{}, profile.Refuse(profile.NotFound, "This client was erased.")
	}
	r := &row{hash: c.Ref, state: c.State, head: c.Head, details: c.Details, tag: tagOf(c.Details), failure: c.Failure}
	e, err := s.open(r)
	if err != nil || !r.hasProfile() {
		return e, err
	}
	h, err := s.openHead(r)
	e.ReadAt = h.readAt
	return e, err
}
