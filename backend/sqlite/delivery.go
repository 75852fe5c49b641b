package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

// Sending returns how the clinic sends to VALD Hub.
func (s *Profiles) Sending(ctx context.Context) (profile.Sending, error) {
	return s.sendingIn(ctx, s.db.read)
}

func (s *Profiles) sendingIn(ctx context.Context, in querier) (sending profile.Sending, err error) {
	var on bool
	var compared sql.NullInt64
	var deviations int
	var sealed []byte
	err = in.QueryRowContext(ctx, "SELECT sending, compared_at, deviations, sealed FROM hub WHERE account_id = ?", s.account).Scan(&on, &compared, &deviations, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return sending, nil
	}
	if err != nil {
		return sending, coded(err)
	}
	plain, err := s.db.sealer.open(sealed, hubRow(s.account))
	if err == nil {
		err = json.Unmarshal(plain, &sending)
	}
	if err != nil {
		return profile.Sending{}, damaged(err)
	}
	sending.On, sending.Compared, sending.Deviations = on, at(compared), deviations
	return sending, nil
}

func hubRow(account string) string           { return "hub/" + account }
func deliveryRow(account, ref string) string { return "delivery/" + account + "/" + ref }

// SetSending changes how the clinic sends: see profile.DeliveryStore.
func (s *Profiles) SetSending(ctx context.Context, sending profile.Sending) error {
	plain, err := json.Marshal(sending)
	if err != nil {
		return fmt.Errorf("write how to send: %w", err)
	}
	return s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		before, err := s.sendingIn(ctx, tx)
		if err != nil && profile.CodeOf(err) != profile.StoreDamaged {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO hub (account_id, sending, sealed) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET sending = excluded.sending, sealed = excluded.sealed`, s.account, sending.On, s.db.sealer.Seal(plain, hubRow(s.account))); err != nil {
			return err
		}
		if before.Tenant != sending.Tenant {
			for _, statement := range []string{"DELETE FROM delivery WHERE account_id = ?", "UPDATE hub SET compared_at = NULL, deviations = 0 WHERE account_id = ?"} {
				if _, err := tx.ExecContext(ctx, statement, s.account); err != nil {
					return err
				}
			}
		}
		if !sending.On {
			return nil
		}
		return s.enqueue(ctx, tx, !before.On || before.Tenant != sending.Tenant)
	})
}

// enqueue has everybody in the outbox who is to be delivered. While it was off,
// nobody has kept it; all are looked at then.
func (s *Profiles) enqueue(ctx context.Context, tx *sql.Tx, wasOff bool) error {
	statements := []string{`UPDATE delivery SET state = 'pending', reason = '', due = 0, version = version + 1 WHERE account_id = ? AND state IN ('held', 'needs_attention', 'confirmed')`}
	if wasOff {
		statements = []string{
			`INSERT INTO changed_client SELECT account_id, ref FROM eligible WHERE account_id = ?`,
			`INSERT INTO changed_client SELECT account_id, ref FROM delivery d WHERE account_id = ? AND NOT EXISTS (SELECT 1 FROM eligible e WHERE e.account_id = d.account_id AND e.ref = d.ref)`,
		}
	}
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement, s.account); err != nil {
			return fmt.Errorf("fill the outbox: %w", err)
		}
	}
	return nil
}

// Ledger counts the deliveries as of one moment.
func (s *Profiles) Ledger(ctx context.Context) (l profile.Ledger, err error) {
	err = s.db.eachRow(ctx, `SELECT '', count(*) FROM eligible WHERE account_id = ?1 AND (SELECT sending FROM hub WHERE account_id = ?1)
		UNION ALL SELECT state, count(*) FROM delivery WHERE account_id = ?1 AND (SELECT sending FROM hub WHERE account_id = ?1) GROUP BY state`, func(rows *sql.Rows) error {
		var state profile.DeliveryState
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return err
		}
		if state == "" {
			l.Eligible = n
			return nil
		}
		l.Add(state, n)
		return nil
	}, s.account)
	return l, err
}

const deliveryColumns = "ref, state, reason, version, since, due, tries, sealed"

// Deliveries returns those that match a query.
func (s *Profiles) Deliveries(ctx context.Context, q profile.DeliveryQuery) (all []profile.Delivery, err error) {
	states, err := json.Marshal(q.States)
	if err != nil {
		return nil, err
	}
	dueBy, most := int64(1<<62), -1
	if !q.DueBy.IsZero() {
		dueBy = q.DueBy.UnixMicro()
	}
	if q.Most > 0 {
		most = q.Most
	}
	err = s.db.eachRow(ctx, "SELECT "+deliveryColumns+` FROM delivery WHERE account_id = ? AND state IN (SELECT value FROM json_each(?)) AND due <= ?
		ORDER BY due, ref LIMIT ?`, func(rows *sql.Rows) error {
		d, err := s.scanDelivery(rows)
		all = append(all, d)
		return err
	}, s.account, string(states), dueBy, most)
	return all, err
}

// Delivery returns a client's.
func (s *Profiles) Delivery(ctx context.Context, ref string) (profile.Delivery, error) {
	return s.deliveryIn(ctx, s.db.read, ref)
}

func (s *Profiles) deliveryIn(ctx context.Context, in querier, ref string) (profile.Delivery, error) {
	d, err := s.scanDelivery(in.QueryRowContext(ctx, "SELECT "+deliveryColumns+" FROM delivery WHERE account_id = ? AND ref = ?", s.account, ref))
	if errors.Is(err, sql.ErrNoRows) {
		return d, profile.Refuse(profile.NotFound, "This client is not on the way to VALD Hub.")
	}
	return d, err
}

// scanDelivery reads a delivery. What cannot be opened of it counts as nothing
// known: it is matched and read anew.
func (s *Profiles) scanDelivery(row scanner) (d profile.Delivery, err error) {
	var since sql.NullInt64
	var due int64
	var sealed []byte
	if err := row.Scan(&d.Ref, &d.State, &d.Reason, &d.Version, &since, &due, &d.Tries, &sealed); err != nil {
		return d, coded(err)
	}
	d.Since = at(since)
	if due > 0 {
		d.Due = time.UnixMicro(due).UTC()
	}
	if sealed == nil {
		return d, nil
	}
	plain, err := s.db.sealer.open(sealed, deliveryRow(s.account, d.Ref))
	if err != nil || json.Unmarshal(plain, &d.DeliveryDetails) != nil {
		d.DeliveryDetails = profile.DeliveryDetails{}
	}
	return d, nil
}

// Settle stores a delivery: see profile.DeliveryStore.
func (s *Profiles) Settle(ctx context.Context, d profile.Delivery) (current bool, err error) {
	err = s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var version int64
		var state profile.DeliveryState
		err := tx.QueryRowContext(ctx, "SELECT version, state FROM delivery WHERE account_id = ? AND ref = ?", s.account, d.Ref).Scan(&version, &state)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if current = version == d.Version; !current {
			d = d.Overtaken(state)
		}
		return s.writeDelivery(ctx, tx, &d, version)
	})
	return current, err
}

func (s *Profiles) writeDelivery(ctx context.Context, tx *sql.Tx, d *profile.Delivery, version int64) error {
	plain, err := json.Marshal(d.DeliveryDetails)
	if err != nil {
		return fmt.Errorf("write a delivery: %w", err)
	}
	due := int64(0)
	if !d.Due.IsZero() {
		due = d.Due.UnixMicro()
	}
	_, err = tx.ExecContext(ctx, `UPDATE delivery SET state = ?, reason = ?, version = ?, since = ?, due = ?, tries = ?, known = ?, sealed = ? WHERE account_id = ? AND ref = ?`,
		d.State, d.Reason, version, stamp(d.Since), due, d.Tries, d.Known(), s.db.sealer.Seal(plain, deliveryRow(s.account, d.Ref)), s.account, d.Ref)
	return err
}

// DecideDelivery changes what a person decides of a delivery.
func (s *Profiles) DecideDelivery(ctx context.Context, ref string, change func(*profile.Delivery) error) error {
	return s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		d, err := s.deliveryIn(ctx, tx, ref)
		if err == nil {
			err = change(&d)
		}
		if err != nil {
			return err
		}
		d = d.Overtaken(d.State)
		return s.writeDelivery(ctx, tx, &d, d.Version+1)
	})
}

// RecordComparison stores when all was compared.
func (s *Profiles) RecordComparison(ctx context.Context, compared time.Time, deviations int, again ...profile.DeliveryState) error {
	states, err := json.Marshal(slices.Concat([]profile.DeliveryState{}, again))
	if err != nil {
		return err
	}
	return s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE hub SET compared_at = ?, deviations = ? WHERE account_id = ?", stamp(compared), deviations, s.account); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE delivery SET state = 'pending', reason = '', due = 0, version = version + 1
			WHERE account_id = ? AND state IN (SELECT value FROM json_each(?))`, s.account, string(states))
		return err
	})
}
