package host

import (
	"context"

	"telehab.io/desktop/backend/workspace"
)

// hubEnd is how a sending to VALD Hub ended.
type hubEnd struct{ err error }

// sendToHub has the background send to VALD Hub, and the window told of it.
func (c *Clinic) sendToHub() {
	sender, sent := c.Workspace.HubSender(), false
	sender.Progress = func(p workspace.HubProgress) {
		sent = true
		if c.shown() {
			c.host.options.Observer.HubSending(p)
		}
	}
	c.Background.SendWith(func(ctx context.Context) error {
		sent = false
		before := c.HubProblem()
		err := sender.SendDue(ctx)
		if ctx.Err() != nil {
			return err // the window closes
		}
		c.hubProblem.Store(hubEnd{err})
		if changed := (before == nil) != (err == nil); (sent || changed) && c.shown() {
			c.host.options.Observer.HubSent()
		}
		return err
	})
}

// HubProblem returns why the last sending to VALD Hub did not end well, or nil.
func (c *Clinic) HubProblem() error {
	end, _ := c.hubProblem.Load().(hubEnd)
	return end.err
}
