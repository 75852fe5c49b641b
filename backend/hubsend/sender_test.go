package hubsend_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"telehab.io/desktop/backend/hubsend"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

func client(id, first, last, email string) profile.Profile {
	return profile.Profile{ID: profile.ID(id), State: profile.Active, UpdatedAt: begun, Details: profile.Details{FirstName: first, LastName: last,
		DateOfBirth: profile.Date{Year: 1990, Month: 3, Day: 15}, Sex: "Female", Email: email}}
}

// clinic is a world with these clients, whose sending is on.
func clinic(t *testing.T, o fakehub.Options, clients ...profile.Profile) *world {
	t.Helper()
	w := newWorld(t, o)
	t.Cleanup(w.end)
	w.saves(clients...)
	no := false
	w.must(w.store.SetSending(t.Context(), profile.Sending{On: true, Tenant: harbour, CreatedByAdult: &no, GuardianConsent: &no, PhotoVideoConsent: &no}))
	return w
}

func (w *world) saves(clients ...profile.Profile) {
	w.t.Helper()
	entries := make([]profile.Entry, len(clients))
	for i, p := range clients {
		w.now = w.now.Add(time.Millisecond)
		p.UpdatedAt = w.now
		entries[i] = profile.Entry{Ref: string(p.ID), Profile: p, Opened: true, ReadAt: w.now}
	}
	_, err := w.store.Save(context.Background(), profile.Batch{Entries: entries})
	w.must(err)
}

func (w *world) runs() {
	w.t.Helper()
	if _, err := w.run(); err != nil {
		w.t.Fatalf("%v", err)
	}
}

func (w *world) expect(ref string, state profile.DeliveryState, reason string) {
	w.t.Helper()
	if d := w.delivery(ref); d.State != state || d.Reason != reason {
		w.t.Errorf("client %s is %s (%s), want %s (%s)", ref, d.State, d.Reason, state, reason)
	}
}

// The same person here and there, twins, emails that a family shares, profiles of
// other systems: all are found, and nobody is linked or overwritten.
func TestPlantedPairs(t *testing.T) {
	w := newWorld(t, fakehub.Options{AttachByEmail: true})
	t.Cleanup(w.end)
	born := "1990-03-15"
	planted := []fakehub.Profile{
		{GivenName: "Jürg", FamilyName: "O’Brien-Smith", Born: born},                                                             // is 1, spelt otherwise
		{GivenName: "Ada", FamilyName: "Lovely", Born: born, SyncID: "other-1"},                                                  // is 2, of another system
		{GivenName: "Bea", FamilyName: "Twin", Born: born},                                                                       // the twin of 3
		{GivenName: "Old", FamilyName: "Parent", Born: "1960-01-02", Email: "Family@example.org"},                                // has the email of 4
		{GivenName: "Some", FamilyName: "Body", Born: "1970-01-02", Email: "else@example.org", SyncID: "5"},                      // has 5's id
		{GivenName: "Cara", FamilyName: "Merge", Born: born},                                                                     // is 6, being merged
		{GivenName: "Dora", FamilyName: "Done", Born: born, SyncID: "7", Email: "dora@example.org"},                              // is 7, sent before
		{GivenName: "Nobody", FamilyName: "Here", Born: born, Email: "nobody@example.org"},                                       // nobody
		{GivenName: "Eva", FamilyName: "Adult", Born: "1961-03-15"}, {GivenName: "Eva", FamilyName: "Adult", Born: "1990-03-16"}, // like 8, born on another day
	}
	for i := range planted {
		planted[i].ID = w.hub.Put(harbour, planted[i])
	}
	w.hub.BeginMerge(harbour, planted[5].ID, planted[7].ID)
	planted[5].MergingInto = planted[7].ID
	w.saves(client("1", "Juerg", "OBrien Smith", "j@example.org"), client("2", "Ada", "Lovely", "a@example.org"), client("3", "Abe", "Twin", "t@example.org"),
		client("4", "Kid", "Parent", "family@example.org"), client("5", "Bo", "Five", "five@example.org"), client("6", "Cara", "Merge", "c@example.org"),
		client("7", "Dora", "Done", "dora@example.org"), client("8", "Eva", "Adult", "eva@example.org"),
		client("91", "Fay", "Double", "fay@example.org"), client("92", "Fay", "Double", "other@example.org"), // twice in Cliniko
		client("93", "Gus", "Sharer", "us@example.org"), client("94", "Ida", "Sharer", "US@example.org"))
	no := false
	w.must(w.store.SetSending(t.Context(), profile.Sending{On: true, Tenant: harbour, CreatedByAdult: &no, GuardianConsent: &no, PhotoVideoConsent: &no}))
	w.runs()
	for ref, want := range map[string][2]string{
		"1": {"needs_attention", "likely_the_same"}, "2": {"needs_attention", "likely_the_same"}, "3": {"confirmed", ""}, "4": {"needs_attention", "email_in_use"},
		"5": {"needs_attention", "sync_id_of_another_person"}, "6": {"held", "being_merged"}, "7": {"confirmed", ""}, "8": {"confirmed", ""},
		"91": {"confirmed", ""}, "92": {"needs_attention", "likely_the_same"}, "93": {"confirmed", ""}, "94": {"needs_attention", "email_in_use"},
	} {
		w.expect(ref, profile.DeliveryState(want[0]), want[1])
	}
	for i, got := range w.hub.Profiles(harbour)[:len(planted)] {
		want := planted[i]
		want.Modified = got.Modified
		if got.SyncID == "7" {
			want.Sex = got.Sex // it was sent for
		}
		if got != want {
			t.Errorf("%+v was changed to %+v", want, got)
		}
	}
	if got := w.delivery("1").Candidates; !slices.Equal(got, []string{planted[0].ID}) {
		t.Errorf("%v", got)
	}
	if l := w.ledger(); l != (profile.Ledger{Eligible: 12, Confirmed: 5, Held: 1, NeedsAttention: 6}) {
		t.Errorf("%+v", l)
	}
}

