package window

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/window/host"
	"telehab.io/desktop/backend/workspace"
	"telehab.io/desktop/build/bridge"
)

// A web page may fire links without end, and one link to a merged client costs
// a request for each merge. Together they may cost 30 requests in any minute:
// as many at once as the longest chain of merges, and then one every 2.5
// seconds.
const (
	linkBurst = 1 + syncer.MaxHops
	linkEvery = 2500 * time.Millisecond
)

// testWait is how long a test link may take through the operating system.
const testWait = 10 * time.Second

// Links is Open in TeleHab: the links that came in, and its set-up.
type Links struct {
	parts    Parts
	requests *rate.Limiter
	flight   *singleflight.Group // two clicks on one client are one request
	clicked  *atomic.Value       // the id in the newest link that came by Cliniko's button, until its client was found
}

// NewLinks returns the service.
func NewLinks(p Parts) *Links {
	return &Links{p, rate.NewLimiter(rate.Every(linkEvery), linkBurst), &singleflight.Group{}, &atomic.Value{}}
}

// Take returns the client of the link that waits, once. Where the window locks
// before it has the answer, the link waits on.
func (l *Links) Take() (LinkView, error) {
	return host.Do(l.parts.access, session.MayViewProfiles, func(_ context.Context, c *host.Call) (LinkView, error) {
		taken := l.take(c)
		if taken.Kind == deeplink.Patient && !taken.Bookmark {
			l.clicked.Store(string(taken.ID))
		}
		return LinkView{ID: string(taken.ID)}, nil
	})
}

// take leaves a link to the clinic that the demo's Cliniko cannot have sent: a
// link does not say of which one it is.
func (l *Links) take(c *host.Call) deeplink.Link {
	taken, giveBack := l.parts.links.take(func(client profile.ID) bool {
		return !c.InDemo() || c.Clinic.Workspace.Simulates(client)
	})
	c.IfDropped(giveBack)
	return taken
}

// recordButton records that a link came from a browser by Cliniko's button, if
// Cliniko has the client in it and the clinic waits for its first one. Any page
// may send such a link: at worst the last step of setting up counts as done.
func (l *Links) recordButton(ctx context.Context, c *host.Clinic, id string) error {
	if !l.clicked.CompareAndSwap(id, "") {
		return nil // it was not opened by a link
	}
	store, err := c.Workspace.Store(ctx)
	if err != nil {
		return err
	}
	how, err := store.Button(ctx)
	if err != nil || how == profile.ButtonWorks || how == profile.ButtonUnused {
		return err
	}
	return setButton(ctx, c, profile.ButtonWorks)
}

// Follow refreshes the client that a link named, creates one that is not here
// yet, and follows a merge to the survivor.
func (l *Links) Follow(id string) (ProfileView, error) {
	return host.Do(l.parts.access, session.MayViewProfiles, func(ctx context.Context, c *host.Call) (ProfileView, error) {
		parsed, ok := profile.ParseID(id)
		if !ok {
			return ProfileView{}, profile.Refuse(profile.Invalid, "This is not a Cliniko id. Open the client from Cliniko again.")
		}
		if err := requireCreate(c, id); err != nil {
			return ProfileView{}, err
		}
		// A read is its session's: the next person's is another one, as is another
		// clinic's, which has the same ids.
		flight := strconv.FormatInt(c.Session.Number(), 10) + "/" + id
		ref, err, _ := l.flight.Do(flight, func() (any, error) { return l.followOnce(ctx, c, parsed) })
		if err != nil {
			return ProfileView{}, err
		}
		view, err := wholeProfile(ctx, c, ref.(string))
		if err != nil {
			return ProfileView{}, err
		}
		recordOpened(ctx, c, l.parts.page.log, view.ID)
		if err := l.recordButton(ctx, c.Clinic, id); err != nil {
			logging.Failure(l.parts.page.log, "record that the button works", err)
		}
		if view.ID != id {
			view.MergedFrom = id
		}
		return view, nil
	})
}

func (l *Links) followOnce(ctx context.Context, c *host.Call, id profile.ID) (ref string, err error) {
	err = c.Session.Recorded(ctx, session.MayViewProfiles, staff.RefreshedProfile, string(id), func() error {
		entry, err := c.Clinic.ReadClient(profile.WithBudget(ctx, l.spend), id, true)
		ref = entry.Ref
		return err
	})
	return ref, err
}

// spend takes a request from what links may cost.
func (l *Links) spend() error {
	if !l.requests.Allow() {
		return profile.Refuse(profile.RateLimited, "Many links came in the last minute, so this client was not refreshed. Choose Refresh to do it now.")
	}
	return nil
}

// FindPasted reads what a person pasted: a Cliniko address, a link or an id.
func (l *Links) FindPasted(text string) (LinkView, error) {
	return host.Do(l.parts.access, session.MayViewProfiles, func(ctx context.Context, c *host.Call) (LinkView, error) {
		link := deeplink.ParsePasted(text)
		if base := simulated(ctx, c.Clinic.Workspace); link.Kind == deeplink.Unknown && base != "" {
			link = deeplink.ParsePage(text, base)
		}
		if link.Kind != deeplink.Patient {
			return LinkView{}, nil
		}
		if err := requireSameClinic(ctx, c.Clinic, link); err != nil {
			return LinkView{}, err
		}
		return LinkView{ID: string(link.ID)}, nil
	})
}

