package syncer_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// interrupted starts a full pass and kills it once eight pages are stored. It
// returns who was active and who archived among the patients that were read, in
// the order of creation, and how many pages are left.
func (c *clinic) interrupted() (active, archived []string, left int) {
	c.t.Helper()
	ctx, cancel := context.WithCancelCause(c.t.Context())
	defer cancel(nil)
	base := c.fake.RequestCount()
	c.fake.AfterRequest(func(r fakeclinic.Request) {
		if r.N-base < 12 {
			return
		}
		for len(c.pagesStored()) < 8 {
			time.Sleep(time.Millisecond)
		}
		cancel(syncer.ErrClosing)
	})
	_, err := c.engine.Full(ctx, nil)
	c.fake.AfterRequest(nil)
	if err == nil {
		c.t.Fatal("the pass was not interrupted")
	}
	pages := c.pagesStored()
	for i, p := range c.fake.Patients() {
		switch {
		case !pages[i/profile.PageSize+1]:
		case p.ArchivedAt == nil:
			active = append(active, p.ID)
		case p.MergedWith == "":
			archived = append(archived, p.ID)
		}
	}
	if len(active) < 100 || len(archived) < 2 {
		c.t.Fatalf("%d active and %d archived patients were read", len(active), len(archived))
	}
	return active, archived, (c.fake.Len()+profile.PageSize-1)/profile.PageSize - len(pages)
}

func (c *clinic) pagesStored() map[int]bool {
	c.t.Helper()
	db, err := sql.Open("sqlite3", c.path)
	must(c.t, err)
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(c.t.Context(), "SELECT n FROM page")
	must(c.t, err)
	defer func() { _ = rows.Close() }()
	pages := map[int]bool{}
	for rows.Next() {
		var n int
		must(c.t, rows.Scan(&n))
		pages[n] = true
	}
	must(c.t, rows.Err())
	return pages
}

func deleteAll(c *clinic, ids []string) {
	c.t.Helper()
	for _, id := range ids {
		must(c.t, c.fake.Delete(id))
	}
}

// Whoever was read before an interruption may be deleted, changed, archived or
// unarchived before the pass resumes. That costs the pages that are left, the
// first, and five requests; or a walk through the list besides.
func TestAResumedPassSeesWhatHappenedMeanwhile(t *testing.T) {
	const walk = 17 + 2 // and a count, and who is new
	rename := func(c *clinic, id string) {
		must(c.t, c.fake.Edit(id, func(p *fakeclinic.Patient) { p.LastName = new("Renamed") }))
	}
	for name, test := range map[string]struct {
		happens func(c *clinic, active, archived []string)
		most    int
	}{
		"nothing":      {func(*clinic, []string, []string) {}, 5},
		"changed":      {func(c *clinic, active, _ []string) { rename(c, active[3]) }, 5},
		"archived":     {func(c *clinic, active, _ []string) { must(c.t, c.fake.Archive(active[4])) }, 5},
		"merged":       {func(c *clinic, active, _ []string) { must(c.t, c.fake.Merge(active[4], active[90])) }, 5},
		"created":      {func(c *clinic, _, _ []string) { create(c) }, 6}, // a page more
		"brought back": {func(c *clinic, _, archived []string) { must(c.t, c.fake.Unarchive(archived[1])) }, 5 + walk},
		"deleted":      {func(c *clinic, active, _ []string) { deleteAll(c, active[10:20]) }, 5 + walk + 11},
		"one deleted and one created": {func(c *clinic, active, _ []string) {
			deleteAll(c, active[:1])
			create(c)
		}, 5 + walk + 2},
		"one deleted and one brought back": {func(c *clinic, active, archived []string) {
			deleteAll(c, active[:1])
			must(c.t, c.fake.Unarchive(archived[0]))
		}, 5 + walk + 2},
		"one archived and one brought back": {func(c *clinic, active, archived []string) {
			must(c.t, c.fake.Archive(active[4]))
			must(c.t, c.fake.Unarchive(archived[0]))
		}, 5 + walk},
	} {
		for pass, before := range map[string]func(*clinic){"first": func(*clinic) {}, "later": func(c *clinic) { c.full() }} {
			t.Run(name+", "+pass, func(t *testing.T) {
				clock := &laterClock{}
				c := newClinic(t, fakeclinic.Options{Seed: 60, Patients: 1590, Shares: &fakeclinic.Shares{Archived: 0.1}, Clock: clock.now})
				c.engine = syncer.New(c.client, c.store.Store(), syncer.Options{Now: clock.now})
				before(c)
				clock.forward(time.Hour)
				active, archived, left := c.interrupted()
				kept := c.local()
				clock.forward(20 * time.Minute)
				test.happens(c, active, archived)
				clock.forward(20 * time.Minute)
				pass := c.full()
				c.equal(kept)
				if most := left + 1 + test.most; pass.Requests > most {
					t.Errorf("%d requests, want at most %d", pass.Requests, most)
				}
				if pass.Counts.Read != c.fake.Len() {
					t.Errorf("%d read of %d", pass.Counts.Read, c.fake.Len())
				}
			})
		}
	}
}

