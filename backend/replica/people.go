package replica

import (
	"context"
	"slices"
	"sync"
	"time"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

var (
	_ staff.PersonStore = (*Store)(nil)
	_ staff.TodayStore  = (*Profiles)(nil)
)

// today is what the Today screen reads.
type today interface {
	Today(ctx context.Context, person string) (staff.Today, error)
	ImportedAt(ctx context.Context) (time.Time, error)
	ChangedSince(ctx context.Context, since time.Time, most int) (ids []profile.ID, clients int, err error)
	FailingSince(ctx context.Context, since time.Time) (clients int, err error)
}

// ChangeToday changes what the Today screen keeps of a person, and returns it.
func (s *Profiles) ChangeToday(ctx context.Context, person string, change func(*staff.Today) error) (t staff.Today, err error) {
	err = s.change(ctx, func(p *postgres.Profiles) error {
		t, err = p.ChangeToday(ctx, person, change)
		return err
	})
	return t, err
}

// Clinic returns the connected clinic, or NotConnected.
func (s *Store) Clinic(ctx context.Context) (profile.Clinic, error) { return s.local.Clinic(ctx) }

// Connect makes c the connected clinic, or updates what is stored of it.
func (s *Store) Connect(ctx context.Context, c profile.Clinic, now time.Time) error {
	return s.change(ctx, func(db *postgres.DB) error { return db.Connect(ctx, c, now) })
}

// People returns all people, with the quick unlocks that they have here.
func (s *Store) People(ctx context.Context) ([]staff.Person, error) { return s.local.People(ctx) }

// ChangePeople decides about a person and stores them. While the database cannot be
// reached, it stores what concerns this computer alone: a quick unlock, and wrong
// tries of it.
func (s *Store) ChangePeople(ctx context.Context, decide func([]staff.Person) (staff.Person, error)) error {
	var decided staff.Person
	asked := false
	err := s.change(ctx, func(db *postgres.DB) error {
		return db.ChangePeople(ctx, func(people []staff.Person) (staff.Person, error) {
			here, err := s.quickUnlocks(ctx)
			if err != nil {
				return staff.Person{}, err
			}
			for i := range people {
				people[i].QuickUnlock = here[people[i].ID]
			}
			asked = true
			decided, err = decide(people)
			return decided, err
		})
	})
	if err == nil {
		return s.local.Enroll(ctx, decided.ID, decided.QuickUnlock)
	}
	if asked || profile.CodeOf(err) != profile.DatabaseUnreachable {
		return err
	}
	return s.changeHere(ctx, decide, err)
}

func (s *Store) quickUnlocks(ctx context.Context) (map[string]staff.Enrollment, error) {
	people, err := s.local.People(ctx)
	if profile.CodeOf(err) == profile.StoreDamaged {
		return nil, nil // whoever does not open has none
	}
	here := make(map[string]staff.Enrollment, len(people))
	for i := range people {
		here[people[i].ID] = people[i].QuickUnlock
	}
	return here, err
}

// changeHere is ChangePeople without the database. Anything but a quick unlock is
// refused.
func (s *Store) changeHere(ctx context.Context, decide func([]staff.Person) (staff.Person, error), refused error) error {
	people, err := s.local.People(ctx)
	if err != nil {
		return err
	}
	before := make(map[string]staff.Person, len(people))
	for i := range people {
		p := people[i]
		p.Permissions = slices.Clone(p.Permissions)
		before[p.ID] = p
	}
	decided, err := decide(people)
	if err != nil {
		return err
	}
	was, known := before[decided.ID]
	if !known || !sameForAll(&was, &decided) {
		return refused
	}
	return s.local.Enroll(ctx, decided.ID, decided.QuickUnlock)
}

// sameForAll says that two states of a person differ in nothing that other computers
// know of.
func sameForAll(a, b *staff.Person) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Email == b.Email && a.PasswordHash == b.PasswordHash && slices.Equal(a.Permissions, b.Permissions) &&
		a.CreatedAt.Equal(b.CreatedAt) && a.Deactivated.Equal(b.Deactivated)
}

// QuickUnlockForbidden says that nobody may have a quick unlock.
func (s *Store) QuickUnlockForbidden(ctx context.Context) (bool, error) {
	return s.local.QuickUnlockForbidden(ctx)
}

// ForbidQuickUnlock changes that. Each computer takes away those that it has.
func (s *Store) ForbidQuickUnlock(ctx context.Context, forbidden bool) error {
	return s.change(ctx, func(db *postgres.DB) error { return db.ForbidQuickUnlock(ctx, forbidden) })
}

// CountTries counts the wrong passwords that were typed on this computer.
func (s *Store) CountTries(ctx context.Context, email string, now, forgetAfter time.Duration, count func(staff.Tries) staff.Tries) error {
	return s.local.CountTries(ctx, email, now, forgetAfter, count)
}

// Traffic is the record of requests that all computers share. It is in the database
// alone.
type Traffic struct {
	store *Store
	of    func(*postgres.DB) *postgres.Traffic
	mu    sync.Mutex
	known *postgres.Traffic
	here  func() time.Duration
}

var _ profile.TrafficStore = (*Traffic)(nil)

// Traffic returns the record of requests by the database's clock: see
// postgres.DB.Traffic.
func (s *Store) Traffic(uptime func() time.Duration) *Traffic {
	return &Traffic{store: s, here: uptime, of: func(db *postgres.DB) *postgres.Traffic { return db.Traffic(uptime) }}
}

// TrafficBy is Traffic by a clock that is the same for all who share it already.
func (s *Store) TrafficBy(now func() time.Duration) *Traffic {
	return &Traffic{store: s, here: now, of: func(db *postgres.DB) *postgres.Traffic { return db.TrafficBy(now) }}
}

func (t *Traffic) there(ctx context.Context) (*postgres.Traffic, error) {
	db, err := t.store.there(ctx)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil {
		t.known = t.of(db)
	}
	return t.known, nil
}

// Now returns the time by the database's clock, as far as it is known.
func (t *Traffic) Now() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil {
		return t.here()
	}
	return t.known.Now()
}

// Closing returns when Cliniko last asked to wait, and for how long.
func (t *Traffic) Closing(ctx context.Context) (profile.Closing, error) {
	there, err := t.there(ctx)
	if err != nil {
		return profile.Closing{}, err
	}
	return there.Closing(ctx)
}

// UpdateTraffic changes what is known of the requests.
func (t *Traffic) UpdateTraffic(ctx context.Context, update func(now time.Duration, t *profile.Traffic)) error {
	there, err := t.there(ctx)
	if err != nil {
		return err
	}
	return there.UpdateTraffic(ctx, update)
}
