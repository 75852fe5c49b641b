package host

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/session"
)

// Notify calls send with what needs a person, where somebody is to be notified:
// see session.Presence.Notify. In the demo nobody is.
func (c *Clinic) Notify(ctx context.Context, send func(session.Notification) error) error {
	if demo, _ := c.Workspace.Demo(); demo {
		return nil
	}
	status := c.Runner.Status()
	syncs := session.Syncs{Halted: runner.NeedsPerson(profile.CodeOf(status.Problem)), LastSuccess: status.LastSuccess}
	err := c.presence.Notify(ctx, c.Workspace, syncs, c.Time(ctx), send)
	if profile.CodeOf(err) == profile.NotConnected {
		return nil
	}
	return err
}