// What a person decides is done, and nothing else.
func TestDecisions(t *testing.T) {
	w := clinic(t, fakehub.Options{AttachByEmail: true}, client("1", "Ada", "One", "ada@example.org"), client("2", "Bo", "Two", "bo@example.org"), client("3", "Cy", "Three", "cy@example.org"))
	one := w.hub.Put(harbour, fakehub.Profile{GivenName: "Ada", FamilyName: "One", Born: "1990-03-15", Email: "old@example.org"})
	two := w.hub.Put(harbour, fakehub.Profile{GivenName: "Bo", FamilyName: "Two", Born: "1990-03-15"})
	w.hub.Put(harbour, fakehub.Profile{GivenName: "Old", FamilyName: "Three", Born: "1950-03-15", Email: "cy@example.org"})
	w.runs()
	if err := w.store.DecideDelivery(t.Context(), "1", hubsend.Same(two)); profile.CodeOf(err) != profile.Invalid {
		t.Error(err)
	}
	w.must(w.store.DecideDelivery(t.Context(), "1", hubsend.Same(one)))
	w.must(w.store.DecideDelivery(t.Context(), "2", hubsend.IsDifferent))
	w.must(w.store.DecideDelivery(t.Context(), "3", hubsend.SendWithoutEmail))
	w.runs()
	w.expect("1", profile.DeliveryConfirmed, "")
	w.expect("2", profile.DeliveryConfirmed, "")
	w.expect("3", profile.DeliveryConfirmed, "")
	if there := w.there("1"); len(there) != 1 || there[0].ID != one || there[0].Email != "ada@example.org" {
		t.Errorf("%+v", there)
	}
	if there := w.there("2"); len(there) != 1 || there[0].ID == two {
		t.Errorf("%+v", there)
	}
	if there := w.there("3"); len(there) != 1 || there[0].Email != "" {
		t.Errorf("%+v", there)
	}
	// A profile without an email cannot be linked, and says so.
	w.saves(client("4", "Di", "Four", "di@example.org"))
	four := w.hub.Put(harbour, fakehub.Profile{GivenName: "Di", FamilyName: "Four", Born: "1990-03-15"})
	w.runs()
	w.must(w.store.DecideDelivery(t.Context(), "4", hubsend.Same(four)))
	w.runs()
	w.expect("4", profile.DeliveryAttention, "no_email_there")
	w.hub.Edit(harbour, four, func(p *fakehub.Profile) { p.Email = "di@example.org" })
	w.now = w.now.Add(2 * time.Hour)
	w.runs()
	w.expect("4", profile.DeliveryConfirmed, "")
	if there := w.there("4"); len(there) != 1 || there[0].ID != four {
		t.Errorf("%+v", there)
	}
}

