package window

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/window/host"
)

// The events that the page listens to.
const (
	eventSync     = "sync"     // SyncStatus
	eventProfiles = "profiles" // nothing; something in the list changed
	eventState    = "state"    // AppState
	eventLock     = "lock"     // the number of a session that ends now
	eventLink     = "link"     // nothing; a link waits for Links.Take
	eventDemo     = "demo"     // how much of the demo is made, from 0 to 1
	eventSharing  = "sharing"  // how much of the clinic is in its database, from 0 to 1
	eventHub      = "hub"      // HubProgress
	eventCompare  = "compare"  // how much of VALD Hub is read, from 0 to 1
	eventCommand  = "command"  // the name of one of the menu's commands
)

// The phases of a SyncStatus that are not the engine's.
const (
	phaseIdle   = string(runner.Idle)
	phaseListed = "listed"
)

// defaultWord is what clients are called until the clinic has said.
const defaultWord = "client"

// page is what the page of the window is told: the state as a whole, and
// events. It is the host's observer.
type page struct {
	toolkit toolkit
	log     zerolog.Logger
	version string
	// Of a clinic that cannot be opened: the number of what was shown last, and
	// whether there is a store, or was one.
	generation func() int64
	hasStore   func() bool
	inDemo     func() bool
	linkWaits  func() bool

	notifyFails atomic.Bool // the last notification could not be shown

	mu       sync.Mutex // held while something is numbered or sent, so that it arrives in order
	statuses int64      // how many the page was told
}

// Locking sends that a session ends, before anything else is done: it reads
// nothing, so nothing can keep the names on the screen.
func (p *page) Locking(number int64) { p.toolkit.Emit(eventLock, number) }

// StatusChanged sends how the sync is.
func (p *page) StatusChanged(ctx context.Context, c *host.Clinic) {
	status, err := p.status(ctx, c)
	if err != nil {
		logging.Failure(p.log, "tell the state of the sync", err)
		return
	}
	p.toolkit.Emit(eventSync, status)
}

// StateChanged sends the state. Where the store cannot be read it sends that,
// without anybody: a page that is not told of the lock would still show names.
func (p *page) StateChanged(ctx context.Context, c *host.Clinic) {
	for {
		began := c.Session()
		state, err := p.stateFor(ctx, c, began)
		switch {
		case err == nil:
		case isBroken(err), began == nil:
			state = p.closedState(err) // the names go from the page, whatever the store says
		default:
			logging.Failure(p.log, "tell the state", err)
			return
		}
		if p.emitFor(c, began, state) {
			return
		}
	}
}

// emitFor sends a state, unless the session that it is of has ended
// meanwhile: it would come after the state of the lock.
func (p *page) emitFor(c *host.Clinic, of *session.Session, state AppState) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.Session() != of {
		return false
	}
	p.toolkit.Emit(eventState, state)
	return true
}

// ProfilesChanged reports that something in the list of profiles changed.
func (p *page) ProfilesChanged() { p.toolkit.Emit(eventProfiles, struct{}{}) }

// DemoMade sends how much of the demo is made.
func (p *page) DemoMade(done, all int) { p.toolkit.Emit(eventDemo, float64(done)/float64(all)) }

// state opens the clinic at first. It answers even when nothing can be opened,
// and then says why.
func (p *page) state(ctx context.Context, call *host.Call) (AppState, error) {
	c, err := call.Open(ctx)
	if err != nil {
		return p.closedState(err), nil
	}
	state, err := p.stateOf(ctx, c)
	if isBroken(err) {
		// Another program may have erased it, and what is there now may open.
		if c, err = call.Reopen(ctx, c, err); err == nil {
			state, err = p.stateOf(ctx, c)
		}
	}
	if err != nil && (isBroken(err) || c == nil) {
		return p.closedState(err), nil
	}
	return state, err
}

// closedState says why nothing can be opened.
func (p *page) closedState(err error) AppState {
	logging.Failure(p.log, "open the workspace", err)
	view := errorView(err)
	generation := p.generation()
	state := AppState{Version: p.version, Generation: generation, Demo: p.inDemo(), People: []PersonTile{}, Managers: []string{}, ClientWord: defaultWord, LinkWaiting: p.linkWaits(),
		Sync: SyncStatus{Generation: generation, Phase: phaseIdle, SecondsLeft: -1}}
	switch profile.CodeOf(err) {
	case profile.KeyringMissing, profile.KeyringLocked:
		state.Keyring = &view
		if p.hasStore() {
			state.Store = &view // this computer is set up: no welcome
		}
	default:
		state.Store = &view
		state.MayReset = host.IsLost(err) && !state.Demo
	}
	return state
}

// reopened sends the state of a clinic that is opened anew.
func (p *page) reopened(ctx context.Context, open func(context.Context) (*host.Clinic, error)) {
	c, err := open(ctx)
	if err != nil {
		p.toolkit.Emit(eventState, p.closedState(err))
		return
	}
	p.StateChanged(ctx, c)
}

// isBroken says that the store cannot be used now.
func isBroken(err error) bool {
	return host.IsLost(err) || profile.CodeOf(err) == profile.StoreUnreadable
}

// stateOf is the state while this clinic is shown.
func (p *page) stateOf(ctx context.Context, c *host.Clinic) (AppState, error) {
	for {
		began := c.Session()
		state, err := p.stateFor(ctx, c, began)
		if c.Session() == began {
			return state, err
		}
	}
}

