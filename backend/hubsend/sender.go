package hubsend

import (
	"context"
	"errors"
	"time"

	"telehab.io/desktop/backend/hubcompare"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// Hub is what is read and written of VALD Hub.
type Hub interface {
	Profiles(ctx context.Context, tenant string) ([]valdhub.Row, error)
	BySyncID(ctx context.Context, tenant, syncID string) ([]valdhub.Row, error)
	Exists(ctx context.Context, tenant, syncID string) (bool, error)
	Profile(ctx context.Context, tenant, id string) (valdhub.Detail, error)
	Import(ctx context.Context, what valdhub.Import) error
}

// Store is what is read of the clients, and the outbox.
type Store interface {
	profile.DeliveryStore
	One(ctx context.Context, ref string) (profile.Entry, error)
	All(ctx context.Context, each func([]profile.Entry)) (badRefs []string, err error)
}

// Options are what a Sender is made with.
type Options struct {
	Hub       Hub
	Store     Store
	Tenant    string // the organisation that the credentials are for
	Spellings hubcompare.Spellings
	// Now is this computer's clock, and Wait waits; nil for the real ones.
	Now  func() time.Time
	Wait func(ctx context.Context, d time.Duration) error
	// Emails are those of profiles there that earlier runs have read; nil is none.
	Emails Emails
	// Progress is told how far it is; nil is nobody.
	Progress func(Progress)
}

// Progress is how far a run is.
type Progress struct {
	Ledger profile.Ledger
	// While emails are read: how many, of how many profiles.
	Emails, OfEmails int
}

// The times of a sender.
const (
	// CompareEvery is how often all that was sent is read back.
	CompareEvery = 7 * 24 * time.Hour
	// portion is after how many imports they are read back.
	portion = 200
	// lookAgain is after how long what VALD Hub did not show is looked for again. It
	// doubles up to lookAtMost.
	lookAgain, lookAtMost = 2 * time.Second, 5 * time.Minute
	// waitAtMost is how long a run waits for that; another one continues.
	waitAtMost = time.Minute
	// unsureFor is after how long an import is taken for lost that nobody can see.
	unsureFor = 10 * time.Minute
	// unseenFor is after how long a person has to know that one is not shown.
	unseenFor = 24 * time.Hour
	// looksAtLeast is how often it was looked for until then.
	looksAtLeast = 5
	// recheck is after how long it is looked at again whether something in VALD Hub
	// has changed that a client waits for. It doubles up to a day.
	recheck = time.Hour
	// limitedAtMost is the longest wait for VALD Hub to take requests again.
	limitedAtMost = 2 * time.Minute
	// failuresAtMost is how many imports in a row may fail to arrive.
	failuresAtMost = 3
	limitsAtMost   = 5
	// tellEvery is how often progress is told: each time all are counted.
	tellEvery = time.Second
)

// Sender sends what is in the outbox. One at a time may run for a clinic.
type Sender struct {
	hub       Hub
	store     Store
	tenant    string
	spellings hubcompare.Spellings
	now       func() time.Time
	wait      func(context.Context, time.Duration) error
	tell      func(Progress)
	emails    Emails

	// Of one run.
	sending    profile.Sending
	here       map[string]*profile.Profile // the active clients, by ref
	listed     []valdhub.Row
	there      *index
	emailsRead bool
	failures   int       // imports in a row that did not arrive
	limits     int       // and that VALD Hub did not take now
	told       time.Time // when progress was told last
}

// New returns a sender.
func New(o Options) *Sender {
	s := &Sender{hub: o.Hub, store: o.Store, tenant: o.Tenant, spellings: o.Spellings, now: o.Now, wait: o.Wait, tell: o.Progress, emails: o.Emails}
	if s.emails == nil {
		s.emails = Emails{}
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.wait == nil {
		s.wait = pause
	}
	return s
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// ErrOtherTenant says that the outbox is for another organisation than the
// credentials.
var ErrOtherTenant error = profile.Refuse(profile.HubNotConnected, "VALD Hub was connected to another organisation than the one that is sent to. Run telehab hub send again and answer its questions.")

// Run sends what is due, until nothing is left that can be sent now. Where
// sending is off it does nothing. Ended at any moment, the next run continues.
//
// Errors: ErrOtherTenant, RateLimited with Until, those of valdhub.Client and of
// the store.
func (s *Sender) Run(ctx context.Context) error {
	var err error
	if s.sending, err = s.store.Sending(ctx); err != nil || !s.sending.On {
		return err
	}
	if s.sending.Tenant != s.tenant {
		return ErrOtherTenant
	}
	if due, err := IsDue(ctx, s.store, s.now()); err != nil || !due {
		return err
	}
	compare := compares(&s.sending, s.now())
	s.failures, s.limits = 0, 0
	defer func() { s.here, s.listed, s.there = nil, nil, nil }()
	if err := s.begin(ctx); err != nil {
		return err
	}
	if compare {
		if err := s.compare(ctx); err != nil {
			return err
		}
	}
	if err := s.checkWaiting(ctx); err != nil {
		return err
	}
	return s.sendAll(ctx)
}

var onTheWay = []profile.DeliveryState{profile.DeliveryUnsure, profile.DeliveryAccepted}[:2:2]

var toSend = []profile.DeliveryState{profile.DeliveryPending}

// IsDue says whether a run has anything to do. It asks VALD nothing.
func IsDue(ctx context.Context, store profile.DeliveryStore, now time.Time) (bool, error) {
	sending, err := store.Sending(ctx)
	if err != nil || !sending.On {
		return false, err
	}
	if compares(&sending, now) {
		return true, nil
	}
	some, err := store.Deliveries(ctx, profile.DeliveryQuery{States: append(onTheWay, profile.DeliveryPending), DueBy: now, Most: 1})
	if err != nil || len(some) > 0 {
		return err == nil, err
	}
	waiting, err := waiting(ctx, store, now)
	return len(waiting) > 0, err
}

// compares says that all that was sent is to be read back. A time that is far ahead
// is a wrong clock's.
func compares(s *profile.Sending, now time.Time) bool {
	return now.Sub(s.Compared) >= CompareEvery || s.Compared.After(now.Add(CompareEvery))
}

// waiting returns those who wait for something that changes in VALD Hub.
func waiting(ctx context.Context, store profile.DeliveryStore, now time.Time) (due []profile.Delivery, err error) {
	all, err := store.Deliveries(ctx, profile.DeliveryQuery{States: []profile.DeliveryState{profile.DeliveryHeld, profile.DeliveryAttention}, DueBy: now})
	for _, d := range all {
		if !d.Due.IsZero() {
			due = append(due, d)
		}
	}
	return due, err
}

// begin reads who is here and who is there.
func (s *Sender) begin(ctx context.Context) error {
	s.here = map[string]*profile.Profile{}
	if _, err := s.store.All(ctx, func(some []profile.Entry) {
		for i := range some {
			if p := &some[i].Profile; p.State == profile.Active || p.State == "" {
				s.here[some[i].Ref] = p
			}
		}
	}); err != nil {
		return err
	}
	return s.list(ctx)
}

func (s *Sender) list(ctx context.Context) (err error) {
	if s.listed, err = s.hub.Profiles(ctx, s.tenant); err != nil {
		return err
	}
	s.there, s.emailsRead = newIndex(s.listed, s.spellings), false
	for i := range s.listed {
		// Whatever somebody has made of the name there: it is sent again.
		if own := s.here[s.listed[i].SyncID]; own != nil {
			s.there.addPerson(&s.listed[i], own.LastName, own.DateOfBirth, own.FirstName)
		}
	}
	// What VALD Hub may have and not show yet is there all the same.
	outstanding, err := s.store.Deliveries(ctx, profile.DeliveryQuery{States: onTheWay})
	for i := range outstanding {
		if e, err := s.store.One(ctx, outstanding[i].Ref); err == nil {
			s.there.addSent(payload(&e, &outstanding[i], &s.sending))
		}
	}
	return err
}

func (s *Sender) checkWaiting(ctx context.Context) error {
	waiting, err := waiting(ctx, s.store, s.now())
	for i := 0; i < len(waiting) && err == nil; i++ {
		err = s.deliver(ctx, waiting[i])
	}
	return err
}

// sendAll sends portion after portion, and reads each back.
func (s *Sender) sendAll(ctx context.Context) error {
	for {
		if err := s.confirmSome(ctx); err != nil {
			return err
		}
		some, err := s.store.Deliveries(ctx, profile.DeliveryQuery{States: toSend, DueBy: s.now(), Most: portion})
		if err != nil {
			return err
		}
		for _, d := range some {
			if on, err := s.asBegun(ctx); err != nil || !on {
				return err
			}
			if err := s.deliver(ctx, d); err != nil {
				return err
			}
		}
		again, err := s.readBack(ctx, len(some))
		if err != nil || !again {
			return err
		}
	}
}

// asBegun says that the clinic still sends as it did when the run began: somebody may
// have stopped it meanwhile, or answered otherwise, and the next run goes by that.
func (s *Sender) asBegun(ctx context.Context) (bool, error) {
	now, err := s.store.Sending(ctx)
	same := func(a, b *bool) bool { return a == b || a != nil && b != nil && *a == *b }
	return now.On && now.Tenant == s.sending.Tenant && now.OtherSex == s.sending.OtherSex && same(now.CreatedByAdult, s.sending.CreatedByAdult) &&
		same(now.GuardianConsent, s.sending.GuardianConsent) && same(now.PhotoVideoConsent, s.sending.PhotoVideoConsent), err
}

// readBack reads what was sent, and says whether there is anything to do then. Where
// nothing was sent it waits until VALD Hub may show what it has taken.
func (s *Sender) readBack(ctx context.Context, sent int) (again bool, err error) {
	outstanding, err := s.store.Deliveries(ctx, profile.DeliveryQuery{States: onTheWay})
	if err != nil {
		return false, err
	}
	if len(outstanding) == 0 {
		return sent > 0, nil
	}
	if sent == 0 {
		wait := outstanding[0].Due.Sub(s.now())
		if wait > waitAtMost {
			return false, nil
		}
		if err := s.wait(ctx, max(wait, 0)); err != nil {
			return false, err
		}
	}
	if len(outstanding) > few {
		return true, s.list(ctx)
	}
	for i := range outstanding {
		if err := s.look(ctx, &outstanding[i]); err != nil {
			return false, err
		}
	}
	return true, nil
}

// few are fewer than the list is worth.
const few = 3

// look asks for one profile.
func (s *Sender) look(ctx context.Context, d *profile.Delivery) error {
	if d.Due.After(s.now()) {
		return nil
	}
	there, err := s.hub.Exists(ctx, s.tenant, d.Ref)
	if err != nil || !there {
		return err
	}
	rows, err := s.hub.BySyncID(ctx, s.tenant, d.Ref)
	for i := range rows {
		s.listed = append(s.listed, rows[i])
		s.there.add(&rows[i])
	}
	return err
}

func (s *Sender) progress(ctx context.Context, p Progress) {
	now := s.now()
	if age := now.Sub(s.told); s.tell == nil || age >= 0 && age < tellEvery {
		return
	}
	s.told = now
	var err error
	if p.Ledger, err = s.store.Ledger(ctx); err == nil {
		s.tell(p)
	}
}

// settle stores a delivery and tells of it.
func (s *Sender) settle(ctx context.Context, d *profile.Delivery) (current bool, err error) {
	// What was sent is stored, whoever has ended the run meanwhile.
	return s.store.Settle(context.WithoutCancel(ctx), *d)
}

// later is the time of the next look, after so many in vain.
func (s *Sender) later(first, most time.Duration, tries int) time.Time {
	wait := first
	for range min(tries, 20) {
		wait = min(2*wait, most)
	}
	return s.now().Add(wait)
}

// limited waits as long as VALD Hub asks, unless that is too long.
func (s *Sender) limited(ctx context.Context, err error) error {
	var limit *profile.Error
	wait := 10 * time.Second
	if errors.As(err, &limit) && !limit.Until.IsZero() {
		wait = time.Until(limit.Until)
	}
	if s.limits++; wait > limitedAtMost || s.limits > limitsAtMost {
		return err
	}
	return s.wait(ctx, max(wait, 0))
}
