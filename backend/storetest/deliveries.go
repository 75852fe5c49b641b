package storetest

import (
	"errors"
	"strconv"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

var deliveryTests = []test{
	{"NothingIsQueuedWhileSendingIsOff", queuedWhileOff},
	{"TurningSendingOnQueuesEverybody", turnedOn},
	{"AChangeIsQueuedWithTheClient", changeQueued},
	{"WhoLeavesIsNotQueued", leavesQueue},
	{"SettleOfWhatHasChanged", settleChanged},
	{"DecideAboutADelivery", decideDelivery},
	{"AnotherOrganisation", otherOrganisation},
	{"Record", recordComparison},
}

var yes, no = true, false

var decided = profile.Sending{On: true, Tenant: "7e000000-0000-4000-8000-000000000001", OtherSex: "Unknown", CreatedByAdult: &yes, GuardianConsent: &no, PhotoVideoConsent: &no}

func (s *scene) turnOn() {
	s.Helper()
	s.must(s.Clients.SetSending(s.Context(), decided))
}

// ledger expects the numbers eligible, confirmed, pending, held, needing attention
// and left.
func (s *scene) ledger(want ...int) {
	s.Helper()
	l, err := s.Clients.Ledger(s.Context())
	got := []int{l.Eligible, l.Confirmed, l.Pending, l.Held, l.NeedsAttention, l.Left}
	if diff := cmp.Diff(want, got); err != nil || diff != "" || !l.Sums() {
		s.Errorf("%s %v", diff, err)
	}
}

// delivery is a client's state and version.
func (s *scene) delivery(ref string) profile.Delivery {
	s.Helper()
	d, err := s.Clients.Delivery(s.Context(), ref)
	s.must(err)
	return d
}

func (s *scene) settle(ref string, state profile.DeliveryState, change ...func(*profile.Delivery)) {
	s.Helper()
	d := s.delivery(ref)
	d.State = state
	for _, c := range change {
		c(&d)
	}
	if current, err := s.Clients.Settle(s.Context(), d); err != nil || !current {
		s.Fatal(current, err)
	}
}

func sent(d *profile.Delivery) { d.Sent, d.ProfileID = "hash", "9f000000-0000-4000-8000-000000000001" }

func queuedWhileOff(s *scene) {
	s.save(0, entry(alex()))
	s.ledger(0, 0, 0, 0, 0, 0)
	if got, err := s.Clients.Sending(s.Context()); err != nil || got.On || got.Tenant != "" {
		s.Errorf("%+v, %v", got, err)
	}
	if _, err := s.Clients.Delivery(s.Context(), alexID); profile.CodeOf(err) != profile.NotFound {
		s.Error(err)
	}
	s.turnOn()
	off := decided
	off.On = false
	s.must(s.Clients.SetSending(s.Context(), off))
	s.save(0, entry(as("2")))
	s.ledger(0, 0, 0, 0, 0, 0)
	s.turnOn()
	s.ledger(2, 0, 2, 0, 0, 0)
	got, err := s.open(s.T, s.clock.time).Clients.Sending(s.Context())
	if diff := cmp.Diff(decided, got); err != nil || diff != "" {
		s.Error(diff, err)
	}
}

// Everybody who is active is, with those who need attention or could not be read.
func turnedOn(s *scene) {
	s.save(0, entry(alex()), entry(as("2")), incomplete("3"), unread("4"), unread("a hash"))
	gone := archived(as("5"))
	opened := entry(gone)
	opened.Opened = true
	s.save(0, opened)
	s.turnOn()
	s.ledger(5, 0, 5, 0, 0, 0)
	all, err := s.Clients.Deliveries(s.Context(), profile.DeliveryQuery{States: []profile.DeliveryState{profile.DeliveryPending}})
	refs := map[string]bool{}
	for _, d := range all {
		refs[d.Ref] = true
	}
	if diff := cmp.Diff(map[string]bool{alexID: true, "2": true, "3": true, "4": true, "a hash": true}, refs); err != nil || diff != "" {
		s.Error(diff, err)
	}
	// Two and no more, and only what is due.
	s.settle("2", profile.DeliveryPending, func(d *profile.Delivery) { d.Due = changedAt.Add(time.Hour) })
	for most, want := range map[int]int{0: 4, 2: 2} {
		some, err := s.Clients.Deliveries(s.Context(), profile.DeliveryQuery{States: []profile.DeliveryState{profile.DeliveryPending}, DueBy: changedAt, Most: most})
		if err != nil || len(some) != want {
			s.Errorf("%d: %d, %v", most, len(some), err)
		}
	}
	s.turnOn() // once more: nobody is there twice
	s.ledger(5, 0, 5, 0, 0, 0)
}

func changeQueued(s *scene) {
	s.turnOn()
	s.save(0, readAt(alex(), changedAt))
	s.settle(alexID, profile.DeliveryConfirmed, sent)
	s.ledger(1, 1, 0, 0, 0, 0)
	s.save(0, readAt(alex(), changedAt.Add(time.Minute))) // the same
	s.ledger(1, 1, 0, 0, 0, 0)
	other := alex()
	other.Email, other.UpdatedAt = "other@example.com", changedAt.Add(time.Hour)
	s.save(0, readAt(other, changedAt.Add(time.Hour)))
	s.ledger(1, 0, 1, 0, 0, 0)
	if d := s.delivery(alexID); d.State != profile.DeliveryPending || d.Sent != "hash" {
		s.Errorf("%+v", d)
	}
	// Of what is on its way it stays known that it is.
	for _, state := range []profile.DeliveryState{profile.DeliveryUnsure, profile.DeliveryAccepted} {
		s.settle(alexID, state)
		other.Email, other.UpdatedAt = string(state)+"@example.com", other.UpdatedAt.Add(time.Hour)
		before := s.delivery(alexID).Version
		s.save(0, readAt(other, other.UpdatedAt))
		if d := s.delivery(alexID); d.State != state || d.Version <= before {
			s.Errorf("%+v", d)
		}
	}
	// A client who needs attention from now on, and later does not.
	s.settle(alexID, profile.DeliveryConfirmed)
	broken := incomplete(alexID)
	broken.Profile.UpdatedAt = other.UpdatedAt.Add(time.Hour)
	s.save(0, broken)
	s.ledger(1, 0, 1, 0, 0, 0)
	s.settle(alexID, profile.DeliveryHeld, func(d *profile.Delivery) { d.Reason = "incomplete" })
	s.save(0, broken)
	s.ledger(1, 0, 0, 1, 0, 0) // the same reason again
	good := alex()
	good.UpdatedAt = other.UpdatedAt.Add(2 * time.Hour)
	s.save(0, entry(good))
	s.ledger(1, 0, 1, 0, 0, 0)
	if d := s.delivery(alexID); d.Reason != "" {
		s.Errorf("%+v", d)
	}
}

// Of who was sent a person has to know; of anybody else nothing is left. What is
// erased is erased here as well.
func leavesQueue(s *scene) {
	s.turnOn()
	s.save(0, readAt(alex(), changedAt), readAt(as("2"), changedAt), unread("3"), unread("a hash"))
	s.settle(alexID, profile.DeliveryConfirmed, sent)
	s.save(0, readAt(archived(alex()), changedAt.Add(time.Minute)), readAt(archived(as("2")), changedAt.Add(time.Minute)))
	s.ledger(2, 0, 2, 0, 0, 1)
	d := s.delivery(alexID)
	d.State = profile.DeliveryConfirmed
	d.Version-- // whoever has begun before
	if current, err := s.Clients.Settle(s.Context(), d); err != nil || current {
		s.Error(current, err)
	}
	s.ledger(2, 0, 2, 0, 0, 1)
	s.save(0, readAt(alex(), changedAt.Add(2*time.Minute)))
	s.ledger(3, 0, 3, 0, 0, 0)
	deleted := func(ref string) profile.Departure {
		return profile.Departure{Ref: ref, StoredAt: changedAt, NotFoundAt: changedAt.Add(3 * time.Minute)}
	}
	pass := s.begin(profile.FullPass)
	_, _, err := s.Clients.MarkDeleted(s.Context(), pass.ID, []profile.Departure{deleted(alexID), deleted("3")})
	s.must(err)
	s.ledger(1, 0, 1, 0, 0, 1)
	s.must(s.Clients.Erase(s.Context(), alexID))
	s.ledger(1, 0, 1, 0, 0, 0)
	d = s.delivery("a hash")
	_, _, err = s.Clients.MarkDeleted(s.Context(), pass.ID, []profile.Departure{deleted("a hash")})
	s.must(err)
	s.ledger(0, 0, 0, 0, 0, 0)
	if current, err := s.Clients.Settle(s.Context(), d); err != nil || current {
		s.Error(current, err)
	}
	s.ledger(0, 0, 0, 0, 0, 0)
}

// What was found out of an earlier state of the client is kept, and the client is
// pending.
func settleChanged(s *scene) {
	s.turnOn()
	for state, want := range map[profile.DeliveryState]profile.DeliveryState{
		profile.DeliveryConfirmed: profile.DeliveryPending, profile.DeliveryHeld: profile.DeliveryPending, profile.DeliveryAttention: profile.DeliveryPending,
		profile.DeliveryUnsure: profile.DeliveryUnsure, profile.DeliveryAccepted: profile.DeliveryAccepted,
	} {
		p := as(profile.ID(strconv.Itoa(100 + len(state))))
		s.save(0, readAt(p, changedAt))
		before := s.delivery(string(p.ID))
		p.FirstName, p.UpdatedAt = "Bo", changedAt.Add(time.Hour)
		s.save(0, readAt(p, changedAt.Add(time.Hour)))
		before.State, before.Reason, before.Since, before.Said = state, "x", changedAt, map[string][]string{"email": {"canary"}}
		sent(&before)
		current, err := s.Clients.Settle(s.Context(), before)
		d := s.delivery(string(p.ID))
		if err != nil || current || d.State != want || d.Reason != "" || d.Sent != "hash" || d.Said["email"][0] != "canary" || !d.Since.Equal(changedAt) {
			s.Errorf("%s: %+v, %v, %v", state, d, current, err)
		}
	}
}

func decideDelivery(s *scene) {
	s.turnOn()
	s.save(0, readAt(alex(), changedAt))
	s.settle(alexID, profile.DeliveryAttention, func(d *profile.Delivery) { d.Candidates, d.Reason = []string{"x", "y"}, "likely" })
	s.ledger(1, 0, 0, 0, 1, 0)
	before := s.delivery(alexID)
	s.must(s.Clients.DecideDelivery(s.Context(), alexID, func(d *profile.Delivery) error {
		d.Different = d.Candidates
		return nil
	}))
	d := s.delivery(alexID)
	if d.State != profile.DeliveryPending || d.Reason != "" || len(d.Different) != 2 || d.Version <= before.Version {
		s.Errorf("%+v", d)
	}
	failure := errors.New("no")
	if err := s.Clients.DecideDelivery(s.Context(), alexID, func(*profile.Delivery) error { return failure }); !errors.Is(err, failure) {
		s.Error(err)
	}
	if err := s.Clients.DecideDelivery(s.Context(), "nobody", func(*profile.Delivery) error { return nil }); profile.CodeOf(err) != profile.NotFound {
		s.Error(err)
	}
}

// Nothing is known of another organisation. Other answers about consent have
// everybody looked at again.
func otherOrganisation(s *scene) {
	s.turnOn()
	s.save(0, readAt(alex(), changedAt), readAt(as("2"), changedAt))
	s.settle(alexID, profile.DeliveryConfirmed, sent)
	s.settle("2", profile.DeliveryHeld, func(d *profile.Delivery) { d.Reason = "sex" })
	s.turnOn()
	s.ledger(2, 0, 2, 0, 0, 0)
	if d := s.delivery(alexID); !d.Known() {
		s.Errorf("%+v", d)
	}
	s.must(s.Clients.RecordComparison(s.Context(), changedAt, 3))
	other := decided
	other.Tenant = "7e000000-0000-4000-8000-000000000002"
	s.must(s.Clients.SetSending(s.Context(), other))
	s.ledger(2, 0, 2, 0, 0, 0)
	if d := s.delivery(alexID); d.Known() {
		s.Errorf("%+v", d)
	}
	if got, err := s.Clients.Sending(s.Context()); err != nil || !got.Compared.IsZero() || got.Deviations != 0 {
		s.Errorf("%+v, %v", got, err)
	}
}

func recordComparison(s *scene) {
	s.turnOn()
	s.save(0, readAt(alex(), changedAt), readAt(as("2"), changedAt), readAt(as("3"), changedAt))
	s.settle(alexID, profile.DeliveryAttention)
	s.settle("2", profile.DeliveryHeld)
	s.settle("3", profile.DeliveryConfirmed)
	s.must(s.Clients.RecordComparison(s.Context(), changedAt, 2, profile.DeliveryAttention))
	s.ledger(3, 1, 1, 1, 0, 0)
	got, err := s.Clients.Sending(s.Context())
	if err != nil || !got.Compared.Equal(changedAt) || got.Deviations != 2 || !got.On {
		s.Errorf("%+v, %v", got, err)
	}
}
