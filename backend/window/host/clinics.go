package host

import (
	"context"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/workspace"
)

// Clinics are those of this computer.
func (c *Call) Clinics() workspace.Clinics { return workspace.ClinicsOf(c.host.options.Workspace) }

// InDemo says that the call is on the demo, or would be if that could be opened.
func (c *Call) InDemo() bool { return c.host.isDemo(c.Clinic) }

// UseClinic makes another clinic of this computer the one that is used; see
// SwitchClinic. What can fail does so before: the list would name another clinic
// than the window shows.
//
// Errors: Invalid in the demo, and those of workspace.Clinics.Use.
func (c *Call) UseClinic(ctx context.Context, account string) error {
	if c.InDemo() {
		return errInDemo
	}
	if _, err := c.Session.Credentials(ctx); err != nil && profile.CodeOf(err) != profile.SignedOut {
		return err
	}
	return c.Clinics().Use(account)
}

// Open returns the clinic that the window shows, and opens it at first.
func (c *Call) Open(ctx context.Context) (*Clinic, error) { return c.host.Open(ctx) }

// Reopen closes a clinic whose store was replaced, and opens what is there now.
// Where it was not, it returns why.
func (c *Call) Reopen(ctx context.Context, clinic *Clinic, why error) (*Clinic, error) {
	if !clinic.Workspace.Replaced(ctx) {
		return nil, why
	}
	c.KeepAnswer()
	c.host.dropReplaced(clinic)
	return c.host.Open(ctx)
}

// Join makes the clinic that is shown, which must have nothing yet, the copy of one
// that other computers share, and shows that.
//
// Errors: Invalid in the demo, and those of workspace.Join.
func (c *Call) Join(ctx context.Context, code string) error {
	if c.InDemo() {
		return errInDemo
	}
	if err := c.Clinic.Workspace.RequireEmpty(ctx); err != nil {
		return err // before it is closed
	}
	current, err := c.Clinics().Current()
	if err != nil {
		return err
	}
	return c.SwitchClinic(ctx, func(ctx context.Context) error { return workspace.Join(ctx, current, code) })
}

// OpenDemo shows the simulated clinic. It works even where the clinic cannot be
// opened.
func (c *Call) OpenDemo(ctx context.Context) error {
	c.host.mu.Lock()
	defer c.host.mu.Unlock()
	if c.host.closed {
		return errClosing
	}
	if shown := c.host.shown.Load(); shown != nil && shown != c.host.real.Load() {
		return nil
	}
	_, err := c.host.openDemo(ctx)
	return err
}

// LeaveDemo closes the simulated clinic, if it is shown. The next call opens
// the one that is used.
func (c *Call) LeaveDemo() {
	c.host.mu.Lock()
	left := c.host.shown.Load()
	if left == c.host.real.Load() {
		left = nil
	}
	c.host.demo.Store(false)
	c.host.mu.Unlock()
	c.host.drop(left)
}

// SwitchClinic closes the clinic that is shown, does what has to be done
// meanwhile, and opens the one that is used then. Whoever is signed in stays so
// if that clinic knows them with the same password; a window that was locked
// stays without anybody. An error of opening is told by the next State.
func (c *Call) SwitchClinic(ctx context.Context, meanwhile func(context.Context) error) error {
	known, err := c.Session.Credentials(ctx)
	if err != nil && profile.CodeOf(err) != profile.SignedOut {
		return err
	}
	return c.switchAs(ctx, known, meanwhile)
}

// OpenAnew closes the clinic that is shown and opens it again, as the copy of a shared
// one that its store has become, or as a store of its own. Whoever is signed in stays
// so, by whatever they have signed in with: it is the same clinic.
func (c *Call) OpenAnew(ctx context.Context) error {
	known, err := c.Clinic.Workspace.Credentials(ctx, c.Session.Person().ID)
	if err != nil {
		return err
	}
	return c.switchAs(ctx, known, func(context.Context) error { return nil })
}

// switchAs is SwitchClinic for whoever has these credentials in the next clinic, too.
func (c *Call) switchAs(ctx context.Context, known workspace.Credentials, meanwhile func(context.Context) error) error {
	c.KeepAnswer()
	ended := c.host.drop(c.Clinic)
	if err := meanwhile(ctx); err != nil {
		return err
	}
	opened, err := c.host.Open(ctx)
	if err != nil {
		return nil //nolint:nilerr // State says why it cannot be opened
	}
	if ended == nil || ended != c.Session {
		return nil
	}
	err = opened.presence.SignInAgain(ctx, opened.Workspace, c.sessionOptions(opened), known)
	if profile.CodeOf(err) == profile.SignedOut {
		return nil // it was locked meanwhile
	}
	if err != nil {
		return err
	}
	opened.Background.Focus()
	return nil
}

// errInDemo: what is erased or changed to is a clinic of this computer.
var errInDemo = profile.Refuse(profile.Invalid, "This is the demo clinic. Leave the demo first.")

// eraseWord is typed by whoever erases what Cliniko does not have.
const eraseWord = "ERASE"

// DeleteStore deletes the store of the clinic that is shown, with its people
// and keys. Cliniko still has the clients. It needs the word ERASE, and
// nobody signed in.
//
// Errors: Invalid, and those of workspace.Reset.
func (c *Call) DeleteStore(ctx context.Context, word string) error {
	if c.Clinic.Session() != nil {
		return profile.Refuse(profile.Invalid, "Somebody is signed in. Use Disconnect in Settings, Software integration to erase the clients.")
	}
	return c.deleteStore(ctx, word, c.Clinic)
}

// DeleteLostStore is DeleteStore for one that cannot be used any more,
// whoever is signed in. why is what says so; open is the clinic where it
// could be opened.
//
// Errors: why where the store may not be lost, Invalid, and those of
// workspace.Reset.
func (c *Call) DeleteLostStore(ctx context.Context, word string, why error, open *Clinic) error {
	if !IsLost(why) {
		return why
	}
	return c.deleteStore(ctx, word, open)
}

func (c *Call) deleteStore(ctx context.Context, word string, open *Clinic) error {
	if c.host.isDemo(open) {
		return errInDemo
	}
	if word != eraseWord {
		return profile.Refuse(profile.Invalid, "Type ERASE in capital letters to continue.")
	}
	c.KeepAnswer()
	c.host.drop(open)
	erased, err := c.optionsOf(open)
	if err == nil {
		err = workspace.Reset(ctx, erased)
	}
	if err == nil {
		err = c.host.eraseTraces()
	}
	return err
}

// optionsOf returns those of the clinic that is open, whichever one another
// process has made the one that is used; nil is that one.
func (c *Call) optionsOf(open *Clinic) (workspace.Options, error) {
	if open == nil {
		return c.Clinics().Current()
	}
	return c.Clinics().Of(open.Workspace), nil
}

// CreateMissingStore makes a store in place of one that cannot be found. It
// deletes nothing.
//
// Errors: Invalid when it is there again, and those of workspace.Begin.
func (c *Call) CreateMissingStore() error {
	if c.host.InDemo() {
		return errInDemo
	}
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
