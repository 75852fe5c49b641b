package command_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

type hubStatus struct {
	Connected, Sending                       bool
	Organisation                             string
	Eligible, Confirmed, Pending, Held, Left int
	NeedsAttention                           int `json:"needs_attention"`
	Reasons                                  map[string]int
	Deviations                               int
	LastCompared                             *string `json:"last_compared"`
}

func (h *withHub) status() (s hubStatus) {
	h.Helper()
	printed := h.run(0, "", "hub", "status", "--json")
	if err := json.Unmarshal([]byte(printed), &s); err != nil {
		h.Fatalf("%v: %s", err, printed)
	}
	if s.Eligible != s.Confirmed+s.Pending+s.Held+s.NeedsAttention {
		h.Errorf("the ledger does not sum: %s", printed)
	}
	return s
}

// From nothing to a clinic whose clients are in VALD Hub: what is asked, what is
// sent, what a person decides, and what stays.
func TestHubSend(t *testing.T) {
	h := startHub(t, fakehub.Options{Late: 1, AttachByEmail: true})
	tenant := fakehub.TenantID(1)
	if said := h.run(0, "", "hub", "status"); said != "VALD Hub is not connected. Nothing is sent.\n" {
		t.Errorf("%s", said)
	}
	h.run(0, access, h.as("connect", "--region", "au")...)
	if said := h.run(0, "", "hub", "status"); said != "Connected to Harbour Physio in VALD Hub (au). Nothing is sent; telehab hub send --as EMAIL begins.\n" {
		t.Errorf("%s", said)
	}
	same, other, email := h.someClient(0), h.someClient(1), h.someClient(2)
	one := h.hub.Put(tenant, fakehub.Profile{GivenName: *same.FirstName, FamilyName: *same.LastName, Born: *same.DateOfBirth, Email: "old@example.com"})
	h.hub.Put(tenant, fakehub.Profile{GivenName: *other.FirstName, FamilyName: *other.LastName, Born: *other.DateOfBirth, SyncID: "EHR-1"})
	h.hub.Put(tenant, fakehub.Profile{GivenName: "Some", FamilyName: "Body", Born: "1901-02-03", Email: *email.Email})

	// Nothing without answers, and nothing without a yes.
	if said := h.run(1, "maybe\n", h.as("send")...); !strings.Contains(said, "(isCreatedByUserOver18YearsOld) yes or no. Nothing was sent. (invalid)") {
		t.Errorf("%s", said)
	}
	if said := h.run(1, "yes\nno\nno\nhold\nno\n", h.as("send")...); !strings.Contains(said, "Nothing was sent. (cancelled)") {
		t.Errorf("%s", said)
	}
	if s := h.status(); s.Sending || h.hub.Writes() != 0 {
		t.Fatalf("%+v, %d writes", s, h.hub.Writes())
	}
	said := h.run(0, "yes\nno\nno\nhold\nyes\n", h.as("send")...)
	for _, want := range []string{"Type yes to continue: ", "Harbour Physio in VALD Hub (au)\n", "confirmed\n", "need attention\n", "VALD Hub has somebody with the same name and birth date."} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in %s", want, said)
		}
	}
	s := h.status()
	if !s.Sending || s.Organisation != tenant || s.Pending != 0 || s.NeedsAttention != 3 || s.Confirmed < 3 || s.Reasons["likely_the_same"] != 2 || s.Reasons["email_in_use"] != 1 || s.LastCompared == nil {
		t.Errorf("%+v", s)
	}
	if got := len(h.hub.Profiles(tenant)); got != 3+s.Confirmed {
		t.Errorf("%d profiles, and %d are confirmed", got, s.Confirmed)
	}
	h.decideInOrder(map[string]string{same.ID: "1", other.ID: "d", email.ID: "e"})
	h.run(0, "", h.as("send")...)
	if s := h.status(); s.NeedsAttention != 0 || s.Pending != 0 {
		t.Errorf("%+v", s)
	}
	there := h.hub.Profiles(tenant)
	if there[0].ID != one || there[0].SyncID != same.ID || there[0].Email != *same.Email || there[1].SyncID != "EHR-1" || there[2].SyncID != "" {
		t.Errorf("%+v", there[:3])
	}
	// What changes is sent once, by the next run, and nothing else.
	writes := h.hub.Writes()
	h.edit(other.ID, "Renamed")
	h.run(0, "", "sync")
	if s := h.status(); s.Pending != 1 {
		t.Errorf("%+v", s)
	}
	h.run(0, "", h.as("send")...)
	if got := h.hub.Writes() - writes; got != 1 {
		t.Errorf("%d imports for one change", got)
	}
	h.run(0, "", h.as("send", "--stop")...)
	if s := h.status(); s.Sending || s.Eligible != 0 {
		t.Errorf("%+v", s)
	}
	h.wantNoSecret()
}

// decideInOrder answers the queue, in which the clients are by name.
func (h *withHub) decideInOrder(answers map[string]string) {
	h.Helper()
	listed := h.run(0, strings.Repeat("s\n", len(answers)), h.as("matches")...)
	at := func(id string) int { return strings.Index(listed, " of 3  "+id+"  ") }
	ids := make([]string, 0, len(answers))
	for id := range answers {
		if at(id) < 0 {
			h.Fatalf("client %s is not in %s", id, listed)
		}
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return at(a) - at(b) })
	var in string
	for _, id := range ids {
		in += answers[id] + "\n"
	}
	if said := h.run(0, in, h.as("matches")...); !strings.Contains(said, strconv.Itoa(len(ids))+" of 3 decided.") {
		h.Errorf("%s", said)
	}
}

