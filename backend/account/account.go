// Package account manages the people who sign in on this computer: their
// details, permissions and passwords.
//
// Passwords and PINs are stored as argon2id hashes. No password, PIN, hash or
// email appears in an error, and no Person returned from this package has a hash.
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

// People adds people and signs them in. It is safe for concurrent use. It
// hashes one password at a time, which bounds its memory and the number of
// attempts.
type People struct {
	store staff.PersonStore
	now   func() time.Time
	// uptime is the monotonic clock of the delay after wrong passwords.
	uptime func() time.Duration
	cost   Cost
	clinic func(context.Context) []string
	quick  staff.QuickUnlock
	slot   chan struct{} // full while a password is checked
}

// Option configures New.
type Option func(*People)

// WithClock replaces the clock.
func WithClock(now func() time.Time) Option { return func(p *People) { p.now = now } }

// WithUptime replaces the monotonic clock, which counts from the computer's
// start.
func WithUptime(uptime func() time.Duration) Option { return func(p *People) { p.uptime = uptime } }

// WithCost replaces the cost of hashing new passwords. Stored passwords stay
// valid, since each hash contains its cost.
func WithCost(cost Cost) Option { return func(p *People) { p.cost = cost } }

// WithClinic gives words that everybody knows of the clinic, such as its name:
// they make a password no harder to guess.
func WithClinic(words func(context.Context) []string) Option {
	return func(p *People) { p.clinic = words }
}

// New returns the people of store.
func New(store staff.PersonStore, options ...Option) *People {
	p := &People{store: store, now: time.Now, uptime: uptime.Now, cost: DefaultCost, slot: make(chan struct{}, 1),
		clinic: func(context.Context) []string { return nil }}
	for _, option := range options {
		option(p)
	}
	p.quick = pin{p.cost}
	return p
}

// Any reports whether there is anyone yet. If not, the next Add creates the
// first person, who gets every permission.
func (p *People) Any(ctx context.Context) (bool, error) {
	people, err := p.store.People(ctx)
	if err != nil {
		return false, fmt.Errorf("account: read people: %w", err)
	}
	return len(people) > 0, nil
}

// ID returns the id of whoever has the email, or "".
func (p *People) ID(ctx context.Context, email string) (string, error) {
	people, err := p.store.People(ctx)
	if err != nil {
		return "", fmt.Errorf("account: read people: %w", err)
	}
	if person := findByEmail(people, email); person != nil {
		return person.ID, nil
	}
	return "", nil
}

// Has says whether there is somebody with the id.
func (p *People) Has(ctx context.Context, id string) (bool, error) {
	people, err := p.store.People(ctx)
	if err != nil {
		return false, fmt.Errorf("account: read people: %w", err)
	}
	return findByID(people, id) != nil, nil
}

// List returns everyone, without hashes.
func (p *People) List(ctx context.Context) ([]staff.Person, error) {
	people, err := p.store.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("account: read people: %w", err)
	}
	shown := make([]staff.Person, 0, len(people))
	for _, person := range people {
		shown = append(shown, withoutSecrets(person))
	}
	return shown, nil
}

// Add creates a person and returns it without its hash. Without a by it is the
// first one, who gets every permission, whatever permissions says: with people
// in the store it fails with NotPermitted, however many processes add a first
// one at once. Later ones need a by who has ManagePeople in the store. An
// unacceptable name, email, password or permission is Invalid.
func (p *People) Add(ctx context.Context, by *staff.Person, name, email, password string,
	permissions []staff.Permission) (staff.Person, error) {
	if err := p.acquire(ctx); err != nil {
		return staff.Person{}, err
	}
	defer p.release()
	accepted := func(people []staff.Person) (staff.Person, error) {
		permissions := permissions
		if by == nil && len(people) == 0 {
			permissions = staff.AllPermissions
		} else if err := mayManage(people, by); err != nil {
			return staff.Person{}, err
		}
		return validDetails(people, name, email, permissions)
	}
	people, err := p.store.People(ctx)
	if err != nil {
		return staff.Person{}, fmt.Errorf("account: read people: %w", err)
	}
	person, err := accepted(people) // before the hash, which takes a while
	if err != nil {
		return staff.Person{}, err
	}
	hash, err := p.newHash(ctx, password, &person)
	if err != nil {
		return staff.Person{}, err
	}
	id, now := rand.Text(), p.now().UTC()
	err = p.store.ChangePeople(ctx, func(people []staff.Person) (staff.Person, error) {
		person, err = accepted(people)
		person.ID, person.CreatedAt, person.PasswordHash = id, now, hash
		return person, err
	})
	if err != nil {
		return staff.Person{}, fmt.Errorf("account: keep a person: %w", err)
	}
	return withoutSecrets(person), nil
}

// mayManage decides by the stored person, since by may be hours old.
func mayManage(people []staff.Person, by *staff.Person) error {
	if by != nil {
		if known := findByID(people, by.ID); known != nil && known.Active() && known.May(staff.ManagePeople) {
			return nil
		}
	}
	return profile.Refuse(profile.NotPermitted,
		"Only someone with the permission to manage people can do this. Ask one of them to sign in and do it.")
}

// findByID returns the person with the id, or nil.
func findByID(people []staff.Person, id string) *staff.Person {
	for i := range people {
		if people[i].ID == id {
			return &people[i]
		}
	}
	return nil
}

// withoutSecrets is a person without what passwords and PINs are compared with.
func withoutSecrets(person staff.Person) staff.Person {
	person.PasswordHash, person.QuickUnlock = "", staff.Enrollment{}
	return person
}

func (p *People) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case p.slot <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *People) release() { <-p.slot }
