package session

import (
	"context"
	"errors"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

// Integration is the connection to Cliniko, and what decides about many clients
// at once.
type Integration struct{ session *Session }

// Integration returns the connection to Cliniko.
func (s *Session) Integration() Integration { return Integration{s} }

// Connect proves an API key and keeps it. The first key needs CreateLink, one
// that replaces it ModifyLink. key is called once that is checked.
//
// Errors: SignedOut, NotPermitted, those of key and of Workspace.Connect.
func (i Integration) Connect(ctx context.Context, key func() (string, error)) (workspace.Connection, error) {
	s := i.session
	if err := s.requireConnect(ctx); err != nil {
		return workspace.Connection{}, err
	}
	pasted, err := key()
	if err == nil {
		err = s.requireConnect(ctx) // a prompt waits, and somebody may have connected meanwhile
	}
	if err != nil {
		return workspace.Connection{}, err
	}
	var connection workspace.Connection
	err = s.recordAround(ctx, s.event(staff.ConnectedClinic, ""), func(e *staff.Event) (err error) {
		connection, err = s.workspace.Connect(ctx, pasted)
		e.Subject = connection.Clinic.AccountID
		return err
	})
	return connection, err
}

func (s *Session) requireConnect(ctx context.Context) error {
	if !s.nothingConnected(ctx) {
		return s.requireNow(ctx, AllOf(staff.ModifyLink))
	}
	return s.requireNow(ctx, AllOf(staff.CreateLink))
}

// nothingConnected says that no clinic is connected. One whose row cannot be
// decrypted is.
func (s *Session) nothingConnected(ctx context.Context) bool {
	_, err := s.workspace.Clinic(ctx)
	return profile.CodeOf(err) == profile.NotConnected
}

// ConnectSeparately gives the clinic of an API key data of its own, which is
// the one that is used from now on. What is connected now stays as it is. own is
// the person's password: they get every permission there, with that password.
//
// Errors: SignedOut, NotPermitted, SignInRefused, and those of
// Clinics.StartSeparate.
func (i Integration) ConnectSeparately(ctx context.Context, own string, clinics workspace.Clinics, key string) error {
	s := i.session
	if err := s.Require(MayConnectSeparately); err != nil {
		return err
	}
	if demo, _ := s.workspace.Demo(); demo {
		return profile.Refuse(profile.Invalid, "This is the demo clinic. Leave the demo first, then connect your clinic.")
	}
	event := s.event(staff.ConnectedApart, "")
	if err := s.confirmed(ctx, MayConnectSeparately, event, own); err != nil {
		return err
	}
	return s.recordUnlessWrong(ctx, event, func(*staff.Event) error {
		return clinics.StartSeparate(ctx, s.workspace, key, s.Person().ID)
	})
}

// SetColor changes the colour in which the clinic is shown on this computer.
//
// Errors: SignedOut, NotPermitted, and those of Workspace.SetColor.
func (i Integration) SetColor(color string) error {
	if err := i.session.Require(MayModifyLink); err != nil {
		return err
	}
	return i.session.workspace.SetColor(color)
}

// Erased is what Disconnect removed from this computer, besides the API key,
// the store's old key and the program's own traces.
type Erased struct {
	Clinic   string // its name; "" if that did not open
	Profiles int    // those that need attention and those of clients who have left among them
	Changes  int
	Passes   int
	// SeparateAccount is that of a clinic that had data of its own, whose
	// folder goes with Clinics.Remove once the workspace is closed; "" for
	// the first.
	SeparateAccount string
	Rest            bool // nothing was connected: it was what an earlier try had left
}

// Erasing is what Disconnect is about to erase.
type Erasing struct {
	Clinic   string // its name; "" if that cannot be read
	Separate bool   // the clinic has data of its own: its people and audit trail go too
	Rest     bool   // nothing is connected: it is what an earlier try has left
}

// Disconnect erases the API key and everything that came from Cliniko, and
// what the program has written about it. own is the person's password. ask is
// called before; its error ends it. With an error, what is returned was erased
// all the same; nil: nothing was. Where no clinic is connected any more, it does
// what an earlier try has left, unless one is by the time of the answer.
//
// Errors: SignedOut, NotPermitted, SignInRefused, Invalid where a clinic was
// connected meanwhile, those of ask and of the store.
func (i Integration) Disconnect(ctx context.Context, own string, ask func(Erasing) error) (*Erased, error) {
	s := i.session
	if err := s.Require(MayDisconnect); err != nil {
		return nil, err
	}
	if err := s.workspace.RequireUnshared(); err != nil {
		return nil, err // before the password is asked for
	}
	separate := s.workspace.SeparateAccount()
	rest := s.nothingConnected(ctx)
	clinic, _ := s.workspace.Clinic(ctx) // one whose row cannot be decrypted goes without its name
	event := s.event(staff.Disconnected, clinic.AccountID)
	if err := s.confirmed(ctx, MayDisconnect, event, own); err != nil {
		return nil, err
	}
	if err := ask(Erasing{Clinic: clinic.Name, Separate: separate != "", Rest: rest}); err != nil {
		return nil, err
	}
	if err := s.requireNow(ctx, MayDisconnect); err != nil { // the question waits for hours
		return nil, err
	}
	erased := &Erased{Clinic: clinic.Name, SeparateAccount: separate, Rest: rest}
	done := false
	err := s.recordAround(ctx, event, func(*staff.Event) error {
		if rest {
			if done = s.nothingConnected(ctx); !done {
				return errConnectedMeanwhile // nobody was asked about its clients
			}
			return nil
		}
		gone, err := s.workspace.Disconnect(ctx)
		erased.Profiles, erased.Changes, erased.Passes = gone.Profiles, gone.Changes, gone.Passes
		done = err == nil
		return err
	})
	if !done {
		return nil, err
	}
	// From here on the clients are gone, whatever else fails.
	if err = errors.Join(err, s.finishDisconnect(ctx)); err != nil {
		err = &profile.Error{Code: profile.CodeOf(err), Cause: err,
			Message: "The API key and the clients were erased, but not all that is kept beside them. " + profile.MessageOf(err)}
	}
	return erased, err
}

var errConnectedMeanwhile = profile.Refuse(profile.Invalid, "Somebody connected a clinic meanwhile, so nothing was erased. Disconnect again if it is to go.")

func (s *Session) finishDisconnect(ctx context.Context) (err error) {
	if s.workspace.SeparateAccount() == "" { // or the store goes with its folder
		err = s.workspace.FinishDisconnect(ctx)
	}
	if demo, _ := s.workspace.Demo(); demo {
		return err
	}
	return errors.Join(err, s.options.EraseTraces())
}

// Import calls run with the list that waits to be imported.
//
// Errors: SignedOut, NotPermitted, NotFound without a list, and those of run.
func (i Integration) Import(ctx context.Context, run func(*syncer.Listed) (profile.Pass, error)) (profile.Pass, error) {
	s := i.session
	if err := s.Require(MayModifyLink); err != nil {
		return profile.Pass{}, err
	}
	list, err := s.Listed()
	if err != nil {
		return profile.Pass{}, err
	}
	var pass profile.Pass
	err = s.recordAround(ctx, s.event(staff.ImportedClients, ""), func(*staff.Event) (err error) {
		pass, err = run(list)
		return err
	})
	return pass, err
}
