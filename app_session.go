package main

import (
	"context"
	"errors"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/webview"
	"telehab.io/desktop/backend/workspace"
)

// State is what the window shows first, and after every larger change. It
// answers even when nothing can be opened, and then says why.
func (a *App) State() (AppState, error) {
	ctx := context.Background()
	d, err := a.desk(ctx)
	if err != nil {
		return a.closedState(err), nil
	}
	state, err := d.state(ctx)
	if isBroken(err) {
		return a.closedState(err), nil
	}
	return state, err
}

// closedState says why nothing can be opened.
func (a *App) closedState(err error) AppState {
	logging.Failure(a.log, "open the workspace", err)
	view := errorView(err)
	generation := a.generations.Load()
	state := AppState{Version: a.version, Generation: generation, Managers: []string{}, ClientWord: defaultWord, LinkWaiting: a.linkWaits(),
		Sync: SyncStatus{Generation: generation, Phase: phaseIdle, SecondsLeft: -1}}
	switch profile.CodeOf(err) {
	case profile.KeyringMissing, profile.KeyringLocked:
		state.Keyring = &view
		if a.hasStore() {
			state.Store = &view // this computer is set up: no welcome
		}
	default:
		state.Store = &view
		state.MayReset = isLost(err)
	}
	return state
}

func (a *App) hasStore() bool {
	current, err := a.clinics().Current()
	return err == nil && workspace.HasStore(current)
}

// isBroken says that the store cannot be used now.
func isBroken(err error) bool {
	return isLost(err) || profile.CodeOf(err) == profile.StoreUnreadable
}

// isLost says that the store is certainly lost, or, for StoreMissing, that
// starting again deletes nothing: only then may that be offered. A locked
// keyring, a drive that is not there or a file that may not be read is no loss.
func isLost(err error) bool {
	switch profile.CodeOf(err) {
	case profile.StoreKeyLost, profile.StoreDamaged, profile.StoreCorrupt, profile.StoreMissing:
		return true
	}
	return false
}

// Painted tells that the page is on the screen, in which colours, and again when
// they change. The log has when that was first.
func (a *App) Painted(dark bool) error {
	_, err := call(a, "Painted", func(context.Context, *desk) (struct{}, error) {
		a.system.Painted(dark)
		a.painted.Do(func() { a.log.Info().Msg("the first screen is painted") })
		return struct{}{}, nil
	})
	return err
}

// defaultWord is what clients are called until the clinic has said.
const defaultWord = "client"

func (d *desk) state(ctx context.Context) (AppState, error) {
	s := AppState{Version: d.app.version, Generation: d.generation.Load(), Managers: []string{}, ClientWord: defaultWord, LinkWaiting: d.app.linkWaits()}
	s.Demo, s.Throwaway = d.w.Demo()
	s.IdleMinutes = d.w.IdleMinutes()
	var err error
	if s.PeopleExist, err = d.w.People.Any(ctx); err != nil {
		return s, err
	}
	d.mu.Lock()
	if d.person != nil {
		s.Person = personView(d.person)
	}
	if d.locked != nil {
		s.Locked = &LockedView{Name: d.locked.Name, Email: d.locked.Email}
	}
	d.mu.Unlock()
	if s.Person != nil {
		if s.Managers, err = d.managers(ctx); err != nil {
			return s, err
		}
	}
	if s.Sync, err = d.status(ctx); err != nil {
		return s, err
	}
	clinic, err := d.w.Clinic(ctx)
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
	if s.Tally, err = d.tally(ctx); err != nil {
		return s, err
	}
	store, err := d.w.Store(ctx)
	if err != nil {
		return s, err
	}
	button, err := store.Button(ctx)
	s.Button = string(button)
	return s, err
}

func (d *desk) tally(ctx context.Context) (TallyView, error) {
	store, err := d.w.Store(ctx)
	if err != nil {
		return TallyView{}, err
	}
	tally, err := store.Tally(ctx)
	if err != nil {
		return TallyView{}, err
	}
	cursors, err := store.Cursors(ctx)
	if err != nil {
		return TallyView{}, err
	}
	missing, err := store.Missing(ctx)
	return TallyView{Active: tally.Active, Failed: tally.Failed, Archived: tally.Archived,
		ActiveInCliniko: cursors.ActiveInCliniko, CountedAt: instant(cursors.CountedAt), Missing: len(missing)}, err
}

// tellState sends the state to the window if it shows this desk.
func (a *App) tellState(ctx context.Context, d *desk) {
	if !d.shown() {
		return
	}
	state, err := d.state(ctx)
	if err != nil {
		logging.Failure(a.log, "tell the state", err)
		return
	}
	a.system.Emit(eventState, state)
}

// CreateFirstPerson makes the first person, who gets every permission, and
// signs them in. It fails once there is anybody.
func (a *App) CreateFirstPerson(name, email, password string) (AppState, error) {
	return call(a, "CreateFirstPerson", func(ctx context.Context, d *desk) (AppState, error) {
		person, err := d.w.People.Add(ctx, nil, name, email, password, nil)
		if err != nil {
			return AppState{}, err
		}
		return d.signedIn(ctx, person)
	})
}

