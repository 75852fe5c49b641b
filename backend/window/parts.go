package window

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/launch"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/screenlock"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/uptime"
	"telehab.io/desktop/backend/window/host"
	"telehab.io/desktop/backend/workspace"
)

// Parts are what the services are made of.
type Parts struct {
	access    host.Access
	page      *page
	links     *incomingLinks
	clipboard *detailClipboard
	autoLock  *session.AutoLock
	lockIdle  func(context.Context) // locks what nobody has used for too long, and after sleep
	toolkit   toolkit
	computer  Computer
	dir       string // of all data of this computer
	version   string
}

// Computer is what the window needs of the operating system and its clocks.
type Computer struct {
	Registration deeplink.Registration                        // of our links with the operating system
	OpenTest     func(context.Context, deeplink.Link) error   // opens a test link as a click would
	OpenAddress  func(ctx context.Context, url string) error  // in the person's browser, or their program for calls or email
	OpenPage     func(ctx context.Context, path string) error // a page that is a file, in the person's browser
	Online       func() bool                                  // there is a network at all
	Clock        func() time.Time                             // which may be wrong
	Uptime       func() time.Duration                         // since the computer started
	ScreenLocked func() bool                                  // the system's own lock is on
	EraseLogs    func() error                                 // this program's
}

// thisComputer returns the real one. Registration and EraseLogs are the
// caller's.
func thisComputer(o workspace.Options) Computer {
	c := Computer{OpenTest: deeplink.OpenTest, OpenAddress: launch.Address, OpenPage: launch.Page, Online: runner.Online, Clock: time.Now,
		Uptime: uptime.Now, ScreenLocked: screenlock.On, EraseLogs: func() error { return nil }}
	if o.ClinikoURL != "" {
		c.Online = func() bool { return true } // it is on this computer
	}
	return c
}

// newParts puts the parts together. It opens no workspace. The host is for the
// window itself: services reach it through the door.
func newParts(o workspace.Options, demo bool, log zerolog.Logger, t toolkit, c Computer) (Parts, *host.Host) {
	p := Parts{links: newIncomingLinks(t, log), clipboard: &detailClipboard{toolkit: t}, toolkit: t, computer: c, dir: o.DataDir(), version: o.Version,
		autoLock: &session.AutoLock{Clock: c.Clock, Uptime: c.Uptime, ScreenLocked: c.ScreenLocked}}
	p.page = &page{toolkit: t, log: log, version: o.Version, linkWaits: p.links.waits}
	h := host.New(host.Options{Workspace: o, Demo: demo, Log: log, Observer: p.page, Clock: c.Clock, Online: c.Online, EraseLogs: c.EraseLogs})
	p.access, p.page.generation, p.page.hasStore, p.page.inDemo = h.Access(), h.Generation, h.HasStore, h.InDemo
	p.lockIdle = func(ctx context.Context) { lockWhere(ctx, h, p.autoLock.DueByTime) }
	return p, h
}

// browse shows a page in the person's browser, and does not wait for that.
func (c *Computer) browse(ctx context.Context, address string) error {
	if err := c.OpenAddress(ctx, address); err != nil {
		return &profile.Error{Code: browserTrouble, Cause: err,
			Message: "The browser did not open. Check which browser is the default one on this computer, then try again."}
	}
	return nil
}

// contact passes a tel: or mailto: address to the program that the person uses
// for it, and does not wait for that.
func (c *Computer) contact(ctx context.Context, address string) error {
	if err := c.OpenAddress(ctx, address); err != nil {
		return &profile.Error{Code: contactTrouble, Cause: err,
			Message: "No program on this computer took it. Copy it instead, or choose a default app for calls and email in the system's settings."}
	}
	return nil
}

// What the operating system did not open: a page, or a number or an email.
const (
	browserTrouble profile.Code = "browser_trouble"
	contactTrouble profile.Code = "contact_trouble"
)

// none is the answer of a method that has none but its error.
type none = struct{}

// maxRows is the most rows that one answer to the window holds, maxMerged the
// most clients who are named as merged into another, maxShared those with the
// same email or phone.
const (
	maxRows   = 500
	maxMerged = 50
	maxShared = 6
)
