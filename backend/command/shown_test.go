package command

import (
	"strings"
	"testing"

	"telehab.io/desktop/backend/profile"
)

// A name in Cliniko may hold what moves a terminal's cursor or turns the line
// around.
func TestNamesCannotSteerTheTerminal(t *testing.T) {
	name, born := "Sample\u202e, \x1b[2JAnn\u009b1A\n\tx", "1990-05-01"
	var out strings.Builder
	terminal := Terminal{Out: &out}
	if err := terminal.tableMissing(&missingResult{Missing: 1, Profiles: 3, Clients: []missingLine{{ID: "7", shown: name, Born: &born}}}, true); err != nil {
		t.Fatal(err)
	}
	const want = "1 of 3 clients is no longer in Cliniko. Nothing was removed here.\n7  Sample, [2JAnn1A  x  1990-05-01\n"
	if !strings.HasPrefix(out.String(), want) {
		t.Errorf("%q, want %q at the front", out.String(), want)
	}
}

// Nor may a clinic's, its key's owner's, or what the owner is there.
func TestAClinicCannotSteerTheTerminal(t *testing.T) {
	const steers = "\x1b[2J\u202e"
	got := connectedTo(&profile.Clinic{Name: "Harbour" + steers, Shard: "au1", OwnerName: "Dana" + steers, OwnerRole: "owner" + steers, KeyEnds: "1a2b"}, 2)
	if want := "Connected to Harbour[2J (au1) with the key of Dana[2J (owner[2J), ending in 1a2b: 2 clients."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
