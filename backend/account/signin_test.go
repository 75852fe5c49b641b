package account_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// clock is set by the test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Uptime counts from a start an hour before the first pass.
func (c *clock) Uptime() time.Duration { return c.Now().Sub(newClock().now) + time.Hour }

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func TestSignIn(t *testing.T) {
	people, _, owner := clinic(t)
	for _, email := range []string{ownerEmail, "OWNER@Clinic.Example", "  owner@clinic.example\n"} {
		got, err := people.SignIn(t.Context(), email, ownerPassword)
		if err != nil || got.ID != owner.ID || got.PasswordHash != "" {
			t.Errorf("SignIn(%q): %+v, %v", email, got, err)
		}
	}
}

func TestSignInAs(t *testing.T) {
	c := newClock()
	people, _, owner := clinic(t, account.WithUptime(c.Uptime))
	desk, err := people.Add(t.Context(), &owner, "Desk Example", "desk@clinic.example", "a quiet blue river", staff.AllPermissions)
	if err != nil {
		t.Fatal(err)
	}
	got, err := people.SignInAs(t.Context(), owner.ID, ownerPassword)
	if err != nil || got.ID != owner.ID || got.PasswordHash != "" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := people.Change(t.Context(), &owner, desk.ID, account.Details{Name: desk.Name, Email: desk.Email, Permissions: desk.Permissions}); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string][2]string{
		"a wrong password":         {owner.ID, "wrong s3cret words"},
		"nobody's id":              {"nobody", ownerPassword},
		"an email":                 {ownerEmail, ownerPassword},
		"none":                     {"", ownerPassword},
		"somebody who is inactive": {desk.ID, "a quiet blue river"},
	} {
		c.pass(time.Hour)
		got, err := people.SignInAs(t.Context(), try[0], try[1])
		if profile.CodeOf(err) != profile.SignInRefused || got.ID != "" || profile.MessageOf(err) != "Wrong password. Check it and try again." {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	// One delay, whichever way somebody tries.
	c.pass(time.Hour)
	_, _ = people.SignInAs(t.Context(), owner.ID, "wrong")
	if _, err := people.SignIn(t.Context(), ownerEmail, ownerPassword); account.Delay(err) != time.Second {
		t.Errorf("by email after a wrong password: %v", err)
	}
	c.pass(time.Second)
	if _, err := people.SignIn(t.Context(), ownerEmail, "wrong"); profile.CodeOf(err) != profile.SignInRefused {
		t.Error(err)
	}
	if _, err := people.SignInAs(t.Context(), owner.ID, ownerPassword); account.Delay(err) != 2*time.Second {
		t.Errorf("by id after two wrong passwords: %v", err)
	}
}

func TestAccentsMayBeComposedEitherWay(t *testing.T) {
	people, _, owner := clinic(t)
	composed, decomposed := "caf\u00e9 de la gare", "cafe\u0301 de la gare"
	if _, err := people.Add(t.Context(), &owner, "A Example", "a@clinic.example", decomposed, staff.AllPermissions); err != nil {
		t.Fatal(err)
	}
	for _, password := range []string{composed, decomposed} {
		if _, err := people.SignIn(t.Context(), "a@clinic.example", password); err != nil {
			t.Errorf("%+q: %v", password, err)
		}
	}
}

func TestEveryRefusalSaysTheSame(t *testing.T) {
	c := newClock()
	people, store, _ := clinic(t, account.WithUptime(c.Uptime))
	damaged := store.people[0]
	damaged.ID, damaged.Email, damaged.PasswordHash = "damaged", "damaged@clinic.example", "$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5"
	store.people = append(store.people, damaged)
	var sentences []string
	for _, try := range [][2]string{
		{ownerEmail, "wrong s3cret words"},
		{ownerEmail + "x", ownerPassword},
		{ownerEmail, strings.ToUpper(ownerPassword)},
		{ownerEmail, ownerPassword + " "},
		{"", ""},
		{ownerEmail, strings.Repeat("s3cret", 10000)},
		{damaged.Email, ownerPassword},
	} {
		c.pass(time.Hour)
		person, err := people.SignIn(t.Context(), try[0], try[1])
		if profile.CodeOf(err) != profile.SignInRefused || person.ID != "" {
			t.Fatalf("SignIn(%.30q, %.30q): %+v, %v", try[0], try[1], person, err)
		}
		for _, secret := range []string{"clinic.example", "s3cret", ownerPassword, "argon2id$"} {
			if strings.Contains(err.Error()+profile.MessageOf(err), secret) {
				t.Errorf("the refusal repeats %q: %v", secret, err)
			}
		}
		sentences = append(sentences, profile.MessageOf(err))
	}
	for _, sentence := range sentences {
		if sentence != sentences[0] {
			t.Errorf("%q differs from %q", sentence, sentences[0])
		}
	}
}

// The work of a sign-in is that of the hash, which is recognised by the memory
// that it allocates: its duration depends on what else the computer does.
func TestUnknownEmailTakesAsMuchWork(t *testing.T) {
	const memory = 16 << 20
	people, _, _ := clinic(t, account.WithCost(account.Cost{MemoryKiB: memory >> 10, Passes: 2, Lanes: 1}))
	for _, email := range []string{ownerEmail, "nobody@clinic.example"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := people.SignIn(t.Context(), email, "wrong words here"); err == nil {
			t.Fatal("a wrong password was taken")
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took < memory || took > 2*memory {
			t.Errorf("%s: %d bytes, and one hash takes %d", email, took, memory)
		}
	}
}

func TestDelayGrows(t *testing.T) {
	for _, email := range []string{ownerEmail, "nobody@clinic.example"} {
		c := newClock()
		people, _, _ := clinic(t, account.WithUptime(c.Uptime))
		for i, wait := range []int{1, 2, 4, 8, 16, 30, 30} {
			if _, err := people.SignIn(t.Context(), email, "wrong"); strings.Contains(profile.MessageOf(err), "Wait") {
				t.Fatalf("try %d was not heard: %v", i+1, err)
			}
			c.pass(time.Duration(wait)*time.Second - time.Millisecond)
			_, err := people.SignIn(t.Context(), " "+strings.ToUpper(email), ownerPassword)
			if profile.CodeOf(err) != profile.SignInRefused || !strings.Contains(profile.MessageOf(err), "Wait 1 second,") {
				t.Fatalf("just before %d s: %v, %q", wait, err, profile.MessageOf(err))
			}
			c.pass(time.Millisecond)
		}
	}
}

func TestDelayEnds(t *testing.T) {
	c := newClock()
	people, _, owner := clinic(t, account.WithUptime(c.Uptime))
	if _, err := people.Add(t.Context(), &owner, "Desk Example", "desk@clinic.example", "a quiet blue river", staff.AllPermissions); err != nil {
		t.Fatal(err)
	}
	wrong := func() { _, _ = people.SignIn(t.Context(), ownerEmail, "wrong") }
	wrong()
	if _, err := people.SignIn(t.Context(), "desk@clinic.example", "a quiet blue river"); err != nil {
		t.Errorf("someone else has to wait too: %v", err)
	}
	c.pass(time.Second)
	wrong()
	_, err := people.SignIn(t.Context(), ownerEmail, ownerPassword)
	if !strings.Contains(profile.MessageOf(err), "Wait 2 seconds,") {
		t.Errorf("another's success ended the delay: %v", err)
	}
	c.pass(2 * time.Second)
	if _, err := people.SignIn(t.Context(), ownerEmail, ownerPassword); err != nil {
		t.Errorf("after the delay: %v", err)
	}
	wrong() // the count starts over
	_, err = people.SignIn(t.Context(), ownerEmail, ownerPassword)
	if !strings.Contains(profile.MessageOf(err), "Wait 1 second,") {
		t.Errorf("after a success the delay is not the first one: %q", profile.MessageOf(err))
	}
}

// The delay is stored: it survives a restart of the program.
func TestAnotherStartKnowsOfWrongTries(t *testing.T) {
	c := newClock()
	people, store, owner := clinic(t, account.WithUptime(c.Uptime))
	if _, err := people.SignIn(t.Context(), owner.Email, "wrong"); profile.CodeOf(err) != profile.SignInRefused {
		t.Fatal(err)
	}
	again := account.New(store, cheap, account.WithUptime(c.Uptime))
	if _, err := again.SignIn(t.Context(), owner.Email, ownerPassword); !strings.Contains(profile.MessageOf(err), "Wait") {
		t.Errorf("heard at once: %v", err)
	}
	c.pass(-time.Hour) // a restart does not prolong the delay
	if _, err := again.SignIn(t.Context(), owner.Email, ownerPassword); !strings.Contains(profile.MessageOf(err), "Wait") {
		t.Errorf("heard at once: %v", err)
	}
	c.pass(time.Second)
	if _, err := again.SignIn(t.Context(), owner.Email, ownerPassword); err != nil {
		t.Error(err)
	}
}

// Setting the clock neither shortens nor prolongs the delay.
func TestNobodySetsTheClockPastTheDelay(t *testing.T) {
	const day = 24 * time.Hour
	for _, set := range []time.Duration{time.Minute, day, -day, 100 * day, -100 * day, 3650 * day, -3650 * day} {
		c, wall := newClock(), newClock()
		people, _, owner := clinic(t, account.WithUptime(c.Uptime), account.WithClock(wall.Now))
		for range 5 {
			c.pass(20 * time.Second)
			_, _ = people.SignIn(t.Context(), owner.Email, "wrong")
		}
		wall.pass(set)
		if _, err := people.SignIn(t.Context(), owner.Email, ownerPassword); !strings.Contains(profile.MessageOf(err), "Wait 16 seconds,") {
			t.Errorf("the clock set by %v: %v", set, err)
		}
		c.pass(16 * time.Second)
		if _, err := people.SignIn(t.Context(), owner.Email, ownerPassword); err != nil {
			t.Errorf("the clock set by %v, after the delay: %v", set, err)
		}
	}
}

func TestCancelledSignInCountsNothing(t *testing.T) {
	people, _, _ := clinic(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := people.SignIn(ctx, ownerEmail, "wrong"); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	if _, err := people.SignIn(t.Context(), ownerEmail, ownerPassword); err != nil {
		t.Fatalf("afterwards: %v", err)
	}
}

// A person who was added can sign in with exactly that password and no other.
func TestAnyAcceptedPasswordSignsIn(t *testing.T) {
	people, _, owner := clinic(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.StringN(0, 40, -1).Draw(t, "password")
		other := rapid.StringN(0, 40, -1).Draw(t, "other")
		n++
		email := strings.Repeat("y", n%60) + strings.Repeat("z", n/60) + "@clinic.example"
		ctx := context.Background()
		_, err := people.Add(ctx, &owner, "Any Example", email, password, staff.AllPermissions)
		if err != nil {
			if profile.CodeOf(err) != profile.Invalid {
				t.Fatalf("Add: %v", err)
			}
			return
		}
		if _, err := people.SignIn(ctx, email, password); err != nil {
			t.Fatalf("the password that was accepted is refused: %v", err)
		}
		if _, err := people.SignIn(ctx, email, other); err == nil && !account.SamePassword(password, other) {
			t.Fatalf("%q signs in for %q", other, password)
		}
	})
}
