package account_test

import (
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

func TestWhichPINsAreTaken(t *testing.T) {
	people, _, owner := clinic(t)
	for _, pin := range []string{"7391", "4711", "0862", "83620", "918273", "19841", "10928374", "1235"} {
		if err := people.SetPIN(t.Context(), owner.ID, ownerPassword, pin); err != nil {
			t.Errorf("%s: %v", pin, err)
		}
	}
	for name, refused := range map[string][]string{
		"no PIN":         {"", "7", "739", "739182640", "73 91", "-7391", "73a1", "٧٣٩١", "７３９１", "7391\n", ownerPassword},
		"one digit":      {"0000", "1111", "999999", "88888888"},
		"two digits":     {"1112", "1212", "1221", "7747", "101010", "55455454"},
		"runs":           {"0123", "1234", "4321", "9876", "7890", "8901", "0987", "2468", "1357", "8642", "12345678", "87654321", "036925"},
		"doubled runs":   {"112233", "998877", "11223344", "1233"},
		"repeated":       {"123123", "739739", "73917391"},
		"there and back": {"123321", "739937", "1234321", "73911937"},
		"years":          {"1900", "1953", "1984", "1999", "2000", "2026", "2099"},
		"a keypad":       {"2580", "0852"},
	} {
		for _, pin := range refused {
			err := people.SetPIN(t.Context(), owner.ID, ownerPassword, pin)
			if profile.CodeOf(err) != profile.Invalid {
				t.Errorf("%s: %q is taken: %v", name, pin, err)
			}
			if pin != "" && err != nil && len(pin) > 1 && strings.Contains(err.Error()+profile.MessageOf(err), pin) {
				t.Errorf("the refusal repeats %q", pin)
			}
		}
	}
}

const deskPIN = "7391"

// withPIN adds somebody with a PIN to the owner.
func withPIN(t *testing.T, options ...account.Option) (*account.People, *shelf, staff.Person, staff.Person) {
	t.Helper()
	people, store, owner := clinic(t, options...)
	desk := withDesk(t, people, &owner)
	if err := people.SetPIN(t.Context(), desk.ID, deskPassword, deskPIN); err != nil {
		t.Fatal(err)
	}
	return people, store, owner, desk
}

func TestSignInWithPIN(t *testing.T) {
	people, store, owner, desk := withPIN(t)
	for range 20 { // one that is right counts for nothing
		got, err := people.SignInWithPIN(t.Context(), desk.ID, deskPIN)
		if err != nil || got.ID != desk.ID || got.PasswordHash != "" || got.QuickUnlock != (staff.Enrollment{}) {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	for name, id := range map[string]string{"somebody without one": owner.ID, "nobody": "nobody", "an email": desk.Email, "": ""} {
		if got, err := people.SignInWithPIN(t.Context(), id, deskPIN); profile.CodeOf(err) != profile.SignInRefused || !account.NeedsPassword(err) || got.ID != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, typed := range []string{deskPIN, " " + deskPIN, "", ownerPassword} {
		if _, err := people.SignIn(t.Context(), desk.Email, typed); err == nil {
			t.Errorf("%q is taken for the password", typed)
		}
	}
	listed, err := people.List(t.Context())
	if err != nil || listed[1].QuickUnlock != (staff.Enrollment{}) {
		t.Errorf("the list has a hash, %v", err)
	}
	if kept := store.people[1].QuickUnlock.Kept; strings.Contains(kept, deskPIN+"$") || !strings.HasPrefix(kept, "$argon2id$") {
		t.Errorf("kept is %q", kept)
	}
}

// A PIN is hashed at the cost of a password.
func TestAPINCostsWhatAPasswordDoes(t *testing.T) {
	people, store, _, _ := withPIN(t, account.WithCost(account.Cost{MemoryKiB: 128, Passes: 2, Lanes: 1}))
	if kept := store.people[1].QuickUnlock.Kept; !strings.HasPrefix(kept, "$argon2id$v=19$m=128,t=2,p=1$") {
		t.Errorf("kept is %q", kept)
	}
	_ = people
}

func TestFiveWrongPINsDemandThePassword(t *testing.T) {
	c := newClock()
	people, store, _, desk := withPIN(t, account.WithUptime(c.Uptime))
	wrong := func() error { _, err := people.SignInWithPIN(t.Context(), desk.ID, "8362"); return err }
	right := func() error { _, err := people.SignInWithPIN(t.Context(), desk.ID, deskPIN); return err }
	for i, want := range []string{
		"Wrong PIN. 4 more tries, then your password is needed.",
		"Wrong PIN. 3 more tries, then your password is needed.",
		"Wrong PIN. 2 more tries, then your password is needed.",
		"Wrong PIN. One more try, then your password is needed.",
		"Wrong PIN. That was the last try: sign in with your password.",
	} {
		if i == 3 {
			if err := right(); err != nil { // between them: it does not clear the others
				t.Fatal(err)
			}
		}
		err := wrong()
		if profile.CodeOf(err) != profile.SignInRefused || profile.MessageOf(err) != want || account.LastWrongPIN(err) != (i == 4) || account.NeedsPassword(err) {
			t.Errorf("%d: %v, %q", i, err, profile.MessageOf(err))
		}
	}
	c.pass(24 * time.Hour) // no waiting helps
	again := account.New(store, cheap, account.WithUptime(c.Uptime))
	for name, try := range map[string]func() error{"the right one": right, "a wrong one": wrong,
		"another start": func() error { _, err := again.SignInWithPIN(t.Context(), desk.ID, deskPIN); return err }} {
		if err := try(); !account.NeedsPassword(err) || profile.MessageOf(err) != "Sign in with your password." {
			t.Errorf("%s: %v", name, err)
		}
	}
	if pins, err := people.PINs(t.Context()); err != nil || !pins.Set[desk.ID] || pins.Usable[desk.ID] {
		t.Errorf("%+v, %v", pins, err)
	}
	if _, err := people.SignInAs(t.Context(), desk.ID, "not the password"); profile.CodeOf(err) != profile.SignInRefused {
		t.Fatal(err)
	}
	if err := right(); !account.NeedsPassword(err) {
		t.Errorf("after a wrong password: %v", err)
	}
	c.pass(time.Hour)
	if err := people.Confirm(t.Context(), desk.ID, deskPassword); err != nil {
		t.Fatal(err)
	}
	if err := right(); err != nil {
		t.Errorf("after the password: %v", err)
	}
	if err := wrong(); !strings.Contains(profile.MessageOf(err), "4 more tries") {
		t.Errorf("after the password: %q", profile.MessageOf(err))
	}
}

// What takes a PIN away, at once.
func TestWhatRemovesAPIN(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(p *account.People, owner, desk staff.Person) error
		kept bool
	}{
		"its removal": {func(p *account.People, _, desk staff.Person) error {
			return p.RemovePIN(t.Context(), desk.ID, deskPassword)
		}, false},
		"another password": {func(p *account.People, _, desk staff.Person) error {
			return p.ChangePassword(t.Context(), desk.ID, deskPassword, "four brown horses")
		}, false},
		"a reset password": {func(p *account.People, owner, desk staff.Person) error {
			return p.ResetPassword(t.Context(), &owner, desk.ID, "four brown horses")
		}, false},
		"the clinic forbids": {func(p *account.People, _, _ staff.Person) error { return p.AllowPINs(t.Context(), false) }, false},
		"forbids and allows": {func(p *account.People, _, _ staff.Person) error {
			if err := p.AllowPINs(t.Context(), false); err != nil {
				return err
			}
			return p.AllowPINs(t.Context(), true)
		}, false},
		"deactivated": {func(p *account.People, owner, desk staff.Person) error {
			_, err := p.Change(t.Context(), &owner, desk.ID, account.Details{Name: desk.Name, Email: desk.Email, Permissions: desk.Permissions})
			return err
		}, false},
		"deactivated, and back": {func(p *account.People, owner, desk staff.Person) error {
			d := account.Details{Name: desk.Name, Email: desk.Email, Permissions: desk.Permissions}
			if _, err := p.Change(t.Context(), &owner, desk.ID, d); err != nil {
				return err
			}
			d.Active = true
			_, err := p.Change(t.Context(), &owner, desk.ID, d)
			return err
		}, false},
		"another name": {func(p *account.People, owner, desk staff.Person) error {
			_, err := p.Change(t.Context(), &owner, desk.ID, account.Details{Name: "Other", Email: desk.Email, Permissions: desk.Permissions, Active: true})
			return err
		}, true},
		"the password, once more": {func(p *account.People, _, desk staff.Person) error {
			return p.Confirm(t.Context(), desk.ID, deskPassword)
		}, true},
	} {
		people, store, owner, desk := withPIN(t)
		if err := c.do(people, owner, desk); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, err := people.SignInWithPIN(t.Context(), desk.ID, deskPIN)
		if pins, _ := people.PINs(t.Context()); (err == nil) != c.kept || pins.Set[desk.ID] != c.kept || (store.people[1].QuickUnlock.Kept != "") != c.kept {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Setting and removing a PIN needs the person's own password.
func TestAPINNeedsThePassword(t *testing.T) {
	c := newClock()
	people, _, owner, desk := withPIN(t, account.WithUptime(c.Uptime))
	for _, own := range []string{"", "not the password", deskPIN, ownerPassword} {
		c.pass(time.Hour)
		if err := people.SetPIN(t.Context(), desk.ID, own, "8362"); profile.CodeOf(err) != profile.SignInRefused {
			t.Errorf("set with %q: %v", own, err)
		}
		c.pass(time.Hour)
		if err := people.RemovePIN(t.Context(), desk.ID, own); profile.CodeOf(err) != profile.SignInRefused {
			t.Errorf("removed with %q: %v", own, err)
		}
	}
	if _, err := people.SignInWithPIN(t.Context(), desk.ID, deskPIN); err != nil {
		t.Errorf("the PIN is another one: %v", err)
	}
	c.pass(time.Hour)
	if err := people.AllowPINs(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if err := people.SetPIN(t.Context(), owner.ID, ownerPassword, "8362"); profile.CodeOf(err) != profile.NotPermitted {
		t.Errorf("set though forbidden: %v", err)
	}
	if _, err := people.SignInWithPIN(t.Context(), owner.ID, "8362"); !account.NeedsPassword(err) {
		t.Errorf("taken though forbidden: %v", err)
	}
}
