package window

import (
	"context"
	"time"
)

// storeTick is how often the window looks whether its store was replaced, or
// the person in it changed.
const storeTick = 2 * time.Second

// watchStore shows what is there now when another program has erased the store
// of an open clinic, has put another in its place, or has changed the permissions
// of whoever is signed in or deactivated them, and when the database of a shared
// clinic is reached no more, or again, until ctx ends. It is no
// part of the auto-lock, since a drive may keep it waiting.
func (w *window) watchStore(ctx context.Context) {
	ticker := time.NewTicker(storeTick)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			w.showReplaced(ctx)
			w.host.TellReached(ctx)
			w.host.RenewPeople(ctx)
		case <-ctx.Done():
			return
		}
	}
}

func (w *window) showReplaced(ctx context.Context) {
	if w.host.DropReplaced(ctx) {
		w.parts.page.reopened(ctx, w.host.Open)
	}
}
