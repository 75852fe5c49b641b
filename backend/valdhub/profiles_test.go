package valdhub_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

func TestProfiles(t *testing.T) {
	hub := fakehub.New(fakehub.Options{})
	c := clientOf(t, hub)
	if got, err := c.Profiles(t.Context(), harbour); err != nil || len(got) != 0 { // 204
		t.Fatalf("%v, %v", got, err)
	}
	hub.Put(harbour, fakehub.Profile{SyncID: "7", GivenName: " Ada ", FamilyName: "Example", Born: "1990-03-15", Sex: "Female", Email: "ada@example.org", ExternalID: "x"})
	hub.Put(harbour, fakehub.Profile{GivenName: "Bo"})
	hub.BeginMerge(harbour, "9f000000-0000-4000-8000-000000000003", "9f000000-0000-4000-8000-000000000002")
	got, err := c.Profiles(t.Context(), harbour)
	modified := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
	want := []valdhub.Row{
		{ProfileID: "9f000000-0000-4000-8000-000000000002", SyncID: "7", GivenName: "Ada", FamilyName: "Example", Born: profile.Date{Year: 1990, Month: 3, Day: 15}, Modified: modified, ExternalID: "x"},
		{ProfileID: "9f000000-0000-4000-8000-000000000003", GivenName: "Bo", Modified: modified, MergingInto: "9f000000-0000-4000-8000-000000000002"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	one, err := c.Profile(t.Context(), harbour, "9f000000-0000-4000-8000-000000000002")
	if err != nil || one.Email != "ada@example.org" || one.Sex != "Female" || one.SyncID != "7" || one.Born.String() != "1990-03-15" {
		t.Errorf("%+v, %v", one, err)
	}
	if _, err := c.Profile(t.Context(), harbour, "9f000000-0000-4000-8000-0000000000ff"); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("%v", err)
	}
	if _, err := c.Profile(t.Context(), harbour, "../tenants"); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("%v", err)
	}
	if _, err := c.Profiles(t.Context(), fakehub.TenantID(9)); profile.CodeOf(err) != profile.HubForbidden {
		t.Errorf("another organisation: %v", err)
	}
	if hub.Writes() != 0 {
		t.Errorf("%d writes", hub.Writes())
	}
}

// A birth date stays the calendar date that was written, and what VALD has not
// declared does not matter.
func TestWhatIsTolerated(t *testing.T) {
	hub := fakehub.New(fakehub.Options{})
	c := clientOf(t, hub)
	for body, want := range map[string]string{
		``:                   "",
		`{}`:                 "",
		`{"profiles":null}`:  "",
		`{"more":{"x":[1]}}`: "",
		`{"profiles":[{"profileId":"9F000000-0000-4000-8000-00000000000A","dateOfBirth":"1990-03-15T23:59:59+13:00","new":[{}]}]}`: "9f000000-0000-4000-8000-00000000000a 1990-03-15 ",
		`{"profiles":[{"profileId":"9f000000-0000-4000-8000-00000000000a","dateOfBirth":"15/03/1990","syncId":" 7 "}]}`:            "9f000000-0000-4000-8000-00000000000a   7 ",
		`{"profiles":[{"profileId":"9f000000-0000-4000-8000-00000000000a","dateOfBirth":"1990-02-31T00:00:00Z"}]}`:                 "9f000000-0000-4000-8000-00000000000a  ",
	} {
		hub.SetFaults(always(fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 200, Body: body}))
		rows, err := c.Profiles(t.Context(), harbour)
		got := ""
		for _, r := range rows {
			got += r.ProfileID + " " + r.Born.String() + " " + r.SyncID
		}
		if err != nil || got != want {
			t.Errorf("%s: %q, %v", body, got, err)
		}
	}
}

func ada() valdhub.Import {
	return valdhub.Import{TenantID: harbour, SyncID: "7", GivenName: "Ada", FamilyName: "Example", Born: profile.Date{Year: 1990, Month: 3, Day: 15}, Sex: "Female", Email: "ada@example.org", ExternalID: "7"}
}

