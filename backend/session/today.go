package session

import (
	"context"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Today is what the Today screen keeps of whoever is signed in. Nobody else can
// read or change it.
type Today struct{ session *Session }

// Today returns what the Today screen keeps of the person.
func (s *Session) Today() Today { return Today{s} }

// Look records that the person comes to the screen, at this time by Cliniko's
// clock, and returns what it keeps then. It does not wait long for that: another
// process may be writing to the store, or the disk be full, and the screen needs
// nothing but what is there. A look that is not recorded is as none the next time.
//
// Errors: SignedOut, NotPermitted, NotConnected.
func (x Today) Look(ctx context.Context, now time.Time) (staff.Today, error) {
	store, kept, imported, err := x.begin(ctx)
	if err != nil {
		return staff.Today{}, err
	}
	recorded := make(chan staff.Today, 1)
	go func() {
		defer close(recorded)
		looked, err := store.ChangeToday(context.WithoutCancel(ctx), x.session.Person().ID, func(t *staff.Today) error {
			t.Look(now, imported)
			return nil
		})
		if err != nil {
			x.session.workspace.Unsaved(err)
			return
		}
		recorded <- looked
	}()
	select {
	case looked, ok := <-recorded:
		if ok {
			return looked, nil
		}
	case <-time.After(lookPatience):
	}
	kept.Look(now, imported)
	return kept, nil
}

// lookPatience is for how long somebody who comes to the screen waits for the
// store.
const lookPatience = time.Second

// Read returns what the screen keeps; of somebody who was never there, what Look
// would, and records nothing. Errors: as Look.
func (x Today) Read(ctx context.Context, now time.Time) (staff.Today, error) {
	_, kept, imported, err := x.begin(ctx)
	if err == nil && kept.Looked.IsZero() {
		kept.Look(now, imported)
	}
	return kept, err
}

// begin returns the store with what is in it; and, for somebody who was never
// there, when the first import ended, which takes a look at all passes.
func (x Today) begin(ctx context.Context) (store staff.TodayStore, kept staff.Today, imported time.Time, err error) {
	if err = x.session.Require(MayViewToday); err != nil {
		return nil, kept, imported, err
	}
	if store, err = x.session.workspace.Store(ctx); err != nil {
		return nil, kept, imported, err
	}
	kept, err = store.Today(ctx, x.session.Person().ID)
	if err == nil && kept.Looked.IsZero() {
		imported, err = store.ImportedAt(ctx)
	}
	return store, kept, imported, err
}

// StartWith sets the screen with which the window begins for the person.
//
// Errors: SignedOut, NotConnected, Invalid.
func (x Today) StartWith(ctx context.Context, screen staff.Screen) error {
	if screen != staff.TodayScreen && screen != staff.ProfilesScreen {
		return profile.Refuse(profile.Invalid, "There is no such screen to start with. Choose Today or Profiles.")
	}
	return x.change(ctx, SignedIn, func(t *staff.Today) error {
		t.Start = screen
		return nil
	})
}

// SetNotify sets whether the operating system notifies the person of what needs
// one: see Presence.Notify. now is Cliniko's clock.
//
// Errors: SignedOut, NotConnected.
func (x Today) SetNotify(ctx context.Context, on bool, now time.Time) error {
	return x.change(ctx, SignedIn, func(t *staff.Today) error {
		t.SetNotify(on, now)
		return nil
	})
}

// Pin puts a client on the person's screen, or takes them from it.
//
// Errors: SignedOut, NotPermitted, NotConnected, NotFound, Invalid where too many
// are pinned.
func (x Today) Pin(ctx context.Context, ref string, pinned bool) error {
	if !pinned {
		return x.change(ctx, MayViewProfiles, func(t *staff.Today) error {
			t.Unpin(ref)
			return nil
		})
	}
	if err := x.session.Require(MayViewProfiles); err != nil {
		return err
	}
	clients, err := x.session.workspace.Directory()
	if err != nil {
		return err
	}
	if _, known := clients.One(ref); !known {
		return profile.Refuse(profile.NotFound, "This client is not on this computer, so there is nobody to pin.")
	}
	return x.change(ctx, MayViewProfiles, func(t *staff.Today) error { return t.Pin(ref) })
}

// opened puts a client in front of those whose profiles were opened last.
func (x Today) opened(ctx context.Context, ref string) error {
	return x.change(ctx, MayViewProfiles, func(t *staff.Today) error {
		t.Open(ref)
		return nil
	})
}

func (x Today) change(ctx context.Context, needs Needs, change func(*staff.Today) error) error {
	if err := x.session.Require(needs); err != nil {
		return err
	}
	store, err := x.session.workspace.Store(ctx)
	if err != nil {
		return err
	}
	_, err = store.ChangeToday(ctx, x.session.Person().ID, change)
	return err
}
