package window

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/profile"
)

// button returns what the window is told of the button in Cliniko.
func (f *fixture) button() string {
	f.t.Helper()
	state, err := f.app.About.State()
	if err != nil {
		f.t.Fatal(err)
	}
	return state.Button
}

func TestTheButtonIsRemembered(t *testing.T) {
	f := newFixture(t, small)
	f.computer.OpenTest = func(_ context.Context, link deeplink.Link) error {
		go f.app.parts.links.arrive(link) // as the operating system would bring it
		return nil
	}
	f.signUpAndConnect()
	if how := f.button(); how != "" {
		t.Errorf("%q before anybody has tried", how)
	}
	if err := f.app.Links.SetButton("unused"); err != nil || f.button() != "unused" {
		t.Errorf("%q after it was skipped, %v", f.button(), err)
	}
	click := func() {
		t.Helper()
		f.click(f.fake.IDs()[0])
		if taken, err := f.app.Links.Take(); err != nil || taken.ID != f.fake.IDs()[0] {
			t.Fatalf("took %q, %v", taken.ID, err)
		}
		if _, err := f.app.Links.Follow(f.fake.IDs()[0]); err != nil {
			t.Fatal(err)
		}
	}
	if click(); f.button() != "unused" {
		t.Errorf("%q after a link, though the clinic does without the button", f.button())
	}
	if err := f.app.Links.SetButton("waiting"); err != nil || f.button() != "waiting" {
		t.Errorf("%q after Cliniko was asked, %v", f.button(), err)
	}
	if back, err := f.app.Links.Test(); !back || err != nil || f.button() != "waiting" {
		t.Errorf("after a test, which shows nothing of Cliniko: back %v, %q, %v", back, f.button(), err)
	}
	if taken, err := f.app.Links.Take(); err != nil || taken.ID != "" || f.button() != "waiting" {
		t.Errorf("took %q though no link waits, %q, %v", taken.ID, f.button(), err)
	}
	for _, claim := range []string{"works", "broken"} {
		if err := f.app.Links.SetButton(claim); profile.CodeOf(err) != profile.Invalid || f.button() != "waiting" {
			t.Errorf("%q claimed: %v, %q", claim, err, f.button())
		}
	}
	f.click(f.fake.IDs()[1] + "&from=bookmark")
	if taken, err := f.app.Links.Take(); err != nil || taken.ID != f.fake.IDs()[1] || f.button() != "waiting" {
		t.Errorf("after a click on the bookmark, which is not Cliniko's button: took %q, %v, %q", taken.ID, err, f.button())
	}
	if _, err := f.app.Links.Follow(f.fake.IDs()[1]); err != nil || f.button() != "waiting" {
		t.Errorf("after the bookmark's client: %v, %q", err, f.button())
	}
	const invented = "9007199254740990"
	f.click(invented)
	if taken, err := f.app.Links.Take(); err != nil || taken.ID != invented {
		t.Fatalf("took %q, %v", taken.ID, err)
	}
	if _, err := f.app.Links.Follow(invented); profile.CodeOf(err) != profile.NotFound || f.button() != "waiting" {
		t.Errorf("after a link to a client whom Cliniko does not have: %v, %q", err, f.button())
	}
	if _, err := f.app.Links.Follow(f.fake.IDs()[0]); err != nil || f.button() != "waiting" {
		t.Errorf("after a client who was opened without a link: %v, %q", err, f.button())
	}
	told := f.told(eventState)
	if click(); f.button() != "works" {
		t.Errorf("%q after a link from a browser", f.button())
	}
	if f.told(eventState) == told {
		t.Error("the window was not told")
	}
	if _, err := f.app.Integration.Disconnect(password); err != nil || f.button() != "" {
		t.Errorf("%q after Disconnect, %v", f.button(), err)
	}
	if back, err := f.app.Links.Test(); !back || err != nil || f.button() != "" {
		t.Errorf("with no clinic: back %v, %q, %v", back, f.button(), err)
	}
}

func TestSyncDays(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	f.syncNow()
	state, err := f.app.About.State()
	if err != nil {
		t.Fatal(err)
	}
	// What a window says that is ten and a half hours ahead.
	zone := time.FixedZone("", 10*3600+1800)
	ahead := func(d time.Duration) string { return time.Now().Add(d).In(zone).Format(time.RFC3339) }
	days, err := f.app.Sync.Days([]string{ahead(-48 * time.Hour), ahead(-24 * time.Hour), ahead(time.Hour)})
	want := []DayView{{Failing: -1}, {Passes: 2, Failing: state.Tally.Failed}, {Failing: -1}}
	if diff := cmp.Diff(want, days); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, wrong := range [][]string{{"yesterday"}, {ahead(0), ahead(-time.Hour)}, make([]string, 91)} {
		if _, err := f.app.Sync.Days(wrong); profile.CodeOf(err) != profile.Invalid {
			t.Errorf("%d times: %v", len(wrong), err)
		}
	}
}

// The list that was imported can be looked at until somebody leaves it, and is
// not imported twice.
func TestAnImportedListCanStillBeShown(t *testing.T) {
	f := newFixture(t, fakeclinic.Options{Seed: 83, Patients: 12, Shares: &fakeclinic.Shares{}})
	f.signUpAndConnect()
	listed, err := f.app.Sync.List()
	if err != nil || listed.Total != 12 {
		t.Fatalf("%+v, %v", listed, err)
	}
	if _, err := f.app.Sync.Import(); err != nil {
		t.Fatal(err)
	}
	if page, err := f.app.Sync.Listing(0, 5); err != nil || page.Total != 12 || len(page.Rows) != 5 {
		t.Errorf("%d rows of %d, %v", len(page.Rows), page.Total, err)
	}
	if _, err := f.app.Sync.ListingSummary(); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("it waits to be imported again: %v", err)
	}
	if _, err := f.app.Sync.Import(); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("imported twice: %v", err)
	}
	if err := f.app.Sync.Discard(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.app.Sync.Listing(0, 5); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("it is shown after it was left: %v", err)
	}
}