// Once a week all is read back: what somebody has changed, unlinked, merged or
// removed is found.
func TestWeeklyComparison(t *testing.T) {
	var clients []profile.Profile
	for i := range 6 {
		clients = append(clients, client(strconv.Itoa(i+1), "Ada", "Last"+strconv.Itoa(i+1), fmt.Sprintf("c%d@example.org", i+1)))
	}
	w := clinic(t, fakehub.Options{}, clients...)
	w.runs()
	if s, err := w.store.Sending(t.Context()); err != nil || s.Compared.IsZero() || s.Deviations != 0 {
		t.Fatalf("%+v, %v", s, err)
	}
	id := func(ref string) string { return w.delivery(ref).ProfileID }
	survivor := w.hub.Put(harbour, fakehub.Profile{GivenName: "Ada", FamilyName: "Last5", Born: "1990-03-15", Email: "x@example.org"})
	w.hub.Edit(harbour, id("1"), func(p *fakehub.Profile) { p.GivenName = "Nickname" })
	w.hub.Edit(harbour, id("2"), func(p *fakehub.Profile) { p.SyncID = "theirs" })
	w.hub.Remove(harbour, id("3"))
	w.hub.BeginMerge(harbour, id("4"), survivor)
	w.hub.Remove(harbour, id("5"))
	w.hub.Edit(harbour, survivor, func(p *fakehub.Profile) { p.SyncID = "5" })
	requests := len(w.hub.Requests())
	w.now = w.now.Add(6 * 24 * time.Hour)
	w.runs()
	if got := len(w.hub.Requests()); got != requests {
		t.Errorf("%d requests in the week", got-requests)
	}
	w.now = w.now.Add(2 * 24 * time.Hour)
	w.runs()
	w.expect("1", profile.DeliveryConfirmed, "")
	w.expect("2", profile.DeliveryAttention, "sync_id_changed_there")
	w.expect("3", profile.DeliveryAttention, "gone_there")
	w.expect("4", profile.DeliveryHeld, "being_merged")
	w.expect("5", profile.DeliveryConfirmed, "")
	w.expect("6", profile.DeliveryConfirmed, "")
	if there := w.there("1"); len(there) != 1 || there[0].GivenName != "Ada" {
		t.Errorf("%+v", there)
	}
	if id("5") != survivor {
		t.Error("the survivor of a merge is not known")
	}
	if s, err := w.store.Sending(t.Context()); err != nil || s.Deviations != 5 {
		t.Errorf("%+v, %v", s, err)
	}
	// Whoever is gone is sent anew once a person says so.
	w.must(w.store.DecideDelivery(t.Context(), "3", hubsend.IsDifferent))
	w.runs()
	w.expect("3", profile.DeliveryConfirmed, "")
}