// requireSameClinic keeps an id of another clinic's Cliniko from opening
// somebody else here. An address may name the clinic, its region, or both.
func requireSameClinic(ctx context.Context, c *host.Clinic, link deeplink.Link) error {
	if link.Subdomain == "" && link.Shard == "" {
		return nil // the number alone
	}
	clinic, err := c.Workspace.Clinic(ctx)
	if err != nil {
		return err
	}
	differs := func(named, known string) bool { return named != "" && known != "" && !strings.EqualFold(named, known) }
	if differs(link.Subdomain, clinic.Subdomain) || differs(link.Shard, clinic.Shard) {
		return profile.Refuse(profile.OtherClinic, "This address belongs to another clinic's Cliniko than the one connected here. Check what you pasted.")
	}
	if link.Subdomain != "" && clinic.Subdomain == "" {
		return profile.Refuse(profile.Invalid, "Cliniko did not say the web address of this clinic, so this address cannot be compared with it. Paste the client's number alone, the digits at the end of the address.")
	}
	return nil
}

// appName is what the button in Cliniko is called: "Open in TeleHab".
const appName = "TeleHab"

// Setup says what to enter in Cliniko, and whether this computer opens our
// links.
func (l *Links) Setup() (LinkSetupView, error) {
	return host.Do(l.parts.access, session.MayViewLink, func(ctx context.Context, c *host.Call) (LinkSetupView, error) {
		state, err := l.parts.computer.Registration.Check(ctx)
		return setupView(ctx, c.Clinic.Workspace, state), err
	})
}

// Repair registers our links on this computer. Another program's
// registration is replaced only with takeOver, and none in the demo.
func (l *Links) Repair(takeOver bool) (LinkSetupView, error) {
	return host.Do(l.parts.access, session.MayModifyLink, func(ctx context.Context, c *host.Call) (LinkSetupView, error) {
		err := c.Session.Recorded(ctx, session.MayModifyLink, staff.ChangedLinks, "", func() error {
			return l.repair(ctx, c, takeOver)
		})
		if err != nil {
			return LinkSetupView{}, err
		}
		state, err := l.parts.computer.Registration.Check(ctx)
		return setupView(ctx, c.Clinic.Workspace, state), err
	})
}

func (l *Links) repair(ctx context.Context, c *host.Call, takeOver bool) error {
	if c.InDemo() {
		state, err := l.parts.computer.Registration.Check(ctx)
		if err != nil {
			return err
		}
		if state.Condition == deeplink.Foreign || state.Condition == deeplink.Broken {
			return profile.Refuse(profile.Invalid, "This is the demo clinic. The links on this computer are registered for another program, or another copy of TeleHab. Leave the demo first, then choose Repair.")
		}
	}
	return l.parts.computer.Registration.Repair(ctx, takeOver)
}

// isFree says that our links may be registered without a question: no program
// has them, or one of ours that was moved. From the demo the latter may be the
// program in which the clinic works.
func isFree(state deeplink.State, inDemo bool) bool {
	return state.Condition == deeplink.Missing || state.Condition == deeplink.Broken && !inDemo
}

func setupView(ctx context.Context, w *workspace.Workspace, state deeplink.State) LinkSetupView {
	view := LinkSetupView{AppName: appName, AppURL: deeplink.BridgeAddress, Bookmarklet: bridge.Bookmarklet,
		State: string(state.Condition), Owner: state.Owner, Message: state.Message}
	if base := simulated(ctx, w); base != "" {
		view.AppURL = base + "/app/patients/integration"
	}
	return view
}

// simulated returns the address of the simulated clinic, which has Cliniko's
// pages and the bridge page on it; "" for a real one.
func simulated(ctx context.Context, w *workspace.Workspace) string {
	address, err := w.PatientURL(ctx, "0")
	if err != nil {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return ""
	}
	return "http://" + u.Host
}

// Test opens a test link through the operating system and says whether it
// came back.
func (l *Links) Test() (bool, error) {
	return host.Do(l.parts.access, session.MayViewLink, func(ctx context.Context, c *host.Call) (bool, error) {
		link, err := deeplink.NewTest()
		if err != nil {
			return false, err
		}
		back := l.parts.links.expect(link.Nonce)
		if err := l.parts.computer.OpenTest(ctx, link); err != nil {
			return false, err
		}
		select {
		case <-back:
			return true, nil
		case <-time.After(testWait):
			return false, nil
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	})
}

// SetButton records how far this clinic is with the button in Cliniko: unused,
// if it does without, so that setting up no longer asks for it; waiting, once
// Cliniko was asked to approve it; "" for neither. That it works is for a link
// to show.
//
// Errors: Invalid for anything else.
func (l *Links) SetButton(how string) error {
	_, err := host.Do(l.parts.access, session.MayModifyLink, func(ctx context.Context, c *host.Call) (none, error) {
		switch button := profile.Button(how); button {
		case profile.ButtonUntried, profile.ButtonWaiting, profile.ButtonUnused:
			return none{}, c.Session.Recorded(ctx, session.MayModifyLink, staff.ChangedLinks, "", func() error {
				return setButton(ctx, c.Clinic, button)
			})
		}
		return none{}, profile.Refuse(profile.Invalid, "Say whether the clinic waits for Cliniko's approval of the button, or does without it.")
	})
	return err
}

// setButton records how far the clinic is with the button in Cliniko, if
// there is a clinic.
func setButton(ctx context.Context, c *host.Clinic, how profile.Button) error {
	store, err := c.Workspace.Store(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return nil
	}
	if err == nil {
		err = store.SetButton(ctx, how)
	}
	if err == nil {
		c.TellState(ctx)
	}
	return err
}
