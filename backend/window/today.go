package window

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/notifier"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/window/host"
)

// Today is the first screen after the sign-in.
type Today struct{ parts Parts }

// NewToday returns the service.
func NewToday(p Parts) *Today { return &Today{p} }

// TodayView is what the Today screen shows. Whoever may not view profiles has
// neither News nor Pinned nor Opened.
type TodayView struct {
	Since     string        `json:"since"`   // what is new is so since then
	Changed   int           `json:"changed"` // clients of whom something changed in Cliniko, but for the new ones
	Added     int           `json:"added"`   // clients who are new here
	News      []NewsView    `json:"news"`    // of both, the latest first, at most 20; of each as many, where there are
	Attention AttentionView `json:"attention"`
	Pinned    []ProfileRow  `json:"pinned"` // whoever was pinned last first
	Opened    []ProfileRow  `json:"opened"` // whoever was opened last first
}

// NewsView is a client who is new, or of whom something changed.
type NewsView struct {
	Client ProfileRow `json:"client"`
	Added  bool       `json:"added"`
	// Change is all that changed, as one: of a state with its values, of a
	// detail without. Without fields for somebody new.
	Change ChangeView `json:"change"`
}

// AttentionView is who needs attention.
type AttentionView struct {
	All     int          `json:"all"`
	Since   int          `json:"since"`   // of them, those who do since TodayView's time
	Newest  []ProfileRow `json:"newest"`  // those, the latest first, at most 5, without sex and email
	Reasons []ReasonView `json:"reasons"` // in the order in which they are shown
	Days    []int        `json:"days"`    // how many did at the end of each day that was asked for; -1: not known
}

// ReasonView is how many need attention for a reason.
type ReasonView struct {
	Field string `json:"field"` // see ReasonCount
	Count int    `json:"count"`
}

const (
	maxNews      = 20
	maxAttention = 5
)

// changeStore is the part of the store that Today reads.
type changeStore interface {
	Days(ctx context.Context, begins []time.Time) ([]profile.Day, error)
	ChangedSince(ctx context.Context, since time.Time, most int) (ids []profile.ID, clients int, err error)
	Changes(ctx context.Context, id profile.ID) ([]profile.Change, error)
}

// Look is Read for somebody who comes to the screen, which counts for what is
// new to them the next time.
func (t *Today) Look(begins []string) (TodayView, error) {
	return t.view(begins, func(ctx context.Context, c *host.Call) (staff.Today, error) {
		return c.Session.Today().Look(ctx, c.Clinic.Time(ctx))
	})
}

// Read returns what the screen shows. begins are the midnights of the days
// whose numbers are asked for: see Sync.Days.
func (t *Today) Read(begins []string) (TodayView, error) {
	return t.view(begins, func(ctx context.Context, c *host.Call) (staff.Today, error) {
		return c.Session.Today().Read(ctx, c.Clinic.Time(ctx))
	})
}

// Pin keeps a client on the screen of whoever is signed in, or no longer.
func (t *Today) Pin(id string, pinned bool) error {
	_, err := host.Do(t.parts.access, session.MayViewProfiles, func(ctx context.Context, c *host.Call) (none, error) {
		return none{}, c.Session.Today().Pin(ctx, id, pinned)
	})
	return err
}

// StartWith sets with which screen the window begins for whoever is signed in.
func (t *Today) StartWith(screen string) (AppState, error) {
	return host.Do(t.parts.access, session.SignedIn, func(ctx context.Context, c *host.Call) (AppState, error) {
		if err := c.Session.Today().StartWith(ctx, staff.Screen(screen)); err != nil {
			return AppState{}, err
		}
		return t.parts.page.stateOf(ctx, c.Clinic)
	})
}

// SetNotify sets whether the operating system notifies whoever is signed in of
// what needs a person. Where the system does not allow it, nothing is set.
func (t *Today) SetNotify(on bool) (AppState, error) {
	return host.Do(t.parts.access, session.SignedIn, func(ctx context.Context, c *host.Call) (AppState, error) {
		if on {
			if err := t.allowNotifications(); err != nil {
				return AppState{}, err
			}
		}
		if err := c.Session.Today().SetNotify(ctx, on, c.Clinic.Time(ctx)); err != nil {
			return AppState{}, err
		}
		return t.parts.page.stateOf(ctx, c.Clinic)
	})
}

func (t *Today) allowNotifications() error {
	allowed, err := t.parts.toolkit.AllowNotifications()
	if err == nil && allowed { // the first one, which shows that it works
		err = t.parts.toolkit.Notify("TeleHab will tell you here when something needs you.")
	}
	switch {
	case errors.Is(err, notifier.ErrNobody):
		return &profile.Error{Code: notNotified, Cause: err, Message: "Nothing on this computer shows notifications. Ask your IT person to install a notification service, then turn them on again."}
	case err != nil:
		return &profile.Error{Code: notNotified, Cause: err, Message: "This computer shows no notifications of TeleHab. Turn them on in the system's settings, then turn them on here again."}
	case !allowed:
		return profile.Refuse(notNotified, "This computer does not allow notifications of TeleHab. Allow them in the system's settings, then turn them on here again.")
	}
	t.parts.page.notifyFails.Store(false)
	return nil
}

