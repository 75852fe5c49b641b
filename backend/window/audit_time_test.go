package window

import (
	"path/filepath"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/staff"
)

// The dialog that asks where an export goes is open for two hours: the audit
// trail has the time of the file.
func TestAnExportCountsFromWhenItIsWritten(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 3, Patients: 20})
	f.signUpAndConnect()
	f.imported()
	f.system.saveTo = filepath.Join(t.TempDir(), "clients.csv")
	clock := f.computer.Clock
	var ahead time.Duration
	f.computer.Clock = func() time.Time { return clock().Add(ahead) }
	f.system.whileAsking = func() { ahead = 2 * time.Hour }
	began := clock()
	if _, err := f.app.Profiles.Export("csv", password); err != nil {
		t.Fatal(err)
	}
	events, err := f.clinic().Workspace.Events(t.Context(), 0, 1)
	if err != nil || len(events) != 1 || events[0].Action != staff.ExportedProfiles {
		t.Fatalf("%+v, %v", events, err)
	}
	if events[0].Here.Before(began.Add(2*time.Hour)) || events[0].Here.After(clock().Add(2*time.Hour)) {
		t.Errorf("written two hours after %v, and the audit trail says %v", began, events[0].Here)
	}
}
