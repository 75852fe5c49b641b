package hubsend_test

import (
	"fmt"
	"slices"
	"time"

	"telehab.io/desktop/backend/hubsend"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

// quiet runs the sender without trouble until nothing changes any more.
func (h *history) quiet() {
	h.hub.SetFaults(nil)
	for range 18 {
		_, err := h.run()
		h.must(err)
		h.check(h.t)
		h.now = h.now.Add(25 * time.Hour)
	}
}

// finish expects of each client what is there.
func (h *history) finish() {
	if l := h.ledger(); l.Pending > 0 {
		h.t.Fatalf("%d are still pending", l.Pending)
	}
	linked := map[string]bool{}
	for _, ref := range h.refs {
		p := h.people[ref]
		if p.State != profile.Active {
			continue
		}
		d := h.delivery(ref)
		if d.State == profile.DeliveryConfirmed {
			linked[d.ProfileID] = true
		}
		if problem := h.wrongOf(p, &d); problem != "" {
			h.t.Fatalf("client %s is %s (%s): %s", ref, d.State, d.Reason, problem)
		}
	}
	for id, want := range h.planted {
		for _, got := range h.hub.Profiles(harbour) {
			decided := slices.ContainsFunc(h.refs, func(ref string) bool { return h.linking[ref] == id })
			if got.ID == id && !decided && (got.SyncID != want.SyncID || got.GivenName != want.GivenName || got.Email != want.Email) {
				h.t.Fatalf("a profile of others was changed: %+v, was %+v", got, want)
			}
		}
	}
}

// holding returns why a client is to be held; "" for no reason.
func (h *history) holding(p *person) string {
	switch {
	case p.incomplete:
		return hubsend.Incomplete
	case p.AcceptedPrivacyPolicy != nil && !*p.AcceptedPrivacyPolicy:
		return hubsend.Privacy
	case p.Sex == "Intersex" && h.setting.OtherSex == "":
		return hubsend.SexUnset
	}
	return ""
}

// wrongOf says what is wrong with a client's delivery.
func (h *history) wrongOf(p *person, d *profile.Delivery) string {
	if want := h.holding(p); want != "" {
		if d.State != profile.DeliveryHeld || d.Reason != want {
			return "it is to be held: " + want
		}
		return ""
	}
	others := slices.DeleteFunc(h.hub.Profiles(harbour), func(q fakehub.Profile) bool { return q.SyncID == string(p.ID) })
	switch {
	case d.State == profile.DeliveryConfirmed:
		return h.wrongThere(p, d)
	case d.State != profile.DeliveryAttention:
		return "it is nothing that ends"
	case d.Reason == hubsend.EmailInUse:
		if !slices.ContainsFunc(others, func(q fakehub.Profile) bool {
			own := h.people[q.SyncID] // of the family, who may be held with a new email
			return fold(q.Email) == fold(p.Email) || h.linking[string(p.ID)] == q.ID || own != nil && fold(own.Email) == fold(p.Email)
		}) {
			return "nobody there has the email"
		}
	case d.Reason == hubsend.Likely:
		if !slices.ContainsFunc(others, func(q fakehub.Profile) bool {
			if own := h.people[q.SyncID]; own != nil && own.LastName == p.LastName && own.FirstName == p.FirstName && own.DateOfBirth == p.DateOfBirth {
				return true // twice in Cliniko, whatever somebody has made of the other one there
			}
			return fold(q.FamilyName) == fold(p.LastName) && q.Born == p.DateOfBirth.String() && fold(q.GivenName) == fold(p.FirstName) && !slices.Contains(h.allowed[string(p.ID)], q.ID)
		}) {
			return "nobody there is like this client"
		}
	case d.Reason == hubsend.NoEmailThere, d.Reason == hubsend.OtherSystem:
		if h.linking[string(p.ID)] == "" {
			return "nobody has decided anything"
		}
	case d.Reason == hubsend.OtherPerson: // somebody has edited it there, and it was never confirmed before
		if len(h.there(string(p.ID))) == 0 {
			return "there is no such profile"
		}
	default:
		return "there is no reason for it"
	}
	return ""
}

func (h *history) wrongThere(p *person, d *profile.Delivery) string {
	there := h.there(string(p.ID))
	if len(there) != 1 || there[0].ID != d.ProfileID || d.Since.IsZero() {
		return fmt.Sprintf("there: %+v", there)
	}
	sex := p.Sex
	if sex == "Intersex" {
		sex = h.setting.OtherSex
	}
	got := there[0]
	if got.GivenName != p.FirstName || got.FamilyName != p.LastName || got.Born != p.DateOfBirth.String() || got.Sex != sex || got.Email != p.Email && !h.bare[string(p.ID)] {
		return fmt.Sprintf("there: %+v, here: %s %s %s %s %s", got, p.FirstName, p.LastName, p.DateOfBirth, sex, p.Email)
	}
	return ""
}
