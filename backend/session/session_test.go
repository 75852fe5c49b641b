package session_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/keyring/keyringtest"
	"telehab.io/desktop/backend/leaktest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

func TestMain(m *testing.M) { keyringtest.Main(m) }

const email, password = "dana@example.com", "correct horse battery"

// open returns a workspace with a first person and a connected clinic, and the
// state of its window, in which that person is signed in.
func open(t *testing.T) (*workspace.Workspace, *session.Presence, *fakeclinic.Clinic) {
	t.Helper()
	fake := fakeclinic.New(fakeclinic.Options{Seed: 5, Patients: 40, Shares: &fakeclinic.Shares{}})
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	w, err := workspace.Open(t.Context(), workspace.Options{Dir: leaktest.Dir(t, fake, password), ClinikoURL: server.URL(),
		HashCost: account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	state := &session.Presence{}
	if err := state.SignUp(t.Context(), w, session.Options{}, "Dana Smith", email, password); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Session().Integration().Connect(t.Context(), func() (string, error) { return fake.Key(), nil }); err != nil {
		t.Fatal(err)
	}
	return w, state, fake
}

func who(s *session.Presence) string {
	switch current, locked := s.Session(), s.Locked(); {
	case current != nil && locked == nil:
		return current.Person().Name + " is signed in"
	case current == nil && locked != nil:
		return "locked by " + locked.Name
	case current == nil:
		return "nobody"
	}
	return "signed in and locked at once"
}

func TestNobodyLockedSignedIn(t *testing.T) {
	w, state, _ := open(t)
	signIn := func(email string) error {
		return state.SignIn(t.Context(), w, session.Options{}, email, password)
	}
	for _, step := range []struct {
		name string
		do   func() error
		code profile.Code
		then string
	}{
		{"lock", func() error { state.Lock(); return nil }, "", "locked by Dana Smith"},
		{"lock again", func() error { state.Lock(); return nil }, "", "locked by Dana Smith"},
		{"an unknown email", func() error { return signIn("nobody@example.com") }, profile.SignInRefused, "locked by Dana Smith"},
		{"the password", func() error { return signIn(email) }, "", "Dana Smith is signed in"},
		{"sign in while signed in", func() error { return signIn(email) }, "", "Dana Smith is signed in"},
		{"sign out", func() error { state.SignOut(); return nil }, "", "nobody"},
		{"lock with nobody there", func() error { state.Lock(); return nil }, "", "nobody"},
		{"sign in", func() error { return signIn(email) }, "", "Dana Smith is signed in"},
	} {
		if err := step.do(); profile.CodeOf(err) != step.code || who(state) != step.then {
			t.Errorf("%s: %v, then %s; want %q and %s", step.name, err, who(state), step.code, step.then)
		}
	}
	if _, err := w.Directory(); err != nil {
		t.Errorf("signed in, and there are no names: %v", err)
	}
}

// Locking reads and writes nothing: it works without the store.
func TestLockNeedsNoStore(t *testing.T) {
	w, state, _ := open(t)
	began := state.Session()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(w.Dir(), "telehab.db")); err != nil {
		t.Fatal(err)
	}
	state.Lock()
	if who(state) != "locked by Dana Smith" || !began.Ended() {
		t.Errorf("%s, ended %v", who(state), began.Ended())
	}
	if _, err := w.Directory(); profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("the names are still in memory: %v", err)
	}
}

// The end of a session that is over takes nothing from the next one.
func TestAnEndedSessionEndsOnce(t *testing.T) {
	w, state, _ := open(t)
	first := state.Session()
	state.Lock()
	if first.Lifetime().Err() == nil {
		t.Error("its calls continue")
	}
	if err := state.SignIn(t.Context(), w, session.Options{}, email, password); err != nil {
		t.Fatal(err)
	}
	first.End()
	if _, err := w.Directory(); err != nil {
		t.Errorf("the next one has no names: %v", err)
	}
	if next := state.Session(); next.Number() <= first.Number() || next.Lifetime().Err() != nil {
		t.Errorf("session %d follows %d, %v", next.Number(), first.Number(), next.Lifetime().Err())
	}
}

