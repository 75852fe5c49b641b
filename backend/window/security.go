package window

import (
	"context"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/window/host"
)

// Security is when the window locks, how long clients who have left are kept,
// and the audit trail.
type Security struct {
	access   host.Access
	page     *page
	autoLock *session.AutoLock
	lockIdle func(context.Context)
}

// NewSecurity returns the service.
func NewSecurity(p Parts) *Security { return &Security{p.access, p.page, p.autoLock, p.lockIdle} }

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

// RetentionView is for how many days clients who have left stay here.
type RetentionView struct {
	ArchivedDays int `json:"archivedDays"`
	DeletedDays  int `json:"deletedDays"`
	// Paused: nobody is erased at present, because Cliniko's clock and this
	// computer's disagree. Not read by SetRetention.
	Paused bool `json:"paused"`
}

// KeyringView is how well the system keyring protects the keys.
type KeyringView struct {
	// Unprotected: it has no password, so whoever has a copy of the disk has
	// the keys. False also where that cannot be told.
	Unprotected bool `json:"unprotected"`
}

// Keyring says how well the system keyring protects the keys.
func (s *Security) Keyring() (KeyringView, error) {
	return host.Do(s.access, session.SignedIn, func(ctx context.Context, c *host.Call) (KeyringView, error) {
		unprotected, err := c.Clinic.Workspace.KeysUnprotected(ctx)
		return KeyringView{Unprotected: unprotected}, err
	})
}

// Lock forgets every name until the password is given. Links wait; syncing goes
// on.
func (s *Security) Lock() (AppState, error) {
	return host.Do(s.access, session.SignedIn, func(ctx context.Context, c *host.Call) (AppState, error) {
		ctx = context.WithoutCancel(ctx) // of a session that this ends
		c.Lock()
		c.Clinic.TellState(ctx)
		return s.page.state(ctx, c)
	})
}

// KeepView has whoever locked the window come back to what their lists show,
// though the page is loaded anew meanwhile: AppState has it again once they are
// back. It is for them alone, and stays in memory.
func (s *Security) KeepView(view string) error {
	_, err := host.DoWithoutClinic(s.access, func(_ context.Context, c *host.Call) (none, error) {
		if c.Clinic != nil {
			c.Clinic.KeepView(view)
		}
		return none{}, nil
	})
	return err
}

// Active reports that somebody uses the keyboard or the mouse. It opens no window
// that is about to lock: whoever comes after the idle minutes is too late.
func (s *Security) Active() error {
	_, err := host.DoWithoutClinic(s.access, func(ctx context.Context, _ *host.Call) (none, error) {
		s.lockIdle(ctx)
		s.autoLock.Used()
		return none{}, nil
	})
	return err
}

// Heartbeat returns the number of the session of whoever is signed in, as in
// AppState; 0 is nobody. The page asks every second while it shows anybody, and
// hides them where the answer is another one, or where none comes. It needs no
// store.
func (s *Security) Heartbeat() (int64, error) {
	return host.DoWithoutClinic(s.access, func(ctx context.Context, c *host.Call) (int64, error) {
		s.autoLock.Observe()
		s.lockIdle(ctx)
		if c.Clinic == nil {
			return 0, nil
		}
		return c.Clinic.Session().Number(), nil
	})
}

// SetAutoLock changes after how many idle minutes the window locks, for
// everybody on this computer; 0 is only when the computer locks or sleeps. nil,
// which is what the page's null and NaN become, is Invalid: it must not count
// as 0.
func (s *Security) SetAutoLock(minutes *int) (AppState, error) {
	return host.Do(s.access, session.MayChangeSecurity, func(ctx context.Context, c *host.Call) (AppState, error) {
		if minutes == nil {
			return AppState{}, profile.Refuse(profile.Invalid, "Choose after how many minutes the window locks.")
		}
		if err := c.Session.Security().SetAutoLock(ctx, *minutes); err != nil {
			return AppState{}, err
		}
		return s.page.stateOf(ctx, c.Clinic)
	})
}

// Retention returns for how long clients who have left stay here.
func (s *Security) Retention() (RetentionView, error) {
	return host.Do(s.access, session.MayChangeSecurity, func(ctx context.Context, c *host.Call) (RetentionView, error) {
		store, err := c.Clinic.Workspace.Store(ctx)
		if err != nil {
			return RetentionView{}, err
		}
		keep, err := store.Retention(ctx)
		if err != nil {
			return RetentionView{}, err
		}
		clock, err := store.Clock(ctx)
		return RetentionView{ArchivedDays: keep.ArchivedDays, DeletedDays: keep.DeletedDays, Paused: clock.Doubts()}, err
	})
}

// SetRetention changes the retention. It counts from the next sync. own is the
// password of whoever changes it.
func (s *Security) SetRetention(r RetentionView, own string) error {
	_, err := host.Do(s.access, session.MayChangeSecurity, func(ctx context.Context, c *host.Call) (none, error) {
		return none{}, c.Session.Security().SetRetention(ctx, own, profile.Retention{ArchivedDays: r.ArchivedDays, DeletedDays: r.DeletedDays})
	})
	return err
}

// Audit returns the newest lines of the audit trail before the one with this
// id; 0 is from the end.
func (s *Security) Audit(before int64, limit int) ([]EventView, error) {
	return host.Do(s.access, session.MayManagePeople, func(ctx context.Context, c *host.Call) ([]EventView, error) {
		events, err := c.Session.Security().Events(ctx, before, min(max(limit, 0), maxRows))
		if err != nil {
			return nil, err
		}
		names, err := namesOf(ctx, c.Clinic)
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

// clocksDiffer is from when on the audit trail shows both clocks.
const clocksDiffer = 5 * time.Minute

// namesOf returns the names of those who may sign in, by id.
func namesOf(ctx context.Context, c *host.Clinic) (map[string]string, error) {
	people, err := c.Workspace.Accounts.List(ctx)
	demo := session.DemoPerson()
	names := map[string]string{demo.ID: demo.Name}
	for i := range people {
		names[people[i].ID] = people[i].Name
	}
	return names, err
}
