package staff

import "context"

// QuickUnlock is a way to prove who one is, on one computer, that is quicker than
// the password. A PIN is one; Windows Hello and Touch ID have this shape too. It
// decides neither who may use it nor how often it may fail: see account.People.
type QuickUnlock interface {
	// Enroll sets it up for a person, with what they typed for it; "" where the
	// system asks them by itself. It returns what is kept of it on this
	// computer, which is never "". Invalid: what was typed is not acceptable.
	Enroll(ctx context.Context, p *Person, typed string) (kept string, err error)
	// Verify says whether it is the person of whom this is kept, by what they
	// typed now, or by having the system ask them.
	Verify(ctx context.Context, kept, typed string) (bool, error)
}

// MaxWrongUnlocks is after how many wrong quick unlocks the password is needed.
const MaxWrongUnlocks = 5

// Enrollment is what is kept of a person's quick unlock. It is of one computer,
// and goes nowhere else: not to another store of the same person either.
type Enrollment struct {
	Kept  string // see QuickUnlock.Enroll; "" for none
	Wrong int    // since the password was given last
}

// Usable says that the next quick unlock is compared.
func (e Enrollment) Usable() bool { return e.Kept != "" && e.Wrong < MaxWrongUnlocks }
