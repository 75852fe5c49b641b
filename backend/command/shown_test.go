package command

import (
	"strings"
	"testing"
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
