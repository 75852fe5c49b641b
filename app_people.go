package main

import (
	"context"
	"time"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// PersonDetails are what may be changed of a person.
type PersonDetails struct {
	Name        string   `json:"name"`
	Email       string   `json:"email"`
	Permissions []string `json:"permissions"`
	Active      bool     `json:"active"` // may sign in
}

// EventView is one line of the audit trail.
type EventView struct {
	ID      int64  `json:"id"`      // for the next page
	At      string `json:"at"`      // by Cliniko's clock, as far as it is known
	HereAt  string `json:"hereAt"`  // by this computer's, where that said something else; else ""
	Person  string `json:"person"`  // the name of who did it; "" for somebody who is not here any more
	Action  string `json:"action"`  // signed_in, opened_profile, exported_profiles, …
	Subject string `json:"subject"` // Cliniko's id of a client or an account, or the name of a person
	Outcome string `json:"outcome"` // "" for done; not_finished; or the code of why it was not done
}

// People returns everybody who has an account on this computer.
func (a *App) People() ([]PersonView, error) {
	return call(a, "People", func(ctx context.Context, d *desk) ([]PersonView, error) {
		people, err := d.w.People.List(ctx)
		views := []PersonView{}
		for i := range people {
			views = append(views, *personView(&people[i]))
		}
		return views, err
	})
}

func permissionsOf(names []string) []staff.Permission {
	permissions := make([]staff.Permission, len(names))
	for i, name := range names {
		permissions[i] = staff.Permission(name)
	}
	return permissions
}

// AddPerson makes an account.
func (a *App) AddPerson(details PersonDetails, password string) (PersonView, error) {
	return call(a, "AddPerson", func(ctx context.Context, d *desk) (PersonView, error) {
		var person staff.Person
		err := d.recorded(ctx, d.event(staff.AddedPerson, ""), func(e *staff.Event) (err error) {
			person, err = d.w.People.Add(ctx, d.whoIsSignedIn(), details.Name, details.Email, password, permissionsOf(details.Permissions))
			e.Subject = person.ID
			return err
		})
		return *personView(&person), err
	})
}

// ChangePerson changes an account. Whoever is deactivated while signed in is
// signed out.
func (a *App) ChangePerson(id string, details PersonDetails) (PersonView, error) {
	return call(a, "ChangePerson", func(ctx context.Context, d *desk) (PersonView, error) {
		var person staff.Person
		err := d.recorded(ctx, d.event(staff.ChangedPerson, id), func(*staff.Event) (err error) {
			person, err = d.w.People.Change(ctx, d.whoIsSignedIn(), id, account.Details{Name: details.Name, Email: details.Email,
				Permissions: permissionsOf(details.Permissions), Active: details.Active})
			return err
		})
		if person.ID == "" {
			return PersonView{}, err
		}
		if d.whoIsSignedIn().ID == id {
			if person.Active() {
				d.mu.Lock()
				d.person = &person
				d.mu.Unlock()
			} else {
				d.leave(nil)
			}
			a.tellState(ctx, d)
		}
		return *personView(&person), err
	})
}

// ResetPassword gives somebody who forgot the password another one.
func (a *App) ResetPassword(id, password string) error {
	_, err := call(a, "ResetPassword", func(ctx context.Context, d *desk) (struct{}, error) {
		return struct{}{}, d.recorded(ctx, d.event(staff.ResetPassword, id), func(*staff.Event) error {
			return d.w.People.ResetPassword(ctx, d.whoIsSignedIn(), id, password)
		})
	})
	return err
}

// ChangePassword replaces the password of whoever is signed in.
func (a *App) ChangePassword(present, fresh string) error {
	_, err := call(a, "ChangePassword", func(ctx context.Context, d *desk) (struct{}, error) {
		return struct{}{}, d.recorded(ctx, d.event(staff.ChangedPassword, ""), func(*staff.Event) error {
			return d.w.People.ChangePassword(ctx, d.whoIsSignedIn().ID, present, fresh)
		})
	})
	return err
}

// Audit returns the newest lines of the audit trail before the one with this
// id; 0 is from the end.
func (a *App) Audit(before int64, limit int) ([]EventView, error) {
	return call(a, "Audit", func(ctx context.Context, d *desk) ([]EventView, error) {
		if before <= 0 {
			if err := d.readAudit(ctx); err != nil {
				return nil, err
			}
		}
		events, err := d.w.Events(ctx, before, min(max(limit, 0), maxRows))
		if err != nil {
			return nil, err
		}
		names, err := d.names(ctx)
		if err != nil {
			return nil, err
		}
		views := []EventView{}
		for _, e := range events {
			view := EventView{ID: e.ID, At: instant(e.At), Person: names[e.Person], Action: string(e.Action), Subject: e.Subject, Outcome: string(e.Outcome)}
			if e.Here.Sub(e.At).Abs() > clocksDiffer {
				view.HereAt = instant(e.Here)
			}
			if name, isPerson := names[e.Subject]; isPerson {
				view.Subject = name
			}
			views = append(views, view)
		}
		return views, nil
	})
}

// readAudit notes that somebody reads the audit trail, once as long as nobody
// does anything else.
func (d *desk) readAudit(ctx context.Context) error {
	newest, err := d.w.Events(ctx, 0, 1)
	if err != nil {
		return err
	}
	if len(newest) == 1 && newest[0].Action == staff.ReadAudit && newest[0].Person == d.whoIsSignedIn().ID {
		return nil
	}
	return d.audit(ctx, staff.ReadAudit, "")
}

func (d *desk) names(ctx context.Context) (map[string]string, error) {
	people, err := d.w.People.List(ctx)
	names := map[string]string{"demo": demoPerson().Name}
	for i := range people {
		names[people[i].ID] = people[i].Name
	}
	return names, err
}

// managers returns the names of who can give others permissions.
func (d *desk) managers(ctx context.Context) ([]string, error) {
	people, err := d.w.People.List(ctx)
	names := []string{}
	for i := range people {
		if people[i].Active() && people[i].May(staff.ManagePeople) {
			names = append(names, people[i].Name)
		}
	}
	return names, err
}

// clocksDiffer is from when on the audit trail shows both clocks.
const clocksDiffer = 5 * time.Minute

// event is what whoever is signed in does.
func (d *desk) event(action staff.Action, subject string) staff.Event {
	return staff.Event{Here: d.app.clock().UTC(), Person: d.whoIsSignedIn().ID, Action: action, Subject: subject}
}

// audit adds to the audit trail what whoever is signed in has done.
func (d *desk) audit(ctx context.Context, action staff.Action, subject string) error {
	return d.w.Record(ctx, d.event(action, subject))
}

// recorded does something in the store and adds it to the audit trail, with how
// it ended. What was typed in wrongly is no event.
func (d *desk) recorded(ctx context.Context, e staff.Event, do func(e *staff.Event) error) error {
	err := do(&e)
	switch e.Outcome = profile.CodeOf(err); e.Outcome {
	case profile.Invalid, profile.NotFound:
		return err
	}
	if recordErr := d.w.Record(ctx, e); err == nil {
		err = recordErr
	}
	return err
}

// opened notes that somebody looks at a client, once as long as they go on
// looking at the same one. A trail that cannot be written keeps nobody from a
// client in the room; the log says so.
func (d *desk) opened(ctx context.Context, ref string) {
	d.mu.Lock()
	again := d.lookedAt == ref
	d.lookedAt = ref
	d.mu.Unlock()
	if again {
		return
	}
	if err := d.audit(ctx, staff.OpenedProfile, ref); err != nil {
		logging.Failure(d.app.log, "note who opened a profile", err)
	}
}

// leave forgets who is signed in, and every name. A pass goes on. locked is who
// may come back with the password alone; nil for nobody.
func (d *desk) leave(locked *staff.Person) {
	d.mu.Lock()
	d.person, d.list, d.lookedAt, d.locked = nil, nil, "", locked
	d.mu.Unlock()
	d.w.Lock()
}
