package main

import (
	"context"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// HistoryView is what happened to one profile.
type HistoryView struct {
	AddedAt   string       `json:"addedAt"`   // first stored here
	CreatedAt string       `json:"createdAt"` // in Cliniko
	Changes   []ChangeView `json:"changes"`   // the newest first; the last 90 days
}

// ChangeView is what one sync changed of a profile.
type ChangeView struct {
	At        string            `json:"at"`        // it was stored here
	UpdatedAt string            `json:"updatedAt"` // changed in Cliniko
	Opened    bool              `json:"opened"`    // somebody opened the client; else a sync brought it
	Fields    []FieldChangeView `json:"fields"`
}

// FieldChangeView is one field before and after; "" is none.
type FieldChangeView struct {
	Field  string `json:"field"` // first_name, email, phones, state, …
	Label  string `json:"label"` // "Email"
	Before string `json:"before"`
	After  string `json:"after"`
}

// MissingView is a client whom Cliniko does not have any more, and who stays
// here until a person has decided.
type MissingView struct {
	ID   string `json:"id"`
	Name string `json:"name"` // "Last, First"
	Born string `json:"born"`
}

// ProfileHistory returns what changed of a profile.
func (a *App) ProfileHistory(id string) (HistoryView, error) {
	return call(a, "ProfileHistory", func(ctx context.Context, d *desk) (HistoryView, error) {
		store, err := d.w.Store(ctx)
		if err != nil {
			return HistoryView{}, err
		}
		entry, err := store.One(ctx, id)
		if err != nil {
			return HistoryView{}, err
		}
		changes, err := store.Changes(ctx, entry.Profile.ID)
		if err != nil {
			return HistoryView{}, err
		}
		view := HistoryView{AddedAt: instant(entry.Profile.AddedAt), CreatedAt: instant(entry.Profile.CreatedAt), Changes: []ChangeView{}}
		for i := range changes {
			view.Changes = append(view.Changes, changeView(&changes[i]))
		}
		return view, nil
	})
}

func changeView(c *profile.Change) ChangeView {
	view := ChangeView{At: instant(c.At), UpdatedAt: instant(c.UpdatedAt), Opened: c.PassID == 0, Fields: []FieldChangeView{}}
	for _, f := range c.Fields {
		view.Fields = append(view.Fields, FieldChangeView{Field: string(f.Field), Label: f.Field.Label(), Before: profile.Display(f.Before), After: profile.Display(f.After)})
	}
	return view
}

// Syncs returns the newest passes, those that run or go on later included.
func (a *App) Syncs(limit int) ([]PassView, error) {
	return call(a, "Syncs", func(ctx context.Context, d *desk) ([]PassView, error) {
		store, err := d.w.Store(ctx)
		if err != nil {
			return nil, err
		}
		passes, err := store.Passes(ctx, min(max(limit, 0), maxRows))
		views := []PassView{}
		for i := range passes {
			views = append(views, passView(&passes[i]))
		}
		return views, err
	})
}

// SyncDays sums the passes since the first of these times, which begin a day
// each, the oldest first: midnights where the window is.
func (a *App) SyncDays(begins []string) ([]DayView, error) {
	return call(a, "SyncDays", func(ctx context.Context, d *desk) ([]DayView, error) {
		views := []DayView{}
		times, err := beginsOf(begins)
		if err != nil {
			return views, err
		}
		store, err := d.w.Store(ctx)
		if err != nil {
			return views, err
		}
		days, err := store.Days(ctx, times)
		for _, day := range days {
			views = append(views, DayView(day))
		}
		return views, err
	})
}

func beginsOf(texts []string) ([]time.Time, error) {
	wrong := profile.Refuse(profile.Invalid, "These are not days in their order. Contact support@vald.com.")
	if len(texts) > profile.HistoryDays {
		return nil, wrong
	}
	times := make([]time.Time, len(texts))
	for i, text := range texts {
		var err error
		if times[i], err = time.Parse(time.RFC3339, text); err != nil || i > 0 && !times[i].After(times[i-1]) {
			return nil, wrong
		}
	}
	return times, nil
}

// Missing returns whom a person has to decide about, because so many at once
// are no longer in Cliniko.
func (a *App) Missing() ([]MissingView, error) {
	return call(a, "Missing", func(ctx context.Context, d *desk) ([]MissingView, error) {
		people, err := d.w.Directory()
		if err != nil {
			return nil, err
		}
		store, err := d.w.Store(ctx)
		if err != nil {
			return nil, err
		}
		refs, err := store.Missing(ctx)
		views := []MissingView{}
		for _, ref := range refs {
			view := MissingView{ID: ref}
			if entry, ok := people.One(ref); ok {
				view.Name, view.Born = profile.Display(entry.Profile.ListName()), entry.Profile.DateOfBirth.String()
			}
			views = append(views, view)
		}
		return views, err
	})
}

// KeepMissing keeps all who are missing. Should Cliniko still not have them a
// day later, the question comes again.
func (a *App) KeepMissing() error {
	_, err := call(a, "KeepMissing", func(ctx context.Context, d *desk) (struct{}, error) {
		store, err := d.w.Store(ctx)
		if err == nil {
			err = store.KeepMissing(ctx)
		}
		a.tellState(ctx, d)
		return struct{}{}, err
	})
	return err
}

// RemoveMissing takes the person's word that those whom they were shown are
// gone, and reads all clients again: who is in Cliniko after all stays, and of
// whom more are missing by now a person is asked again.
func (a *App) RemoveMissing(shown []string) (PassView, error) {
	return call(a, "RemoveMissing", func(ctx context.Context, d *desk) (PassView, error) {
		store, err := d.w.Store(ctx)
		if err != nil {
			return PassView{}, err
		}
		var view PassView
		err = d.w.Audited(ctx, d.event(staff.RemovedMissing, ""), func(*staff.Event) error {
			if err := store.AcceptMissing(ctx, shown); err != nil {
				return err
			}
			pass, err := d.runner.Full(ctx)
			view = passView(&pass)
			return err
		})
		return view, err
	})
}
