package main

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/build/bridge"
)

// A web page may fire links for ever. Together they may cost 30 requests in any
// minute: a few at once, and then one every 2.3 seconds.
const (
	linkBurst = 4
	linkEvery = 2300 * time.Millisecond
)

// testWait is how long a test link may take through the operating system.
const testWait = 10 * time.Second

// links is what came in from outside and waits for the window.
type links struct {
	mu      sync.Mutex
	waiting profile.ID // the newest one; "" for none
	told    time.Time  // when the window was told last
	test    string     // the number that a test link should bring back
	back    chan struct{}

	refresh *rate.Limiter
	flight  singleflight.Group // two clicks on one client are one request
}

func newLinks() *links {
	return &links{refresh: rate.NewLimiter(rate.Every(linkEvery), linkBurst)}
}

// arrive takes a link from the operating system or another process. It is not
// trusted: it can only bring the window to the front and have one client shown.
func (a *App) arrive(link deeplink.Link) {
	l := a.links
	tell := false
	l.mu.Lock()
	switch link.Kind {
	case deeplink.Patient:
		// A flood of links is one word to the window, and the newest counts.
		tell = l.waiting == "" || time.Since(l.told) > time.Second
		l.waiting = link.ID
	case deeplink.Test:
		if l.test != "" && link.Nonce == l.test {
			l.test = ""
			close(l.back)
		}
	case deeplink.Unknown, deeplink.Show:
	}
	if tell {
		l.told = time.Now()
	}
	l.mu.Unlock()
	a.log.Info().Stringer("link", link.Kind).Msg("a link came in")
	if link.Kind != deeplink.Unknown {
		a.system.Show()
	}
	if tell {
		a.system.Emit(eventLink, struct{}{})
	}
}

// linkWaits says whether a link waits to be taken.
func (a *App) linkWaits() bool {
	a.links.mu.Lock()
	defer a.links.mu.Unlock()
	return a.links.waiting != ""
}

// dropLink forgets a link that waits: it named a client of the clinic that was
// shown when it came in.
func (a *App) dropLink() {
	a.links.mu.Lock()
	defer a.links.mu.Unlock()
	a.links.waiting = ""
}

// TakeLink returns the client of the link that waits, once.
func (a *App) TakeLink() (LinkView, error) {
	return call(a, "TakeLink", func(context.Context, *desk) (LinkView, error) {
		a.links.mu.Lock()
		defer a.links.mu.Unlock()
		view := LinkView{ID: string(a.links.waiting)}
		a.links.waiting = ""
		return view, nil
	})
}

// FollowLink refreshes the client that a link named, creates one that is not
// here yet, and goes on to the survivor of a merge.
func (a *App) FollowLink(id string) (ProfileView, error) {
	return call(a, "FollowLink", func(ctx context.Context, d *desk) (ProfileView, error) {
		parsed, ok := profile.ParseID(id)
		if !ok {
			return ProfileView{}, profile.Refuse(profile.Invalid, "This is not a Cliniko id. Open the client from Cliniko again.")
		}
		if err := d.mayCreate(id); err != nil {
			return ProfileView{}, err
		}
		flight := strconv.FormatInt(d.generation.Load(), 10) + "/" + id // another clinic has the same ids
		ref, err, _ := a.links.flight.Do(flight, func() (any, error) { return a.followOnce(ctx, d, parsed) })
		if err != nil {
			return ProfileView{}, err
		}
		view, err := d.profile(ctx, ref.(string))
		if err != nil {
			return ProfileView{}, err
		}
		d.opened(ctx, view.ID)
		if view.ID != id {
			view.MergedFrom = id
		}
		return view, nil
	})
}

// mayCreate checks that a client who was never seen here may be fetched.
func (d *desk) mayCreate(ref string) error {
	people, err := d.w.Directory()
	if err != nil {
		return err
	}
	if _, known := people.One(ref); known {
		return nil
	}
	return d.may(staff.CreateProfiles)
}

func (a *App) followOnce(ctx context.Context, d *desk, id profile.ID) (string, error) {
	if !a.links.refresh.Allow() {
		return "", profile.Refuse(profile.RateLimited, "Many links came in the last minute, so this client was not refreshed. Choose Refresh to do it now.")
	}
	engine, err := d.w.Engine(ctx)
	if err != nil {
		return "", err
	}
	entry, err := engine.Open(ctx, id)
	if err != nil {
		return "", err
	}
	d.w.Apply([]profile.Entry{entry})
	a.tellState(ctx, d)
	return entry.Ref, nil
}

