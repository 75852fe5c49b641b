package window

import (
	"context"

	"telehab.io/desktop/backend/window/host"
)

// lockIfDue locks the window when nobody has used it for a while, after sleep,
// and with the system; a clinic that waits behind the demo too.
func (w *window) lockIfDue(ctx context.Context) { lockWhere(ctx, w.host, w.parts.autoLock.Due) }

// lockWhere locks every clinic whose idle minutes are due. It waits for no
// store: what the page is told besides comes when it can be read.
func lockWhere(ctx context.Context, h *host.Host, due func(minutes int) bool) {
	for _, c := range h.Opened() {
		if c.Session() == nil || !due(c.Workspace.IdleMinutes()) {
			continue
		}
		if c.Lock() {
			go c.TellState(context.WithoutCancel(ctx))
		}
	}
}