// stateFor is the state for whoever is signed in in this session; nil is
// nobody.
func (p *page) stateFor(ctx context.Context, c *host.Clinic, current *session.Session) (AppState, error) {
	s := AppState{Version: p.version, Generation: c.Generation(), People: []PersonTile{}, Managers: []string{}, ClientWord: defaultWord,
		LinkWaiting: p.linkWaits(), Start: string(staff.TodayScreen)}
	s.Demo, s.Throwaway = c.Workspace.Demo()
	s.IdleMinutes, s.Shared = c.Workspace.IdleMinutes(), sharingView(c.Workspace)
	var err error
	if s.PeopleExist, err = c.Workspace.Accounts.Any(ctx); err != nil {
		return s, err
	}
	if current != nil {
		s.Person, s.Session, s.View = personView(current.Person()), current.Number(), current.View()
		if s.Managers, err = managers(ctx, c); err != nil {
			return s, err
		}
	}
	if err := addUnlocks(ctx, c, &s); err != nil {
		return s, err
	}
	if s.Sync, err = p.status(ctx, c); err != nil {
		return s, err
	}
	clinic, err := c.Workspace.Clinic(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	view := clinicView(&clinic, c.Workspace.Color())
	if s.Person == nil {
		view = ClinicView{Name: view.Name, Color: view.Color} // nobody is signed in: no more than that
	}
	s.Clinic = &view
	if clinic.Patients == "patient" {
		s.ClientWord = "patient"
	}
	if s.Tally, err = tally(ctx, c); err != nil {
		return s, err
	}
	store, err := c.Workspace.Store(ctx)
	if err != nil {
		return s, err
	}
	button, err := store.Button(ctx)
	s.Button = string(button)
	if err != nil || current == nil {
		return s, err
	}
	err = p.addOwn(ctx, c, current, &s)
	return s, err
}

// addOwn adds what whoever is signed in has chosen, and what is for them to know.
func (p *page) addOwn(ctx context.Context, c *host.Clinic, current *session.Session, s *AppState) error {
	store, err := c.Workspace.Store(ctx)
	if err != nil {
		return err
	}
	today, err := store.Today(ctx, current.Person().ID)
	s.Start, s.Notify = string(cmp.Or(today.Start, staff.TodayScreen)), today.Notify
	s.NotifyFails = s.Notify && p.notifyFails.Load()
	if current.Allows(session.MayViewLink) {
		if trouble := c.Workspace.ServiceTrouble(); trouble != nil {
			view := errorView(trouble)
			s.Service = &view
		}
	}
	return err
}

// status is what the page shows of the sync. Of two of them, the one with the
// higher number is the later one.
func (p *page) status(ctx context.Context, c *host.Clinic) (SyncStatus, error) {
	err := c.Runner.RefreshSummary(ctx)
	now := instant(c.Time(ctx))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.statuses++
	current := c.Session()
	status := c.Runner.Status()
	view := syncStatus(&status)
	view.Number, view.Generation, view.Now = p.statuses, c.Generation(), now
	if current != nil && view.Phase == phaseIdle {
		if _, err := current.Listed(); err == nil {
			view.Phase = phaseListed
		}
	}
	return view, err
}

func tally(ctx context.Context, c *host.Clinic) (TallyView, error) {
	store, err := c.Workspace.Store(ctx)
	if err != nil {
		return TallyView{}, err
	}
	counts, err := store.Tally(ctx)
	if err != nil {
		return TallyView{}, err
	}
	cursors, err := store.Cursors(ctx)
	if err != nil {
		return TallyView{}, err
	}
	missing, err := store.Missing(ctx)
	return TallyView{Active: counts.Active, Failed: counts.Failed, Archived: counts.Archived,
		ActiveInCliniko: cursors.ActiveInCliniko, CountedAt: instant(cursors.CountedAt), Missing: len(missing)}, err
}

// addUnlocks says who may come in, and how: whoever has locked the window, or the
// people of this computer; and whether who is in has a PIN.
func addUnlocks(ctx context.Context, c *host.Clinic, s *AppState) error {
	pins, err := c.Workspace.Accounts.PINs(ctx)
	if err != nil {
		return err
	}
	if s.Person != nil {
		s.PIN = PINView{Allowed: pins.Allowed, Set: pins.Set[s.Person.ID]}
		return nil
	}
	if locked := c.Locked(); locked != nil {
		s.Locked = &LockedView{ID: locked.ID, Name: locked.Name, PIN: pins.Usable[locked.ID]}
		return nil
	}
	people, err := c.Workspace.Accounts.List(ctx)
	if err != nil {
		return err
	}
	for i := range people {
		if id := people[i].ID; people[i].Active() {
			s.People = append(s.People, PersonTile{ID: id, Name: people[i].Name, PIN: pins.Usable[id]})
		}
	}
	if c.LeftToOther() {
		return nil // it is not whoever was here last
	}
	s.LastPerson, err = c.Workspace.LastToSignIn(ctx)
	return err
}

// managers returns the names of who can give others permissions.
func managers(ctx context.Context, c *host.Clinic) ([]string, error) {
	people, err := c.Workspace.Accounts.List(ctx)
	names := []string{}
	for i := range people {
		if people[i].Active() && people[i].May(staff.ManagePeople) {
			names = append(names, people[i].Name)
		}
	}
	return names, err
}
