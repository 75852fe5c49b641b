package window

import (
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// Another process syncs while somebody starts the import of what they have
// listed: the list waits, and is imported afterwards, once.
func TestAListOutlastsAnImportThatCannotBegin(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 3, Patients: 150})
	f.signUpAndConnect()
	if _, err := f.app.Sync.List(); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(filepath.Join(f.o.Dir, "sync.lock")) // as telehab sync has it
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Sync.Import(); profile.CodeOf(err) != profile.SyncRunning {
		t.Errorf("beside another sync: %v", err)
	}
	if summary, err := f.app.Sync.ListingSummary(); err != nil || summary.Total+summary.Archived != 150 {
		t.Errorf("the list: %+v, %v", summary, err)
	}
	if state, err := f.app.About.State(); err != nil || state.Sync.Phase != "listed" {
		t.Errorf("the page is in phase %q, %v", state.Sync.Phase, err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	if pass, err := f.app.Sync.Import(); err != nil || pass.Read != 150 {
		t.Errorf("the second try: %+v, %v", pass, err)
	}
	if _, err := f.app.Sync.Import(); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("imported again: %v", err)
	}
}
