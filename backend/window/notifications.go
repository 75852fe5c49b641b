package window

import (
	"context"
	"fmt"
	"strings"
	"time"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
)

// notifyTick is how often the window finds out whether something needs a person.
const notifyTick = time.Minute

// watchNotifications has the operating system notify whoever is at the window,
// until ctx ends.
func (w *window) watchNotifications(ctx context.Context) {
	ticker := time.NewTicker(notifyTick)
	defer ticker.Stop()
	var failed profile.Code // of the last try: one that keeps failing is logged once
	for {
		select {
		case <-ticker.C:
			err := w.notify(ctx)
			if code := profile.CodeOf(err); code != failed {
				failed = code
				logging.Failure(w.log, "notify of what needs a person", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

func (w *window) notify(ctx context.Context) error {
	c := w.host.Shown()
	if c == nil {
		return nil
	}
	return c.Notify(ctx, func(n session.Notification) error {
		err := w.parts.toolkit.Notify(notificationText(&n))
		if fails := err != nil; w.parts.page.notifyFails.Swap(fails) != fails {
			c.TellState(ctx)
		}
		return err
	})
}

// notificationText is what the operating system shows: counts, and nobody.
func notificationText(n *session.Notification) string {
	var sentences []string
	if n.Halted {
		sentences = append(sentences, "Syncing has stopped until somebody helps. Open TeleHab to see why.")
	}
	if n.Stale {
		sentences = append(sentences, "No sync has worked for a day. Open TeleHab to see why.")
	}
	if n.Missing > 0 {
		sentences = append(sentences, counted(n.Missing, "client is", "clients are")+" no longer in Cliniko. Decide in TeleHab whether to keep or remove them.")
	}
	if n.Failing > 0 {
		sentences = append(sentences, counted(n.Failing, "more client needs", "more clients need")+" attention.")
	}
	return strings.Join(sentences, "\n")
}

func counted(n int, one, several string) string {
	if n == 1 {
		several = one
	}
	return fmt.Sprintf("%d %s", n, several)
}
