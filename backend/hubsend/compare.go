package hubsend

import (
	"context"

	"telehab.io/desktop/backend/profile"
)

// compare reads back all that was confirmed, as VALD Hub lists it, and finds what
// somebody has changed, unlinked, merged or removed there. Whoever needs attention
// is looked at again.
func (s *Sender) compare(ctx context.Context) error {
	confirmed, err := s.store.Deliveries(ctx, profile.DeliveryQuery{States: []profile.DeliveryState{profile.DeliveryConfirmed}})
	if err != nil {
		return err
	}
	deviations := 0
	for i := range confirmed {
		deviates, err := s.compareOne(ctx, &confirmed[i])
		if err != nil {
			return err
		}
		if deviates {
			deviations++
		}
	}
	return s.store.RecordComparison(ctx, s.now(), deviations, profile.DeliveryAttention)
}

func (s *Sender) compareOne(ctx context.Context, d *profile.Delivery) (deviates bool, err error) {
	e, err := s.store.One(ctx, d.Ref)
	if err != nil {
		return false, nil //nolint:nilerr // it was erased, or is read again by a sync
	}
	id := d.ProfileID
	row, v := s.linked(&e.Profile, d)
	switch {
	case v.hold:
		return true, s.hold(ctx, d, v.reason, s.later(recheck, recheck, 0))
	case v.reason != "":
		return true, s.needsAttention(ctx, d, v.reason, v.candidates)
	case row == nil:
		return true, s.needsAttention(ctx, d, GoneThere, nil)
	case !s.there.isPerson(row, &e.Profile):
		d.State, d.Sent = profile.DeliveryPending, "" // Cliniko's details are sent again
	case id == d.ProfileID:
		return false, nil
	}
	_, err = s.settle(ctx, d)
	return true, err
}
