package command_test

import (
	"database/sql"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/valdhub/contract"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

// withHub is a computer with a connected, synced clinic of a few clients, and a
// simulated Hub that it reaches.
type withHub struct {
	*testing.T
	clinic *fakeclinic.Clinic
	hub    *fakehub.Hub
	data   string
	run    func(want int, in string, args ...string) string
}

func startHub(t *testing.T, o fakehub.Options) *withHub {
	t.Helper()
	clinic := fakeclinic.New(fakeclinic.Options{Seed: 5, Patients: 12, Shares: new(fakeclinic.CleanShares()), Everyday: true})
	server, err := clinic.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	hub := fakehub.New(o)
	there, err := hub.Start(contract.Requests(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = there.Close() })
	h := &withHub{T: t, clinic: clinic, hub: hub, data: t.TempDir(), run: runsTo(t)}
	t.Setenv("TELEHAB_CLINIKO_URL", server.URL())
	t.Setenv("TELEHAB_VALD_URL", there.URL)
	t.Setenv("TELEHAB_DATA_DIR", h.data)
	t.Setenv("TELEHAB_PASSWORD", password)
	h.run(0, "", "people", "add", "--email", "dana@example.com", "--name", "Dana")
	h.run(0, clinic.Key(), "connect", "--as", "dana@example.com")
	h.run(0, "", "sync")
	return h
}

const access = fakehub.ClientID + "\n" + fakehub.ClientSecret + "\n"

func (h *withHub) as(args ...string) []string {
	return append(append([]string{"hub"}, args...), "--as", "dana@example.com")
}

// kept is what the keyring has of VALD Hub; "" for nothing.
func (h *withHub) kept() string {
	h.Helper()
	value, _, err := keyring.Open("TeleHab").Get(h.Context(), "VALD Hub access "+endingOf(h.data))
	if err != nil {
		h.Fatal(err)
	}
	return string(value)
}

// someClient is an active client with all details, as Cliniko has them.
func (h *withHub) someClient(n int) fakeclinic.Patient {
	var some []fakeclinic.Patient
	for _, p := range h.clinic.Patients() {
		if p.ArchivedAt == nil && p.Email != nil && p.FirstName != nil && p.LastName != nil && p.DateOfBirth != nil {
			some = append(some, p)
		}
	}
	return some[n]
}

// From nothing to a comparison and back, and nothing is written in VALD Hub.
func TestHub(t *testing.T) {
	h := startHub(t, fakehub.Options{Tenants: []fakehub.Tenant{{ID: fakehub.TenantID(1), Name: "Bay Physio"}, {ID: fakehub.TenantID(2), Name: "Harbour Physio"}}})
	tenant := fakehub.TenantID(2)
	if said := h.run(1, "", h.as("compare")...); !strings.Contains(said, "VALD Hub is not connected. Run telehab hub connect first. (hub_not_connected)") {
		t.Errorf("before: %s", said)
	}
	if said := h.run(0, access+"2\n", h.as("connect", "--region", "au")...); said != "  1  7e000000-0000-4000-8000-000000000001  Bay Physio\n"+
		"  2  7e000000-0000-4000-8000-000000000002  Harbour Physio\n" &&
		!strings.Contains(said, "Connected to Harbour Physio in VALD Hub (au). Nothing is sent there. telehab hub compare says who is there already.\n") {
		t.Errorf("connected: %s", said)
	}
	if kept := h.kept(); !strings.Contains(kept, fakehub.ClientSecret) || !strings.Contains(kept, tenant) {
		t.Errorf("the keyring has %q", kept)
	}

	linked, likely, email := h.someClient(0), h.someClient(1), h.someClient(2)
	h.hub.Put(tenant, fakehub.Profile{SyncID: linked.ID, GivenName: *linked.FirstName, FamilyName: *linked.LastName, Born: *linked.DateOfBirth})
	h.hub.Put(tenant, fakehub.Profile{SyncID: "EHR-1", GivenName: strings.ToUpper(*likely.FirstName), FamilyName: *likely.LastName, Born: *likely.DateOfBirth})
	h.hub.Put(tenant, fakehub.Profile{GivenName: "Someone", FamilyName: "=HYPERLINK(\"http://example.com\")", Born: "1901-02-03", Email: *email.Email})
	h.hub.Put(tenant, fakehub.Profile{GivenName: "Only", FamilyName: "There", Born: "1901-02-03"})

	said := h.run(0, "", h.as("compare")...)
	for _, want := range []string{"Compared with Harbour Physio in VALD Hub (au). Nothing was changed there.", "To check:", "Same name and birth date, and the sync ID of another system.",
		"Another person's profile has this email, and VALD Hub takes an email once.", "--csv FILE writes everybody with the reason."} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in %s", want, said)
		}
	}
	file := filepath.Join(t.TempDir(), "hub.csv")
	var got struct {
		Clients, Profiles map[string]int
		Findings          []map[string]any
		Requests          int
		EmailsRead        bool `json:"emails_read"`
	}
	printed := h.run(0, "", h.as("compare", "--csv", file, "--json")...)
	if err := json.Unmarshal([]byte(printed), &got); err != nil {
		t.Fatalf("%v: %s", err, printed)
	}
	c, p := got.Clients, got.Profiles
	if c["linked"] != 1 || c["likely"] != 1 || c["email_in_use"] != 1 || c["being_merged"] != 0 || c["all"] != 3+c["only"] || c["only"] < 1 ||
		p["linked"] != 1 || p["likely"] != 1 || p["email_in_use"] != 1 || p["only"] != 1 || p["all"] != 4 || !got.EmailsRead || got.Requests != 6 || len(got.Findings) != c["all"]+1 {
		t.Errorf("%s", printed)
	}
	content, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(content), `'=HYPERLINK`) || strings.Contains(string(content), `,=HYPERLINK`) || strings.Count(string(content), "\n") != c["all"]+2 {
		t.Errorf("%s, %v", content, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if quick := h.run(0, "", h.as("compare", "--quick")...); !strings.Contains(quick, "Emails were not read, so nobody is known whose email is in use there.") {
		t.Errorf("%s", quick)
	}
	if h.hub.Writes() != 0 {
		t.Errorf("%d writes", h.hub.Writes())
	}

	if said := h.run(1, "no\n", h.as("disconnect")...); !strings.Contains(said, "Nothing was deleted. (cancelled)") || h.kept() == "" {
		t.Errorf("not disconnected: %s", said)
	}
	h.run(0, "yes\n", h.as("disconnect")...)
	if h.kept() != "" {
		t.Error("the secret is still there")
	}
	h.run(1, "yes\n", h.as("disconnect")...)
	h.wantNoSecret()
	db, err := sql.Open("sqlite3", filepath.Join(h.data, "telehab.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var lines string
	if err := db.QueryRow("SELECT group_concat(action || ' ' || subject || ' ' || outcome, ', ') FROM audit WHERE action LIKE '%hub'").Scan(&lines); err != nil {
		t.Fatal(err)
	}
	const at = " 7e000000-0000-4000-8000-000000000002 "
	if want := "connected_hub" + at + ", compared_hub" + at + ", compared_hub" + at + ", compared_hub" + at + ", disconnected_hub" + at; lines != want {
		t.Errorf("%s, want %s", lines, want)
	}
}

// wantNoSecret looks for the credentials in every file of the data folder.
func (h *withHub) wantNoSecret() {
	h.Helper()
	files := 0
	err := filepath.WalkDir(h.data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		if strings.Contains(string(content), fakehub.ClientSecret) || strings.Contains(string(content), fakehub.ClientID) {
			h.Errorf("%s has the client ID or secret", path)
		}
		return err
	})
	if err != nil || files == 0 {
		h.Errorf("%d files, %v", files, err)
	}
}

// Each refusal has its sentence, and keeps nothing.
func TestHubRefusals(t *testing.T) {
	h := startHub(t, fakehub.Options{Tenants: []fakehub.Tenant{{ID: fakehub.TenantID(1), Name: "Bay"}, {ID: fakehub.TenantID(2), Name: "Harbour"}}})
	for _, test := range []struct {
		name  string
		in    string
		args  []string
		fault fakehub.Fault
		says  string
	}{
		{"nothing typed", "", nil, fakehub.Fault{}, "The client ID is missing. Copy it from the link that VALD's support sent. (invalid)"},
		{"no secret", "x\n", nil, fakehub.Fault{}, "The client secret is missing."},
		{"a wrong secret", "x\ny\n", nil, fakehub.Fault{}, "VALD Hub does not accept the client ID and the client secret. Copy both again"},
		{"no such region", access, []string{"--region", "mars"}, fakehub.Fault{}, "VALD Hub has no such region. Choose au for Australia (East), us for United States (East) or eu for Europe (West). (invalid)"},
		{"no choice", access, nil, fakehub.Fault{}, "These credentials reach 2 organisations. Type the number of yours, or give its id with --organisation. (invalid)"},
		{"another choice", access + "3\n", nil, fakehub.Fault{}, "These credentials reach 2 organisations."},
		{"an organisation of somebody else", access, []string{"--organisation", fakehub.TenantID(9)}, fakehub.Fault{}, "These credentials do not reach that organisation in Australia (East). Choose one of the list. (invalid)"},
		{"the wrong region", access, nil, fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 200, Body: `{"tenants":[]}`}, "These credentials reach no organisation in Australia (East). VALD Hub keeps each organisation in one region: try another one, or ask support@vald.com where yours is. (invalid)"},
		{"403", access, nil, fakehub.Fault{Kind: fakehub.Refused, Status: 403}, "VALD Hub accepts the client ID, but does not let it do this for this organisation."},
		{"a web page", access, nil, fakehub.Fault{Kind: fakehub.LoginPage}, "A web page came instead of VALD Hub's data"},
		{"429", access, nil, fakehub.Fault{Kind: fakehub.TooMany, Wait: 3600e9}, "VALD Hub has received many requests and asks TeleHab to send no more until "},
	} {
		h.hub.SetFaults(func(r fakehub.Request) fakehub.Fault {
			if r.Path == "/oauth/token" {
				return fakehub.Fault{}
			}
			return test.fault
		})
		args := h.as("connect")
		if !slices.Contains(test.args, "--region") {
			args = append(args, "--region", "au")
		}
		if said := h.run(1, test.in, append(args, test.args...)...); !strings.Contains(said, test.says) || strings.Contains(said, "4711") {
			t.Errorf("%s: %s", test.name, said)
		}
		if kept := h.kept(); kept != "" {
			t.Errorf("%s: the keyring has %q", test.name, kept)
		}
	}
	h.hub.SetFaults(nil)
	t.Setenv("TELEHAB_VALD_URL", "http://example.com")
	if said := h.run(1, access, h.as("connect", "--region", "au")...); !strings.Contains(said, "TELEHAB_VALD_URL may only point to this computer") {
		t.Errorf("another host: %s", said)
	}
}

// Who may what, and what is checked before anything is asked.
func TestHubNeedsPermissions(t *testing.T) {
	h := startHub(t, fakehub.Options{})
	t.Setenv("TELEHAB_PASSWORD", password+"\nanother battery horse")
	h.run(0, "", "people", "add", "--email", "sam@example.com", "--name", "Sam", "--as", "dana@example.com")
	t.Setenv("TELEHAB_PASSWORD", password)
	h.run(0, access, h.as("connect", "--region", "au", "--organisation", strings.ToUpper(fakehub.TenantID(1)))...)
	h.run(0, access, h.as("connect", "--region", "au")...) // replaced; the only organisation needs no choice
	before := len(h.hub.Requests())
	sam := func(grant string, want int, args ...string) {
		t.Helper()
		t.Setenv("TELEHAB_PASSWORD", password)
		if grant != "" {
			h.run(0, "", "people", "change", "--email", "sam@example.com", "--grant", grant, "--as", "dana@example.com")
		}
		t.Setenv("TELEHAB_PASSWORD", "another battery horse")
		said := h.run(want, "yes\n", append(append([]string{"hub"}, args...), "--as", "sam@example.com")...)
		if want == 1 && !strings.Contains(said, "(not_permitted)") {
			t.Errorf("%s: %s", args, said)
		}
	}
	sam("", 1, "connect", "--region", "au")
	sam("", 1, "compare")
	sam("", 1, "disconnect")
	answers := []string{"send", "--created-by-adult", "no", "--guardian-consent", "no", "--photo-consent", "no", "--other-sex", "hold", "--yes"}
	sam("", 1, "send", "--stop")
	sam("", 1, answers...)
	sam("", 1, "matches")
	sam("pms_link", 1, "compare", "--json")
	if got := len(h.hub.Requests()); got != before {
		t.Errorf("%d requests without permission", got-before)
	}
	sam("", 1, answers...)
	sam("", 0, "compare", "--quick")
	sam("", 0, "matches")
	sam("", 1, "compare", "--csv", filepath.Join(t.TempDir(), "x.csv"))
	sam("export", 0, "compare", "--quick", "--json")
	sam("pms_link.create", 1, "connect", "--region", "au") // there is one to replace
	sam("", 1, answers...)                                 // it is turned on, and Sam may not send
	if h.hub.Writes() != 0 {
		t.Errorf("%d writes without permission", h.hub.Writes())
	}
	sam("pms_link.modify", 0, "send")
	sam("pms_link.delete", 0, "disconnect")
}

// What belongs to the clinic goes with it, and all goes with purge.
func TestTheHubGoesWithTheClinic(t *testing.T) {
	h := startHub(t, fakehub.Options{})
	h.run(0, access, h.as("connect", "--region", "au")...)
	h.run(0, "", "disconnect", "--yes", "--as", "dana@example.com")
	if h.kept() != "" {
		t.Error("disconnect has left the secret")
	}
	if said := h.run(1, access, h.as("connect", "--region", "au")...); !strings.Contains(said, "(not_connected)") {
		t.Errorf("without a clinic: %s", said)
	}
	h.run(0, h.clinic.Key(), "connect", "--as", "dana@example.com")
	h.run(0, access, h.as("connect", "--region", "au")...)
	if h.kept() == "" {
		t.Fatal("nothing was kept")
	}
	h.run(0, "", "purge", "--yes")
	if h.kept() != "" {
		t.Error("purge has left the secret")
	}
}

// A folder that is moved keeps its access, and leaves none behind when it goes.
func TestTheHubMovesWithTheFolder(t *testing.T) {
	h := startHub(t, fakehub.Options{})
	h.run(0, access, h.as("connect", "--region", "au")...)
	before := *h
	h.data = filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(before.data, h.data); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TELEHAB_DATA_DIR", h.data)
	h.run(0, "", h.as("compare", "--quick")...)
	if h.kept() == "" {
		t.Error("the access did not move")
	}
	h.run(0, "", "purge", "--yes")
	if h.kept() != "" || before.kept() != "" {
		t.Errorf("left: %v, under the name of before: %v", h.kept() != "", before.kept() != "")
	}
}

// On a terminal both texts are asked for, and the secret is not shown.
func TestHubOnATerminal(t *testing.T) {
	h := startHub(t, fakehub.Options{Tenants: []fakehub.Tenant{{ID: fakehub.TenantID(1), Name: "Bay"}, {ID: fakehub.TenantID(2), Name: "Harbour"}}})
	p := onTerminal(t, os.Environ(), h.as("connect", "--region", "au")...)
	types := func(text string) {
		t.Helper()
		if _, err := p.keyboard.WriteString(text + "\n"); err != nil {
			t.Fatal(err)
		}
	}
	p.waitFor("Client ID: ")
	types(fakehub.ClientID)
	p.waitFor("Client secret: ")
	for end := time.Now().Add(patience); p.shows() && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	types(fakehub.ClientSecret)
	p.waitFor("Number of your organisation: ")
	types("2")
	if code := p.end(); code != 0 || !p.shows() || strings.Contains(p.output(), fakehub.ClientSecret) || !strings.Contains(p.output(), "Connected to Harbour in VALD Hub (au).") {
		t.Errorf("%d, shows what is typed: %v, %s", code, p.shows(), p.output())
	}
	if !strings.Contains(h.kept(), fakehub.ClientSecret) {
		t.Error("nothing is kept")
	}
}

// A client who cannot be read is in no comparison, so there is none.
func TestHubWithADamagedProfile(t *testing.T) {
	h := startHub(t, fakehub.Options{})
	h.run(0, access, h.as("connect", "--region", "au")...)
	db, err := sql.Open("sqlite3", filepath.Join(h.data, "telehab.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE profile SET sealed = zeroblob(length(sealed)) WHERE cliniko_id = ?", h.someClient(0).ID); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	const want = "A saved profile cannot be read, so nothing was compared. Fetch it from Cliniko again with telehab sync --full. (store_damaged)"
	if said := h.run(1, "", h.as("compare", "--quick")...); !strings.Contains(said, want) {
		t.Errorf("%s", said)
	}
	h.run(0, "", "sync", "--full")
	h.run(0, "", h.as("compare", "--quick")...)
}
