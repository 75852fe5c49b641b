package session

import (
	"context"
	"slices"
	"strings"

	"telehab.io/desktop/backend/hubsend"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// HubStatus is how far the clients are on the way to VALD Hub.
type HubStatus struct {
	Hub     workspace.HubConnection
	Sending profile.Sending
	Ledger  profile.Ledger
	Reasons map[string]int // of those who are held or need attention
}

// ReadHubStatus reads it. It has no client's details, so anybody may; VALD is not
// asked. Where it is not connected, Hub is empty.
//
// Errors: NotConnected, and those of the keyring and of the store.
func ReadHubStatus(ctx context.Context, w *workspace.Workspace) (*HubStatus, error) {
	store, err := w.Store(ctx)
	if err != nil {
		return nil, err
	}
	status := &HubStatus{Reasons: map[string]int{}}
	if status.Hub, err = w.Hub(ctx); err != nil && profile.CodeOf(err) != profile.HubNotConnected {
		return nil, err
	}
	if status.Sending, err = store.Sending(ctx); err != nil {
		return nil, err
	}
	if status.Ledger, err = store.Ledger(ctx); err != nil || !status.Sending.On {
		return status, err
	}
	waiting, err := store.Deliveries(ctx, profile.DeliveryQuery{States: []profile.DeliveryState{profile.DeliveryHeld, profile.DeliveryAttention}})
	for _, d := range waiting {
		status.Reasons[d.Reason]++
	}
	return status, err
}

// SetSending turns sending on for the connected organisation, with the clinic's
// answers; ask is called before with how many clients that is about, and its error
// ends it. Nothing is sent by it.
//
// Errors: SignedOut, NotPermitted, HubNotConnected, Invalid where an answer is
// missing, and that of ask.
func (h Hub) SetSending(ctx context.Context, answers profile.Sending, ask func(HubStatus) error) error {
	s := h.session
	if err := s.requireNow(ctx, MaySetSending); err != nil {
		return err
	}
	connection, err := s.workspace.Hub(ctx)
	if err != nil {
		return err
	}
	if !answers.Decided() {
		return profile.Refuse(profile.Invalid, "The three questions about consent have to be answered before anything is sent.")
	}
	if !slices.Contains([]string{"", "Unknown", "NotApplicable"}, answers.OtherSex) {
		return profile.Refuse(profile.Invalid, "For a sex other than Male and Female, send Unknown or NotApplicable, or hold these clients.")
	}
	status, err := ReadHubStatus(ctx, s.workspace)
	if err != nil {
		return err
	}
	if err := ask(*status); err != nil {
		return err
	}
	if err := s.requireNow(ctx, MaySetSending); err != nil { // the question waits for hours
		return err
	}
	answers.On, answers.Tenant = true, connection.ID
	return s.recordAround(ctx, s.event(staff.SetHubSending, connection.ID), func(*staff.Event) error {
		store, err := s.workspace.Store(ctx)
		if err != nil {
			return err
		}
		return store.SetSending(ctx, answers)
	})
}

// StopSending turns sending off. What is in VALD Hub stays.
//
// Errors: SignedOut, NotPermitted, NotConnected.
func (h Hub) StopSending(ctx context.Context) error {
	s := h.session
	if err := s.requireNow(ctx, MaySetSending); err != nil {
		return err
	}
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return err
	}
	sending, err := store.Sending(ctx)
	if err != nil || !sending.On {
		return err
	}
	return s.recordAround(ctx, s.event(staff.StoppedSending, sending.Tenant), func(*staff.Event) error {
		sending.On = false
		return store.SetSending(ctx, sending)
	})
}

// Send sends what is due now, as is done after each sync.
//
// Errors: SignedOut, NotPermitted, Invalid where sending is off, and those of
// HubSender.Send.
func (h Hub) Send(ctx context.Context, progress func(hubsend.Progress)) error {
	s := h.session
	if err := s.requireNow(ctx, MaySend); err != nil {
		return err
	}
	status, err := ReadHubStatus(ctx, s.workspace)
	if err != nil {
		return err
	}
	if !status.Sending.On {
		return profile.Refuse(profile.Invalid, "Sending to VALD Hub is off. Turn it on with telehab hub send.")
	}
	return s.recordAround(ctx, s.event(staff.SentToHub, status.Sending.Tenant), func(*staff.Event) error {
		return s.workspace.HubSender().Send(ctx, progress)
	})
}

// HubMatch is a client about whom a person has to decide, with the profiles in VALD
// Hub that are in question.
type HubMatch struct {
	Client   profile.Profile // as it is shown
	Delivery profile.Delivery
	There    []workspace.HubProfile
	// Here are other clients of Cliniko who are likely the same.
	Here []profile.Profile
}

