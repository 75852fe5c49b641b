package syncer_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/syncer"
)

const (
	aDay = 24 * time.Hour
	year = 365 * aDay
)

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// clocks is a clinic and a computer with a clock each, and a network between
// them that may change the Date of answers.
type clocks struct {
	t       *testing.T
	fake    *fakeclinic.Clinic
	db      *sqlite.DB
	path    string
	client  *cliniko.Client
	account string

	passed  time.Duration // true time since the test began
	skew    time.Duration // of this computer's clock
	lie     time.Duration // of the Date
	noDate  bool
	notices []syncer.Notice
	slow    func(*http.Request) // waits with an answer that Cliniko has given
}

func (c *clocks) clinicNow() time.Time { return time.Now().Add(c.passed) }
func (c *clocks) here() time.Time      { return c.clinicNow().Add(c.skew).Round(0) }

// dated is an answer whose Date the network changes.
type dated struct {
	http.ResponseWriter
	c *clocks
}

func (d dated) WriteHeader(status int) {
	d.Header().Set("Date", d.c.clinicNow().Add(d.c.lie).UTC().Format(http.TimeFormat))
	if d.c.noDate {
		d.Header()["Date"] = nil
	}
	d.ResponseWriter.WriteHeader(status)
}

func (c *clocks) answer(w http.ResponseWriter, r *http.Request) {
	given := httptest.NewRecorder()
	c.fake.ServeHTTP(dated{given, c}, r)
	if c.slow != nil {
		c.slow(r)
	}
	maps.Copy(w.Header(), given.Header())
	w.WriteHeader(given.Code)
	_, _ = w.Write(given.Body.Bytes())
}

func newClocks(t *testing.T, patients int) *clocks {
	t.Helper()
	c := &clocks{t: t}
	c.fake = fakeclinic.New(fakeclinic.Options{Seed: 9, Patients: patients, Shares: new(fakeclinic.CleanShares()), Clock: c.clinicNow})
	server := httptest.NewServer(http.HandlerFunc(c.answer))
	t.Cleanup(server.Close)
	key, err := cliniko.ParseKey(c.fake.Key())
	fine(t, err)
	c.client, err = cliniko.New(key, cliniko.Options{BaseURL: server.URL + "/v1", Pause: time.Millisecond})
	fine(t, err)
	t.Cleanup(c.client.Close)
	c.path = filepath.Join(t.TempDir(), "telehab.db")
	c.db, err = sqlite.Open(t.Context(), c.path, testKey)
	fine(t, err)
	t.Cleanup(func() { _ = c.db.Close() })
	clinic, err := c.client.Clinic(t.Context())
	fine(t, err)
	c.account = clinic.AccountID
	fine(t, c.db.Connect(t.Context(), clinic, c.here()))
	return c
}

func (c *clocks) store() *sqlite.Profiles { return c.db.Profiles(c.account, c.here) }

// sync is one start of the program, and one pass.
func (c *clocks) sync(pass func(*syncer.Engine) (profile.Pass, error)) profile.Pass {
	c.t.Helper()
	c.notices = nil
	engine := syncer.New(c.client, c.store().Store(), syncer.Options{Now: c.here, Notice: func(n syncer.Notice) { c.notices = append(c.notices, n) }})
	done, err := pass(engine)
	fine(c.t, err)
	return done
}

func (c *clocks) changes() profile.Pass {
	c.t.Helper()
	return c.sync(func(e *syncer.Engine) (profile.Pass, error) { return e.Changes(c.t.Context(), nil) })
}

func (c *clocks) full() profile.Pass {
	c.t.Helper()
	return c.sync(func(e *syncer.Engine) (profile.Pass, error) { return e.Full(c.t.Context(), nil) })
}

// stateOf returns the state of a stored client, or "".
func (c *clocks) stateOf(id string) profile.State {
	c.t.Helper()
	entry, err := c.store().One(c.t.Context(), id)
	if profile.CodeOf(err) == profile.NotFound {
		return ""
	}
	fine(c.t, err)
	return entry.Profile.State
}

// passes counts the stored passes.
func (c *clocks) passes() int {
	c.t.Helper()
	passes, err := c.store().Passes(c.t.Context(), 1000)
	fine(c.t, err)
	return len(passes)
}

func (c *clocks) archivedAndDeleted() (archived, deleted string) {
	c.t.Helper()
	c.full()
	ids := c.fake.IDs()
	archived, deleted = ids[0], ids[1]
	fine(c.t, c.fake.Edit(archived, func(p *fakeclinic.Patient) { p.LastName = new("Changed") }))
	c.passed += time.Hour
	c.changes()
	fine(c.t, c.fake.Archive(archived))
	fine(c.t, c.fake.Delete(deleted))
	c.passed += time.Hour
	c.full()
	if a, d := c.stateOf(archived), c.stateOf(deleted); a != profile.Archived || d != profile.Deleted {
		c.t.Fatalf("%s and %s", a, d)
	}
	return archived, deleted
}

