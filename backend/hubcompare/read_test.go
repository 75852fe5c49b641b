package hubcompare_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/hubcompare"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
	"telehab.io/desktop/backend/valdhub/contract"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

// A comparison over real HTTP only reads: the Hub counts what is written. It
// reads emails one by one, and only where they matter.
func TestReadWritesNothing(t *testing.T) {
	hub := fakehub.New(fakehub.Options{})
	server, err := hub.Start(contract.Answers(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	credentials, err := valdhub.NewCredentials(fakehub.ClientID, fakehub.ClientSecret)
	if err != nil {
		t.Fatal(err)
	}
	c, err := valdhub.New(credentials, valdhub.Regions[0], valdhub.Options{Address: server.URL, Every: 1, Pause: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	harbour := fakehub.TenantID(1)
	hub.Put(harbour, fakehub.Profile{SyncID: "1", GivenName: "Dana", FamilyName: "Smith", Born: "1990-03-15", Email: "dana@example.com"})
	hub.Put(harbour, fakehub.Profile{GivenName: "Ada", FamilyName: "Lee", Born: "2015-01-02", Email: "mum@example.com"})
	linked, family := client("1", "Dana", "Smith", "1990-03-15", "dana@example.com"), client("2", "Bea", "Lee", "2015-01-02", "mum@example.com")
	for _, test := range []struct {
		name     string
		clients  []profile.Entry
		emails   bool
		requests int // the token, the list, and a request for each profile
		want     []string
		read     bool
	}{
		{"without emails", []profile.Entry{linked, family}, false, 2, []string{"only_here 2 - not_there", "linked 1 9f000000-0000-4000-8000-000000000001 same_sync_id", "only_there - 9f000000-0000-4000-8000-000000000002 not_here"}, false},
		{"emails, which matter to nobody", []profile.Entry{linked}, true, 1, []string{"linked 1 9f000000-0000-4000-8000-000000000001 same_sync_id", "only_there - 9f000000-0000-4000-8000-000000000002 not_here"}, true},
		{"nobody has an email", []profile.Entry{linked, client("3", "Bea", "Lee", "2015-01-02", "")}, true, 1, []string{"only_here 3 - not_there", "linked 1 9f000000-0000-4000-8000-000000000001 same_sync_id", "only_there - 9f000000-0000-4000-8000-000000000002 not_here"}, true},
		{"emails", []profile.Entry{linked, family}, true, 3, []string{"email_in_use 2 9f000000-0000-4000-8000-000000000002 same_email", "linked 1 9f000000-0000-4000-8000-000000000001 same_sync_id"}, true},
	} {
		before, told := c.Requests(), []int{}
		got, err := hubcompare.Read(t.Context(), c, hubcompare.Asked{Tenant: harbour, Entries: test.clients, Spellings: directory.Spellings, Emails: test.emails,
			Progress: func(done, _ int) { told = append(told, done) }})
		if err != nil {
			t.Fatal(err)
		}
		if lines := inWords(got); !slices.Equal(lines, test.want) || got.EmailsRead != test.read || c.Requests()-before != test.requests {
			t.Errorf("%s: %q, %v, %d requests", test.name, lines, got.EmailsRead, c.Requests()-before)
		}
		if want := map[bool][]int{true: {0, 1, 2}}[test.requests == 3]; len(want) > 0 && !slices.Equal(told, want) {
			t.Errorf("%s: told %v", test.name, told)
		}
	}
	// A profile that is gone since the list has no email.
	hub.SetFaults(func(r fakehub.Request) fakehub.Fault {
		if strings.HasSuffix(r.Path, "000000000002") {
			return fakehub.Fault{Kind: fakehub.Refused, Status: http.StatusNotFound}
		}
		return fakehub.Fault{}
	})
	got, err := hubcompare.Read(t.Context(), c, hubcompare.Asked{Tenant: harbour, Entries: []profile.Entry{family}, Spellings: directory.Spellings, Emails: true})
	if err != nil || inWords(got)[0] != "only_here 2 - not_there" || !got.EmailsRead {
		t.Errorf("%v, %v", got, err)
	}
	if hub.Writes() != 0 {
		t.Errorf("%d writes", hub.Writes())
	}
	for _, r := range hub.Requests() {
		if r.Method != http.MethodGet && r.Path != "/oauth/token" {
			t.Errorf("%s %s", r.Method, r.Path)
		}
	}
}