// FindPasted reads what a person pasted: a Cliniko address, a link or an id.
func (a *App) FindPasted(text string) (LinkView, error) {
	return call(a, "FindPasted", func(ctx context.Context, d *desk) (LinkView, error) {
		link := deeplink.ParsePasted(text)
		if link.Kind != deeplink.Patient {
			return LinkView{}, nil
		}
		if link.Subdomain != "" {
			if err := d.isThisClinic(ctx, link); err != nil {
				return LinkView{}, err
			}
		}
		return LinkView{ID: string(link.ID)}, nil
	})
}

// isThisClinic keeps an id of another clinic's Cliniko from opening somebody
// else here.
func (d *desk) isThisClinic(ctx context.Context, link deeplink.Link) error {
	clinic, err := d.w.Clinic(ctx)
	if err != nil {
		return err
	}
	if clinic.Subdomain == "" {
		return profile.Refuse(profile.Invalid, "Cliniko did not say the web address of this clinic, so this address cannot be compared with it. Paste the client's number alone, the digits at the end of the address.")
	}
	if !strings.EqualFold(clinic.Subdomain, link.Subdomain) || link.Shard != "" && link.Shard != clinic.Shard {
		return profile.Refuse(profile.OtherClinic, "This address belongs to another clinic's Cliniko than the one connected here. Check what you pasted.")
	}
	return nil
}

// keepRegistered mends the registration of our links at every start. What
// belongs to another program stays until a person says otherwise.
func (a *App) keepRegistered(ctx context.Context) {
	state, err := a.registration.Check(ctx)
	if err == nil && (state.Condition == deeplink.Missing || state.Condition == deeplink.Broken) {
		err = a.registration.Repair(ctx, false)
	}
	if err != nil {
		logging.Failure(a.log, "keep the links registered", err)
	}
}

// appName is what the button in Cliniko is called: "Open in TeleHab".
const appName = "TeleHab"

// LinkSetup says what to enter in Cliniko, and whether this computer opens our
// links.
func (a *App) LinkSetup() (LinkSetupView, error) {
	return call(a, "LinkSetup", func(ctx context.Context, d *desk) (LinkSetupView, error) {
		state, err := a.registration.Check(ctx)
		return d.linkSetup(ctx, state), err
	})
}

// RepairLink registers our links on this computer. Another program's
// registration is replaced only with takeOver.
func (a *App) RepairLink(takeOver bool) (LinkSetupView, error) {
	return call(a, "RepairLink", func(ctx context.Context, d *desk) (LinkSetupView, error) {
		if err := a.registration.Repair(ctx, takeOver); err != nil {
			return LinkSetupView{}, err
		}
		state, err := a.registration.Check(ctx)
		return d.linkSetup(ctx, state), err
	})
}

func (d *desk) linkSetup(ctx context.Context, state deeplink.State) LinkSetupView {
	view := LinkSetupView{AppName: appName, AppURL: deeplink.BridgeAddress, Bookmarklet: bridge.Bookmarklet,
		State: string(state.Condition), Owner: state.Owner, Message: state.Message}
	// The simulated clinic serves the bridge page by itself.
	if address, err := d.w.PatientURL(ctx, "0"); err == nil {
		if u, err := url.Parse(address); err == nil && u.Scheme == "http" {
			view.AppURL = "http://" + u.Host + "/app/patients/integration"
		}
	}
	return view
}

// TestLink opens a test link through the operating system and says whether it
// came back.
func (a *App) TestLink() (bool, error) {
	return call(a, "TestLink", func(ctx context.Context, d *desk) (bool, error) {
		link, err := deeplink.NewTest()
		if err != nil {
			return false, err
		}
		back := make(chan struct{})
		a.links.mu.Lock()
		a.links.test, a.links.back = link.Nonce, back
		a.links.mu.Unlock()
		if err := a.openTest(ctx, link); err != nil {
			return false, err
		}
		select {
		case <-back:
			return true, a.setButton(ctx, d, profile.ButtonWorks)
		case <-time.After(testWait):
			return false, nil
		}
	})
}

// SkipButton notes that this clinic does without the button in Cliniko, so that
// setting up no longer asks for it.
func (a *App) SkipButton() error {
	_, err := call(a, "SkipButton", func(ctx context.Context, d *desk) (struct{}, error) {
		return struct{}{}, a.setButton(ctx, d, profile.ButtonUnused)
	})
	return err
}

// setButton notes how far the clinic is with the button in Cliniko, if there is
// a clinic.
func (a *App) setButton(ctx context.Context, d *desk, how profile.Button) error {
	store, err := d.w.Store(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return nil
	}
	if err == nil {
		err = store.SetButton(ctx, how)
	}
	if err == nil {
		a.tellState(ctx, d)
	}
	return err
}
