package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
)

const hubRow = "hub"

func deliveryRow(account string, ref []byte) string {
	return fmt.Sprintf("delivery/%s/%x", account, ref)
}

// Sending returns how the clinic sends to VALD Hub.
func (s *Profiles) Sending(ctx context.Context) (profile.Sending, error) {
	return s.sendingIn(ctx, s.db.pool)
}

func (s *Profiles) sendingIn(ctx context.Context, in querier) (sending profile.Sending, err error) {
	var on bool
	var compared *int64
	var deviations int
	var sealed []byte
	err = in.QueryRow(ctx, "SELECT sending, compared_at, deviations, sealed FROM hub").Scan(&on, &compared, &deviations, &sealed)
	if isNone(err) {
		return sending, nil
	}
	if err != nil {
		return sending, coded(err)
	}
	plain, err := s.db.keys.open(sealed, hubRow)
	if err == nil {
		err = json.Unmarshal(plain, &sending)
	}
	if err != nil {
		return profile.Sending{}, damaged(err)
	}
	sending.On, sending.Compared, sending.Deviations = on, at(compared), deviations
	return sending, nil
}

// SetSending changes how the clinic sends: see profile.DeliveryStore.
func (s *Profiles) SetSending(ctx context.Context, sending profile.Sending) error {
	plain, err := json.Marshal(sending)
	if err != nil {
		return fmt.Errorf("write how to send: %w", err)
	}
	return s.write(ctx, func(ctx context.Context, tx *transaction) error {
		before, err := s.sendingIn(ctx, tx)
		if err != nil && profile.CodeOf(err) != profile.StoreDamaged {
			return err
		}
		batch := &pgx.Batch{}
		batch.Queue(`INSERT INTO hub (sending, key, sealed) VALUES ($1, $2, $3)
			ON CONFLICT (one) DO UPDATE SET sending = excluded.sending, key = excluded.key, sealed = excluded.sealed`,
			sending.On, s.db.keys.latest(), s.db.keys.seal(plain, hubRow))
		if before.Tenant != sending.Tenant {
			batch.Queue("DELETE FROM delivery")
			batch.Queue("UPDATE hub SET compared_at = NULL, deviations = 0")
		}
		switch {
		case sending.On && (!before.On || before.Tenant != sending.Tenant):
			// While it was off, nobody has kept it: all are looked at.
			batch.Queue("SELECT deliver(c) FROM client c")
		case sending.On:
			queueAgain(batch, profile.DeliveryHeld, profile.DeliveryAttention, profile.DeliveryConfirmed)
		}
		return run(ctx, tx, batch)
	})
}

// queueAgain has the deliveries in these states looked at again.
func queueAgain(batch *pgx.Batch, states ...profile.DeliveryState) {
	batch.Queue("UPDATE delivery SET state = 'pending', reason = '', due = 0, version = version + 1 WHERE state = ANY ($1)", texts(states))
}

func texts(states []profile.DeliveryState) []string {
	all := make([]string, len(states))
	for i, state := range states {
		all[i] = string(state)
	}
	return all
}

// Ledger counts the deliveries as of one moment.
func (s *Profiles) Ledger(ctx context.Context) (l profile.Ledger, err error) {
	type counted struct {
		state profile.DeliveryState
		n     int
	}
	all, err := collect(ctx, s.db.pool, func(from pgx.CollectableRow) (c counted, err error) {
		err = from.Scan(&c.state, &c.n)
		return c, err
	}, `SELECT '', count(*) FROM client WHERE (state = 'active' OR state = 'none' AND failure IS NOT NULL) AND EXISTS (SELECT 1 FROM hub WHERE sending)
		UNION ALL SELECT state, count(*) FROM delivery WHERE EXISTS (SELECT 1 FROM hub WHERE sending) GROUP BY state`)
	for _, c := range all {
		if c.state == "" {
			l.Eligible = c.n
			continue
		}
		l.Add(c.state, c.n)
	}
	return l, err
}

// deliveryColumns are those of a delivery and what names its client.
const deliveryColumns = "d.ref, d.state, d.reason, d.version, d.since, d.due, d.tries, d.sealed, " + rowColumns

// Deliveries returns those that match a query.
func (s *Profiles) Deliveries(ctx context.Context, q profile.DeliveryQuery) ([]profile.Delivery, error) {
	dueBy := int64(1 << 62)
	if !q.DueBy.IsZero() {
		dueBy = q.DueBy.UnixMicro()
	}
	var most *int
	if q.Most > 0 {
		most = &q.Most
	}
	return collect(ctx, s.db.pool, s.scanDelivery, "SELECT "+deliveryColumns+` FROM delivery d JOIN client c USING (ref)
		WHERE d.state = ANY ($1) AND d.due <= $2 ORDER BY d.due, d.ref LIMIT $3`, texts(q.States), dueBy, most)
}

