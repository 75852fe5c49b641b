package window

import "context"

// lockIfDue locks the window when nobody has used it for a while, after sleep,
// and with the system.
func (w *window) lockIfDue(ctx context.Context, slept bool) {
	c := w.host.Shown()
	if c == nil || c.Session() == nil || !w.parts.autoLock.Due(c.Workspace.IdleMinutes(), slept) {
		return
	}
	if c.Lock() {
		c.TellState(ctx)
	}
}
