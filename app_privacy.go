package main

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// EraseProfile removes what is kept here of a client who has left Cliniko.
func (a *App) EraseProfile(id string) error {
	_, err := call(a, "EraseProfile", func(ctx context.Context, d *desk) (struct{}, error) {
		store, err := d.w.Store(ctx)
		if err != nil {
			return struct{}{}, err
		}
		err = d.recorded(ctx, d.event(staff.ErasedProfile, id), func(*staff.Event) error { return store.Erase(ctx, id) })
		if err == nil {
			d.w.Forget([]string{id})
			a.tellState(ctx, d)
		}
		return struct{}{}, err
	})
	return err
}

// RetentionView is for how many days clients who have left stay here.
type RetentionView struct {
	ArchivedDays int `json:"archivedDays"`
	DeletedDays  int `json:"deletedDays"`
	// Paused: nobody is erased at present, because Cliniko's clock and this
	// computer's disagree. Not read by SetRetention.
	Paused bool `json:"paused"`
}

// Retention returns for how long clients who have left stay here.
func (a *App) Retention() (RetentionView, error) {
	return call(a, "Retention", func(ctx context.Context, d *desk) (RetentionView, error) {
		store, err := d.w.Store(ctx)
		if err != nil {
			return RetentionView{}, err
		}
		keep, err := store.Retention(ctx)
		if err != nil {
			return RetentionView{}, err
		}
		clock, err := store.Clock(ctx)
		return RetentionView{ArchivedDays: keep.ArchivedDays, DeletedDays: keep.DeletedDays, Paused: clock.Doubts()}, err
	})
}

// SetRetention changes that. It counts from the next sync.
func (a *App) SetRetention(r RetentionView) error {
	_, err := call(a, "SetRetention", func(ctx context.Context, d *desk) (struct{}, error) {
		store, err := d.w.Store(ctx)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, d.recorded(ctx, d.event(staff.ChangedSecurity, ""), func(*staff.Event) error {
			return store.SetRetention(ctx, profile.Retention{ArchivedDays: r.ArchivedDays, DeletedDays: r.DeletedDays})
		})
	})
	return err
}