func TestImportInJSON(t *testing.T) {
	yes, no := true, false
	full := ada()
	full.CreatedByAdult, full.GuardianConsent = &yes, &no
	got, err := json.Marshal(full)
	const want = `{"tenantId":"7e000000-0000-4000-8000-000000000001","syncId":"7","givenName":"Ada","familyName":"Example","dateOfBirth":"1990-03-15T00:00:00.000Z","sex":"Female",` +
		`"email":"ada@example.org","externalId":"7","isCreatedByUserOver18YearsOld":true,"isGuardianConsentGiven":false,"isPhotoVideoConsentGiven":null}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

// What was imported is seen later, under its sync ID.
func TestImport(t *testing.T) {
	hub := fakehub.New(fakehub.Options{Late: 2})
	c := clientOf(t, hub)
	if err := c.Import(t.Context(), ada()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, false, true} {
		if is, err := c.Exists(t.Context(), harbour, "7"); err != nil || is != want {
			t.Errorf("read %d: %v, %v", i, is, err)
		}
	}
	rows, err := c.BySyncID(t.Context(), harbour, "7")
	if err != nil || len(rows) != 1 || rows[0].GivenName != "Ada" {
		t.Errorf("%+v, %v", rows, err)
	}
	other := ada()
	other.SyncID = "8"
	err = c.Import(t.Context(), other)
	var said *valdhub.Rejection
	if !errors.As(err, &said) || !reflect.DeepEqual(said.Errors, map[string][]string{"email": {"Another profile has ada@example.org."}}) {
		t.Fatalf("%v", err)
	}
	wantError(t, err, profile.HubRejected, "VALD Hub did not accept what TeleHab sent, because of the email. Correct it in Cliniko")
	if err.Error() != "hub_rejected: VALD Hub answered 400 about email" {
		t.Errorf("for the log: %v", err)
	}
	if hub.Writes() != 2 || len(hub.Profiles(harbour)) != 1 {
		t.Errorf("%d writes, %+v", hub.Writes(), hub.Profiles(harbour))
	}
}

// An import is sent once: nobody knows whether one was applied whose connection
// was lost.
func TestAnImportIsSentOnce(t *testing.T) {
	for name, test := range map[string]struct {
		fault   fakehub.Fault
		code    profile.Code
		applied int
	}{
		"lost after":  {fakehub.Fault{Kind: fakehub.LostAfter}, profile.Offline, 1},
		"lost before": {fakehub.Fault{Kind: fakehub.LostBefore}, profile.Offline, 0},
		"500":         {fakehub.Fault{Kind: fakehub.Refused, Status: 500}, profile.HubTrouble, 0},
		"429":         {fakehub.Fault{Kind: fakehub.TooMany, Wait: time.Second}, profile.RateLimited, 0},
		"200":         {fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 200, Body: `{}`}, profile.HubTrouble, 0},
	} {
		hub := fakehub.New(fakehub.Options{})
		c := clientOf(t, hub)
		hub.SetFaults(once(test.fault))
		if err := c.Import(t.Context(), ada()); profile.CodeOf(err) != test.code || hub.Writes() != 1 || len(hub.Profiles(harbour)) != test.applied {
			t.Errorf("%s: %v, %d writes, %d profiles", name, err, hub.Writes(), len(hub.Profiles(harbour)))
		}
	}
	// A token that is refused has changed nothing.
	hub := fakehub.New(fakehub.Options{})
	c := clientOf(t, hub)
	if _, err := c.Tenants(t.Context()); err != nil {
		t.Fatal(err)
	}
	hub.RevokeTokens()
	if err := c.Import(t.Context(), ada()); err != nil || len(hub.Profiles(harbour)) != 1 {
		t.Errorf("%v, %d profiles", err, len(hub.Profiles(harbour)))
	}
}
