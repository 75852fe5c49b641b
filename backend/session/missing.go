package session

import (
	"cmp"
	"context"
	"slices"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Who may see and decide about clients whom Cliniko does not have any more.
var (
	MaySeeMissing    = AllOf(staff.PMSLink)
	MayKeepMissing   = AllOf(staff.ModifyLink)
	MayRemoveMissing = AllOf(staff.DeleteLink)
)

// MissingClient is a client whom Cliniko does not have any more, and about whom
// a person has to decide.
type MissingClient struct {
	Ref  string
	Name string // "Last, First"; "" if the profile does not open
	Born profile.Date
}

// Missing returns whom a person has to decide about, by name.
func (i Integration) Missing(ctx context.Context) ([]MissingClient, error) {
	s := i.session
	if err := s.Require(MaySeeMissing); err != nil {
		return nil, err
	}
	missing, err := s.workspace.Missing(ctx)
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
			client.Name, client.Born = entry.Profile.ListName(), entry.Profile.DateOfBirth
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
	if err := s.Require(MayKeepMissing); err != nil {
		return 0, err
	}
	missing, err := s.workspace.Missing(ctx)
	if err != nil {
		return 0, err
	}
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return 0, err
	}
	return len(missing.All()), store.KeepMissing(ctx)
}

// RemoveMissing takes the person's word that those whom they were shown are
// gone, and has readAll read everybody again: who is in Cliniko after all stays,
// and about others who are missing by now a person is asked again.
//
// Errors: SignedOut, NotPermitted, NotConnected, and those of readAll.
func (i Integration) RemoveMissing(ctx context.Context, shown []string, readAll func() (profile.Pass, error)) (profile.Pass, error) {
	s := i.session
	if err := s.Require(MayRemoveMissing); err != nil {
		return profile.Pass{}, err
	}
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return profile.Pass{}, err
	}
	var pass profile.Pass
	err = s.audited(ctx, s.event(staff.RemovedMissing, ""), func(*staff.Event) (err error) {
		if err = store.AcceptMissing(ctx, shown); err != nil {
			return err
		}
		pass, err = readAll()
		return err
	})
	return pass, err
}
