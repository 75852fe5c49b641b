package fakehub_test

import (
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
	"telehab.io/desktop/backend/valdhub/contract"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

var harbour = fakehub.TenantID(1)

// open returns a client of a Hub whose answers have to obey the contract.
func open(t *testing.T, hub *fakehub.Hub) *valdhub.Client {
	t.Helper()
	server, err := hub.Start(contract.Answers(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	credentials, err := valdhub.NewCredentials(fakehub.ClientID, fakehub.ClientSecret)
	if err != nil {
		t.Fatal(err)
	}
	c, err := valdhub.New(credentials, valdhub.Regions[0], valdhub.Options{Address: server.URL, Every: 1, Pause: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func of(syncID, email string) valdhub.Import {
	return valdhub.Import{TenantID: harbour, SyncID: syncID, GivenName: "Ada", FamilyName: "Example", Born: profile.Date{Year: 1990, Month: 3, Day: 15}, Sex: "Female", Email: email}
}

// Every answer, refusals too, obeys the contract.
func TestTheHubKeepsTheContract(t *testing.T) {
	hub := fakehub.New(fakehub.Options{Late: 1})
	c := open(t, hub)
	ctx := t.Context()
	id := hub.Put(harbour, fakehub.Profile{})
	other := hub.Put(harbour, fakehub.Profile{SyncID: "other-system-1", GivenName: "Bo", FamilyName: "Example", Born: "1950-12-31", Sex: "Male", Email: "bo@example.org", ExternalID: "x"})
	hub.BeginMerge(harbour, id, other)
	var errs []error
	note := func(err error) { errs = append(errs, err) }
	_, err := c.Tenants(ctx)
	note(err)
	note(c.Import(ctx, of("1", "ada@example.org")))
	_, err = c.Exists(ctx, harbour, "1")
	note(err)
	_, err = c.BySyncID(ctx, harbour, "1")
	note(err)
	_, err = c.BySyncID(ctx, harbour, "nobody") // 204
	note(err)
	_, err = c.Profiles(ctx, harbour)
	note(err)
	_, err = c.Profile(ctx, harbour, id)
	note(err)
	for i, err := range errs {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	refused := map[profile.Code]func() error{
		profile.HubRejected:  func() error { return c.Import(ctx, of("2", "BO@example.org")) },
		profile.HubForbidden: func() error { _, err := c.Profiles(ctx, fakehub.TenantID(2)); return err },
		profile.NotFound:     func() error { _, err := c.Profile(ctx, harbour, fakehub.TenantID(3)); return err },
	}
	for code, do := range refused {
		if err := do(); profile.CodeOf(err) != code {
			t.Errorf("%s: %v", code, err)
		}
	}
	hub.RevokeTokens()
	if _, err := c.Tenants(ctx); err != nil {
		t.Error(err)
	}
	for code, fault := range map[profile.Code]fakehub.Fault{
		profile.HubForbidden: {Kind: fakehub.Refused, Status: 403}, profile.HubRejected: {Kind: fakehub.Rejected, Errors: map[string][]string{"SyncId": {"x"}}},
		profile.RateLimited: {Kind: fakehub.TooMany, Wait: time.Hour}, profile.HubTrouble: {Kind: fakehub.Refused, Status: 500},
	} {
		hub.SetFaults(func(fakehub.Request) fakehub.Fault { return fault })
		if _, err := c.Profiles(ctx, harbour); profile.CodeOf(err) != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// What VALD has not published is an option.
func TestWhatIsNotPublished(t *testing.T) {
	for _, attach := range []bool{false, true} {
		hub := fakehub.New(fakehub.Options{AttachByEmail: attach})
		c := open(t, hub)
		hub.Put(harbour, fakehub.Profile{GivenName: "Ada", FamilyName: "Example", Email: "ada@example.org"})
		err := c.Import(t.Context(), of("1", "ada@example.org"))
		if got := hub.Profiles(harbour); len(got) != 1 || (err == nil) != attach || (got[0].SyncID == "1") != attach {
			t.Errorf("attach %v: %v, %+v", attach, err, got)
		}
	}
	for _, clears := range []bool{false, true} {
		hub := fakehub.New(fakehub.Options{NullClears: clears})
		c := open(t, hub)
		for _, email := range []string{"ada@example.org", ""} {
			if err := c.Import(t.Context(), of("1", email)); err != nil {
				t.Fatal(err)
			}
		}
		if got := hub.Profiles(harbour); len(got) != 1 || (got[0].Email == "") != clears {
			t.Errorf("null clears %v: %+v", clears, got)
		}
	}
}

// A sync ID and an email are each those of one profile; writes are counted, and
// those that are lost after they were applied as well.
func TestUnique(t *testing.T) {
	hub := fakehub.New(fakehub.Options{})
	c := open(t, hub)
	for range 3 {
		if err := c.Import(t.Context(), of("1", "ada@example.org")); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Import(t.Context(), of("2", "ada@example.org")); profile.CodeOf(err) != profile.HubRejected {
		t.Error(err)
	}
	if len(hub.Profiles(harbour)) != 1 || hub.Writes() != 4 {
		t.Errorf("%d profiles, %d writes", len(hub.Profiles(harbour)), hub.Writes())
	}
}
