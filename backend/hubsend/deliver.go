package hubsend

import (
	"context"
	"errors"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// deliver sends one client, or says why not.
func (s *Sender) deliver(ctx context.Context, d profile.Delivery) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	e, err := s.store.One(ctx, d.Ref)
	switch profile.CodeOf(err) {
	case "":
	case profile.NotFound, profile.StoreDamaged: // of one who was erased meanwhile nothing is stored
		return s.hold(ctx, &d, Unreadable, time.Time{})
	default:
		return err
	}
	if reason := holds(&e, &s.sending); reason != "" {
		return s.hold(ctx, &d, reason, time.Time{})
	}
	what := payload(&e, &d, &s.sending)
	hash := hashOf(what)
	if d.ProfileID != "" && d.Sent == hash && !d.Since.IsZero() && s.isThere(&d, &e.Profile) {
		return s.confirmAs(ctx, &d, d.ProfileID)
	}
	if d.RefusedHash == hash && s.now().Sub(d.RefusedAt) < CompareEvery && d.RefusedAt.Before(s.now()) {
		return s.needsAttention(ctx, &d, Refused, nil)
	}
	v, err := s.match(ctx, &e.Profile, &d, &what)
	switch {
	case err != nil:
		return err
	case v.hold:
		return s.hold(ctx, &d, v.reason, s.later(recheck, recheck, 0))
	case v.reason != "":
		return s.needsAttention(ctx, &d, v.reason, v.candidates)
	}
	return s.send(ctx, d, what)
}

// isThere says that the profile is as it was: what somebody has changed there is
// matched anew.
func (s *Sender) isThere(d *profile.Delivery, p *profile.Profile) bool {
	row := s.there.byProfile[d.ProfileID]
	return row != nil && row.SyncID == d.Ref && row.MergingInto == "" && (listedOf(row) == d.Listed || s.there.isPerson(row, p))
}

func (s *Sender) hold(ctx context.Context, d *profile.Delivery, reason string, due time.Time) error {
	d.State, d.Reason, d.Due, d.Candidates = profile.DeliveryHeld, reason, due, nil
	_, err := s.settle(ctx, d)
	return err
}

// needsAttention stores that a person has to do something. What may clear itself
// is looked at again.
func (s *Sender) needsAttention(ctx context.Context, d *profile.Delivery, reason string, candidates []*valdhub.Row) error {
	d.State, d.Reason, d.Candidates, d.Due = profile.DeliveryAttention, reason, nil, time.Time{}
	for _, row := range candidates {
		d.Candidates = append(d.Candidates, nameOf(row))
	}
	if slices.Contains([]string{EmailInUse, NoEmailThere, NotVisible}, reason) {
		d.Due = s.later(recheck, 24*time.Hour, d.Tries)
		d.Tries++
	}
	_, err := s.settle(ctx, d)
	return err
}

// send imports a client. Before, the outbox says that it may have been imported.
func (s *Sender) send(ctx context.Context, d profile.Delivery, what valdhub.Import) error {
	before := d
	d.State, d.Reason, d.Candidates, d.Said = profile.DeliveryUnsure, "", nil, nil
	d.Sent, d.Seen, d.Listed, d.SentAt, d.Tries, d.Due = hashOf(what), seenOf(what), listedOf(rowOf(what)), s.now(), 0, time.Time{}
	current, err := s.settle(ctx, &d)
	if err != nil {
		return err
	}
	if !current {
		return s.notSent(ctx, &before)
	}
	s.there.addSent(what) // whatever comes back: it may be there
	sending, done := withGrace(ctx)
	err = s.hub.Import(sending, what)
	done()
	var rejection *valdhub.Rejection
	switch profile.CodeOf(err) {
	case "":
		s.failures, s.limits = 0, 0
		d.State = profile.DeliveryAccepted
		_, err = s.settle(ctx, &d)
		s.progress(ctx, Progress{})
		return err
	case profile.RateLimited:
		return errors.Join(s.notSent(ctx, &before), s.limited(ctx, err))
	case profile.HubForbidden, profile.HubRefused:
		return errors.Join(err, s.notSent(ctx, &before))
	case profile.HubRejected:
		if errors.As(err, &rejection) {
			return s.rejected(ctx, &before, d.Sent, rejection)
		}
	}
	return s.unsure(ctx, &d, err)
}

// grace is how long an import may take once the run is to end: one that is cut off
// has to be looked for afterwards.
const grace = 5 * time.Second

func withGrace(ctx context.Context) (longer context.Context, done func()) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		_ = pause(longer, grace)
		cancel(context.Cause(ctx))
	})
	return longer, func() {
		stop()
		cancel(nil)
	}
}

// notSent takes back that something may have been sent. Its version is not
// looked at: the client may have changed.
func (s *Sender) notSent(ctx context.Context, before *profile.Delivery) error {
	now, err := s.store.Delivery(context.WithoutCancel(ctx), before.Ref)
	if err != nil || now.State != profile.DeliveryUnsure {
		if profile.CodeOf(err) == profile.NotFound {
			err = nil
		}
		return err
	}
	now.DeliveryDetails, now.State, now.Tries = before.DeliveryDetails, profile.DeliveryPending, before.Tries
	_, err = s.settle(ctx, &now)
	return err
}

// rejected stores what VALD says. Nothing was changed there.
func (s *Sender) rejected(ctx context.Context, before *profile.Delivery, hash string, said *valdhub.Rejection) error {
	d := *before
	d.Said = said.Errors
	if len(said.Fields) == 0 && said.Title != "" {
		d.Said = map[string][]string{"": {said.Title}}
	}
	if len(said.Fields) == 1 && said.Fields[0] == "email" {
		return s.needsAttention(ctx, &d, EmailInUse, nil)
	}
	d.RefusedHash, d.RefusedAt = hash, s.now()
	return s.needsAttention(ctx, &d, Refused, nil)
}

// unsure leaves it to be read: nobody knows what became of the import.
func (s *Sender) unsure(ctx context.Context, d *profile.Delivery, why error) error {
	d.Due = s.later(lookAgain, lookAtMost, 0)
	if _, err := s.settle(ctx, d); err != nil {
		return err
	}
	if s.failures++; s.failures >= failuresAtMost || context.Cause(ctx) != nil {
		return why
	}
	return s.wait(ctx, time.Second<<s.failures)
}
