package session

import (
	"cmp"
	"context"
	"slices"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// MissingClient is a client whom Cliniko does not have any more, and about whom
// a person has to decide.
type MissingClient struct {
	Ref   string
	Name  string // "Last, First"; "" if the profile does not open
	Shown string // the name as lists show it
	Born  profile.Date
}

// Missing returns whom a person has to decide about, by name. From then on they
// count as shown.
func (i Integration) Missing(ctx context.Context) ([]MissingClient, error) {
	s := i.session
	if err := s.Require(MayViewLink); err != nil {
		return nil, err
	}
	missing, err := s.workspace.ShowMissing(ctx)
	if err != nil {
		return nil, err
	}
	named, err := s.workspace.Named(ctx, missing.Undecided)
	if err != nil {
		return nil, err
	}
	clients := make([]MissingClient, 0, len(missing.Undecided))
	for _, ref := range missing.Undecided {
		client := MissingClient{Ref: ref}
		if entry, ok := named[ref]; ok {
			p := entry.Profile.Displayed()
			client.Name, client.Shown, client.Born = profile.Shorten(entry.Profile.ListName()), profile.Shorten(p.ShownName()), p.DateOfBirth
		}
		clients = append(clients, client)
	}
	slices.SortStableFunc(clients, func(a, b MissingClient) int { return cmp.Compare(a.Name, b.Name) })
	return clients, nil
}

// KeepMissing keeps all who are missing, and returns how many. Should Cliniko
// still not have them a day later, the question comes again.
func (i Integration) KeepMissing(ctx context.Context) (int, error) {
	s := i.session
	if err := s.Require(MayModifyLink); err != nil {
		return 0, err
	}
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return 0, err
	}
	kept := 0
	err = s.recordUnlessWrong(ctx, s.event(staff.KeptMissing, ""), func(*staff.Event) (err error) {
		kept, err = store.KeepMissing(ctx)
		return err
	})
	return kept, err
}

// RemoveMissing accepts the clients shown as deleted and calls readAll, which
// runs a full pass and removes them. Those whom it finds in Cliniko stay, and
// so do others who are missing by now: they need another decision. own is the
// person's password.
//
// Errors: SignedOut, NotPermitted, SignInRefused, NotConnected, and those of
// readAll; Gone if others are missing by now.
func (i Integration) RemoveMissing(ctx context.Context, own string, shown []string, readAll func() (profile.Pass, error)) (profile.Pass, error) {
	s := i.session
	if err := s.Require(MayRemoveMissing); err != nil {
		return profile.Pass{}, err
	}
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return profile.Pass{}, err
	}
	event := s.event(staff.RemovedMissing, "")
	if err := s.confirmed(ctx, MayRemoveMissing, event, own); err != nil {
		return profile.Pass{}, err
	}
	var pass profile.Pass
	err = s.recordAround(ctx, event, func(*staff.Event) (err error) {
		if err = store.AcceptMissing(ctx, shown); err != nil {
			return err
		}
		pass, err = readAll()
		return err
	})
	return pass, err
}
