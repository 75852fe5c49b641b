package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storecopy"
)

var _ staff.AuditTrail = (*DB)(nil)

// event is the content of an event's sealed column: who did what is not for
// whoever has the database.
type event struct {
	Here     int64
	Estimate int64
	Person   string
	Action   staff.Action
	Subject  string
	Outcome  profile.Code
}

func (db *DB) sealEvent(id int64, e *event) ([]byte, error) {
	plain, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("write an event: %w", err)
	}
	return db.keys.seal(plain, auditRow(id)), nil
}

func (db *DB) openEvent(id int64, sealed []byte) (e event, err error) {
	plain, err := db.keys.open(sealed, auditRow(id))
	if err != nil {
		return e, damaged(err)
	}
	if json.Unmarshal(plain, &e) != nil {
		return e, damaged(errors.New("read an event"))
	}
	return e, nil
}

// AddEvent adds an event to the audit trail and returns its number.
func (db *DB) AddEvent(ctx context.Context, e staff.Event) (id int64, err error) {
	err = db.write(ctx, anyEpoch, func(ctx context.Context, tx *transaction) error {
		if err := tx.QueryRow(ctx, "UPDATE clinic SET last_event = last_event + 1 RETURNING last_event").Scan(&id); err != nil {
			return err
		}
		clock, err := db.clockIn(ctx, tx)
		if err != nil {
			return err
		}
		sealed, err := db.sealEvent(id, &event{e.Here.UnixMicro(), clock.Estimate(e.Here).UnixMicro(), e.Person, e.Action, e.Subject, e.Outcome})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO audit (id, n, finished, key, sealed) VALUES ($1, $2, $3, $4, $5)", id, tx.n, e.Outcome != staff.NotFinished, db.keys.latest(), sealed)
		return err
	})
	return id, err
}

// DeliverEvents adds events that happened on a computer earlier, in their order, and
// returns their numbers. What was delivered before is not added again: it only ends
// as it is said to end now.
func (db *DB) DeliverEvents(ctx context.Context, events []storecopy.Queued) (ids []int64, err error) {
	err = db.write(ctx, anyEpoch, func(ctx context.Context, tx *transaction) error {
		ids = make([]int64, len(events))
		for i := range events {
			if ids[i], err = db.deliver(ctx, tx, &events[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return ids, err
}

func (db *DB) deliver(ctx context.Context, tx *transaction, q *storecopy.Queued) (id int64, err error) {
	var finished bool
	err = tx.QueryRow(ctx, "SELECT id, finished FROM audit WHERE ticket = $1", q.Ticket).Scan(&id, &finished)
	if isNone(err) {
		err = tx.QueryRow(ctx, "UPDATE clinic SET last_event = last_event + 1 RETURNING last_event").Scan(&id)
	}
	if err != nil || finished {
		return id, err
	}
	e := &q.Event
	sealed, err := db.sealEvent(id, &event{e.Here.UnixMicro(), q.Estimate.UnixMicro(), e.Person, e.Action, e.Subject, e.Outcome})
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO audit (id, n, finished, ticket, key, sealed) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET n = excluded.n, finished = excluded.finished, key = excluded.key, sealed = excluded.sealed`,
		id, tx.n, e.Outcome != staff.NotFinished, q.Ticket, db.keys.latest(), sealed)
	return id, err
}

// FinishEvent records an event's outcome, subject and person.
func (db *DB) FinishEvent(ctx context.Context, e staff.Event) error {
	return db.endEvent(ctx, e.ID, func(ctx context.Context, tx *transaction, known event) error {
		known.Person, known.Subject, known.Outcome = e.Person, e.Subject, e.Outcome
		sealed, err := db.sealEvent(e.ID, &known)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE audit SET n = $1, finished = $2, key = $3, sealed = $4 WHERE id = $5", tx.n, e.Outcome != staff.NotFinished, db.keys.latest(), sealed, e.ID)
		return err
	})
}

// DropEvent removes an event that has not finished.
func (db *DB) DropEvent(ctx context.Context, id int64) error {
	return db.endEvent(ctx, id, func(ctx context.Context, tx *transaction, _ event) error {
		_, err := tx.Exec(ctx, "DELETE FROM audit WHERE id = $1", id)
		return err
	})
}

// ErrEnded says that an event has ended, or was never there.
var ErrEnded = errors.New("it is not in the audit trail as one that has not finished")

// endEvent changes an event that has not finished.
func (db *DB) endEvent(ctx context.Context, id int64, change func(context.Context, *transaction, event) error) error {
	return db.write(ctx, anyEpoch, func(ctx context.Context, tx *transaction) error {
		var sealed []byte
		err := tx.QueryRow(ctx, "SELECT sealed FROM audit WHERE id = $1 AND NOT finished FOR UPDATE", id).Scan(&sealed)
		if isNone(err) {
			return fmt.Errorf("line %d: %w", id, ErrEnded)
		}
		if err != nil {
			return err
		}
		known, err := db.openEvent(id, sealed)
		if err != nil {
			return err
		}
		return change(ctx, tx, known)
	})
}

// queuePurgeAudit erases events that happened more than AuditMonths before now,
// which is Cliniko's time. An event's position in the trail decides: it happened
// before the first of Cliniko's times that was believed after it. Its own times
// decide nothing.
func queuePurgeAudit(batch *pgx.Batch, now time.Time) {
	before := stamp(now.AddDate(0, -staff.AuditMonths, 0))
	batch.Queue("DELETE FROM audit WHERE known_by < $1", before)
	batch.Queue("UPDATE clinic SET events_from = greatest(events_from, $1)", before)
}

// LastToSignIn returns the id of whoever signed in last, on any computer.
func (db *DB) LastToSignIn(ctx context.Context) (string, error) {
	const portion = 200 // what events are about is sealed, so they are read from the end
	for before := int64(0); ; {
		events, err := db.Events(ctx, before, portion)
		if err != nil {
			return "", err
		}
		for _, e := range events {
			if e.Action == staff.SignedIn && e.Outcome == "" && e.Person != "" {
				return e.Person, nil
			}
		}
		if len(events) < portion {
			return "", nil
		}
		before = events[len(events)-1].ID
	}
}

// Events returns up to most events of the audit trail.
//
// Errors: StoreDamaged when one of them does not open.
func (db *DB) Events(ctx context.Context, before int64, most int) ([]staff.Event, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	return collect(ctx, db.pool, func(from pgx.CollectableRow) (e staff.Event, err error) {
		var knownBy *int64
		var sealed []byte
		if err := from.Scan(&e.ID, &knownBy, &sealed); err != nil {
			return e, err
		}
		in, err := db.openEvent(e.ID, sealed)
		e.Here, e.At = time.UnixMicro(in.Here).UTC(), time.UnixMicro(in.Estimate).UTC()
		e.Person, e.Action, e.Subject, e.Outcome = in.Person, in.Action, in.Subject, in.Outcome
		if knownBy != nil && e.At.After(at(knownBy)) {
			e.At = at(knownBy)
		}
		return e, err
	}, "SELECT id, known_by, sealed FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2", before, most)
}
