package window

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/profile"
)

// The demo of a copy of the program that somebody tries leaves the links with the
// program in which the clinic works; where no program has them, it takes them.
func TestTheDemoLeavesTheLinksWithTheClinic(t *testing.T) {
	dir := t.TempDir()
	for name, value := range map[string]string{"HOME": dir, "XDG_DATA_HOME": filepath.Join(dir, "data"), "XDG_CONFIG_HOME": filepath.Join(dir, "config"),
		"XDG_DATA_DIRS": filepath.Join(dir, "system"), "XDG_CONFIG_DIRS": filepath.Join(dir, "system"), "XDG_CURRENT_DESKTOP": ""} {
		t.Setenv(name, value)
	}
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	program := func(name string) deeplink.Registration {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		return deeplink.Registration{Executable: path}
	}
	clinics, tried := program("clinics"), program("tried")
	is := func(what string, r deeplink.Registration, want deeplink.Condition) {
		t.Helper()
		if state, err := r.Check(t.Context()); err != nil || state.Condition != want {
			t.Errorf("%s: %v, %v, want %v", what, state.Condition, err, want)
		}
	}
	f := newFixture(t, fakeclinic.Options{Patients: 1})
	f.app.parts.computer.Registration, f.app.Links.parts.computer.Registration = tried, tried
	if _, err := f.app.Clinics.OpenDemo(); err != nil {
		t.Fatal(err)
	}
	f.app.keepRegistered(t.Context())
	is("where no program has them", tried, deeplink.Ready)
	if err := tried.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}

	if err := clinics.Repair(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	f.app.keepRegistered(t.Context())
	is("at the start of the demo", clinics, deeplink.Ready)
	for _, takeOver := range []bool{false, true} {
		if _, err := f.app.Links.Repair(takeOver); profile.CodeOf(err) != profile.Invalid {
			t.Errorf("repaired in the demo: %v", err)
		}
	}
	is("after a repair in the demo", clinics, deeplink.Ready)

	if _, err := f.app.Clinics.LeaveDemo(); err != nil {
		t.Fatal(err)
	}
	f.app.keepRegistered(t.Context())
	is("at the start without the demo", tried, deeplink.Ready)
}
