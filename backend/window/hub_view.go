package window

import (
	"maps"
	"slices"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

// HubView is how VALD Hub is connected, and how far the clients are on the way there.
type HubView struct {
	Connected    bool             `json:"connected"`
	Organisation OrganisationView `json:"organisation"`
	Region       string           `json:"region"`  // au, us, eu
	Sending      bool             `json:"sending"` // to this organisation
	Answers      SendingView      `json:"answers"` // those given last
	Ledger       LedgerView       `json:"ledger"`
	Reasons      []HubReasonCount `json:"reasons"`    // of those who are held or need attention
	Compared     string           `json:"compared"`   // when all that was sent was last read back
	Deviations   int              `json:"deviations"` // found then
	Problem      *ErrorView       `json:"problem"`    // why the last sending did not end well, or null
	Comparison   *ComparisonView  `json:"comparison"` // the last one of whoever is signed in, or null
}

// LedgerView counts the clients to be sent: eligible = confirmed + pending + held +
// needsAttention.
type LedgerView struct {
	Eligible       int `json:"eligible"`
	Confirmed      int `json:"confirmed"`
	Pending        int `json:"pending"`
	Held           int `json:"held"`
	NeedsAttention int `json:"needsAttention"`
	Left           int `json:"left"` // Cliniko, after they were sent; not among the eligible
}

// HubReasonCount says how many are held, or need attention, for a reason.
type HubReasonCount struct {
	Reason string `json:"reason"` // a code of hubsend
	Count  int    `json:"count"`
}

// SendingView are the clinic's answers.
type SendingView struct {
	CreatedByAdult    string `json:"createdByAdult"` // yes, no, "" for no answer, as the two that follow
	GuardianConsent   string `json:"guardianConsent"`
	PhotoVideoConsent string `json:"photoVideoConsent"`
	OtherSex          string `json:"otherSex"` // Unknown, NotApplicable, "" to hold these clients
}

func answerText(given *bool) string {
	switch {
	case given == nil:
		return ""
	case *given:
		return "yes"
	}
	return "no"
}

func (v *SendingView) sending() profile.Sending {
	given := func(text string) *bool {
		switch text {
		case "yes":
			return new(true)
		case "no":
			return new(false)
		}
		return nil
	}
	return profile.Sending{OtherSex: v.OtherSex, CreatedByAdult: given(v.CreatedByAdult), GuardianConsent: given(v.GuardianConsent),
		PhotoVideoConsent: given(v.PhotoVideoConsent)}
}

func hubView(s *session.HubStatus) HubView {
	of := &s.Sending
	view := HubView{Connected: s.Hub.ID != "", Organisation: OrganisationView{s.Hub.ID, profile.Display(s.Hub.Name)}, Region: s.Hub.Region,
		Sending: of.On && of.Tenant == s.Hub.ID, Ledger: LedgerView(s.Ledger), Compared: instant(of.Compared), Deviations: of.Deviations, Reasons: []HubReasonCount{},
		Answers: SendingView{answerText(of.CreatedByAdult), answerText(of.GuardianConsent), answerText(of.PhotoVideoConsent), of.OtherSex}}
	for _, reason := range slices.Sorted(maps.Keys(s.Reasons)) {
		view.Reasons = append(view.Reasons, HubReasonCount{reason, s.Reasons[reason]})
	}
	return view
}

// HubProgress is how far sending is.
type HubProgress struct {
	Running  bool       `json:"running"` // false: it has ended, and the state may be another one
	Ledger   LedgerView `json:"ledger"`
	Emails   int        `json:"emails"` // read, while they are
	OfEmails int        `json:"ofEmails"`
}

// HubSending tells how far sending to VALD Hub is.
func (p *page) HubSending(progress workspace.HubProgress) {
	p.toolkit.Emit(eventHub, HubProgress{true, LedgerView(progress.Ledger), progress.Emails, progress.OfEmails})
}

// HubSent tells that sending has ended, well or not.
func (p *page) HubSent() { p.toolkit.Emit(eventHub, HubProgress{}) }

// ComparisonView is a comparison in numbers.
type ComparisonView struct {
	At       string     `json:"at"`
	Clients  CountsView `json:"clients"`  // the active ones here
	Profiles CountsView `json:"profiles"` // those there
}

// CountsView counts clients, or profiles: all = linked + likely + emailInUse +
// merging + only.
type CountsView struct {
	All        int `json:"all"`
	Linked     int `json:"linked"`
	Likely     int `json:"likely"`
	EmailInUse int `json:"emailInUse"`
	Merging    int `json:"merging"`
	Only       int `json:"only"` // only here, or only there
}

func comparisonView(c *session.HubComparison, at string) *ComparisonView {
	return &ComparisonView{At: at, Clients: CountsView(c.Clients), Profiles: CountsView(c.Profiles)}
}

// FoundPage is a part of what a comparison has found.
type FoundPage struct {
	Rows  []FoundRow `json:"rows"`
	Total int        `json:"total"` // of this kind
}

// FoundRow is one finding: a client, a profile in VALD Hub, or both.
type FoundRow struct {
	Kind   string   `json:"kind"` // linked, likely, email_in_use, being_merged, only_here, only_there
	Reason string   `json:"reason"`
	Client SideView `json:"client"` // its id is Cliniko's; "": only there
	There  SideView `json:"there"`  // its id is VALD's; "": only here
}

// SideView is somebody here, or in VALD Hub.
type SideView struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Born  string `json:"born"`
	Email string `json:"email"`
}