// SignIn signs a person in and reads the profiles into memory.
func (a *App) SignIn(email, password string) (AppState, error) {
	return call(a, "SignIn", func(ctx context.Context, d *desk) (AppState, error) {
		person, err := d.w.People.SignIn(ctx, email, password)
		if err != nil {
			return AppState{}, err
		}
		return d.signedIn(ctx, person)
	})
}

func (d *desk) signedIn(ctx context.Context, person staff.Person) (AppState, error) {
	if err := d.unlock(ctx); err != nil {
		return AppState{}, err
	}
	if err := d.w.Record(ctx, staff.Event{Here: d.app.clock().UTC(), Person: person.ID, Action: staff.SignedIn}); err != nil {
		return AppState{}, err
	}
	d.mu.Lock()
	d.person, d.locked, d.active = &person, nil, d.app.moment()
	d.mu.Unlock()
	d.background.Focus()
	return d.state(ctx)
}

// SignOut forgets who is signed in, and every name. A pass goes on.
func (a *App) SignOut() (AppState, error) {
	return call(a, "SignOut", func(ctx context.Context, d *desk) (AppState, error) {
		d.leave(nil)
		return d.state(ctx)
	})
}

// demoPerson is who works in the demo.
func demoPerson() *staff.Person {
	return &staff.Person{ID: "demo", Name: "Demo Practitioner", Email: "demo@example.com", Permissions: staff.AllPermissions}
}

// OpenDemo switches the window to the simulated clinic. It works even where the
// real workspace cannot be opened, so it does not go through call.
func (a *App) OpenDemo() (AppState, error) {
	ctx := context.Background()
	a.mu.Lock()
	d := a.shown.Load()
	if d == nil || d == a.real {
		var err error
		if d, err = a.openDesk(ctx, workspace.OpenDemo); err != nil {
			a.mu.Unlock()
			logging.Failure(a.log, "open the demo", err)
			return AppState{}, err
		}
		d.person = demoPerson()
		a.show(d)
	}
	a.mu.Unlock()
	if err := d.unlock(ctx); err != nil {
		return AppState{}, err
	}
	d.background.Start()
	return d.state(ctx)
}

// LeaveDemo goes back to the real workspace.
func (a *App) LeaveDemo() (AppState, error) {
	a.mu.Lock()
	left := a.shown.Swap(nil)
	if left == a.real {
		left = nil
	}
	a.demo = false
	a.mu.Unlock()
	a.close(left)
	return a.State()
}

// ResetStore deletes data that is certainly lost, so that the clinic can be
// connected and synced again. It wants the word ERASE, since the people, their
// permissions, the audit trail and the history are not in Cliniko. For data that
// cannot be found it makes new data, deletes nothing and wants no word.
func (a *App) ResetStore(word string) (AppState, error) {
	ctx := context.Background()
	d, err := a.desk(ctx)
	if err == nil {
		_, err = d.state(ctx)
	}
	switch {
	case err == nil:
		return AppState{}, profile.Refuse(profile.Invalid, "The data on this computer can be opened, so there is nothing to reset. Use Disconnect to erase it.")
	case !isLost(err):
		return AppState{}, err
	case profile.CodeOf(err) == profile.StoreMissing:
		return a.beginAgain()
	case word != eraseWord:
		return AppState{}, errEraseWord()
	}
	if d != nil {
		a.drop(d)
	}
	return a.startOver(ctx)
}

// eraseWord is typed by whoever erases what Cliniko does not have.
const eraseWord = "ERASE"

func errEraseWord() error {
	return profile.Refuse(profile.Invalid, "Type ERASE in capital letters to go on.")
}

// beginAgain makes a store in place of one that is not to be seen.
func (a *App) beginAgain() (AppState, error) {
	current, err := a.clinics().Current()
	if err == nil {
		err = workspace.Begin(current)
	}
	if err != nil {
		logging.Failure(a.log, "begin again", err)
		return AppState{}, err
	}
	return a.State()
}

// StartOver is for a computer whose only person has forgotten the password: it
// erases people, clients and keys alike. Cliniko still has the clients. It wants
// the word ERASE, and nobody signed in.
func (a *App) StartOver(word string) (AppState, error) {
	return call(a, "StartOver", func(ctx context.Context, d *desk) (AppState, error) {
		demo, _ := d.w.Demo()
		switch {
		case demo || d.whoIsSignedIn().ID != "":
			return AppState{}, profile.Refuse(profile.Invalid, "Somebody is signed in. Use Disconnect in Settings, Software integration to erase the clients.")
		case word != eraseWord:
			return AppState{}, errEraseWord()
		}
		a.drop(d)
		return a.startOver(ctx)
	})
}

// startOver deletes the store that is used now, with its keys. It is not open.
func (a *App) startOver(ctx context.Context) (AppState, error) {
	current, err := a.clinics().Current()
	if err == nil {
		err = workspace.Reset(ctx, current)
	}
	if err == nil {
		err = errors.Join(a.eraseLogs(), webview.Mark(a.options.DataDir()))
	}
	if err != nil {
		logging.Failure(a.log, "reset the store", err)
		return AppState{}, err
	}
	return a.State()
}
