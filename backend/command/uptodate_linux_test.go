package command_test

import (
	"slices"
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// The last minutes before a sync are read again by the next one, which says all
// the same that nothing is new; and never so when somebody newly needs attention,
// whoever cannot be read.
func TestTheSyncAfterAnEditIsUpToDate(t *testing.T) {
	c := newComputer(t, 60)
	active := slices.DeleteFunc(c.clinic.Patients(), func(p fakeclinic.Patient) bool { return p.ArchivedAt != nil || p.MergedAt != nil })
	sync := func(what string, quiet bool) {
		t.Helper()
		if _, said := c.run("", "sync"); strings.HasPrefix(said, "Up to date.") != quiet {
			t.Errorf("%s: %q", what, said)
		}
	}
	edit := func(n int, change func(*fakeclinic.Patient)) {
		t.Helper()
		if err := c.clinic.Edit(active[n].ID, change); err != nil {
			t.Fatal(err)
		}
	}
	edit(0, func(p *fakeclinic.Patient) { p.FirstName = new("Renamed") })
	sync("one was renamed", false)
	sync("after that", true)
	edit(1, func(p *fakeclinic.Patient) { p.Raw = []byte(`{"id":"` + active[1].ID + `","first_name":{"x":[]}}`) })
	sync("one cannot be read", false)
	sync("after that", true)
	if err := c.clinic.Delete(active[1].ID); err != nil {
		t.Fatal(err)
	}
	edit(2, func(p *fakeclinic.Patient) { p.Email, p.Sex = nil, nil })
	sync("one newly needs attention", false)
	sync("after that", true)
}
