package command_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/command"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

// Every command is run once in a way that works, and leaves the lines of the
// audit trail that are written down here, or none for a reason.
func TestEveryCommandLeavesItsLine(t *testing.T) {
	fake := fakeclinic.New(fakeclinic.Options{Seed: 2, Patients: 30})
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	there, err := fakehub.New(fakehub.Options{}).Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = there.Close() })
	data := t.TempDir()
	t.Setenv("TELEHAB_VALD_URL", there.URL)
	t.Setenv("TELEHAB_CLINIKO_URL", server.URL())
	t.Setenv("TELEHAB_DATA_DIR", data)
	as := []string{"--as", "dana@example.com"}
	const asked, none = "asked for no person", ""
	var run []string
	for _, c := range []struct {
		command   string
		arguments []string
		passwords string
		in        string
		exit      int
		lines     []string
		why       string // there is none
	}{
		{"people add", []string{"--email", "dana@example.com", "--name", "Dana"}, password, "", 0, []string{"added_person"}, none},
		{"people add", append([]string{"--email", "sam@example.com", "--name", "Sam"}, as...), password + "\nanother battery horse", "", 0, []string{"signed_in", "added_person"}, none},
		{"people list", as, password, "", 0, []string{"signed_in"}, none},
		{"people change", append([]string{"--email", "sam@example.com", "--grant", "export"}, as...), password, "", 0, []string{"signed_in", "changed_person"}, none},
		{"connect", as, "not the password", fake.Key(), 1, []string{"signed_in sign_in_refused"}, none},
		{"connect", as, password, fake.Key(), 0, []string{"signed_in", "connected_clinic"}, none},
		{"sync", nil, "", "", 3, nil, asked},
		{"status", nil, "", "", 0, nil, asked},
		{"missing", as, password, "", 0, []string{"signed_in"}, none},
		{"missing keep", as, password, "", 0, []string{"signed_in", "kept_missing"}, none},
		{"missing remove", append([]string{"--yes"}, as...), password, "", 0, []string{"signed_in"}, none},
		{"export", as, password, "", 0, []string{"signed_in", "exported_profiles"}, none},
		{"hub connect", append([]string{"--region", "au"}, as...), password, "harbour-client\nwrong", 1, []string{"signed_in", "connected_hub hub_refused"}, none},
		{"hub connect", append([]string{"--region", "au"}, as...), password, "harbour-client\nharbour-secret-4711", 0, []string{"signed_in", "connected_hub"}, none},
		{"hub compare", append([]string{"--quick"}, as...), password, "", 0, []string{"signed_in", "compared_hub"}, none},
		{"hub send", append([]string{"--created-by-adult", "yes", "--guardian-consent", "no", "--photo-consent", "no", "--other-sex", "hold", "--yes"}, as...), password, "", 0, []string{"signed_in", "set_hub_sending", "sent_to_hub"}, none},
		{"hub status", nil, "", "", 0, nil, asked},
		{"hub matches", as, password, "q\n", 0, []string{"signed_in"}, none},
		{"hub disconnect", append([]string{"--yes"}, as...), password, "", 0, []string{"signed_in", "disconnected_hub"}, none},
		{"share", append([]string{"--database", "postgres://db.example.com/telehab"}, as...), password, "", 1, []string{"signed_in"}, none},
		{"join", nil, "", "not a code", 1, nil, "asked for no person; it is tried by TestShare, as are the following"},
		{"computers", as, password, "", 1, []string{"signed_in"}, none},
		{"computers add", as, password, "", 1, []string{"signed_in"}, none},
		{"computers remove", append([]string{"front-desk"}, as...), password, "", 1, []string{"signed_in"}, none},
		{"service status", nil, "", "", 0, nil, asked},
		{"service keys", nil, "", "", 0, nil, asked},
		{"service install", nil, "", "", 1, nil, "asked for no person; here is no systemd, and the real one is tried by service-test.sh"},
		{"service remove", nil, "", "", 0, nil, asked},
		{"disconnect", append([]string{"--yes"}, as...), password, "", 0, []string{"signed_in", "disconnected"}, none},
		{"purge", []string{"--yes"}, "", "", 0, nil, "the trail goes with the data"},
	} {
		run = append(run, c.command)
		before := auditLines(t, data)
		t.Setenv("TELEHAB_PASSWORD", c.passwords)
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
			code, _, errs := runHere(t, c.in, append(strings.Fields(c.command), c.arguments...)...)
			if strings.Contains(errs, "Too many attempts") && time.Now().Before(deadline) {
				continue // after the wrong password
			}
			if code != c.exit {
				t.Fatalf("%s: %d, %s", c.command, code, errs)
			}
			break
		}
		if c.command == "purge" {
			continue
		}
		if (len(c.lines) == 0) == (c.why == "") {
			t.Errorf("%s: say which lines it leaves, or why none", c.command)
		}
		if got := auditLines(t, data)[len(before):]; !slices.Equal(got, c.lines) {
			t.Errorf("%s leaves %q, want %q", c.command, got, c.lines)
		}
	}
	var known []string
	var walk func(prefix string, c *cobra.Command)
	walk = func(prefix string, c *cobra.Command) {
		for _, sub := range c.Commands() {
			name := strings.TrimSpace(prefix + " " + sub.Name())
			if sub.Name() != "people" && name != "service" && name != "hub" {
				known = append(known, name)
			}
			walk(name, sub)
		}
	}
	walk("", command.Commands(""))
	slices.Sort(run)
	slices.Sort(known)
	if run = slices.Compact(run); !slices.Equal(run, known) {
		t.Errorf("run are %q, and there are %q", run, known)
	}
}

// auditLines are the actions of the audit trail with their outcomes.
func auditLines(t *testing.T, dir string) (lines []string) {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(dir, "telehab.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.Query("SELECT action, outcome FROM audit ORDER BY id")
	if err != nil {
		return nil // there is no store yet
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var action, outcome string
		if err := rows.Scan(&action, &outcome); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.TrimSpace(action+" "+outcome))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}
