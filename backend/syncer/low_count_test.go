package syncer_test

import (
	"context"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// lowFirstCount makes the clinic's next answer count one patient too few.
func (c *clinic) lowFirstCount() {
	next := c.fake.RequestCount() + 1
	c.fake.SetFaults(func(r fakeclinic.Request) fakeclinic.Fault {
		if r.N == next {
			return off(-1)
		}
		return fakeclinic.Fault{}
	})
}

// before runs do once, when this page of the whole list is asked for.
func (c *clinic) before(page int, do func()) {
	done := false
	c.fake.BeforeResponse(func(r fakeclinic.Request) {
		if !done && pageNumber(c.t, r) == page {
			done = true
			do()
		}
	})
	c.t.Cleanup(func() {
		if !done {
			c.t.Errorf("page %d was not asked for", page)
		}
	})
}

// A first count that is as many too low as patients are deleted while the pages
// are read says that nobody was deleted. The pages that were read before the
// deletion say otherwise. Of three pages, the second is read last.
func TestAFirstCountThatIsTooLowHidesNoDeletion(t *testing.T) {
	for name, test := range map[string]struct{ stored, created, listed bool }{
		"a first import":                  {},
		"a later pass":                    {stored: true},
		"and somebody is created":         {created: true},
		"a list that a person looked at":  {listed: true},
		"a later pass, somebody created":  {stored: true, created: true},
		"a list, and somebody is created": {listed: true, created: true},
	} {
		t.Run(name, func(t *testing.T) {
			clock := &laterClock{}
			c := newClinic(t, fakeclinic.Options{Seed: 61, Patients: 250, Shares: &fakeclinic.Shares{}, Clock: clock.now})
			var kept map[string]profile.Entry
			if test.stored {
				c.full()
				kept = c.local()
			}
			clock.forward(10 * time.Second)
			gone := c.fake.IDs()[10]
			c.lowFirstCount()
			c.before(2, func() {
				clock.forward(10 * time.Second)
				must(t, c.fake.Delete(gone))
				if test.created {
					create(c)
				}
			})
			if test.listed {
				list, err := c.engine.List(t.Context(), nil)
				must(t, err)
				_, err = c.engine.Import(t.Context(), list, nil)
				must(t, err)
			} else {
				c.full()
			}
			c.fake.SetFaults(nil)
			c.sync()
			local := c.local()
			if state := local[gone].Profile.State; state == profile.Active {
				t.Error("the client who was deleted is active")
			}
			for ref := range c.remote(kept) {
				if _, ok := local[ref]; !ok {
					t.Errorf("%s was passed over", ref)
				}
			}
		})
	}
}

// The same for a pass that resumes: the pages of its first part, or the first
// page of its second part, told of more patients than its first answer did.
func TestAFirstCountThatIsTooLowHidesNoDeletionBeforeItResumes(t *testing.T) {
	for stop := 1; stop <= 4; stop++ {
		c := newClinic(t, fakeclinic.Options{Seed: 61, Patients: 450, Shares: &fakeclinic.Shares{}})
		gone := c.fake.IDs()[10]
		c.lowFirstCount()
		ctx, cancel := context.WithCancelCause(t.Context())
		c.fake.AfterRequest(func(fakeclinic.Request) {
			// What the answer is for may be stored or not.
			if len(c.pagesStored()) >= stop {
				cancel(syncer.ErrClosing)
			}
		})
		_, err := c.engine.Full(ctx, nil)
		c.fake.AfterRequest(nil)
		c.fake.SetFaults(nil)
		cancel(nil)
		if err == nil {
			continue // it was faster
		}
		must(t, c.fake.Delete(gone))
		c.full()
		c.sync()
		local := c.local()
		if entry, ok := local[gone]; ok && entry.Profile.State == profile.Active {
			t.Errorf("killed after %d pages: the client who was deleted is active", stop)
		}
		for ref := range c.remote(nil) {
			if _, ok := local[ref]; !ok {
				t.Errorf("killed after %d pages: %s was passed over", stop, ref)
			}
		}
	}
}

// Somebody who is created while the pages are read makes later pages tell of
// more patients too. That costs no walk.
func TestAPatientCreatedDuringAPassCostsNoWalk(t *testing.T) {
	clock := &laterClock{}
	c := newClinic(t, fakeclinic.Options{Seed: 61, Patients: 950, Shares: &fakeclinic.Shares{}, Clock: clock.now})
	clock.forward(10 * time.Second)
	c.before(10, func() {
		clock.forward(10 * time.Second)
		create(c)
	})
	pass := c.full()
	c.equal(nil)
	if pass.Requests > 13 { // ten pages, the count, and who is new
		t.Errorf("%d requests", pass.Requests)
	}
}
