package hubsend

import (
	"context"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// confirmSome settles what is on its way and due, by what was read last.
func (s *Sender) confirmSome(ctx context.Context) error {
	some, err := s.store.Deliveries(ctx, profile.DeliveryQuery{States: onTheWay, DueBy: s.now()})
	if err != nil {
		return err
	}
	for i := range some {
		d := &some[i]
		row := s.there.bySync[d.Ref]
		if row != nil && row.ProfileID == "" {
			row = nil // it was sent by this run, and not read
		}
		if d.State == profile.DeliveryUnsure {
			err = s.resolve(ctx, d, row)
		} else {
			err = s.confirm(ctx, d, row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// confirm settles what VALD Hub has taken.
func (s *Sender) confirm(ctx context.Context, d *profile.Delivery, row *valdhub.Row) error {
	if row == nil {
		if s.tooLong(d, unseenFor) {
			d.Sent = ""
			return s.needsAttention(ctx, d, NotVisible, nil)
		}
		return s.lookLater(ctx, d)
	}
	if d.Same != "" && d.Same != row.ProfileID && d.ProfileID == "" {
		d.ProfileID, d.Same = row.ProfileID, ""
		return s.needsAttention(ctx, d, NotLinked, []*valdhub.Row{row})
	}
	return s.confirmAs(ctx, d, row.ProfileID)
}

// confirmAs settles what was read: as confirmed, or as to be sent where the client
// has changed since.
func (s *Sender) confirmAs(ctx context.Context, d *profile.Delivery, id string) error {
	d.ProfileID, d.Due, d.Tries, d.Reason, d.Candidates, d.Said = id, time.Time{}, 0, "", nil, nil
	d.State = profile.DeliveryPending
	e, err := s.store.One(ctx, d.Ref)
	if err == nil && holds(&e, &s.sending) == "" && hashOf(payload(&e, d, &s.sending)) == d.Sent {
		d.State = profile.DeliveryConfirmed
		if d.Since.IsZero() {
			d.Since = s.now()
		}
	}
	_, err = s.settle(ctx, d)
	s.progress(ctx, Progress{})
	return err
}

// resolve finds out what became of an import that nobody has answered. Until that
// is known nothing else is sent of the client.
func (s *Sender) resolve(ctx context.Context, d *profile.Delivery, row *valdhub.Row) error {
	if row != nil {
		there, err := s.hub.Profile(ctx, s.tenant, row.ProfileID)
		if err != nil && profile.CodeOf(err) != profile.NotFound {
			return err
		}
		if err == nil && shows(there, d.Seen) {
			return s.confirm(ctx, d, row)
		}
	}
	if !s.tooLong(d, unsureFor) {
		return s.lookLater(ctx, d)
	}
	d.State, d.Sent, d.Due, d.Tries = profile.DeliveryPending, "", time.Time{}, 0
	_, err := s.settle(ctx, d)
	return err
}

func (s *Sender) lookLater(ctx context.Context, d *profile.Delivery) error {
	d.Due = s.later(lookAgain, lookAtMost, d.Tries)
	d.Tries++
	_, err := s.settle(ctx, d)
	return err
}

// tooLong says that it was looked for often and for long enough: a computer that
// slept has not looked.
func (s *Sender) tooLong(d *profile.Delivery, most time.Duration) bool {
	age := s.now().Sub(d.SentAt)
	return d.Tries >= looksAtLeast && (age >= most || age < 0)
}