// What a session has not done before it ended it does not do afterwards, even
// when the same person is back.
func TestAnEndedSessionDoesNothing(t *testing.T) {
	w, state, fake := open(t)
	ended := state.Session()
	ended.SetListed(&syncer.Listed{})
	state.Lock()
	if err := state.SignIn(t.Context(), w, session.Options{}, email, password); err != nil {
		t.Fatal(err)
	}
	never := func() (string, error) { t.Error("asked for a key"); return fake.Key(), nil }
	for name, do := range map[string]func() error{
		"connect": func() error { _, err := ended.Integration().Connect(t.Context(), never); return err },
		"connect separately": func() error {
			return ended.Integration().ConnectSeparately(t.Context(), password, workspace.Clinics{}, fake.Key())
		},
		"disconnect": func() error {
			_, err := ended.Integration().Disconnect(t.Context(), password, func(session.Erasing) error { return errors.New("asked") })
			return err
		},
		"import":      func() error { _, err := ended.Integration().Import(t.Context(), nil); return err },
		"see missing": func() error { _, err := ended.Integration().Missing(t.Context()); return err },
		"keep":        func() error { _, err := ended.Integration().KeepMissing(t.Context()); return err },
		"remove":      func() error { _, err := ended.Integration().RemoveMissing(t.Context(), "", nil, nil); return err },
		"export":      func() error { _, err := ended.Exports().Profiles("csv").Run(t.Context(), password, nil); return err },
		"selected": func() error {
			_, err := ended.Exports().Selected(nil, "csv").Run(t.Context(), password, nil)
			return err
		},
		"call sheet": func() error {
			_, err := ended.Exports().CallSheet(directory.Query{}, "csv").Run(t.Context(), password, nil)
			return err
		},
		"attention": func() error {
			_, err := ended.Exports().Attention(directory.Query{}).Run(t.Context(), password, nil)
			return err
		},
		"add": func() error {
			_, err := ended.Accounts().Add(t.Context(), password, "Kim Example", "kim@example.com", password, nil)
			return err
		},
		"people":        func() error { _, err := ended.Accounts().List(t.Context()); return err },
		"find a person": func() error { _, err := ended.Accounts().Find(t.Context(), email); return err },
		"change": func() error {
			_, err := ended.Accounts().Change(t.Context(), password, ended.Person().ID, account.Details{})
			return err
		},
		"reset a password": func() error {
			return ended.Accounts().ResetPassword(t.Context(), password, ended.Person().ID, password)
		},
		"change password": func() error { return ended.Accounts().ChangePassword(t.Context(), password, "another battery horse") },
		"auto-lock":       func() error { return ended.Security().SetAutoLock(t.Context(), 30) },
		"retention":       func() error { return ended.Security().SetRetention(t.Context(), "", profile.Retention{}) },
		"erase":           func() error { return ended.EraseProfile(t.Context(), password, fake.IDs()[0]) },
		"audit trail":     func() error { _, err := ended.Security().Events(t.Context(), 0, 10); return err },
	} {
		if err := do(); profile.CodeOf(err) != profile.SignedOut {
			t.Errorf("%s: %v", name, err)
		}
	}
	ended.SetListed(&syncer.Listed{})
	if _, err := ended.Listed(); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("it has a list: %v", err)
	}
}