// While a full pass runs on, patients are deleted whom it has read already:
// between two of its pages, and during the walk that follows.
func TestAFullPassSeesWhoIsDeletedWhileItRuns(t *testing.T) {
	for name, at := range map[string][]int{"the pages": {8, 9, 10, 11, 12}, "the walk": {12, 24, 25, 26, 27, 28}} {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t, fakeclinic.Options{Seed: 61, Patients: 1500, Shares: &fakeclinic.Shares{}})
			c.full()
			kept := c.local()
			ids := c.fake.IDs()
			c.fake.ForgetRequests()
			base := c.fake.RequestCount()
			var mu sync.Mutex
			c.fake.AfterRequest(func(r fakeclinic.Request) {
				mu.Lock()
				defer mu.Unlock()
				for i, n := range at {
					if r.N-base == n {
						deleteAll(c, []string{ids[2*i], ids[2*i+1]})
					}
				}
			})
			c.full()
			c.equal(kept)
			if got := len(c.fake.Requests()); got > 16+3+2*(16+2)+1+10 {
				t.Errorf("%d requests", got)
			}
		})
	}
}

// Patients are deleted for as long as a pass reads, so that it cannot prove
// itself. It ends, and what it could not see is seen within the hour, or when a
// person asks.
func TestWhoIsDeletedAllTheTimeIsSeenAfterwards(t *testing.T) {
	for name, next := range map[string]func(*clinic, *laterClock) profile.Pass{
		"a person asks": func(c *clinic, _ *laterClock) profile.Pass { return c.sync() },
		"in the background": func(c *clinic, clock *laterClock) profile.Pass {
			clock.forward(61 * time.Minute)
			return c.changes()
		},
	} {
		t.Run(name, func(t *testing.T) {
			clock := &laterClock{}
			c := newClinic(t, fakeclinic.Options{Seed: 62, Patients: 1200, Shares: &fakeclinic.Shares{}, Clock: clock.now})
			c.engine = syncer.New(c.client, c.store.Store(), syncer.Options{Now: clock.now})
			c.full()
			kept := c.local()
			ids := c.fake.IDs()
			must(t, c.fake.Delete(ids[0])) // which the count shows
			var mu sync.Mutex
			n := 1
			c.fake.AfterRequest(func(fakeclinic.Request) {
				mu.Lock()
				defer mu.Unlock()
				if n < 48 {
					must(t, c.fake.Delete(ids[n]))
					n++
				}
			})
			c.sync()
			c.fake.AfterRequest(nil)
			if pass := next(c, clock); pass.Kind != profile.FullPass {
				t.Errorf("a %s pass followed", pass.Kind)
			}
			c.equal(kept)
		})
	}
}

// A list that waited for a person is not what Cliniko has when it is imported.
func TestAListThatWaited(t *testing.T) {
	clock := &laterClock{}
	c := newClinic(t, fakeclinic.Options{Seed: 63, Patients: 1000, Shares: &fakeclinic.Shares{Archived: 0.1}, Clock: clock.now})
	c.engine = syncer.New(c.client, c.store.Store(), syncer.Options{Now: clock.now})
	c.full()
	kept := c.local()
	clock.forward(time.Hour)
	list, err := c.engine.List(t.Context(), nil)
	must(t, err)
	clock.forward(30 * time.Minute)
	ids := activeIDs(c)
	deleteAll(c, ids[:5])
	must(t, c.fake.Edit(ids[6], func(p *fakeclinic.Patient) { p.LastName = new("Renamed") }))
	must(t, c.fake.Archive(ids[7]))
	clock.forward(30 * time.Minute)
	_, err = c.engine.Import(t.Context(), list, nil)
	must(t, err)
	c.equal(kept)
}
