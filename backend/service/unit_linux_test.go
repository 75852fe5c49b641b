package service

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestUnitNames(t *testing.T) {
	for owner, want := range map[string]string{
		"dana":             "telehab-dana.service",
		"dana-m.smith_2":   "telehab-dana-m.smith_2.service",
		"dana@example.com": `telehab-dana\x40example.com.service`,
		`CLINIC\dana`:      `telehab-CLINIC\x5cdana.service`,
		"../dana/x":        `telehab-\x2e.\x2fdana\x2fx.service`,
	} {
		u, err := unitOf(&Options{User: owner, System: true})
		if err != nil || u.name != want || u.file != "/etc/systemd/system/"+want ||
			u.sealed != "/etc/credstore.encrypted/"+strings.TrimSuffix(want, ".service")+".keyring" {
			t.Errorf("%s: %+v, %v", owner, u, err)
		}
	}
}

// What is no word of its own in a unit is written as systemd reads it back.
func TestUnitText(t *testing.T) {
	u := &unit{name: "telehab-dana.service", owner: "da%na", sealed: "/etc/credstore.encrypted/telehab-dana.keyring", credential: "telehab-keyring"}
	o := Options{Program: "/opt/Tele $HOME/tele\"hab", DataDir: "/srv/100% ours/back\\slash", Setting: []string{"TELEHAB_DATA_DIR=/srv/100% ours/back\\slash"}, System: true}
	lines := strings.Split(u.text(&o, 252), "\n")
	for _, want := range []string{
		"# Made by telehab service install. telehab service remove deletes it.",
		`ExecStart="/opt/Tele $$HOME/tele\"hab" sync --watch`,
		`Description=TeleHab: sync for da%%na`,
		`User=da%%na`,
		`Environment="TELEHAB_DATA_DIR=/srv/100%% ours/back\\slash"`,
		`BindPaths="/srv/100%% ours/back\\slash"`,
		"LoadCredentialEncrypted=telehab-keyring:/etc/credstore.encrypted/telehab-dana.keyring",
		"WantedBy=multi-user.target",
		"ProtectSystem=strict", "ProtectHome=tmpfs", "CapabilityBoundingSet=", "LimitCORE=0", "Restart=on-failure",
	} {
		if !contains(lines, want) {
			t.Errorf("no line %s in\n%s", want, strings.Join(lines, "\n"))
		}
	}
	if text := u.text(&o, 254); !strings.Contains(text, "\nRestartMaxDelaySec=10min\n") {
		t.Error("no back-off with systemd 254")
	}
	u.user, o.System = true, false
	text := u.text(&o, 256)
	for _, not := range []string{"User=", "ProtectHome", "BindPaths", "CapabilityBoundingSet", "multi-user"} {
		if strings.Contains(text, "\n"+not) {
			t.Errorf("the unit of a user has %s", not)
		}
	}
	if !strings.Contains(text, "\nWantedBy=default.target\n") || !strings.Contains(text, "\nNoNewPrivileges=yes\n") {
		t.Error(text)
	}
}

func contains(lines []string, want string) bool {
	for _, line := range lines {
		if line == want {
			return true
		}
	}
	return false
}

// systemd understands the unit, and finds little that it may do: at most 1.5 of 10.
func TestUnitSatisfiesSystemd(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("no systemd-analyze")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	u := &unit{name: "telehab-test.service", owner: "root", sealed: "/etc/credstore.encrypted/telehab-test.keyring", credential: "telehab-keyring"}
	file := filepath.Join(t.TempDir(), u.name)
	text := u.text(&Options{Program: program, DataDir: "/srv/telehab", Setting: []string{"TELEHAB_DATA_DIR=/srv/telehab"}, System: true}, 252)
	text = strings.Replace(text, "User=root", "User=daemon", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("systemd-analyze", "verify", "--man=no", file).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("verify: %v\n%s", err, out)
	}
	if out, err := exec.Command("systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", file).CombinedOutput(); err != nil {
		t.Errorf("security: %v\n%s", err, out)
	}
}

// A file of that name that somebody else made stays.
func TestUnitsOfOthersStay(t *testing.T) {
	dir := t.TempDir()
	u := &unit{name: "telehab.service", user: true, file: filepath.Join(dir, "telehab.service"), sealed: filepath.Join(dir, "telehab.keyring")}
	if err := os.WriteFile(u.file, []byte("[Unit]\nDescription=somebody else's\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := u.mayReplace(); err == nil {
		t.Error("it would be replaced")
	}
	if err := u.remove(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(u.file); err != nil {
		t.Error(err)
	}
}
