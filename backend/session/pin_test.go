package session_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

const pin, wrongPIN = "7391", "8362"

// anotherStart opens the store as another process, or the next start, does.
func anotherStart(t *testing.T, w *workspace.Workspace) *workspace.Workspace {
	t.Helper()
	again, err := workspace.Open(t.Context(), workspace.Options{Dir: w.Dir(), HashCost: account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	return again
}

// lines are what the audit trail has of PINs and of who signed in, the oldest
// first.
func lines(t *testing.T, w *workspace.Workspace) (found []string) {
	t.Helper()
	events, err := w.Events(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(events)
	for _, e := range events {
		if e.Action == staff.SignedIn || strings.Contains(string(e.Action), "pin") {
			found = append(found, strings.TrimSpace(fmt.Sprintf("%s %s", e.Action, e.Outcome)))
		}
	}
	return found
}

// Twenty tries at once, half of them by another process, and more after a
// restart: five wrong PINs are compared and no more, whatever they were.
func TestNoMoreThanFiveWrongPINsAreCompared(t *testing.T) {
	w, state, _ := open(t)
	dana := state.Session().Person().ID
	if err := state.Session().Accounts().SetPIN(t.Context(), password, pin); err != nil {
		t.Fatal(err)
	}
	state.Lock()
	other := anotherStart(t, w)
	var compared, refused atomic.Int64
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range 20 {
		by := []*workspace.Workspace{w, other}[i%2]
		all.Go(func() {
			<-begin
			var window session.Presence
			err := window.SignInWithPIN(t.Context(), by, session.Options{}, dana, fmt.Sprintf("83%02d", 20+i))
			switch {
			case err == nil || profile.CodeOf(err) != profile.SignInRefused || window.Session() != nil:
				t.Errorf("%v", err)
			case account.NeedsPassword(err):
				refused.Add(1)
			default:
				compared.Add(1)
			}
		})
	}
	close(begin)
	all.Wait()
	if compared.Load() != 5 || refused.Load() != 15 {
		t.Errorf("%d were compared, %d refused", compared.Load(), refused.Load())
	}
	for range 3 {
		again := anotherStart(t, w)
		if err := state.SignInWithPIN(t.Context(), again, session.Options{}, dana, pin); !account.NeedsPassword(err) || who(state) != "locked by Dana Smith" {
			t.Errorf("after a restart: %v, %s", err, who(state))
		}
	}
	want := []string{"signed_in", "set_pin", "blocked_pin"}
	for range 5 {
		want = append(want, "signed_in sign_in_refused")
	}
	got := lines(t, w)
	slices.Sort(want)
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if err := state.SignInAs(t.Context(), w, session.Options{}, dana, password); err != nil {
		t.Fatal(err)
	}
	state.Lock()
	if err := state.SignInWithPIN(t.Context(), other, session.Options{}, dana, pin); err != nil || who(state) != "Dana Smith is signed in" {
		t.Errorf("after the password: %v, %s", err, who(state))
	}
}

// Wrong PINs beside right ones: what is right is taken back, and nothing of the
// wrong ones.
func TestRightPINsClearNoWrongOnes(t *testing.T) {
	w, state, _ := open(t)
	dana := state.Session().Person().ID
	if err := state.Session().Accounts().SetPIN(t.Context(), password, pin); err != nil {
		t.Fatal(err)
	}
	other := anotherStart(t, w)
	var wrong atomic.Int64
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			var window session.Presence
			if i%2 == 0 {
				_ = window.SignInWithPIN(t.Context(), w, session.Options{}, dana, pin)
				return
			}
			if err := window.SignInWithPIN(t.Context(), other, session.Options{}, dana, wrongPIN); !account.NeedsPassword(err) {
				wrong.Add(1)
			}
		})
	}
	all.Wait()
	for range 20 { // until no more is compared
		if _, err := other.Accounts.SignInWithPIN(t.Context(), dana, wrongPIN); !account.NeedsPassword(err) {
			wrong.Add(1)
		}
		_, _ = w.Accounts.SignInWithPIN(t.Context(), dana, pin)
	}
	if wrong.Load() != 5 {
		t.Errorf("%d wrong PINs were compared", wrong.Load())
	}
}

// A session that began with a PIN is one like any other, but it still has no
// password: that is asked for where it matters, and in another clinic.
func TestAPINReplacesNoPassword(t *testing.T) {
	w, state, _ := open(t)
	dana := state.Session().Person().ID
	accounts := func() session.Accounts { return state.Session().Accounts() }
	if err := accounts().SetPIN(t.Context(), password, pin); err != nil {
		t.Fatal(err)
	}
	state.Lock()
	if err := state.SignInWithPIN(t.Context(), w, session.Options{}, dana, pin); err != nil {
		t.Fatal(err)
	}
	if _, err := accounts().Add(t.Context(), pin, "Kim", "kim@example.com", "four brown horses", staff.AllPermissions); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("added somebody with the PIN: %v", err)
	}
	known, err := state.Session().Credentials(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Recognise(t.Context(), known); profile.CodeOf(err) != profile.SignedOut {
		t.Errorf("a session by PIN is recognised: %v", err)
	}
	if _, err := session.Authenticate(t.Context(), w, session.Options{}, email, pin); profile.CodeOf(err) != profile.SignInRefused {
		t.Errorf("a command takes the PIN: %v", err)
	}
}

// Whoever locks the window while a PIN is compared is not overtaken by it.
func TestALockOutlastsAPIN(t *testing.T) {
	w, state, _ := open(t)
	dana := state.Session().Person().ID
	if err := state.Session().Accounts().SetPIN(t.Context(), password, pin); err != nil {
		t.Fatal(err)
	}
	state.Lock()
	err := state.SignInWithPIN(t.Context(), w, session.Options{Locked: func() bool { return true }}, dana, pin)
	if profile.CodeOf(err) != profile.SignedOut || who(state) != "locked by Dana Smith" {
		t.Errorf("%v, %s", err, who(state))
	}
}
