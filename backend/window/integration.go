package window

import (
	"context"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/window/host"
)

// Integration is the connection to Cliniko, with the clients whom Cliniko does
// not have any more.
type Integration struct{ parts Parts }

// NewIntegration returns the service.
func NewIntegration(p Parts) *Integration { return &Integration{p} }

// Connect proves a pasted API key and keeps it.
func (i *Integration) Connect(key string) (ConnectionView, error) {
	return host.Do(i.parts.access, session.MayConnect, func(ctx context.Context, c *host.Call) (ConnectionView, error) {
		connection, err := c.Session.Integration().Connect(ctx, func() (string, error) { return key, nil })
		if err != nil {
			return ConnectionView{}, err
		}
		c.Clinic.Background.Resume() // the problem was the old key's
		c.Clinic.TellState(ctx)
		return ConnectionView{Clinic: clinicView(&connection.Clinic, c.Clinic.Workspace.Color()), Patients: connection.Patients}, nil
	})
}

// Erasure is what Disconnect removed from this computer, besides the API key,
// the store's old key and the log. What the web view keeps goes at the next
// start.
type Erasure struct {
	Clinic   string     `json:"clinic"`
	Profiles int        `json:"profiles"` // those that need attention and those of clients who have left among them
	Changes  int        `json:"changes"`
	Syncs    int        `json:"syncs"`
	Problem  *ErrorView `json:"problem"` // what failed once the clients were erased, or null
	State    AppState   `json:"state"`
}

// Disconnect erases the key and everything that came from Cliniko. The page has
// asked before. own is the password of whoever does it. What was begun is ended,
// though the window locks meanwhile.
func (i *Integration) Disconnect(own string) (Erasure, error) {
	return i.disconnect(own, func(context.Context, *host.Call) error { return nil })
}

// EraseRest does what Disconnect could not once the clients were erased: see
// Erasure.Problem. It refuses where a clinic is connected by now, which nobody
// has been asked about. own is as in Disconnect.
func (i *Integration) EraseRest(own string) (Erasure, error) {
	return i.disconnect(own, func(ctx context.Context, c *host.Call) error {
		_, err := c.Clinic.Workspace.Clinic(ctx)
		if profile.CodeOf(err) == profile.NotConnected {
			return nil
		}
		return profile.Refuse(profile.Invalid, "A clinic is connected by now, so nothing was erased. Disconnect it on its own if it is to go too.")
	})
}

func (i *Integration) disconnect(own string, allow func(context.Context, *host.Call) error) (Erasure, error) {
	return host.Do(i.parts.access, session.MayDisconnect, func(ctx context.Context, c *host.Call) (Erasure, error) {
		ctx = context.WithoutCancel(ctx)
		resume, switched := func() {}, false
		defer func() {
			if !switched {
				resume()
			}
		}()
		gone, err := c.Session.Integration().Disconnect(ctx, own, func(session.Erasing) error {
			if err := allow(ctx, c); err != nil {
				return err
			}
			resume = c.Clinic.Background.Pause(runner.ErrCancelled)
			c.Session.SetListed(nil)
			c.Clinic.Runner.Forget()
			return nil
		})
		if gone == nil {
			return Erasure{}, err
		}
		c.Clinic.NextGeneration()
		erased := Erasure{Clinic: gone.Clinic, Profiles: gone.Profiles, Changes: gone.Changes, Syncs: gone.Passes}
		if err != nil {
			erased.Problem = new(errorView(err)) // no error: the page needs the state
			if !logging.Expected(err) {
				logging.Failure(i.parts.page.log, "disconnect", err)
			}
		}
		if err == nil && gone.SeparateAccount != "" {
			switched = true
			erased.State, err = i.parts.switchClinic(ctx, c, func(ctx context.Context) error {
				return c.Clinics().Remove(ctx, gone.SeparateAccount)
			})
			return erased, err
		}
		erased.State, err = i.parts.page.stateOf(ctx, c.Clinic)
		return erased, err
	})
}

// MissingView is a client whom Cliniko does not have any more, and who stays
// here until a person has decided.
type MissingView struct {
	ID   string `json:"id"`
	Name string `json:"name"` // as lists show it
	Born string `json:"born"`
}

// Missing returns whom a person has to decide about, because so many at once
// are no longer in Cliniko.
func (i *Integration) Missing() ([]MissingView, error) {
	return host.Do(i.parts.access, session.MayViewLink, func(ctx context.Context, c *host.Call) ([]MissingView, error) {
		clients, err := c.Session.Integration().Missing(ctx)
		views := []MissingView{}
		for _, client := range clients {
			views = append(views, MissingView{ID: client.Ref, Name: profile.Display(client.Shown), Born: client.Born.String()})
		}
		return views, err
	})
}

// KeepMissing keeps all who are missing. Should Cliniko still not have them a
// day later, the question comes again.
func (i *Integration) KeepMissing() error {
	_, err := host.Do(i.parts.access, session.MayModifyLink, func(ctx context.Context, c *host.Call) (none, error) {
		_, err := c.Session.Integration().KeepMissing(ctx)
		c.Clinic.TellState(ctx)
		return none{}, err
	})
	return err
}

// RemoveMissing accepts the clients shown as deleted, and reads all clients
// again: see session.Integration.RemoveMissing. own is the password of whoever
// does it.
func (i *Integration) RemoveMissing(shown []string, own string) (PassView, error) {
	return host.Do(i.parts.access, session.MayRemoveMissing, func(ctx context.Context, c *host.Call) (PassView, error) {
		ctx = context.WithoutCancel(ctx) // a pass continues while the window is locked
		pass, err := c.Session.Integration().RemoveMissing(ctx, own, shown, func() (profile.Pass, error) { return c.Clinic.Runner.Full(ctx) })
		return passView(&pass), err
	})
}