// What is refused says why, is not sent again as it is, and clears itself.
func TestRefused(t *testing.T) {
	w := clinic(t, fakehub.Options{}, client("1", "Ada", "One", "ada@example.org"))
	w.hub.SetFaults(func(r fakehub.Request) fakehub.Fault {
		if r.Path == "/profiles/import" {
			return fakehub.Fault{Kind: fakehub.Rejected, Errors: map[string][]string{"GivenName": {"Too short."}}}
		}
		return fakehub.Fault{}
	})
	w.runs()
	w.expect("1", profile.DeliveryAttention, "refused")
	if d := w.delivery("1"); !slices.Equal(d.Said["givenname"], []string{"Too short."}) || d.Known() {
		t.Errorf("%+v", d)
	}
	p := client("1", "Ada", "One", "ada@example.org")
	p.Phones = []profile.Phone{{Number: "1"}}
	w.saves(p)
	w.runs()
	w.expect("1", profile.DeliveryAttention, "refused")
	if w.hub.Writes() != 1 {
		t.Errorf("%d imports", w.hub.Writes())
	}
	w.hub.SetFaults(nil)
	p.FirstName = "Adaline"
	w.saves(p)
	w.runs()
	w.expect("1", profile.DeliveryConfirmed, "")
}

// Without the answers of the clinic nothing is sent, and nothing is asked.
func TestNothingIsSentWhileNothingIsDecided(t *testing.T) {
	w := newWorld(t, fakehub.Options{})
	t.Cleanup(w.end)
	w.saves(client("1", "Ada", "One", "ada@example.org"))
	w.runs()
	if got := len(w.hub.Requests()); got != 0 {
		t.Errorf("%d requests while it is off", got)
	}
	no := false
	w.must(w.store.SetSending(t.Context(), profile.Sending{On: true, Tenant: harbour, CreatedByAdult: &no, GuardianConsent: &no}))
	w.runs()
	w.expect("1", profile.DeliveryHeld, "consent_not_decided")
	if w.hub.Writes() != 0 {
		t.Error("something was sent")
	}
	w.must(w.store.SetSending(t.Context(), profile.Sending{On: true, Tenant: fakehub.TenantID(2), CreatedByAdult: &no, GuardianConsent: &no, PhotoVideoConsent: &no}))
	if _, err := w.run(); profile.CodeOf(err) != profile.HubNotConnected {
		t.Error(err)
	}
}

// Long waits that VALD Hub asks for end a run, and what is refused to all as well;
// nothing is lost by either.
func TestTheRunEnds(t *testing.T) {
	w := clinic(t, fakehub.Options{}, client("1", "Ada", "One", "ada@example.org"))
	for code, fault := range map[profile.Code]fakehub.Fault{
		profile.RateLimited:  {Kind: fakehub.TooMany, Wait: time.Hour},
		profile.HubForbidden: {Kind: fakehub.Refused, Status: 403},
	} {
		w.hub.SetFaults(func(r fakehub.Request) fakehub.Fault {
			if r.Path == "/profiles/import" {
				return fault
			}
			return fakehub.Fault{}
		})
		if _, err := w.run(); profile.CodeOf(err) != code {
			t.Errorf("%s: %v", code, err)
		}
		w.expect("1", profile.DeliveryPending, "")
	}
	w.hub.SetFaults(nil)
	w.runs()
	w.expect("1", profile.DeliveryConfirmed, "")
	if w.hub.Applied("1") != 1 {
		t.Errorf("%d imports", w.hub.Applied("1"))
	}
}

// A first time takes hardly more requests than clients, and so little more than the
// seconds that four requests a second allow: 1,250 for the 5,000 of make nightly.
func TestHistoriesBeginWithEverybody(t *testing.T) {
	clients := make([]profile.Profile, 1000)
	if os.Getenv("TELEHAB_HISTORIES") != "" {
		clients = make([]profile.Profile, 5000)
	}
	for i := range clients {
		clients[i] = client(strconv.Itoa(i+1), "Ada", "Last"+strconv.Itoa(i), fmt.Sprintf("c%d@example.org", i))
	}
	w := clinic(t, fakehub.Options{Late: 1}, clients...)
	w.many = true
	w.runs()
	if l := w.ledger(); l.Confirmed != len(clients) {
		t.Fatalf("%+v", l)
	}
	if got := w.client.Requests(); 10*got > 11*len(clients) {
		t.Errorf("%d requests", got)
	}
	t.Logf("%d requests, %.0f seconds at four a second", w.client.Requests(), float64(w.client.Requests())/4)
}
