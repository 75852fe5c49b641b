package command_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// 4 is the exit code of a status that says how old the copy is, and that this is
// too old.
func TestAStaleCopy(t *testing.T) {
	c := newConnected(t, 30)
	for _, wants := range []struct {
		args []string
		exit int
		says string
	}{
		{[]string{"--json", "--max-age", "30m"}, 4, `"stale":true`},
		{[]string{"--max-age", "30m"}, 4, "\nStale: no sync ended well in the last 30m.\n"},
		{[]string{"--json"}, 0, `"stale":null`},
		{[]string{"--json"}, 0, `"service":{"installed":false,"running":false,"other_data":false}`},
		{[]string{"--max-age", "0s"}, 2, "write it like 30m or 24h"},
		{[]string{"--max-age", "soon"}, 2, "write it like 30m or 24h"},
	} {
		if code, said := c.run("", append([]string{"status"}, wants.args...)...); code != wants.exit || !strings.Contains(said, wants.says) {
			t.Errorf("never synced, %v: exit %d: %s", wants.args, code, said)
		}
	}
	c.must("", "sync")
	c.execute("UPDATE pass SET ended_at = ended_at - 31 * 60 * 1000000")
	for age, exit := range map[string]int{"30m": 4, "32m": 0, "1h": 0, "24h": 0} {
		stale := strconv.FormatBool(exit == 4)
		if code, said := c.run("", "status", "--json", "--max-age", age); code != exit || !strings.Contains(said, `"stale":`+stale) {
			t.Errorf("31 minutes old, %s: exit %d: %s", age, code, said)
		}
		if code, said := c.run("", "status", "--max-age", age); code != exit || strings.Contains(said, "Stale: no sync ended well in the last "+age) != (exit == 4) {
			t.Errorf("31 minutes old, %s: exit %d: %s", age, code, said)
		}
	}
	if code, said := c.run("", "disconnect", "--yes", "--as", asDana); code != 0 {
		t.Fatal(said)
	}
	if code, said := c.run("", "status", "--json", "--max-age", "24h"); code != 4 || !strings.Contains(said, `"connected":false`) {
		t.Errorf("nothing connected: exit %d: %s", code, said)
	}
}

// The text file has the counts and times, and nothing that tells who or whose.
func TestTheTextFile(t *testing.T) {
	c := newComputer(t, 30)
	c.execute("UPDATE pass SET ended_at = 1780000000000000")
	c.execute("INSERT INTO pass (account_id, kind, started_at, ended_at, error) SELECT account_id, 'changes', 1780000300000000, 1780000300000000, 'offline' FROM clinic")
	path := filepath.Join(t.TempDir(), "telehab.prom")
	if code, said := c.run("", "status", "--textfile", path, "--max-age", "1h", "--json"); !strings.Contains(said, `"last_error":"offline"`) {
		t.Fatalf("exit %d: %s", code, said)
	}
	const want = `# HELP telehab_connected Whether a clinic is connected.
# TYPE telehab_connected gauge
telehab_connected 1
# HELP telehab_last_good_sync_timestamp_seconds When the last sync ended that ended well, in seconds since 1970; 0: never.
# TYPE telehab_last_good_sync_timestamp_seconds gauge
telehab_last_good_sync_timestamp_seconds 1780000000
# HELP telehab_profiles Profiles on this computer, those that need attention included.
# TYPE telehab_profiles gauge
telehab_profiles 29
# HELP telehab_profiles_need_attention Profiles that lack a required detail or have an impossible one.
# TYPE telehab_profiles_need_attention gauge
telehab_profiles_need_attention 3
# HELP telehab_profiles_archived Profiles whose clients are archived in Cliniko.
# TYPE telehab_profiles_archived gauge
telehab_profiles_archived 0
# HELP telehab_clients_active_in_cliniko Active clients, as Cliniko counted them last.
# TYPE telehab_clients_active_in_cliniko gauge
telehab_clients_active_in_cliniko 29
# HELP telehab_profiles_missing Profiles no longer in Cliniko, of which a person has to decide.
# TYPE telehab_profiles_missing gauge
telehab_profiles_missing 0
# HELP telehab_import_unfinished Whether an import was cut off and will be resumed.
# TYPE telehab_import_unfinished gauge
telehab_import_unfinished 0
# HELP telehab_stale Whether the last good sync is older than --max-age, or there was none.
# TYPE telehab_stale gauge
telehab_stale 1
# HELP telehab_service_installed Whether the service is installed.
# TYPE telehab_service_installed gauge
telehab_service_installed 0
# HELP telehab_service_running Whether the service runs.
# TYPE telehab_service_running gauge
telehab_service_running 0
# HELP telehab_last_error Why the last sync did not end well: its code.
# TYPE telehab_last_error gauge
telehab_last_error{code="offline"} 1
`
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if code, said := c.run("", "status", "--textfile", filepath.Join(t.TempDir(), "none", "telehab.prom")); code != 1 || !strings.HasSuffix(said, "Check that its folder exists and that you may write there, then try again. (invalid)\n") {
		t.Errorf("no folder: exit %d: %s", code, said)
	}
}