// The needs of a command's session are those of the window's, and the audit
// trail has who signed in for it.
func TestAuthenticateSignsInForACommand(t *testing.T) {
	w, state, _ := open(t)
	if _, err := state.Session().Accounts().Add(t.Context(), password, "Kim Example", "kim@example.com", "a quiet blue river", []staff.Permission{staff.Practitioner}); err != nil {
		t.Fatal(err)
	}
	before, err := w.Events(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := session.Authenticate(t.Context(), w, session.Options{}, "nobody@example.com", "a quiet blue river"); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("an unknown email: %v", err)
	}
	kim, err := session.Authenticate(t.Context(), w, session.Options{}, "kim@example.com", "a quiet blue river")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		needs session.Needs
		code  profile.Code
	}{
		"anyone": {session.Anyone, ""}, "signed in": {session.SignedIn, ""}, "one of two": {session.AnyOf("practitioner", "pms_link"), ""},
		"both": {session.AllOf("practitioner", "pms_link"), profile.NotPermitted}, "export": {session.MayExportProfiles, profile.NotPermitted},
		"people": {session.MayManagePeople, profile.NotPermitted},
	} {
		if err := kim.Require(c.needs); profile.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
	if _, err := kim.Exports().Profiles("csv").Run(t.Context(), "", nil); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("export: %v", err)
	}
	after, err := w.Events(t.Context(), 0, 100) // the unknown email, then Kim
	if err != nil || len(after) != len(before)+2 || after[1].Action != "signed_in" || after[1].Outcome != "sign_in_refused" || after[1].Person != "" ||
		after[0].Action != "signed_in" || after[0].Outcome != "" || after[0].Person != kim.Person().ID {
		t.Errorf("%d lines of the audit trail, then %d, %v", len(before), len(after), err)
	}
	var nobody *session.Session
	for name, c := range map[string]struct {
		needs  session.Needs
		nobody profile.Code
		kim    profile.Code
	}{
		"anyone": {session.Anyone, "", ""}, "signed in": {session.SignedIn, profile.SignedOut, ""},
		"the zero value": {session.Needs{}, profile.SignedOut, profile.NotPermitted}, "all of none": {session.AllOf(), profile.SignedOut, profile.NotPermitted},
		"any of none": {session.AnyOf(), profile.SignedOut, profile.NotPermitted},
	} {
		if err := nobody.Require(c.needs); profile.CodeOf(err) != c.nobody {
			t.Errorf("%s for nobody: %v", name, err)
		}
		if err := kim.Require(c.needs); profile.CodeOf(err) != c.kim {
			t.Errorf("%s for somebody: %v", name, err)
		}
	}
	if err := state.SignInToDemo(t.Context(), w, session.Options{}); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("the demo's person on a real workspace: %v", err)
	}
}

// Where Cliniko did not say its web address, the list is exported without
// links.
func TestFailuresAreExportedWithoutAWebAddress(t *testing.T) {
	fake := fakeclinic.New(fakeclinic.Options{Seed: 5, Patients: 40, Subdomain: "-"})
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	options := workspace.Options{Dir: leaktest.Dir(t, fake, password), ClinikoURL: server.URL()}
	w, err := workspace.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	state := &session.Presence{}
	if err := state.SignUp(t.Context(), w, session.Options{}, "Dana Smith", email, password); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Session().Integration().Connect(t.Context(), func() (string, error) { return fake.Key(), nil }); err != nil {
		t.Fatal(err)
	}
	engine, err := w.Engine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Full(t.Context(), func(syncer.Progress) {}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	options.ClinikoURL = "" // as in a clinic: the address is Cliniko's own, which nothing asks
	if w, err = workspace.Open(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	if err := state.SignIn(t.Context(), w, session.Options{}, email, password); err != nil {
		t.Fatal(err)
	}
	var content string
	saved, err := state.Session().Exports().Attention(directory.Query{}).Run(t.Context(), password, func() (func([]byte) error, error) {
		return func(c []byte) error { content = string(c); return nil }, nil
	})
	if err != nil || !saved || strings.Count(content, "\n") < 2 || strings.Contains(content, "http") {
		t.Errorf("saved %v, %d lines, %v", saved, strings.Count(content, "\n"), err)
	}
}
