package staff

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"telehab.io/desktop/backend/profile"
)

// Screen is one that the window can begin with.
type Screen string

// The screens.
const (
	TodayScreen    Screen = "today" // unless a person chose otherwise
	ProfilesScreen Screen = "profiles"
)

// Today is what the Today screen keeps of one person, in one clinic, and whether
// they are notified of what needs a person. Times are Cliniko's. Refs are the
// clients', the newest first.
type Today struct {
	Start  Screen    // "" for TodayScreen
	Since  time.Time // what changed since then is shown
	Looked time.Time // when the person came to the screen last
	Pinned []string
	Opened []string // whose profiles were opened last

	Notify      bool      // the person chose to be notified by the operating system
	Notified    time.Time // when that was last; zero: never
	NotifySince time.Time // the next one counts who needs attention since then
}

// TodayStore keeps what Today shows to each person, by their ids.
type TodayStore interface {
	// Today returns the zero value for whoever it was never stored for.
	Today(ctx context.Context, person string) (Today, error)
	// ChangeToday changes it and returns it. An error of change ends it with
	// nothing stored.
	ChangeToday(ctx context.Context, person string, change func(*Today) error) (Today, error)
	// ImportedAt returns when the clinic's first import ended, or the zero time.
	ImportedAt(ctx context.Context) (time.Time, error)
}

const (
	// MaxPinned is how many clients one person can pin.
	MaxPinned = 20
	maxOpened = 8
	// absence is how long somebody has to stay away for their next look to begin
	// where the last one ended. Whoever comes and goes, or locks the window,
	// still finds what changed this morning.
	absence = 4 * time.Hour
	// firstDays is how many days somebody sees who was never there.
	firstDays = 7
	// notifyEvery is how often one person is notified at most.
	notifyEvery = 24 * time.Hour
)

// Look records that the person comes to the screen now. imported is when the
// clinic's first import ended, or zero: nobody who came with it is new.
func (t *Today) Look(now, imported time.Time) {
	switch {
	case t.Looked.IsZero() || t.Since.After(now):
		t.Since = now.AddDate(0, 0, -firstDays)
		if !imported.Before(t.Since) {
			t.Since = imported.Add(time.Second) // Cliniko's Dates are in whole ones
		}
	case now.Sub(t.Looked) >= absence:
		t.Since = t.Looked
	}
	t.Looked = now
}

// MayNotify says that the person chose to be notified, and was not within a day.
// A time of the last notification in the future came from a wrong clock.
func (t *Today) MayNotify(now time.Time) bool {
	return t.Notify && now.Sub(t.Notified).Abs() >= notifyEvery
}

// SetNotify records the person's choice. Who needs attention already is on the
// screen where they choose.
func (t *Today) SetNotify(on bool, now time.Time) { t.Notify, t.NotifySince = on, now }

// Open puts a client in front of those who were opened last.
func (t *Today) Open(ref string) {
	t.Opened = first(t.Opened, ref)
	t.Opened = t.Opened[:min(len(t.Opened), maxOpened)]
}

// Pin puts a client in front of those who are pinned. Invalid: there are
// MaxPinned already.
func (t *Today) Pin(ref string) error {
	if len(t.Pinned) >= MaxPinned && !slices.Contains(t.Pinned, ref) {
		return profile.Errorf(profile.Invalid, "You have pinned %d people already. Unpin somebody first.", MaxPinned)
	}
	t.Pinned = first(t.Pinned, ref)
	return nil
}

// Unpin takes a client from those who are pinned.
func (t *Today) Unpin(ref string) { t.Pinned = without(t.Pinned, ref) }

// Forget removes clients, and says whether there were any of them.
func (t *Today) Forget(refs []string) bool {
	before := len(t.Pinned) + len(t.Opened)
	for _, ref := range refs {
		t.Pinned, t.Opened = without(t.Pinned, ref), without(t.Opened, ref)
	}
	return len(t.Pinned)+len(t.Opened) < before
}

func first(refs []string, ref string) []string {
	return append([]string{ref}, without(refs, ref)...)
}

func without(refs []string, ref string) []string {
	return slices.DeleteFunc(slices.Clone(refs), func(each string) bool { return each == ref })
}

// Format writes profile.Redacted, whatever the verb: it says whom a person looks
// at.
func (Today) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, profile.Redacted) }
