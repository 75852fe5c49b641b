package window

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
	if err := f.app.Links.SkipButton(); err != nil || f.button() != "unused" {
		t.Errorf("%q after it was skipped, %v", f.button(), err)
	}
	told := f.told(eventState)
	if back, err := f.app.Links.Test(); !back || err != nil || f.button() != "works" {
		t.Errorf("back %v, %q, %v", back, f.button(), err)
	}
	if f.told(eventState) == told {
		t.Error("the window was not told")
	}
	// A link of a client says nothing: any page may send one.
	if err := f.app.Links.SkipButton(); err != nil {
		t.Fatal(err)
	}
	f.click(f.fake.IDs()[0])
	if _, err := f.app.Links.Take(); err != nil || f.button() != "unused" {
		t.Errorf("%q after a client's link, %v", f.button(), err)
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
