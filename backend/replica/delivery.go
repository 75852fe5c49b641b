package replica

import (
	"context"
	"time"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
)

// The outbox for VALD Hub is in the database alone: what sends has to reach it.
var _ profile.DeliveryStore = (*Profiles)(nil)

// Sending returns how the clinic sends to VALD Hub.
func (s *Profiles) Sending(ctx context.Context) (sending profile.Sending, err error) {
	err = s.ask(ctx, func(p *postgres.Profiles) error {
		sending, err = p.Sending(ctx)
		return err
	})
	return sending, err
}

// SetSending changes how the clinic sends.
func (s *Profiles) SetSending(ctx context.Context, sending profile.Sending) error {
	return s.change(ctx, func(p *postgres.Profiles) error { return p.SetSending(ctx, sending) })
}

// Ledger counts the deliveries as of one moment.
func (s *Profiles) Ledger(ctx context.Context) (l profile.Ledger, err error) {
	err = s.ask(ctx, func(p *postgres.Profiles) error {
		l, err = p.Ledger(ctx)
		return err
	})
	return l, err
}

// Deliveries returns those that match a query.
func (s *Profiles) Deliveries(ctx context.Context, q profile.DeliveryQuery) (all []profile.Delivery, err error) {
	err = s.ask(ctx, func(p *postgres.Profiles) error {
		all, err = p.Deliveries(ctx, q)
		return err
	})
	return all, err
}

// Delivery returns a client's.
func (s *Profiles) Delivery(ctx context.Context, ref string) (d profile.Delivery, err error) {
	err = s.ask(ctx, func(p *postgres.Profiles) error {
		d, err = p.Delivery(ctx, ref)
		return err
	})
	return d, err
}

// Settle stores a delivery, as long as this computer is the one that syncs.
func (s *Profiles) Settle(ctx context.Context, d profile.Delivery) (current bool, err error) {
	err = s.changePass(ctx, func(p *postgres.Profiles) error {
		current, err = p.Settle(ctx, d)
		return err
	})
	return current, err
}

// DecideDelivery changes what a person decides of a delivery.
func (s *Profiles) DecideDelivery(ctx context.Context, ref string, change func(*profile.Delivery) error) error {
	return s.change(ctx, func(p *postgres.Profiles) error { return p.DecideDelivery(ctx, ref, change) })
}

// RecordComparison stores when all was compared.
func (s *Profiles) RecordComparison(ctx context.Context, compared time.Time, deviations int, again ...profile.DeliveryState) error {
	return s.changePass(ctx, func(p *postgres.Profiles) error { return p.RecordComparison(ctx, compared, deviations, again...) })
}