// Matches returns the deliveries that need attention. Their profiles in VALD Hub come one
// by one from Candidates.
//
// Errors: SignedOut, NotPermitted.
func (h Hub) Matches(ctx context.Context) ([]HubMatch, error) {
	if err := h.session.requireNow(ctx, MayCompareHub); err != nil {
		return nil, err
	}
	return h.deliveries(ctx, profile.DeliveryAttention)
}

// Left returns the clients who were sent and have left Cliniko since: VALD Hub may
// still have them, and a person decides what becomes of them there.
//
// Errors: SignedOut, NotPermitted.
func (h Hub) Left(ctx context.Context) ([]HubMatch, error) {
	if err := h.session.requireNow(ctx, MayCompareHub); err != nil {
		return nil, err
	}
	return h.deliveries(ctx, profile.DeliveryLeft)
}

// deliveries returns those in a state, with their clients, by name.
func (h Hub) deliveries(ctx context.Context, state profile.DeliveryState) (all []HubMatch, err error) {
	store, err := h.session.workspace.Store(ctx)
	if err != nil {
		return nil, err
	}
	some, err := store.Deliveries(ctx, profile.DeliveryQuery{States: []profile.DeliveryState{state}})
	if err != nil {
		return nil, err
	}
	for _, d := range some {
		e, err := store.One(ctx, d.Ref)
		if err != nil {
			continue // it changes at this moment, or is read again by a sync
		}
		all = append(all, HubMatch{Client: e.Profile.Displayed(), Delivery: d})
	}
	slices.SortFunc(all, func(a, b HubMatch) int {
		return strings.Compare(a.Client.ListName()+a.Delivery.Ref, b.Client.ListName()+b.Delivery.Ref)
	})
	return all, nil
}

// Candidates reads the profiles of a match in VALD Hub.
//
// Errors: SignedOut, NotPermitted, and those of Workspace.HubProfiles.
func (h Hub) Candidates(ctx context.Context, m *HubMatch) error {
	s := h.session
	if err := s.requireNow(ctx, MayCompareHub); err != nil {
		return err
	}
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return err
	}
	var ids []string
	m.Here = nil
	for _, id := range m.Delivery.Candidates {
		if ref, ok := hubsend.RefOf(id); !ok {
			ids = append(ids, id)
		} else if e, err := store.One(ctx, ref); err == nil {
			m.Here = append(m.Here, e.Profile.Displayed())
		}
	}
	if len(ids) == 0 {
		m.There = nil
		return nil
	}
	m.There, err = s.workspace.HubProfiles(ctx, ids)
	return err
}

// HubAnswer is what a person decides about a match.
type HubAnswer string

// The answers.
const (
	SamePerson      HubAnswer = "same"
	DifferentPerson HubAnswer = "different"
	WithoutEmail    HubAnswer = "without_email"
)

// Decide stores what a person decides about a client. candidate is VALD's id of the
// profile that is the same person.
//
// Errors: SignedOut, NotPermitted, NotFound, Invalid for an answer to something
// else, or about something that has changed since it was shown.
func (h Hub) Decide(ctx context.Context, shown *profile.Delivery, answer HubAnswer, candidate string) error {
	s := h.session
	if err := s.requireNow(ctx, MayDecideMatch); err != nil {
		return err
	}
	decide := hubsend.IsDifferent
	switch answer {
	case SamePerson:
		decide = hubsend.Same(candidate)
	case WithoutEmail:
		decide = hubsend.SendWithoutEmail
	case DifferentPerson:
	default:
		return profile.Refuse(profile.Invalid, "Answer same, different or without email.")
	}
	return s.recordUnlessWrong(ctx, s.event(staff.DecidedMatch, shown.Ref), func(*staff.Event) error {
		store, err := s.workspace.Store(ctx)
		if err != nil {
			return err
		}
		return store.DecideDelivery(ctx, shown.Ref, func(d *profile.Delivery) error {
			if d.State != profile.DeliveryAttention || d.Reason != shown.Reason || d.Version != shown.Version {
				return profile.Refuse(profile.Invalid, "This has changed since it was shown. List the matches again.")
			}
			if !hubsend.Accepts(d.Reason, string(answer)) {
				return profile.Refuse(profile.Invalid, "This cannot be decided here. "+hubsend.Sentence(d.Reason))
			}
			return decide(d)
		})
	})
}

// Delivery returns how far one client is on the way to VALD Hub. Its state is ""
// where sending is off, or the client is not to be sent.
//
// Errors: SignedOut, NotPermitted, NotConnected.
func (h Hub) Delivery(ctx context.Context, ref string) (profile.Delivery, error) {
	s := h.session
	if err := s.Require(MayViewProfiles); err != nil {
		return profile.Delivery{}, err
	}
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return profile.Delivery{}, err
	}
	sending, err := store.Sending(ctx)
	if err != nil || !sending.On {
		return profile.Delivery{}, err
	}
	d, err := store.Delivery(ctx, ref)
	if profile.CodeOf(err) == profile.NotFound {
		return profile.Delivery{}, nil
	}
	return d, err
}
