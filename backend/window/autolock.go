package window

import "context"

// lockIfDue locks the window when nobody has used it for a while, after sleep,
// and with the system; a clinic that waits behind the demo too.
func (w *window) lockIfDue(ctx context.Context) {
	for _, c := range w.host.Opened() {
		if c.Session() == nil || !w.parts.autoLock.Due(c.Workspace.IdleMinutes()) {
			continue
		}
		if c.Lock() {
			c.TellState(ctx)
		}
	}
}
