package syncer_test

import (
	"cmp"
	"flag"
	"os"
	"strconv"
	"testing"
)

func rapidFlags(t testing.TB, checks int) {
	withRapid(t, "rapid.checks", strconv.Itoa(checks))
	withRapid(t, "rapid.steps", "5")
	withRapid(t, "rapid.seed", cmp.Or(os.Getenv("TELEHAB_SEED"), "1"))
	withRapid(t, "rapid.nofailfile", "true") // the seed that is printed does as well
}

func histories() int {
	if n, err := strconv.Atoi(os.Getenv("TELEHAB_HISTORIES")); err == nil {
		return n
	}
	return 5 // under the race detector, in go-test; the stage histories runs more
}

var onCommandLine = map[string]bool{}

// withRapid sets one of rapid's flags for this test, unless the command line
// does.
func withRapid(t testing.TB, name, value string) {
	t.Helper()
	if onCommandLine[name] {
		return
	}
	before := flag.Lookup(name).Value.String()
	must(t, flag.Set(name, value))
	t.Cleanup(func() { must(t, flag.Set(name, before)) })
}
