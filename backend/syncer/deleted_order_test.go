package syncer_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// Two clients were not found. Before the second one is asked for, the first one
// exists again, and a person opens that client, here or with another process.
// "Not found" is then the older answer.
func TestWhoIsOpenedAfterNotFoundStays(t *testing.T) {
	for name, test := range map[string]struct {
		later time.Duration // than "not found", by Cliniko's clock
		other bool          // another process
		bad   bool          // the record cannot be read
	}{
		"in the same second":            {0, false, false},
		"seconds later":                 {5 * time.Second, false, false},
		"by another process":            {0, true, false},
		"by another process, later":     {5 * time.Second, true, false},
		"as a record that has no times": {5 * time.Second, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			clock := &laterClock{}
			c := newClinic(t, fakeclinic.Options{Seed: 61, Patients: 300, Shares: &fakeclinic.Shares{}, Clock: clock.now})
			c.full()
			kept := c.local()
			x, y := c.fake.IDs()[10], c.fake.IDs()[20]
			person := c.engine
			if test.other {
				person = syncer.New(c.client, c.store.Store(), syncer.Options{})
			}
			was, _ := c.fake.Get(x)
			if test.bad {
				was.Raw = []byte(`{"id":"` + x + `","sex":[]}`)
			}
			must(t, c.fake.Delete(x))
			must(t, c.fake.Delete(y))
			opened := false
			c.fake.BeforeResponse(func(r fakeclinic.Request) {
				if opened || !strings.HasSuffix(r.Path, "/patients/"+y) {
					return
				}
				opened = true
				clock.forward(test.later)
				must(t, c.fake.Put(was))
				if entry, err := person.One(t.Context(), profile.ID(x)); err != nil || entry.Profile.State != profile.Active {
					t.Errorf("opened: %s, %v", entry.Profile.State, err)
				}
			})
			c.full()
			c.fake.BeforeResponse(nil)
			local := c.local()
			if state := local[x].Profile.State; !opened || state != profile.Active || (local[x].Failure != nil) != test.bad {
				t.Errorf("opened: %t; then %s here, %v", opened, state, local[x].Failure)
			}
			if state := local[y].Profile.State; state != profile.Deleted {
				t.Errorf("the one who is gone is %s", state)
			}
			if !test.bad {
				c.equal(kept)
			}
		})
	}
}

// Many are missing, and a person is asked. However few are missing afterwards,
// nobody of them is removed before the person says so.
func TestAQuestionIsOpenUntilItIsAnswered(t *testing.T) {
	for name, answer := range map[string]func(c *clinic){
		"kept":          func(c *clinic) { c.keepMissing() },
		"not answered":  func(*clinic) {},
		"shown by name": func(c *clinic) { must(t, c.store.ShowMissing(t.Context(), c.askedAbout())) },
		"kept, and asked again": func(c *clinic) {
			c.keepMissing()
			if _, err := c.engine.Full(t.Context(), nil); profile.CodeOf(err) != profile.Gone {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t, fakeclinic.Options{Seed: 37, Patients: 300, Shares: &fakeclinic.Shares{}})
			c.full()
			gone := c.fake.Patients()[:60]
			for _, p := range gone {
				must(t, c.fake.Delete(p.ID))
			}
			if _, err := c.engine.Full(t.Context(), nil); profile.CodeOf(err) != profile.Gone {
				t.Fatal(err)
			}
			answer(c)
			for _, p := range gone[3:] {
				must(t, c.fake.Put(p))
			}
			left := []string{gone[0].ID, gone[1].ID, gone[2].ID}
			for range 3 { // each asks again
				if _, err := c.engine.Full(t.Context(), nil); profile.CodeOf(err) != profile.Gone {
					t.Errorf("nobody is asked: %v", err)
				}
				if asked := c.askedAbout(); !slices.Equal(asked, left) || c.deletedHere(left) > 0 {
					t.Fatalf("asked about %v, %d were removed", asked, c.deletedHere(left))
				}
			}
			must(t, c.store.AcceptMissing(t.Context(), left))
			c.full()
			if c.deletedHere(left) != 3 {
				t.Errorf("%d of 3 are removed in the end", c.deletedHere(left))
			}
			must(t, c.fake.Delete(gone[3].ID)) // no question is open any more
			c.full()
			if c.deletedHere([]string{gone[3].ID}) != 1 {
				t.Error("one client who is gone is asked about")
			}
		})
	}
}

func (c *clinic) askedAbout() []string {
	c.t.Helper()
	missing, err := c.store.Missing(c.t.Context())
	must(c.t, err)
	return missing
}

func (c *clinic) keepMissing() {
	c.t.Helper()
	if kept, err := c.store.KeepMissing(c.t.Context()); err != nil || kept != 60 {
		c.t.Errorf("%d kept, %v", kept, err)
	}
}

// An answer that is older than "not found" does not keep a client, however late
// it is stored.
func TestAnAnswerFromBeforeNotFoundKeepsNobody(t *testing.T) {
	clock := &laterClock{}
	c := newClinic(t, fakeclinic.Options{Seed: 61, Patients: 300, Shares: &fakeclinic.Shares{}, Clock: clock.now})
	c.full()
	kept := c.local()
	x := c.fake.IDs()[10]
	was, _ := c.fake.Get(x)
	before := expected(was, c.now())
	before.ReadAt = clock.now().Truncate(time.Second)
	clock.forward(10 * time.Second)
	must(t, c.fake.Delete(x))
	asked := 0
	c.fake.BeforeResponse(func(r fakeclinic.Request) {
		if strings.HasSuffix(r.Path, "/patients/"+x) {
			asked++
			_, err := c.store.Save(t.Context(), profile.Batch{Entries: []profile.Entry{before}})
			must(t, err)
		}
	})
	c.full()
	c.fake.BeforeResponse(nil)
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	c.equal(kept)
}