func (c *clocks) changesOf(id string) int {
	c.t.Helper()
	changes, err := c.store().Changes(c.t.Context(), profile.ID(id))
	fine(c.t, err)
	return len(changes)
}

// A computer whose clock is wrong, for one sync or permanently, erases nothing
// early and gives a notice.
func TestAWrongClockErasesNothing(t *testing.T) {
	for name, skew := range map[string]time.Duration{"a day ahead": aDay, "100 days ahead": 100 * aDay, "400 days ahead": 400 * aDay, "ten years ahead": 10 * year,
		"a day back": -aDay, "100 days back": -100 * aDay, "ten years back": -10 * year} {
		t.Run(name, func(t *testing.T) {
			c := newClocks(t, 120)
			archived, deleted := c.archivedAndDeleted()
			passes := c.passes()
			for range 3 {
				c.passed += 5 * time.Minute
				c.skew = skew
				c.changes()
				if !slices.Contains(c.notices, "clocks_differ") {
					t.Errorf("nothing was said: %v", c.notices)
				}
				c.full()
			}
			c.skew = 0
			c.changes()
			if a, d := c.stateOf(archived), c.stateOf(deleted); a != profile.Archived || d != profile.Deleted {
				t.Errorf("erased: %q and %q", a, d)
			}
			if n := c.changesOf(archived); n != 2 {
				t.Errorf("%d changes are kept of the archived client, want 2", n)
			}
			if n := c.passes(); n < passes {
				t.Errorf("%d passes, %d before", n, passes)
			}
		})
	}
}

// Whatever date this computer's clock shows, archived and deleted clients are
// erased when they are due.
func TestWhoLeftIsErasedInTime(t *testing.T) {
	for name, skew := range map[string]time.Duration{"right": 0, "a day ahead": aDay, "ten years ahead": 10 * year, "ten years back": -10 * year} {
		t.Run(name, func(t *testing.T) {
			c := newClocks(t, 120)
			c.skew = skew
			archived, deleted := c.archivedAndDeleted()
			before := 0
			for _, days := range []int{1, 2, 5, 6, 7, 8, 9, 10, 30, 60, 88, 89, 90, 91, 92, 93} {
				c.passed += time.Duration(days-before) * aDay
				before = days
				c.changes()
				a, d := c.stateOf(archived), c.stateOf(deleted)
				if gone := d == ""; gone && days < 7 || !gone && days > 9 {
					t.Fatalf("after %d days the deleted client is %q", days, d)
				}
				if gone := a == ""; gone && days < 90 || !gone && days > 92 {
					t.Fatalf("after %d days the archived client is %q", days, a)
				}
			}
		})
	}
}

// A computer that was off for three months erases what is due: at once if its
// clock agrees, and a day later if its clock stood still or was reset.
func TestErasesAfterThreeMonthsOff(t *testing.T) {
	for name, c := range map[string]struct {
		skew time.Duration
		days int
	}{"the clock ran": {0, 0}, "the clock stood still": {-95 * aDay, 1}, "the clock was reset": {-26 * year, 1}} {
		t.Run(name, func(t *testing.T) {
			w := newClocks(t, 120)
			archived, deleted := w.archivedAndDeleted()
			w.passed, w.skew = w.passed+95*aDay, c.skew
			w.changes()
			if c.days > 0 {
				if w.stateOf(archived) == "" || w.stateOf(deleted) == "" {
					t.Error("erased on the word of one answer")
				}
				w.passed += time.Duration(c.days)*aDay + time.Minute
				w.changes()
			}
			if a, d := w.stateOf(archived), w.stateOf(deleted); a != "" || d != "" {
				t.Errorf("%q and %q are still there", a, d)
			}
		})
	}
}

// One pass whose answers carry a wrong Date costs at most that pass.
func TestAWrongDateHeals(t *testing.T) {
	for name, lie := range map[string]time.Duration{"30 minutes ahead": 30 * time.Minute, "a day ahead": aDay, "30 days ahead": 30 * aDay, "100 days ahead": 100 * aDay,
		"ten years ahead": 10 * year, "30 days back": -30 * aDay, "ten years back": -10 * year} {
		for kind, pass := range map[string]func(*syncer.Engine) (profile.Pass, error){
			"changes": func(e *syncer.Engine) (profile.Pass, error) { return e.Changes(context.Background(), nil) },
			"full":    func(e *syncer.Engine) (profile.Pass, error) { return e.Full(context.Background(), nil) },
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				c := newClocks(t, 120)
				archived, deleted := c.archivedAndDeleted()
				c.passed += 5 * time.Minute
				c.lie = lie
				c.sync(pass)
				if a, d := c.stateOf(archived), c.stateOf(deleted); a != profile.Archived || d != profile.Deleted {
					t.Fatalf("erased: %q and %q", a, d)
				}
				c.lie = 0
				c.passed += 5 * time.Minute
				edited, away := c.fake.IDs()[2], c.fake.IDs()[3]
				fine(t, c.fake.Edit(edited, func(p *fakeclinic.Patient) { p.LastName = new("Edited") }))
				fine(t, c.fake.Archive(away))
				c.passed += 15 * time.Minute
				fine(t, c.fake.Edit(c.fake.IDs()[4], func(p *fakeclinic.Patient) { p.LastName = new("Later") }))
				c.passed += time.Minute
				c.changes()
				entry, err := c.store().One(t.Context(), edited)
				if err != nil || entry.Profile.LastName != "Edited" {
					t.Errorf("the edit was lost: %q, %v", entry.Profile.LastName, err)
				}
				if s := c.stateOf(away); s != profile.Archived {
					t.Errorf("the archived client is %s", s)
				}
				quiet := c.fake.RequestCount()
				c.passed += 5 * time.Minute
				c.changes()
				if n := c.fake.RequestCount() - quiet; n != 2 {
					t.Errorf("a quiet pass costs %d requests", n)
				}
				c.passed += 8 * aDay
				if p := c.changes(); p.Kind != profile.FullPass {
					t.Errorf("eight days later everybody is not read again")
				}
			})
		}
	}
}

