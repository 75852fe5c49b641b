package window

import (
	"context"
	"sync/atomic"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/window/host"
)

// The events that the page listens to.
const (
	eventSync     = "sync"     // SyncStatus
	eventProfiles = "profiles" // nothing; something in the list changed
	eventState    = "state"    // AppState
	eventLink     = "link"     // nothing; a link waits for Links.Take
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
	toolkit   toolkit
	log       zerolog.Logger
	version   string
	clinic    clinicFacts
	linkWaits func() bool
	statuses  atomic.Int64 // how many the page was told
}

// clinicFacts is what the page says of a clinic that cannot be opened.
type clinicFacts interface {
	Generation() int64 // of what was shown last
	HasStore() bool    // there is a store, or there was one
}

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
	state, err := p.stateOf(ctx, c)
	switch {
	case err == nil:
	case isBroken(err), c.Session() == nil:
		state = p.closedState(err) // the names go from the page, whatever the store says
	default:
		logging.Failure(p.log, "tell the state", err)
		return
	}
	p.toolkit.Emit(eventState, state)
}

// ProfilesChanged reports that something in the list of profiles changed.
func (p *page) ProfilesChanged() { p.toolkit.Emit(eventProfiles, struct{}{}) }

// state opens the clinic at first. It answers even when nothing can be opened,
// and then says why.
func (p *page) state(ctx context.Context, call *host.Call) (AppState, error) {
	c, err := call.Open(ctx)
	if err != nil {
		return p.closedState(err), nil
	}
	state, err := p.stateOf(ctx, c)
	if isBroken(err) {
		return p.closedState(err), nil
	}
	return state, err
}

// closedState says why nothing can be opened.
func (p *page) closedState(err error) AppState {
	logging.Failure(p.log, "open the workspace", err)
	view := errorView(err)
	generation := p.clinic.Generation()
	state := AppState{Version: p.version, Generation: generation, Managers: []string{}, ClientWord: defaultWord, LinkWaiting: p.linkWaits(),
		Sync: SyncStatus{Generation: generation, Phase: phaseIdle, SecondsLeft: -1}}
	switch profile.CodeOf(err) {
	case profile.KeyringMissing, profile.KeyringLocked:
		state.Keyring = &view
		if p.clinic.HasStore() {
			state.Store = &view // this computer is set up: no welcome
		}
	default:
		state.Store = &view
		state.MayReset = host.IsLost(err)
	}
	return state
}

// isBroken says that the store cannot be used now.
func isBroken(err error) bool {
	return host.IsLost(err) || profile.CodeOf(err) == profile.StoreUnreadable
}

// stateOf is the state while this clinic is shown.
func (p *page) stateOf(ctx context.Context, c *host.Clinic) (AppState, error) {
	s := AppState{Version: p.version, Generation: c.Generation(), Managers: []string{}, ClientWord: defaultWord, LinkWaiting: p.linkWaits()}
	s.Demo, s.Throwaway = c.Workspace.Demo()
	s.IdleMinutes = c.Workspace.IdleMinutes()
	var err error
	if s.PeopleExist, err = c.Workspace.Accounts.Any(ctx); err != nil {
		return s, err
	}
	if current := c.Session(); current != nil {
		s.Person = personView(current.Person())
		if s.Managers, err = managers(ctx, c); err != nil {
			return s, err
		}
	} else if locked := c.Locked(); locked != nil {
		s.Locked = &LockedView{Name: locked.Name, Email: locked.Email}
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
	view := clinicView(&clinic)
	if s.Person == nil {
		view = ClinicView{Name: view.Name} // nobody is signed in: no more than the name
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
	return s, err
}

// status is what the page shows of the sync. Of two of them, the one with the
// higher number is the later one.
func (p *page) status(ctx context.Context, c *host.Clinic) (SyncStatus, error) {
	err := c.Runner.RefreshSummary(ctx)
	now := instant(c.Time(ctx))
	current := c.Session()
	status := c.Runner.Status()
	view := syncStatus(&status)
	view.Number, view.Generation, view.Now = p.statuses.Add(1), c.Generation(), now
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
