package command_test

import (
	"strings"
	"sync"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// "They are gone" in one terminal, and while each of them is requested once more,
// "keep them" in another: the later answer counts, and both commands say so.
func TestKeepBesideRemove(t *testing.T) {
	c := newComputer(t, 300)
	gone := c.clinic.IDs()[:60]
	for _, id := range gone {
		if err := c.clinic.Delete(id); err != nil {
			t.Fatal(err)
		}
	}
	if code, said := c.run("", "sync", "--full"); code == 0 || !strings.Contains(said, "mass_disappearance") {
		t.Fatalf("exit %d, %s", code, said)
	}
	c.must("", "missing", "--as", asDana)
	var once sync.Once
	var kept string
	c.clinic.BeforeResponse(func(r fakeclinic.Request) {
		if strings.HasSuffix(r.Path, "/patients/"+gone[3]) {
			once.Do(func() { _, kept = c.run("", "missing", "keep", "--as", asDana) })
		}
	})
	code, said := c.run("", "missing", "remove", "--yes", "--as", asDana)
	if kept != "Kept: 57 clients.\n" {
		t.Errorf("keep: %s", kept)
	}
	if code == 0 || !strings.Contains(said, "Removed: 0 clients.") || !strings.Contains(said, "Nothing was removed here.") {
		t.Errorf("remove: exit %d, %s", code, said)
	}
	if code, said := c.run("", "missing"); code != 0 || !strings.Contains(said, "somebody decided to keep them") {
		t.Errorf("afterwards: exit %d, %s", code, said)
	}
}
