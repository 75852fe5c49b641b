package workspace

import (
	"context"

	"telehab.io/desktop/backend/profile"
)

// The idle minutes that may be chosen.
const (
	MinIdleMinutes = 5
	MaxIdleMinutes = 60
	OnlyWithScreen = 0 // the window locks when the computer does, and not before
)

// IdleMinutes returns after how many idle minutes the window locks, or
// OnlyWithScreen.
func (w *Workspace) IdleMinutes() int {
	minutes := int(w.idle.Load())
	if minutes == OnlyWithScreen {
		return minutes
	}
	return min(max(minutes, MinIdleMinutes), MaxIdleMinutes)
}

// SetIdleMinutes changes that. Invalid: neither OnlyWithScreen nor from
// MinIdleMinutes to MaxIdleMinutes.
func (w *Workspace) SetIdleMinutes(ctx context.Context, minutes int) error {
	if minutes != OnlyWithScreen && (minutes < MinIdleMinutes || minutes > MaxIdleMinutes) {
		return profile.Errorf(profile.Invalid, "Choose from %d to %d minutes.", MinIdleMinutes, MaxIdleMinutes)
	}
	if err := w.db().SetIdleMinutes(ctx, minutes); err != nil {
		return err
	}
	w.idle.Store(int32(minutes)) // #nosec G115 -- at most MaxIdleMinutes
	return nil
}