// A Date that is wrong for days is believed in the end, and what is due by it
// is erased. Once it has been right again for a day, everything is as it should
// be.
func TestALongLieHeals(t *testing.T) {
	c := newClocks(t, 120)
	c.full()
	archived := c.fake.IDs()[0]
	fine(t, c.fake.Archive(archived))
	c.passed += time.Hour
	c.changes()
	edit := func(i int, name string) {
		fine(t, c.fake.Edit(c.fake.IDs()[i], func(p *fakeclinic.Patient) { p.LastName = &name }))
	}
	c.lie = 30 * aDay
	for i := range 5 {
		c.passed += 7 * time.Hour
		edit(10+i, "While")
		c.changes()
	}
	c.lie = 0
	for i := range 5 {
		c.passed += 7 * time.Hour
		edit(20+i, "After")
		c.changes()
	}
	for _, i := range []int{10, 11, 12, 13, 14, 20, 21, 22, 23, 24} {
		want, _ := c.fake.Get(c.fake.IDs()[i])
		entry, err := c.store().One(t.Context(), want.ID)
		if err != nil || entry.Profile.LastName != *want.LastName {
			t.Errorf("%d is %q, %v; Cliniko has %q", i, entry.Profile.LastName, err, *want.LastName)
		}
	}
	c.passed += 6 * time.Minute
	before := c.fake.RequestCount()
	if c.changes(); c.fake.RequestCount()-before != 2 {
		t.Errorf("a quiet pass costs %d requests", c.fake.RequestCount()-before)
	}
	if s := c.stateOf(archived); s != profile.Archived {
		t.Errorf("the archived client is %q", s)
	}
	c.passed += 70 * aDay
	c.changes()
	if s := c.stateOf(archived); s != profile.Archived {
		t.Errorf("erased 70 days later: %q", s)
	}
	c.passed += 30 * aDay
	c.changes()
	if s := c.stateOf(archived); s != "" {
		t.Errorf("the archived client is %q after 100 days", s)
	}
}

// A network that removes the Date leaves no time to rely on: nothing is erased
// and nothing is lost.
func TestAnswersWithoutADate(t *testing.T) {
	for name, skew := range map[string]time.Duration{"right": 0, "ten years ahead": 10 * year, "ten years back": -10 * year} {
		t.Run(name, func(t *testing.T) {
			c := newClocks(t, 120)
			c.noDate, c.skew = true, skew
			archived, _ := c.archivedAndDeleted()
			for range 3 {
				c.passed += time.Hour
				id := c.fake.IDs()[7]
				fine(t, c.fake.Edit(id, func(p *fakeclinic.Patient) { p.LastName = new(*p.LastName + "x") }))
				c.passed += time.Minute
				c.changes()
				want, _ := c.fake.Get(id)
				entry, err := c.store().One(t.Context(), id)
				if err != nil || entry.Profile.LastName != *want.LastName {
					t.Errorf("%q, %v; Cliniko has %q", entry.Profile.LastName, err, *want.LastName)
				}
			}
			c.passed += 200 * aDay
			c.changes()
			if s := c.stateOf(archived); s != profile.Archived {
				t.Errorf("erased by this computer's clock: %q", s)
			}
		})
	}
}

// A wrong clock makes neither the first pass more expensive nor those that
// follow.
func TestAWrongClockCostsNoRequests(t *testing.T) {
	for name, skew := range map[string]time.Duration{"right": 0, "a day ahead": aDay, "ten years ahead": 10 * year, "ten years back": -10 * year} {
		t.Run(name, func(t *testing.T) {
			c := newClocks(t, 350)
			c.skew = skew
			c.full()
			for range 3 {
				c.passed += 6 * time.Minute
				before := c.fake.RequestCount()
				if p := c.changes(); p.Kind != profile.ChangesPass || c.fake.RequestCount()-before != 2 {
					t.Errorf("a %s pass of %d requests", p.Kind, c.fake.RequestCount()-before)
				}
			}
		})
	}
}
