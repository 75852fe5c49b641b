package window

import (
	"context"
	"sync"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/window/host"
)

// About is the window itself and what it shows first.
type About struct {
	parts   Parts
	painted sync.Once
}

// NewAbout returns the service.
func NewAbout(p Parts) *About { return &About{parts: p} }

// State is what the window shows first, and after every larger change. It
// answers even when nothing can be opened, and then says why.
func (a *About) State() (AppState, error) {
	return host.DoWithoutClinic(a.parts.access, a.parts.page.state)
}

// Painted reports that the page is on the screen, in which colours, and again
// when they change. The log has when that was first.
func (a *About) Painted(dark bool) error {
	_, err := host.DoWithoutClinic(a.parts.access, func(context.Context, *host.Call) (none, error) {
		a.parts.toolkit.Painted(dark)
		a.painted.Do(func() { a.parts.page.log.Info().Msg("the first screen is painted") })
		return none{}, nil
	})
	return err
}

// Focused reports that somebody looks at the window, or that the browser in
// it has found the network again.
func (a *About) Focused() error {
	_, err := host.Do(a.parts.access, session.Anyone, func(_ context.Context, c *host.Call) (none, error) {
		c.Clinic.Background.Focus()
		return none{}, nil
	})
	return err
}

// guides are the help pages that the window may open.
var guides = map[string]string{
	"cliniko-api-key": "https://help.cliniko.com/en/articles/1023957-generate-a-cliniko-api-key",
}

// OpenGuide shows a help page in the browser.
func (a *About) OpenGuide(name string) error {
	_, err := host.DoWithoutClinic(a.parts.access, func(ctx context.Context, _ *host.Call) (none, error) {
		address, ok := guides[name]
		if !ok {
			return none{}, profile.Refuse(profile.Invalid, "There is no such guide. Write to TeleHab's support, support@vald.com.")
		}
		return none{}, a.parts.computer.browse(ctx, address)
	})
	return err
}

// CopyText puts text on the clipboard that is nobody's detail, such as the App
// URL.
func (a *About) CopyText(text string) error {
	_, err := host.Do(a.parts.access, session.SignedIn, func(context.Context, *host.Call) (none, error) {
		return none{}, a.parts.toolkit.CopyText(text)
	})
	return err
}

// Diagnostics returns a report for support, as text: versions, counts, codes
// and the end of the log, redacted once more. It holds nobody's details.
func (a *About) Diagnostics() (string, error) {
	return host.Do(a.parts.access, session.SignedIn, func(ctx context.Context, c *host.Call) (string, error) {
		return report(ctx, c.Clinic.Workspace, a.parts.version, a.parts.dir)
	})
}
