package window

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/window/host"
)

// Clinics are those that have data on this computer, and which of them the
// window shows.
type Clinics struct{ parts Parts }

// NewClinics returns the service.
func NewClinics(p Parts) *Clinics { return &Clinics{p} }

// ClinicPlace is a clinic that has its own data on this computer.
type ClinicPlace struct {
	Account string `json:"account"` // for Use; "" is the first one
	Name    string `json:"name"`
	Color   string `json:"color"`   // as ClinicView's
	Current bool   `json:"current"` // the window shows this one
}

// List returns the clinics that have data on this computer. One that is alone
// need not be in it: AppState names the one that is shown. It answers also while the data of the current one cannot be opened:
// the others are the next step then.
func (s *Clinics) List() ([]ClinicPlace, error) {
	return host.DoWithoutClinic(s.parts.access, func(_ context.Context, c *host.Call) ([]ClinicPlace, error) {
		views := []ClinicPlace{}
		if c.InDemo() {
			return views, nil
		}
		clinics, current, err := c.Clinics().List()
		for _, each := range clinics {
			views = append(views, ClinicPlace{Account: each.Account, Name: profile.Display(each.Name), Color: each.Color, Current: each.Account == current})
		}
		return views, err
	})
}

// Use switches the window to another clinic of this computer. Whoever is signed
// in stays so if the other clinic knows them with the same password.
func (s *Clinics) Use(account string) (AppState, error) {
	return host.DoWithoutClinic(s.parts.access, func(ctx context.Context, c *host.Call) (AppState, error) {
		if err := c.UseClinic(ctx, account); err != nil {
			return AppState{}, err
		}
		if c.Clinic == nil { // its data cannot be opened
			return s.parts.page.state(ctx, c)
		}
		return s.parts.switchClinic(ctx, c, nothing)
	})
}

// OpenIn is Use for a client whom the clinic that is shown does not have: the
// link to them waits for whoever is signed in there, or signs in.
func (s *Clinics) OpenIn(account, client string) (AppState, error) {
	id, ok := profile.ParseID(client)
	if !ok {
		return AppState{}, profile.Refuse(profile.Invalid, "This is not a Cliniko id. Open the client from Cliniko again.")
	}
	state, err := s.Use(account)
	if err == nil {
		s.parts.links.wait(id)
		state.LinkWaiting = true
	}
	return state, err
}

// ConnectSeparately gives the clinic of a pasted key data of its own, and
// switches the window to it. What is connected now stays as it is. own is the
// password of whoever is signed in.
func (s *Clinics) ConnectSeparately(key, own string) (AppState, error) {
	return host.Do(s.parts.access, session.MayConnectSeparately, func(ctx context.Context, c *host.Call) (AppState, error) {
		if err := c.Session.Integration().ConnectSeparately(ctx, own, c.Clinics(), key); err != nil {
			return AppState{}, err
		}
		return s.parts.switchClinic(ctx, c, nothing)
	})
}

// SetColor changes the colour of the clinic that is shown.
func (s *Clinics) SetColor(color string) (AppState, error) {
	return host.Do(s.parts.access, session.MayModifyLink, func(ctx context.Context, c *host.Call) (AppState, error) {
		if err := c.Session.Integration().SetColor(color); err != nil {
			return AppState{}, err
		}
		return s.parts.page.state(ctx, c)
	})
}

// OpenDemo switches the window to the simulated clinic. It works even where the
// clinic cannot be opened.
func (s *Clinics) OpenDemo() (AppState, error) {
	return host.DoWithoutClinic(s.parts.access, func(ctx context.Context, c *host.Call) (AppState, error) {
		if err := c.OpenDemo(ctx); err != nil {
			return AppState{}, err
		}
		return s.parts.page.state(ctx, c)
	})
}

// LeaveDemo goes back to the clinic of this computer.
func (s *Clinics) LeaveDemo() (AppState, error) {
	return host.DoWithoutClinic(s.parts.access, func(ctx context.Context, c *host.Call) (AppState, error) {
		c.LeaveDemo()
		return s.parts.page.state(ctx, c)
	})
}

// ResetStore deletes data that is certainly lost, so that the clinic can be
// connected and synced again. It wants the word ERASE, since the people,
// their permissions, the audit trail and the history are not in Cliniko. For
// data that cannot be found it makes new data, deletes nothing and wants no
// word.
func (s *Clinics) ResetStore(word string) (AppState, error) {
	return host.DoWithoutClinic(s.parts.access, func(ctx context.Context, c *host.Call) (AppState, error) {
		clinic, err := c.Open(ctx)
		if err == nil {
			_, err = s.parts.page.stateOf(ctx, clinic)
		}
		switch {
		case err == nil:
			return AppState{}, profile.Refuse(profile.Invalid, "The data on this computer can be opened, so there is nothing to reset. Use Disconnect to erase it.")
		case profile.CodeOf(err) == profile.StoreMissing:
			err = c.CreateMissingStore()
		default:
			err = c.DeleteLostStore(ctx, word, err, clinic)
		}
		if err != nil {
			return AppState{}, err
		}
		return s.parts.page.state(ctx, c)
	})
}

// StartOver is for a computer whose only person has forgotten the password:
// it erases people, clients and keys alike. Cliniko still has the clients. It
// needs the word ERASE, and nobody signed in.
func (s *Clinics) StartOver(word string) (AppState, error) {
	return host.Do(s.parts.access, session.Anyone, func(ctx context.Context, c *host.Call) (AppState, error) {
		if err := c.DeleteStore(ctx, word); err != nil {
			return AppState{}, err
		}
		return s.parts.page.state(ctx, c)
	})
}

// switchClinic shows the clinic that is used after meanwhile. A link that waits
// named a client of the clinic before; somebody who is not signed in may still
// choose the clinic for it.
func (p *Parts) switchClinic(ctx context.Context, c *host.Call, meanwhile func(context.Context) error) (AppState, error) {
	if c.Session != nil && !c.Session.Ended() {
		p.links.drop()
	}
	p.autoLock.Used()
	if err := c.SwitchClinic(ctx, meanwhile); err != nil {
		return AppState{}, err
	}
	return p.page.state(ctx, c)
}

func nothing(context.Context) error { return nil }
