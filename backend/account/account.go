// Package account knows the people of this computer: who they are, what they
// may do, and whether somebody is who they say.
//
// Passwords are kept as argon2id hashes. No password, hash or email appears in
// an error, and no Person that leaves this package carries its hash.
package account

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/uptime"
)

// People adds people and signs them in. It is safe for concurrent use; hashing
// happens one password at a time, which bounds its memory and leaves no way
// round the delay after wrong tries.
type People struct {
	store staff.PersonStore
	now   func() time.Time
	// uptime times the delay after wrong passwords.
	uptime func() time.Duration
	cost   Cost
	turn   chan struct{} // holds one token while somebody is served
}

// Option changes how New sets People up.
type Option func(*People)

// WithClock replaces the clock.
func WithClock(now func() time.Time) Option { return func(p *People) { p.now = now } }

// WithUptime replaces the clock that nobody can set, which counts from the
// computer's start.
func WithUptime(uptime func() time.Duration) Option { return func(p *People) { p.uptime = uptime } }

// WithCost replaces what hashing a new password costs. Passwords already kept
// stay valid: each hash carries the cost it was made with.
func WithCost(cost Cost) Option { return func(p *People) { p.cost = cost } }

// New serves the people of store.
func New(store staff.PersonStore, options ...Option) *People {
	p := &People{store: store, now: time.Now, uptime: uptime.Now, cost: DefaultCost, turn: make(chan struct{}, 1)}
	for _, option := range options {
		option(p)
	}
	return p
}

// Any says whether there is anyone yet. Where there is nobody, the next Add
// makes the first person, who gets every permission.
func (p *People) Any(ctx context.Context) (bool, error) {
	people, err := p.store.People(ctx)
	if err != nil {
		return false, fmt.Errorf("account: read people: %w", err)
	}
	return len(people) > 0, nil
}

// List returns everyone, without hashes.
func (p *People) List(ctx context.Context) ([]staff.Person, error) {
	people, err := p.store.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("account: read people: %w", err)
	}
	shown := make([]staff.Person, 0, len(people))
	for _, person := range people {
		shown = append(shown, withoutHash(person))
	}
	return shown, nil
}

// Add makes a person and returns it without its hash. The first one needs no
// by and gets every permission, whatever was asked for. Every later one needs
// a by whom the store still knows with ManagePeople, else NotPermitted.
// Anything unacceptable about name, email, password or permissions is Invalid.
func (p *People) Add(ctx context.Context, by *staff.Person, name, email, password string,
	permissions []staff.Permission) (staff.Person, error) {
	if err := p.takeTurn(ctx); err != nil {
		return staff.Person{}, err
	}
	defer p.endTurn()
	people, err := p.store.People(ctx)
	if err != nil {
		return staff.Person{}, fmt.Errorf("account: read people: %w", err)
	}
	if len(people) == 0 {
		permissions = staff.AllPermissions
	} else if err := mayManage(people, by); err != nil {
		return staff.Person{}, err
	}
	person, err := accept(people, name, email, password, permissions)
	if err != nil {
		return staff.Person{}, err
	}
	person.ID, person.CreatedAt = rand.Text(), p.now().UTC()
	if person.PasswordHash, err = p.cost.hash(password); err != nil {
		return staff.Person{}, fmt.Errorf("account: hash a password: %w", err)
	}
	if err := p.store.AddPerson(ctx, person); err != nil {
		return staff.Person{}, fmt.Errorf("account: keep a person: %w", err)
	}
	return withoutHash(person), nil
}

// mayManage trusts the store and not by, which may be hours old.
func mayManage(people []staff.Person, by *staff.Person) error {
	if by != nil {
		if known := withID(people, by.ID); known != nil && known.Active() && known.May(staff.ManagePeople) {
			return nil
		}
	}
	return profile.Refuse(profile.NotPermitted,
		"Only someone with the permission to manage people can do this. Ask one of them to sign in and do it.")
}

// withID returns the person with the id, or nil.
func withID(people []staff.Person, id string) *staff.Person {
	for i := range people {
		if people[i].ID == id {
			return &people[i]
		}
	}
	return nil
}

func withoutHash(person staff.Person) staff.Person {
	person.PasswordHash = ""
	return person
}

func (p *People) takeTurn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *People) endTurn() { <-p.turn }
