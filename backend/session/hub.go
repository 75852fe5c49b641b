package session

import (
	"context"
	"io"

	"telehab.io/desktop/backend/export"
	"telehab.io/desktop/backend/hubcompare"
	"telehab.io/desktop/backend/hubsend"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// Hub is the connection to VALD Hub. It is off until somebody connects it.
type Hub struct{ session *Session }

// Hub returns the connection to VALD Hub.
func (s *Session) Hub() Hub { return Hub{s} }

// HubAnswers are what a person is asked when VALD Hub is connected.
type HubAnswers struct {
	Region      string
	Credentials func() (id, secret string, err error)
	Choose      func([]workspace.Organisation) (id string, err error)
}

// Connect proves a client id and secret, has an organisation chosen, and keeps
// them. The first ones need CreateLink, those that replace them ModifyLink. The
// questions come once that is checked.
//
// Errors: SignedOut, NotPermitted, those of the answers and of
// Workspace.ConnectHub.
func (h Hub) Connect(ctx context.Context, answers HubAnswers) (workspace.HubConnection, error) {
	s := h.session
	var none workspace.HubConnection
	if _, err := s.workspace.Clinic(ctx); err != nil {
		return none, err
	}
	if err := h.requireConnect(ctx); err != nil {
		return none, err
	}
	id, secret, err := answers.Credentials()
	if err == nil {
		err = h.requireConnect(ctx) // a prompt waits
	}
	if err != nil {
		return none, err
	}
	connection := none
	err = s.recordAround(ctx, s.event(staff.ConnectedHub, ""), func(e *staff.Event) (err error) {
		connection, err = s.workspace.ConnectHub(ctx, answers.Region, id, secret, func(found []workspace.Organisation) (string, error) {
			chosen, err := answers.Choose(found)
			if err == nil {
				err = h.requireConnect(ctx)
			}
			return chosen, err
		})
		e.Subject = connection.ID
		return err
	})
	return connection, err
}

// Organisations returns those that a client id and a secret reach in a region, of
// which a person chooses one for Connect. Nothing is kept.
//
// Errors: SignedOut, NotPermitted, NotConnected, and those of
// Workspace.HubOrganisations.
func (h Hub) Organisations(ctx context.Context, region, id, secret string) ([]workspace.Organisation, error) {
	if _, err := h.session.workspace.Clinic(ctx); err != nil {
		return nil, err
	}
	if err := h.requireConnect(ctx); err != nil {
		return nil, err
	}
	return h.session.workspace.HubOrganisations(ctx, region, id, secret)
}

func (h Hub) requireConnect(ctx context.Context) error {
	if _, err := h.session.workspace.Hub(ctx); profile.CodeOf(err) == profile.HubNotConnected {
		return h.session.requireNow(ctx, MayConnectHub)
	}
	return h.session.requireNow(ctx, MayReplaceHub)
}

// HubComparison is one comparison, and what it took.
type HubComparison struct {
	*hubcompare.Result
	Hub      workspace.HubConnection
	Requests int
}

// Compare compares the clients with VALD Hub, and only reads. taken says that the
// result leaves TeleHab, for a file or another program.
//
// Errors: SignedOut, NotPermitted, NotConnected, StoreDamaged where a client
// cannot be read, and those of Workspace.CompareHub.
func (h Hub) Compare(ctx context.Context, taken, emails bool, progress func(done, all int)) (*HubComparison, error) {
	s := h.session
	needs := MayCompareHub
	if taken {
		needs = MayExportComparison
	}
	if err := s.requireNow(ctx, needs); err != nil {
		return nil, err
	}
	connection, err := s.workspace.Hub(ctx)
	if err != nil {
		return nil, err
	}
	comparison := &HubComparison{Hub: connection}
	err = s.recordAround(ctx, s.event(staff.ComparedHub, connection.ID), func(*staff.Event) error {
		store, err := s.workspace.Store(ctx)
		if err != nil {
			return err
		}
		var entries []profile.Entry
		broken, err := store.All(ctx, func(some []profile.Entry) { entries = append(entries, some...) })
		if err != nil {
			return err
		}
		if len(broken) > 0 {
			s.options.Reread(ctx, broken)
			return profile.Refuse(profile.StoreDamaged, "A saved profile cannot be read, so nothing was compared. Sync again to fetch it from Cliniko.")
		}
		if comparison.Result, comparison.Requests, err = s.workspace.CompareHub(ctx, entries, emails, progress); err != nil {
			return err
		}
		return s.requireNow(ctx, needs) // it takes minutes
	})
	if err != nil {
		return nil, err
	}
	return comparison, nil
}

var kindNames = map[hubcompare.Kind]string{
	hubcompare.Linked: "Linked", hubcompare.Likely: "Likely the same", hubcompare.EmailInUse: "Email in use there",
	hubcompare.Merging: "Being merged", hubcompare.OnlyHere: "Only here", hubcompare.OnlyThere: "Only there",
}

// KindName is what a person reads of a kind.
func KindName(k hubcompare.Kind) string { return kindNames[k] }

// CSV writes a line for each finding, with its reason.
func (c *HubComparison) CSV(w io.Writer) error {
	lines := [][]string{{"Result", "Reason", "Name here", "Cliniko id", "Date of birth here", "Email here",
		"Name there", "VALD Hub profile", "Sync ID", "Date of birth there", "Email there"}}
	for _, l := range c.Lines {
		line := make([]string, 11)
		line[0], line[1] = KindName(l.Kind), l.Reason.Sentence()
		if l.Client != nil {
			shown := l.Client.Profile.Displayed()
			line[2], line[3], line[4], line[5] = shown.ShownName(), string(l.Client.Profile.ID), shown.DateOfBirth.String(), shown.Email
		}
		if l.Profile != nil {
			there := ProfileThere(l)
			shown := there.Displayed()
			line[6], line[7], line[8] = shown.ShownName(), l.Profile.ProfileID, profile.Shorten(profile.Display(l.Profile.SyncID))
			line[9], line[10] = shown.DateOfBirth.String(), shown.Email
		}
		lines = append(lines, line)
	}
	return export.Table(w, lines)
}

// ProfileThere is a finding's profile in VALD Hub in the shape of one of ours,
// for its name.
func ProfileThere(l hubcompare.Line) profile.Profile {
	return profile.Profile{Details: profile.Details{FirstName: l.Profile.GivenName, LastName: l.Profile.FamilyName,
		DateOfBirth: l.Profile.Born, Email: l.Profile.Email}}
}

// Disconnect deletes the client id and the secret. ask is called before with the
// organisation, which is empty where that cannot be read; its error ends it.
// Nothing changes in VALD Hub.
//
// Errors: SignedOut, NotPermitted, SignInRefused, HubNotConnected, those of ask
// and of the keyring.
func (h Hub) Disconnect(ctx context.Context, own string, ask func(workspace.HubConnection) error) error {
	s := h.session
	if err := s.Require(MayDisconnectHub); err != nil {
		return err
	}
	connection, err := s.workspace.Hub(ctx)
	// What cannot be read, or is of another clinic, can be deleted all the same.
	if err != nil && (profile.CodeOf(err) != profile.HubNotConnected || s.workspace.HubAbsent(ctx)) {
		return err
	}
	event := s.event(staff.DisconnectedHub, connection.ID)
	if err := s.confirmed(ctx, MayDisconnectHub, event, own); err != nil {
		return err
	}
	if err := ask(connection); err != nil {
		return err
	}
	if err := s.requireNow(ctx, MayDisconnectHub); err != nil { // the question waits for hours
		return err
	}
	return s.recordAround(ctx, event, func(*staff.Event) error { return s.workspace.DisconnectHub(ctx) })
}

// Accepts says that a person may answer so about a match.
func (m *HubMatch) Accepts(answer HubAnswer) bool {
	return hubsend.Accepts(m.Delivery.Reason, string(answer))
}
