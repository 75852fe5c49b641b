package syncer_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// What happens to a second client while a full pass looks for the first one,
// and leaves the counts as different as before, is found by the next sync that
// a person asks for. It is no difference that nothing can explain.
func TestAChangeDuringARepairIsFoundByTheNextSync(t *testing.T) {
	const a, b, z = 5, 6, 7 // on the first page
	for name, test := range map[string]struct {
		before func(c *clinic, ids []string) // causes the full pass
		during func(c *clinic, ids []string)
		page   int // is asked for at that moment; 0 is the check at the end
	}{
		"unarchived after its page was read": {
			func(c *clinic, ids []string) { must(c.t, c.fake.Unarchive(ids[a])) },
			func(c *clinic, ids []string) { must(c.t, c.fake.Unarchive(ids[b])) }, 4},
		"unarchived, and another one archived": {
			func(c *clinic, ids []string) { must(c.t, c.fake.Unarchive(ids[a])) },
			func(c *clinic, ids []string) {
				must(c.t, c.fake.Archive(ids[350]))
				must(c.t, c.fake.Unarchive(ids[b]))
			}, 4},
		"unarchived, and the first one opened": {
			func(c *clinic, ids []string) { must(c.t, c.fake.Unarchive(ids[a])) },
			func(c *clinic, ids []string) {
				_, err := c.engine.One(c.t.Context(), profile.ID(ids[a]))
				must(c.t, err)
				must(c.t, c.fake.Unarchive(ids[b]))
			}, 2},
		"deleted after the last page was read": {
			func(c *clinic, ids []string) { must(c.t, c.fake.Delete(ids[z])) },
			func(c *clinic, ids []string) { must(c.t, c.fake.Delete(ids[300])) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			clock := &laterClock{}
			c := newClinic(t, fakeclinic.Options{Seed: 61, Patients: 450, Shares: &fakeclinic.Shares{}, Clock: clock.now})
			c.full()
			ids, kept := c.fake.IDs(), c.local()
			must(t, c.fake.Archive(ids[a]))
			must(t, c.fake.Archive(ids[b]))
			clock.forward(2 * time.Second)
			c.sync()
			clock.forward(2 * time.Second)
			test.before(c, ids)
			n := c.recordNotices()
			var fullPass, done atomic.Bool // several are asked for at once
			c.fake.BeforeResponse(func(r fakeclinic.Request) {
				number := pageNumber(t, r)
				atEnd := fullPass.Load() && number == 0 && strings.HasSuffix(r.Path, "/patients")
				if number == 5 {
					fullPass.Store(true)
				}
				now := test.page > 0 && number == test.page || test.page == 0 && atEnd && !strings.Contains(r.RawQuery, "id")
				if now && done.CompareAndSwap(false, true) {
					test.during(c, ids)
				}
			})
			c.sync()
			c.fake.BeforeResponse(nil)
			if !done.Load() || n.has(syncer.CountUnexplained) {
				t.Errorf("happened: %t; noticed %v", done.Load(), n.all)
			}
			clock.forward(2 * time.Second)
			c.sync()
			c.equal(kept)
			clock.forward(2 * time.Second)
			if pass := c.sync(); pass.Kind != profile.ChangesPass || pass.Requests != 3 {
				t.Errorf("when nothing is left to find: %+v", pass)
			}
		})
	}
}

// A client who was not found is there again a moment later, and hidden as
// deleted until the next sync.
func TestWhoIsBackAfterNotFoundIsShownByTheNextSync(t *testing.T) {
	clock := &laterClock{}
	c := newClinic(t, fakeclinic.Options{Seed: 61, Patients: 300, Shares: &fakeclinic.Shares{}, Clock: clock.now})
	c.full()
	kept := c.local()
	x, y := c.fake.IDs()[10], c.fake.IDs()[20]
	was, _ := c.fake.Get(x)
	must(t, c.fake.Delete(x))
	must(t, c.fake.Delete(y))
	back := false
	c.fake.BeforeResponse(func(r fakeclinic.Request) {
		if !back && strings.HasSuffix(r.Path, "/patients/"+y) {
			back = true
			must(t, c.fake.Put(was))
		}
	})
	c.sync()
	c.fake.BeforeResponse(nil)
	clock.forward(2 * time.Second)
	c.sync()
	if state := c.local()[x].Profile.State; !back || state != profile.Active {
		t.Errorf("back: %t, and %s here", back, state)
	}
	c.equal(kept)
}

// A difference that nothing explains, and that is found beside one that
// somebody's deletion explains, costs one more pass and is then remembered.
func TestADifferenceBesideAnotherCostsOneMorePass(t *testing.T) {
	clock := &laterClock{}
	c := newClinic(t, fakeclinic.Options{Seed: 31, Patients: 300, Shares: &fakeclinic.Shares{}, Clock: clock.now})
	// One row here, and two in Cliniko's count.
	for _, p := range c.fake.Patients()[:2] {
		p.Raw = []byte(`["?"]`)
		must(t, c.fake.Put(p))
	}
	c.full()
	for range 2 {
		must(t, c.fake.Delete(activeIDs(c)[100]))
	}
	var full []bool
	for range 4 {
		clock.forward(2 * time.Hour)
		must(t, c.fake.Edit(activeIDs(c)[0], func(p *fakeclinic.Patient) { p.Title = new(p.UpdatedAt.String()) }))
		full = append(full, c.changes().Kind == profile.FullPass)
	}
	if full[0] != true || full[1] != true || full[2] || full[3] {
		t.Errorf("full passes: %v", full)
	}
}
