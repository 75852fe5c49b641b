package staff

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

// Person is someone who may sign in on this computer.
type Person struct {
	ID           string // random, opaque
	Name         string
	Email        string // compared without regard to case
	PasswordHash string // argon2id in PHC form
	Permissions  []Permission
	CreatedAt    time.Time
	Deactivated  time.Time // may not sign in since then; zero: may
	QuickUnlock  Enrollment
}

// May says whether the person has the permission.
func (p *Person) May(permission Permission) bool { return slices.Contains(p.Permissions, permission) }

// Active says whether the person may sign in.
func (p *Person) Active() bool { return p.Deactivated.IsZero() }

// Format writes profile.Redacted: a person does not print itself, whatever the
// verb.
func (Person) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, profile.Redacted) }

// MarshalJSON writes profile.Redacted: loggers print what they do not know as
// JSON. Who has to write a person names the fields.
func (Person) MarshalJSON() ([]byte, error) { return []byte(`"` + profile.Redacted + `"`), nil }

// ClinicPeople keeps the people of a clinic, and what holds for all of them on
// every computer. There are few of them.
type ClinicPeople interface {
	People(ctx context.Context) ([]Person, error)
	// ChangePeople stores the person whom decide returns: somebody new, or what
	// replaces whoever has the same id. decide is given the people as they are
	// stored, and no other process changes them until it is done: what may be
	// is decided there, and not by a list that was read before. Its error ends
	// it with nothing stored. It must not call the store.
	ChangePeople(ctx context.Context, decide func(people []Person) (Person, error)) error
	// QuickUnlockForbidden says that nobody may have a quick unlock here.
	QuickUnlockForbidden(ctx context.Context) (bool, error)
	// ForbidQuickUnlock changes that. Forbidding takes everybody's away in the
	// same step, and until it is allowed again ChangePeople stores none.
	ForbidQuickUnlock(ctx context.Context, forbidden bool) error
}

// PersonStore keeps the people of this computer.
type PersonStore interface {
	ClinicPeople
	// CountTries replaces the wrong tries of an email by what count makes of
	// them, while no other process counts. The zero value forgets them, as
	// does a last try more than forgetAfter before now. Both are times since
	// the computer started; a last try that lies ahead was before a restart,
	// and counts as now.
	CountTries(ctx context.Context, email string, now, forgetAfter time.Duration, count func(Tries) Tries) error
}

// Tries are the wrong tries of one email until now.
type Tries struct {
	Wrong int
	Last  time.Duration // since the computer started
}
