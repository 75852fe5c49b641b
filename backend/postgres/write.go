package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/seal"
)

func tagOf(sealed []byte) []byte { return seal.Tag(sealed) }

// written is a client's row as it is to be written. A head or details that are
// nil stay as they are.
type written struct {
	hash       []byte
	state      string
	head       []byte
	details    []byte
	failure    []byte
	unreadable bool
}

// rowsToWrite are rows, column by column, so that one statement writes them all.
type rowsToWrite struct {
	hashes     [][]byte
	states     []string
	keys       []int32
	heads      [][]byte
	details    [][]byte
	failures   [][]byte
	unreadable []bool
}

func (r *rowsToWrite) add(w written, key uint16) {
	r.hashes = append(r.hashes, w.hash)
	r.states = append(r.states, w.state)
	r.keys = append(r.keys, int32(key))
	r.heads = append(r.heads, w.head)
	r.details = append(r.details, w.details)
	r.failures = append(r.failures, w.failure)
	r.unreadable = append(r.unreadable, w.unreadable)
}

func (r *rowsToWrite) queue(batch *pgx.Batch, n int64) {
	if len(r.hashes) == 0 {
		return
	}
	batch.Queue(`INSERT INTO client (ref, n, born, state, key, head, details, failure, unreadable)
		SELECT ref, $1, $1, state, key, head, details, failure, unreadable
		FROM unnest($2::bytea[], $3::text[], $4::int[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bool[])
			AS new (ref, state, key, head, details, failure, unreadable)
		ON CONFLICT (ref) DO UPDATE SET n = excluded.n, state = excluded.state, erased_at = NULL,
			born = CASE client.state WHEN 'erased' THEN excluded.n ELSE client.born END,
			key = CASE WHEN excluded.details IS NULL THEN least(client.key, excluded.key) ELSE excluded.key END,
			head = coalesce(excluded.head, client.head), details = coalesce(excluded.details, client.details),
			failure = excluded.failure, unreadable = excluded.unreadable`,
		n, r.hashes, r.states, r.keys, r.heads, r.details, r.failures, r.unreadable)
}

// queueErased empties rows of clients of whom nothing is stored any more.
func queueErased(batch *pgx.Batch, n int64, at int64, hashes [][]byte) {
	if len(hashes) == 0 {
		return
	}
	batch.Queue(`UPDATE client SET n = $1, state = 'erased', erased_at = $2, head = NULL, details = NULL, failure = NULL, unreadable = false
		WHERE ref = ANY ($3)`, n, at, hashes)
}

// change is a profile that replaces another one.
type change struct {
	hash  []byte
	after profile.Profile
}

// changed is the content of a change's sealed column.
type changed struct {
	UpdatedAt int64
	Fields    []profile.FieldChange
}

// addChanges queues what the changes of these profiles add to their history. A
// stored copy that does not open is replaced without a comparison.
func (w *writer) addChanges(ctx context.Context, batch *pgx.Batch, replaced []change) error {
	if len(replaced) == 0 {
		return nil
	}
	hashes := make([][]byte, len(replaced))
	for i := range replaced {
		hashes[i] = replaced[i].hash
	}
	rows, err := collect(ctx, w.tx, scanRow, "SELECT "+rowColumns+" FROM client c WHERE c.ref = ANY ($1)", hashes)
	if err != nil {
		return err
	}
	stored := map[string]*row{}
	for i := range rows {
		stored[string(rows[i].hash)] = &rows[i]
	}
	for i := range replaced {
		r := stored[string(replaced[i].hash)]
		if r == nil {
			continue
		}
		if before, err := w.open(r); err == nil {
			if err := w.queueChange(batch, r.hash, &before.Profile, &replaced[i].after); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) queueChange(batch *pgx.Batch, hash []byte, before, after *profile.Profile) error {
	fields := profile.Diff(before, after)
	if len(fields) == 0 {
		return nil
	}
	plain, err := json.Marshal(changed{after.UpdatedAt.UnixMicro(), fields})
	if err != nil {
		return fmt.Errorf("write a change: %w", err)
	}
	at := w.At.UnixMicro()
	batch.Queue("INSERT INTO change (ref, n, pass_id, at, key, sealed) VALUES ($1, $2, $3, $4, $5, $6)",
		hash, w.tx.n, w.PassID, at, w.db.keys.latest(), w.db.keys.seal(plain, changeRow(w.account, hash, at)))
	return nil
}
