package host

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/workspace"
)

// Clinics are those of this computer.
func (c *Call) Clinics() workspace.Clinics { return workspace.ClinicsOf(c.host.options.Workspace) }

// Open returns the clinic that the window shows, and opens it at first.
func (c *Call) Open(ctx context.Context) (*Clinic, error) { return c.host.Open(ctx) }

// OpenDemo shows the simulated clinic. It works even where the clinic cannot be
// opened.
func (c *Call) OpenDemo(ctx context.Context) error {
	c.host.mu.Lock()
	defer c.host.mu.Unlock()
	if shown := c.host.shown.Load(); shown != nil && shown != c.host.real {
		return nil
	}
	_, err := c.host.openDemo(ctx)
	return err
}

// LeaveDemo closes the simulated clinic, if it is shown. The next call opens
// the one that is used.
func (c *Call) LeaveDemo() {
	c.host.mu.Lock()
	left := c.host.shown.Swap(nil)
	if left == c.host.real {
		left = nil
	}
	c.host.demo = false
	c.host.mu.Unlock()
	c.host.closeClinic(left)
}

// SwitchClinic closes the clinic that is shown, does what has to be done
// meanwhile, and opens the one that is used then. Whoever is signed in stays
// so if that clinic knows them with the same password. An error of opening is
// told by the next State.
func (c *Call) SwitchClinic(ctx context.Context, meanwhile func(context.Context) error) error {
	c.answerAfterEnd = true
	var known workspace.Credentials
	if c.Session != nil {
		var err error
		if known, err = c.Clinic.Workspace.Credentials(ctx, c.Session.Person().ID); err != nil {
			return err
		}
	}
	c.host.drop(c.Clinic)
	if err := meanwhile(ctx); err != nil {
		return err
	}
	opened, err := c.host.Open(ctx)
	if err != nil {
		return nil //nolint:nilerr // State says why it cannot be opened
	}
	if err := opened.presence.SignInAgain(ctx, opened.Workspace, opened.sessionOptions(), known); err != nil {
		return err
	}
	opened.Background.Focus()
	return nil
}

// DeleteStore deletes the store that is used now, with its people and keys.
// Cliniko still has the clients.
func (c *Call) DeleteStore(ctx context.Context) error {
	c.answerAfterEnd = true
	c.host.drop(c.host.Shown())
	current, err := c.Clinics().Current()
	if err == nil {
		err = workspace.Reset(ctx, current)
	}
	if err == nil {
		err = c.host.eraseTraces()
	}
	return err
}

// CreateMissingStore makes a store in place of one that cannot be found. It
// deletes nothing.
func (c *Call) CreateMissingStore() error {
	current, err := c.Clinics().Current()
	if err != nil {
		return err
	}
	return workspace.Begin(current)
}

// HasStore says that the clinic that is used has a store, or had one.
func (h *Host) HasStore() bool {
	current, err := workspace.ClinicsOf(h.options.Workspace).Current()
	return err == nil && workspace.HasStore(current)
}

// IsLost says that the store is certainly lost, or, for StoreMissing, that
// starting again deletes nothing: only then may that be offered. A locked
// keyring, a drive that is not there or a file that may not be read is no loss.
func IsLost(err error) bool {
	switch profile.CodeOf(err) {
	case profile.StoreKeyLost, profile.StoreDamaged, profile.StoreCorrupt, profile.StoreMissing:
		return true
	}
	return false
}