func (h *withHub) edit(id, first string) {
	h.Helper()
	if err := h.clinic.Edit(id, func(p *fakeclinic.Patient) { p.FirstName = &first }); err != nil {
		h.Fatal(err)
	}
}

// A watch sends after each sync that brings something.
func TestAWatchSends(t *testing.T) {
	h := startHub(t, fakehub.Options{})
	h.run(0, access, h.as("connect", "--region", "au")...)
	h.run(0, "", h.as("send", "--created-by-adult", "yes", "--guardian-consent", "no", "--photo-consent", "no", "--other-sex", "unknown", "--yes")...)
	client := h.someClient(0)
	h.edit(client.ID, "Watched")
	watching := startWatch(t)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if slices.ContainsFunc(h.hub.Profiles(fakehub.TenantID(1)), func(p fakehub.Profile) bool { return p.SyncID == client.ID && p.GivenName == "Watched" }) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it was not sent")
		}
	}
	if err := watching.end(); err != nil {
		t.Error(err)
	}
	if s := h.status(); s.Pending > 1 {
		t.Errorf("%+v", s)
	}
}

// A service sends as well: it has a copy of the access to VALD Hub, which comes and
// goes with it.
func TestAServiceSends(t *testing.T) {
	hub := fakehub.New(fakehub.Options{})
	there, err := hub.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = there.Close() })
	c := newComputer(t, 12)
	c.environment = append(c.environment, "TELEHAB_VALD_URL="+there.URL)
	serviceOf(c) // before VALD Hub is connected
	c.must(access, "hub", "connect", "--region", "au", "--as", asDana)
	if names := c.copies(); !slices.Equal(names, []string{"Cliniko API key", "VALD Hub access", "store key"}) {
		t.Errorf("copies of %q", names)
	}
	hub.SetFaults(func(r fakehub.Request) fakehub.Fault {
		if r.Path == "/profiles/import" {
			return fakehub.Fault{Kind: fakehub.TooMany, Wait: time.Hour}
		}
		return fakehub.Fault{}
	})
	// Turned on, and nothing is sent yet.
	if code, said := c.run("", "hub", "send", "--created-by-adult", "no", "--guardian-consent", "no", "--photo-consent", "no", "--other-sex", "unknown", "--yes", "--as", asDana); code != 1 || !strings.Contains(said, "(rate_limited)") {
		t.Fatalf("exit %d, %s", code, said)
	}
	hub.SetFaults(nil)
	service := serviceOf(c) // and after it
	cmd := exec.CommandContext(t.Context(), "telehab", "sync", "--watch")
	cmd.Env = service.environment
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); len(hub.Profiles(fakehub.TenantID(1))) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Error("the service sends nothing")
			break
		}
	}
	_ = cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	c.must("yes\n", "hub", "disconnect", "--as", asDana)
	if names := c.copies(); !slices.Equal(names, []string{"Cliniko API key", "store key"}) {
		t.Errorf("copies of %q", names)
	}
}

// Ctrl-C pauses a first sending. What was sent is not sent again by the next one.
func TestSendingIsPaused(t *testing.T) {
	hub := fakehub.New(fakehub.Options{Late: 1})
	there, err := hub.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = there.Close() })
	c := newComputer(t, 30)
	c.environment = append(c.environment, "TELEHAB_VALD_URL="+there.URL)
	c.must(access, "hub", "connect", "--region", "au", "--as", asDana)
	send := []string{"hub", "send", "--created-by-adult", "no", "--guardian-consent", "no", "--photo-consent", "no", "--other-sex", "unknown", "--yes", "--as", asDana}
	p := onTerminal(t, withPassword(c.environment), send...)
	for deadline := time.Now().Add(patience); hub.Writes() < 3; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("nothing is sent: %s", p.output())
		}
	}
	if _, err := p.keyboard.Write([]byte{3}); err != nil { // Ctrl-C
		t.Fatal(err)
	}
	if code := p.end(); code != 130 {
		t.Errorf("exit code %d: %s", code, p.output())
	}
	p.waitFor("Sending to VALD Hub: ")
	p.waitFor("It is paused. What was sent is in VALD Hub; telehab hub send continues, and so does the next sync. (cancelled)")
	status := func() (s hubStatus) {
		code, printed := c.run("", "hub", "status", "--json")
		if err := json.Unmarshal([]byte(printed), &s); err != nil || code != 0 || s.Eligible != s.Confirmed+s.Pending+s.Held+s.NeedsAttention {
			t.Fatalf("%d, %v: %s", code, err, printed)
		}
		return s
	}
	if s := status(); s.Pending == 0 || !s.Sending {
		t.Errorf("%+v", s)
	}
	c.must("", "hub", "send", "--as", asDana)
	if s := status(); s.Pending != 0 || s.Confirmed == 0 {
		t.Errorf("%+v", s)
	}
	for _, there := range hub.Profiles(fakehub.TenantID(1)) {
		if n := hub.Applied(there.SyncID); n != 1 {
			t.Errorf("client %s: %d imports", there.SyncID, n)
		}
	}
}
