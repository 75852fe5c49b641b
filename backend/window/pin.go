package window

import (
	"context"

	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/window/host"
)

// PIN is a person's PIN on this computer: off until they choose one.
type PIN struct {
	access host.Access
	page   *page
	people *People
}

// NewPIN returns the service.
func NewPIN(p Parts) *PIN { return &PIN{p.access, p.page, NewPeople(p)} }

// PINView is about PINs, for whoever is signed in.
type PINView struct {
	Allowed bool `json:"allowed"` // by the clinic
	Set     bool `json:"set"`     // they have one
}

// SignIn signs in one of AppState's people, or whoever has locked the window, by
// id. Where the password is needed now, State says so.
func (p *PIN) SignIn(person, pin string) (AppState, error) {
	return host.Do(p.access, session.Anyone, func(ctx context.Context, c *host.Call) (AppState, error) {
		p.people.begin(c)
		return p.people.signedIn(ctx, c.Clinic, c.SignInWithPIN(ctx, person, pin))
	})
}

// Set gives whoever is signed in a PIN, or another one. own is their password.
func (p *PIN) Set(pin, own string) (AppState, error) {
	return host.Do(p.access, session.SignedIn, func(ctx context.Context, c *host.Call) (AppState, error) {
		return p.stateAfter(ctx, c, c.Session.Accounts().SetPIN(ctx, own, pin))
	})
}

// Remove removes the PIN of whoever is signed in; own is as in Set.
func (p *PIN) Remove(own string) (AppState, error) {
	return host.Do(p.access, session.SignedIn, func(ctx context.Context, c *host.Call) (AppState, error) {
		return p.stateAfter(ctx, c, c.Session.Accounts().RemovePIN(ctx, own))
	})
}

// Allow says whether people may have PINs on this computer. Forbidding removes
// those that there are at once.
func (p *PIN) Allow(allowed bool) (AppState, error) {
	return host.Do(p.access, session.MayChangeSecurity, func(ctx context.Context, c *host.Call) (AppState, error) {
		return p.stateAfter(ctx, c, c.Session.Security().AllowPINs(ctx, allowed))
	})
}

func (p *PIN) stateAfter(ctx context.Context, c *host.Call, err error) (AppState, error) {
	if err != nil {
		return AppState{}, err
	}
	return p.page.stateOf(ctx, c.Clinic)
}