// Delivery returns a client's.
func (s *Profiles) Delivery(ctx context.Context, ref string) (profile.Delivery, error) {
	return s.deliveryIn(ctx, s.db.pool, ref)
}

func (s *Profiles) deliveryIn(ctx context.Context, in querier, ref string) (profile.Delivery, error) {
	all, err := collect(ctx, in, s.scanDelivery, "SELECT "+deliveryColumns+" FROM delivery d JOIN client c USING (ref) WHERE d.ref = $1", s.db.keys.ref(s.account, ref))
	if err == nil && len(all) == 0 {
		err = profile.Refuse(profile.NotFound, "This client is not on the way to VALD Hub.")
	}
	if err != nil {
		return profile.Delivery{}, err
	}
	return all[0], nil
}

// scanDelivery reads a delivery. What cannot be opened of it counts as nothing
// known: it is matched and read anew.
func (s *Profiles) scanDelivery(from pgx.CollectableRow) (d profile.Delivery, err error) {
	var since *int64
	var due int64
	var hash, sealed []byte
	var r row
	if err := from.Scan(&hash, &d.State, &d.Reason, &d.Version, &since, &due, &d.Tries, &sealed, &r.hash, &r.state, &r.head, &r.details, &r.failure); err != nil {
		return d, err
	}
	r.tag = tagOf(r.details)
	e, _ := s.open(&r) // one that does not open has a name as well
	d.Ref, d.Since = e.Ref, at(since)
	if due > 0 {
		d.Due = time.UnixMicro(due).UTC()
	}
	if sealed == nil {
		return d, nil
	}
	plain, err := s.db.keys.open(sealed, deliveryRow(s.account, hash))
	if err != nil || json.Unmarshal(plain, &d.DeliveryDetails) != nil {
		d.DeliveryDetails = profile.DeliveryDetails{}
	}
	return d, nil
}

// Settle stores a delivery: see profile.DeliveryStore.
func (s *Profiles) Settle(ctx context.Context, d profile.Delivery) (current bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *transaction) error {
		current = false
		var version int64
		var state profile.DeliveryState
		hash, now := s.db.keys.ref(s.account, d.Ref), d
		err := tx.QueryRow(ctx, "SELECT version, state FROM delivery WHERE ref = $1", hash).Scan(&version, &state)
		if isNone(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if current = version == d.Version; !current {
			now = d.Overtaken(state)
		}
		return s.writeDelivery(ctx, tx, hash, &now, version)
	})
	return current, err
}

func (s *Profiles) writeDelivery(ctx context.Context, tx *transaction, hash []byte, d *profile.Delivery, version int64) error {
	batch := &pgx.Batch{}
	if err := s.queueDelivery(batch, hash, d, version); err != nil {
		return err
	}
	return run(ctx, tx, batch)
}

func (s *Profiles) queueDelivery(batch *pgx.Batch, hash []byte, d *profile.Delivery, version int64) error {
	plain, err := json.Marshal(d.DeliveryDetails)
	if err != nil {
		return fmt.Errorf("write a delivery: %w", err)
	}
	due := int64(0)
	if !d.Due.IsZero() {
		due = d.Due.UnixMicro()
	}
	batch.Queue(`UPDATE delivery SET state = $2, reason = $3, version = $4, since = $5, due = $6, tries = $7, known = $8, key = $9, sealed = $10 WHERE ref = $1`,
		hash, string(d.State), d.Reason, version, stamp(d.Since), due, d.Tries, d.Known(), s.db.keys.latest(), s.db.keys.seal(plain, deliveryRow(s.account, hash)))
	return nil
}

// DecideDelivery changes what a person decides of a delivery.
func (s *Profiles) DecideDelivery(ctx context.Context, ref string, change func(*profile.Delivery) error) error {
	return s.write(ctx, func(ctx context.Context, tx *transaction) error {
		d, err := s.deliveryIn(ctx, tx, ref)
		if err == nil {
			err = change(&d)
		}
		if err != nil {
			return err
		}
		d = d.Overtaken(d.State)
		return s.writeDelivery(ctx, tx, s.db.keys.ref(s.account, ref), &d, d.Version+1)
	})
}

// RecordComparison stores when all was compared.
func (s *Profiles) RecordComparison(ctx context.Context, compared time.Time, deviations int, again ...profile.DeliveryState) error {
	return s.write(ctx, func(ctx context.Context, tx *transaction) error {
		batch := &pgx.Batch{}
		batch.Queue("UPDATE hub SET compared_at = $1, deviations = $2", stamp(compared), deviations)
		queueAgain(batch, again...)
		return run(ctx, tx, batch)
	})
}
