package session

import (
	"context"
	"errors"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

// OpenDemo opens the demo, connected and up to date as of its last sync. Opened
// for the first time, its clinic lives through a month before: people work in its
// Cliniko, somebody connects and imports it here, and syncs like any clinic does,
// by the same engine, on a clock of its own.
func OpenDemo(ctx context.Context, o workspace.Options) (*workspace.Workspace, error) {
	w, past, err := workspace.OpenDemo(ctx, o)
	if err != nil || past == nil {
		return w, err
	}
	if o.OnDemo == nil {
		o.OnDemo = func(int, int) {}
	}
	if err := live(ctx, w, past, o.OnDemo); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// live lives through the demo's past, and tells how far it is.
func live(ctx context.Context, w *workspace.Workspace, past *workspace.Past, told func(done, all int)) error {
	s := newSession(w, Options{Clock: w.Now}, DemoPerson())
	defer s.End()
	looked, moments := lastLook(past), momentsOf(past)
	told(0, len(moments))
	if err := s.setUp(ctx, past.Key()); err != nil {
		return err
	}
	for i, m := range moments {
		if err := past.Reach(m.at); err != nil {
			return err
		}
		if err := s.syncOnce(ctx, m.asked); err != nil {
			return err
		}
		if m.at.Equal(looked) {
			if err := s.lookAround(ctx); err != nil {
				return err
			}
		}
		told(i+1, len(moments))
	}
	return past.End()
}

// setUp connects and imports the clinic, whose Cliniko has the button.
func (s *Session) setUp(ctx context.Context, key string) error {
	if _, err := s.Integration().Connect(ctx, func() (string, error) { return key, nil }); err != nil {
		return err
	}
	engine, err := s.workspace.Engine(ctx)
	if err != nil {
		return err
	}
	err = s.Recorded(ctx, MayModifyLink, staff.ListedClients, "", func() error {
		list, err := engine.List(ctx, silent)
		s.SetListed(list)
		return err
	})
	if err == nil {
		_, err = s.Integration().Import(ctx, func(list *syncer.Listed) (profile.Pass, error) { return engine.Import(ctx, list, silent) })
	}
	if err != nil {
		return err
	}
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return err
	}
	return store.SetButton(ctx, profile.ButtonWorks)
}

func silent(syncer.Progress) {}

// syncOnce syncs; asked: somebody clicks, and the audit trail has it.
func (s *Session) syncOnce(ctx context.Context, asked bool) error {
	engine, err := s.workspace.Engine(ctx)
	if err != nil {
		return err
	}
	if !asked {
		_, err = engine.Changes(ctx, silent)
		return err
	}
	return s.Recorded(ctx, MaySync, staff.Synced, "", func() error {
		_, err := engine.Sync(ctx, silent)
		return err
	})
}

// lookAround is what the person did last: they looked at Today, and opened some
// of the profiles that had changed.
func (s *Session) lookAround(ctx context.Context) error {
	now := s.workspace.ClinicTime(ctx, s.workspace.Now())
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return err
	}
	changed, _, err := store.ChangedSince(ctx, now.AddDate(0, 0, -7), 4)
	if err != nil {
		return err
	}
	for _, id := range changed {
		if err := s.OpenedProfile(ctx, string(id)); err != nil {
			return err
		}
	}
	_, err = s.Today().Look(ctx, now)
	return err
}

// moment is one at which the demo's clinic syncs.
type moment struct {
	at    time.Time
	asked bool
}

// momentsOf returns when it does: on working days as the first person comes and
// as the last one leaves; on Saturdays once.
func momentsOf(past *workspace.Past) (moments []moment) {
	year, month, day := past.Began.Date()
	for number := 0; ; number++ {
		at := func(hour, minute int) time.Time {
			return time.Date(year, month, day+number, hour, minute, 0, 0, past.Began.Location())
		}
		if at(0, 0).After(past.Opened) {
			return moments
		}
		var today []moment
		switch weekday := at(0, 0).Weekday(); weekday {
		case time.Sunday:
		case time.Saturday:
			today = []moment{{at(12, 10), false}}
		default:
			today = []moment{{at(8, 25), false}, {at(16, 40), weekday%2 == 1}}
		}
		for _, m := range today {
			if m.at.After(past.Began.Add(time.Hour)) && m.at.Before(past.Opened) {
				moments = append(moments, m)
			}
		}
	}
}

// lastLook returns at which of the moments somebody looked at Today last: so
// that something has happened since.
func lastLook(past *workspace.Past) time.Time {
	const worthSeeing = 8
	var looked time.Time
	for _, m := range momentsOf(past) {
		if past.Opened.Sub(m.at) >= 4*time.Hour && past.Busy(m.at) >= worthSeeing {
			looked = m.at
		}
	}
	return looked
}
