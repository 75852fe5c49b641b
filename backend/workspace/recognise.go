package workspace

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Credentials are what a person proves themselves with in one store.
type Credentials struct{ email, hash string }

// Credentials returns those of a person of this store.
func (w *Workspace) Credentials(ctx context.Context, personID string) (Credentials, error) {
	p, err := w.person(ctx, personID)
	return Credentials{p.Email, p.PasswordHash}, err
}

// Recognise returns the person with the very same credentials in this store, so
// that nobody has to type the same password twice; without the hash. SignedOut:
// there is none.
func (w *Workspace) Recognise(ctx context.Context, c Credentials) (staff.Person, error) {
	p, err := w.find(ctx, func(p *staff.Person) bool {
		return p.Active() && c.hash != "" && p.Email == c.email && p.PasswordHash == c.hash
	})
	p.PasswordHash, p.QuickUnlock = "", staff.Enrollment{}
	return p, err
}

func (w *Workspace) person(ctx context.Context, id string) (staff.Person, error) {
	return w.find(ctx, func(p *staff.Person) bool { return p.ID == id })
}

func (w *Workspace) find(ctx context.Context, is func(*staff.Person) bool) (staff.Person, error) {
	people, err := w.db().People(ctx)
	if err != nil {
		return staff.Person{}, err
	}
	for i := range people {
		if is(&people[i]) {
			return people[i], nil
		}
	}
	return staff.Person{}, profile.Refuse(profile.SignedOut, "Nobody is signed in. Sign in first.")
}
