package staff_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

func TestSinceWhenSomebodyHasNotLooked(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) }
	imported := at(2, 10, 0)
	var kept staff.Today
	for _, step := range []struct {
		name        string
		now, since  time.Time
		importEnded time.Time
	}{
		{"never there before: a week", at(20, 9, 0), at(13, 9, 0), imported},
		{"a moment later", at(20, 9, 1), at(13, 9, 0), imported},
		{"the whole day, with pauses", at(20, 12, 59), at(13, 9, 0), imported},
		{"until the evening", at(20, 16, 40), at(13, 9, 0), imported},
		{"the next morning: since the evening", at(21, 8, 0), at(20, 16, 40), imported},
		{"still", at(21, 11, 59), at(20, 16, 40), imported},
		{"after four hours: since the last look", at(21, 15, 59), at(21, 11, 59), imported},
		{"the clock went far back", at(1, 8, 0), at(2, 10, 0).Add(time.Second), imported},
	} {
		kept.Look(step.now, step.importEnded)
		if !kept.Since.Equal(step.since) || !kept.Looked.Equal(step.now) {
			t.Errorf("%s: since %v, looked at %v", step.name, kept.Since, kept.Looked)
		}
	}
	// Nobody is new who came with the import of this week.
	kept = staff.Today{}
	if kept.Look(at(4, 9, 0), imported); !kept.Since.Equal(at(2, 10, 0).Add(time.Second)) {
		t.Errorf("since %v", kept.Since)
	}
	kept = staff.Today{}
	if kept.Look(at(4, 9, 0), time.Time{}); !kept.Since.Equal(time.Date(2026, 10, 28, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("no import is known: since %v", kept.Since)
	}
}

func TestPinnedAndOpened(t *testing.T) {
	var kept staff.Today
	for n := range staff.MaxPinned {
		if err := kept.Pin(strconv.Itoa(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := kept.Pin("one more"); profile.CodeOf(err) != profile.Invalid || len(kept.Pinned) != 20 {
		t.Errorf("%d pinned, %v", len(kept.Pinned), err)
	}
	if err := kept.Pin("3"); err != nil || kept.Pinned[0] != "3" || len(kept.Pinned) != 20 {
		t.Errorf("somebody who is pinned already: %v, %v", kept.Pinned, err)
	}
	if kept.Unpin("3"); slices.Contains(kept.Pinned, "3") || len(kept.Pinned) != 19 {
		t.Errorf("%v", kept.Pinned)
	}

	for _, ref := range []string{"1", "2", "3", "2", "4", "5", "6", "7", "8", "9"} {
		kept.Open(ref)
	}
	if want := []string{"9", "8", "7", "6", "5", "4", "2", "3"}; !slices.Equal(kept.Opened, want) {
		t.Errorf("%v, want %v", kept.Opened, want)
	}
	if !kept.Forget([]string{"2", "0"}) || slices.Contains(kept.Opened, "2") || slices.Contains(kept.Pinned, "2") || slices.Contains(kept.Pinned, "0") {
		t.Errorf("%v, %v", kept.Pinned, kept.Opened)
	}
	if kept.Forget([]string{"2", "nobody"}) {
		t.Error("forgot somebody twice")
	}
}
