package main

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// ClinicPlace is a clinic that has its own data on this computer.
type ClinicPlace struct {
	Account string `json:"account"` // for UseClinic; "" is the first one
	Name    string `json:"name"`
	Current bool   `json:"current"` // the window shows this one
}

// Clinics returns the clinics that have data on this computer, once there is
// more than one. It answers also while the data of the current one cannot be
// opened: the others are the way on then.
func (a *App) Clinics() ([]ClinicPlace, error) {
	views := []ClinicPlace{}
	if d := a.shown.Load(); d != nil {
		if demo, _ := d.w.Demo(); demo {
			return views, nil
		}
	}
	clinics, current, err := a.clinics().List()
	for _, c := range clinics {
		views = append(views, ClinicPlace{Account: c.Account, Name: profile.Display(c.Name), Current: c.Account == current})
	}
	return views, err
}

// ConnectSeparately gives the clinic of a pasted key data of its own, and
// switches the window to it. What is connected now stays as it is.
func (a *App) ConnectSeparately(key string) (AppState, error) {
	return call(a, "ConnectSeparately", func(ctx context.Context, d *desk) (AppState, error) {
		if demo, _ := d.w.Demo(); demo {
			return AppState{}, profile.Refuse(profile.Invalid, "This is the demo clinic. Leave the demo first, then connect your clinic.")
		}
		person := d.whoIsSignedIn()
		if err := a.clinics().StartSeparate(ctx, d.w, key, person.ID); err != nil {
			return AppState{}, err
		}
		return a.reopen(ctx, d, nothing)
	})
}

// UseClinic switches the window to another clinic of this computer. Whoever is
// signed in stays so if the other clinic knows them with the same password.
func (a *App) UseClinic(account string) (AppState, error) {
	if a.shown.Load() == nil { // its data cannot be opened
		if err := a.clinics().Use(account); err != nil {
			return AppState{}, err
		}
		return a.State()
	}
	return call(a, "UseClinic", func(ctx context.Context, d *desk) (AppState, error) {
		if err := a.clinics().Use(account); err != nil {
			return AppState{}, err
		}
		return a.reopen(ctx, d, nothing)
	})
}

func (d *desk) whoIsSignedIn() *staff.Person {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.person == nil {
		return &staff.Person{}
	}
	return d.person
}

// drop closes a desk, and forgets it: the next call opens the one that is used.
func (a *App) drop(d *desk) {
	a.mu.Lock()
	a.shown.CompareAndSwap(d, nil)
	if a.real == d {
		a.real = nil
	}
	a.mu.Unlock()
	a.close(d)
}

// reopen closes what the window shows, does what has to be done meanwhile, and
// opens the store that is used then.
func (a *App) reopen(ctx context.Context, left *desk, meanwhile func(context.Context) error) (AppState, error) {
	var known workspace.Credentials
	if person := left.whoIsSignedIn(); person.ID != "" {
		a.dropLink() // somebody who is not signed in may still choose the clinic for it
		var err error
		if known, err = left.w.Credentials(ctx, person.ID); err != nil {
			return AppState{}, err
		}
	}
	a.drop(left)
	if err := meanwhile(ctx); err != nil {
		return AppState{}, err
	}
	d, err := a.desk(ctx)
	if err != nil {
		return a.State() // it says why the other one cannot be opened
	}
	person, err := d.w.Recognise(ctx, known)
	if profile.CodeOf(err) == profile.SignedOut {
		return d.state(ctx)
	}
	if err != nil {
		return AppState{}, err
	}
	person.PasswordHash = ""
	return d.signedIn(ctx, person)
}

// isSeparate says that the window shows a clinic that is not the first one.
func (a *App) isSeparate(d *desk) (bool, error) {
	if demo, _ := d.w.Demo(); demo {
		return false, nil
	}
	_, current, err := a.clinics().List()
	return current != "", err
}

// clinics are those of this computer.
func (a *App) clinics() workspace.Clinics { return workspace.ClinicsOf(a.options) }

func nothing(context.Context) error { return nil }