func sideView(id string, p *profile.Profile) SideView {
	shown := p.Displayed()
	return SideView{id, shown.ShownName(), shown.DateOfBirth.String(), shown.Email}
}

func foundPage(c *session.HubComparison, kind string, offset, limit int) FoundPage {
	page := FoundPage{Rows: []FoundRow{}}
	for _, l := range c.Lines {
		if kind != "" && string(l.Kind) != kind {
			continue
		}
		page.Total++
		if page.Total <= offset || len(page.Rows) >= min(max(limit, 0), maxRows) {
			continue
		}
		row := FoundRow{Kind: string(l.Kind), Reason: l.Reason.Sentence()}
		if l.Client != nil {
			row.Client = sideView(l.Client.Ref, &l.Client.Profile)
		}
		if l.Profile != nil {
			there := session.ProfileThere(l)
			row.There = sideView(l.Profile.ProfileID, &there)
		}
		page.Rows = append(page.Rows, row)
	}
	return page
}

// QueueView is who needs a person on the way to VALD Hub.
type QueueView struct {
	Matches []MatchView `json:"matches"`
	Left    []LeftView  `json:"left"` // Cliniko, and may still be in VALD Hub
}

// MatchView is a client who needs attention on the way to VALD Hub.
type MatchView struct {
	Ref     string   `json:"ref"`
	Version int64    `json:"version"`
	Reason  string   `json:"reason"`  // a code of hubsend
	Said    []string `json:"said"`    // by VALD Hub
	Answers []string `json:"answers"` // that Hub.Decide takes: same, different, without_email
	Client  SideView `json:"client"`
	// There are the profiles in question in VALD Hub, Here other clients of Cliniko who
	// are likely the same; both from Hub.Match alone.
	There []SideView `json:"there"`
	Here  []SideView `json:"here"`
}

func matchView(m *session.HubMatch) MatchView {
	view := MatchView{Ref: m.Delivery.Ref, Version: m.Delivery.Version, Reason: m.Delivery.Reason, Said: saidOf(&m.Delivery), Answers: []string{},
		Client: sideView(m.Delivery.Ref, &m.Client), There: []SideView{}, Here: []SideView{}}
	for _, answer := range []session.HubAnswer{session.SamePerson, session.DifferentPerson, session.WithoutEmail} {
		if m.Accepts(answer) {
			view.Answers = append(view.Answers, string(answer))
		}
	}
	for i := range m.There {
		view.There = append(view.There, sideView(m.There[i].ID, &m.There[i].Person))
	}
	for i := range m.Here {
		view.Here = append(view.Here, sideView(string(m.Here[i].ID), &m.Here[i]))
	}
	return view
}

// saidOf is what VALD Hub said about what it did not take, by field.
func saidOf(d *profile.Delivery) []string {
	said := []string{}
	for _, field := range slices.Sorted(maps.Keys(d.Said)) {
		for _, text := range d.Said[field] {
			said = append(said, profile.Shorten(profile.Display(field+": "+text)))
		}
	}
	return said
}

// LeftView is a client who was sent and has left Cliniko.
type LeftView struct {
	Client    SideView `json:"client"`
	State     string   `json:"state"`     // archived, merged, deleted
	ProfileID string   `json:"profileId"` // VALD's; "" where it is not known
}

func leftView(m *session.HubMatch) LeftView {
	return LeftView{sideView(m.Delivery.Ref, &m.Client), string(m.Client.State), m.Delivery.ProfileID}
}

// DeliveryView is how far a client is on the way to VALD Hub.
type DeliveryView struct {
	State  string   `json:"state"`  // pending, held, needs_attention, confirmed, left
	Since  string   `json:"since"`  // when it was first confirmed; "": it is not
	Reason string   `json:"reason"` // a code of hubsend, of what is held or needs attention
	Said   []string `json:"said"`   // by VALD Hub
}

func deliveryView(d *profile.Delivery) *DeliveryView {
	if d.State == "" {
		return nil
	}
	view := &DeliveryView{State: string(d.State), Since: instant(d.Since), Reason: d.Reason, Said: saidOf(d)}
	if d.State == profile.DeliveryUnsure || d.State == profile.DeliveryAccepted {
		view.State = string(profile.DeliveryPending)
	}
	return view
}