// notNotified is that the system shows no notifications of TeleHab.
const notNotified profile.Code = "notifications_off"

func (t *Today) view(begins []string, kept func(context.Context, *host.Call) (staff.Today, error)) (TodayView, error) {
	return host.Do(t.parts.access, session.MayViewToday, func(ctx context.Context, c *host.Call) (TodayView, error) {
		view := TodayView{News: []NewsView{}, Pinned: []ProfileRow{}, Opened: []ProfileRow{}}
		times, err := beginsOf(begins)
		if err != nil {
			return view, err
		}
		clients, err := c.Clinic.Workspace.Directory()
		if err != nil {
			return view, err
		}
		store, err := c.Clinic.Workspace.Store(ctx)
		if err != nil {
			return view, err
		}
		today, err := kept(ctx, c)
		if err != nil {
			return view, err
		}
		view.Since = instant(today.Since)
		if view.Attention, err = attentionView(ctx, store, clients, today.Since, times); err != nil {
			return view, err
		}
		if c.Session.Allows(session.MayViewProfiles) {
			view.Pinned, view.Opened = rowsOf(clients, today.Pinned), rowsOf(clients, today.Opened)
			err = view.addNews(ctx, store, clients, today.Since)
		}
		return view, err
	})
}

func attentionView(ctx context.Context, store changeStore, clients *directory.Directory, since time.Time, begins []time.Time) (AttentionView, error) {
	found := clients.Attending(since, maxAttention)
	view := AttentionView{All: found.All, Since: found.Since, Newest: []ProfileRow{}, Reasons: []ReasonView{}, Days: []int{}}
	for i := range found.Newest {
		row := profileRow(&found.Newest[i])
		row.Sex, row.Email = "", "" // as in AttentionRow: not everybody here may view profiles
		view.Newest = append(view.Newest, row)
	}
	for _, counted := range reasonCounts(found.Reasons) {
		view.Reasons = append(view.Reasons, ReasonView{counted.Reason, counted.Count})
	}
	days, err := store.Days(ctx, begins)
	for _, day := range days {
		view.Days = append(view.Days, day.Failing)
	}
	return view, err
}

// rowsOf leaves out whoever is not here any more.
func rowsOf(clients *directory.Directory, refs []string) []ProfileRow {
	rows := []ProfileRow{}
	for _, ref := range refs {
		if entry, known := clients.One(ref); known {
			rows = append(rows, profileRow(&entry))
		}
	}
	return rows
}

// addNews fills in who changed and who is new. The counts are of all; what
// changed is read of those alone who are shown. Where both are many, half of
// the rows are of each: neither hides the other.
func (v *TodayView) addNews(ctx context.Context, store changeStore, clients *directory.Directory, since time.Time) error {
	added, count := clients.AddedSince(since, maxNews)
	v.Added = count
	ids, count, err := store.ChangedSince(ctx, since, maxNews)
	if err != nil {
		return err
	}
	v.Changed = count
	added = added[:min(len(added), max(maxNews/2, maxNews-len(ids)))]
	for i := range added {
		at := instant(added[i].Profile.AddedAt)
		v.News = append(v.News, NewsView{Client: profileRow(&added[i]), Added: true, Change: ChangeView{At: at, Fields: []FieldChangeView{}}})
	}
	for _, id := range ids[:min(len(ids), maxNews-len(added))] {
		entry, known := clients.One(string(id))
		if !known || entry.Profile.State == profile.Active && !entry.Profile.AddedAt.Before(since) {
			continue // erased meanwhile, or new since the store was asked
		}
		change, err := changedSince(ctx, store, id, since)
		if err != nil {
			return err
		}
		v.News = append(v.News, NewsView{Client: profileRow(&entry), Change: change})
	}
	slices.SortFunc(v.News, func(a, b NewsView) int {
		return cmp.Or(cmp.Compare(b.Change.At, a.Change.At), cmp.Compare(a.Client.ID, b.Client.ID))
	})
	return nil
}

// changedSince makes one change of all since then. Its details are without
// their values: the history of the profile has those, and who reads it is in
// the audit trail.
func changedSince(ctx context.Context, store changeStore, id profile.ID, since time.Time) (ChangeView, error) {
	changes, err := store.Changes(ctx, id)
	if err != nil && profile.CodeOf(err) != profile.StoreDamaged {
		return ChangeView{}, err
	}
	one := profile.Change{}
	for i := range changes { // the newest first
		c := &changes[i]
		if c.At.Before(since) {
			break
		}
		if one.At.IsZero() {
			one.At, one.UpdatedAt, one.PassID = c.At, c.UpdatedAt, c.PassID
		}
		for _, f := range c.Fields {
			if slices.ContainsFunc(one.Fields, func(known profile.FieldChange) bool { return known.Field == f.Field }) {
				continue
			}
			if f.Field != profile.FieldState {
				f.Before, f.After = "", ""
			}
			one.Fields = append(one.Fields, f)
		}
	}
	return changeView(&one), nil
}
