package syncer_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// laterClock is a server's clock that can be set forward.
type laterClock struct{ ahead atomic.Int64 }

func (l *laterClock) now() time.Time          { return time.Now().Add(time.Duration(l.ahead.Load())) }
func (l *laterClock) forward(d time.Duration) { l.ahead.Add(int64(d)) }

func archivedID(c *clinic) string {
	for ref, entry := range c.local() {
		if entry.Profile.State == profile.Archived {
			return ref
		}
	}
	c.t.Fatal("nobody is archived")
	return ""
}

// Neither unarchiving nor deleting leaves a trace that a changes pass could
// find. The daily count shows it, and one pass repairs it.
func TestADifferentCountRepairsItself(t *testing.T) {
	for name, change := range map[string]func(c *clinic){
		"brought back": func(c *clinic) { must(c.t, c.fake.Unarchive(archivedID(c))) },
		"deleted":      func(c *clinic) { must(c.t, c.fake.Delete(activeIDs(c)[0])) },
	} {
		t.Run(name, func(t *testing.T) {
			clock := &laterClock{}
			c := newClinic(t, fakeclinic.Options{Seed: 30, Patients: 300, Shares: &fakeclinic.Shares{}, Clock: clock.now})
			c.full()
			must(t, c.fake.Archive(activeIDs(c)[0]))
			c.changes()
			clock.forward(20 * time.Minute)
			kept := c.local()
			change(c)
			if pass := c.changes(); pass.Kind != profile.ChangesPass || pass.Requests > 2 {
				t.Errorf("within the day: %+v", pass)
			}
			clock.forward(25 * time.Hour)
			n := c.recordNotices()
			if pass := c.changes(); pass.Kind != profile.FullPass {
				t.Errorf("a day later: %+v", pass)
			}
			c.equal(kept)
			if !n.has(syncer.CountDiffers) || n.has(syncer.CountUnexplained) {
				t.Errorf("noticed %v", n.all)
			}
			if pass := c.changes(); pass.Kind != profile.ChangesPass || pass.Requests != 2 {
				t.Errorf("after the repair: %+v", pass)
			}
		})
	}
}

// A count that a full pass cannot explain is no reason for one pass after
// another.
func TestAnUnexplainedCountIsRepairedOnce(t *testing.T) {
	clock := &laterClock{}
	c := newClinic(t, fakeclinic.Options{Seed: 31, Patients: 300, Shares: &fakeclinic.Shares{}, Clock: clock.now})
	// Two unreadable records without an id that are equal to the last byte are
	// one row here, and two in Cliniko's count.
	for _, p := range c.fake.Patients()[:2] {
		p.Raw = []byte(`["?"]`)
		must(t, c.fake.Put(p))
	}
	c.full()
	for day := range 3 {
		clock.forward(25 * time.Hour)
		n := c.recordNotices()
		pass := c.changes()
		if repaired := pass.Kind == profile.FullPass; repaired != (day == 0) || n.has(syncer.CountUnexplained) != (day == 0) {
			t.Errorf("day %d: %+v, noticed %v", day, pass, n.all)
		}
	}
}

func TestEverybodyIsReadOnceAWeek(t *testing.T) {
	clock := &laterClock{}
	c := newClinic(t, fakeclinic.Options{Seed: 32, Patients: 200, Clock: clock.now})
	c.engine = syncer.New(c.client, c.store.Store(), syncer.Options{Now: clock.now})
	c.full()
	// One archived and one unarchived leave the count unchanged.
	must(t, c.fake.Archive(activeIDs(c)[0]))
	c.changes()
	kept := c.local()
	must(t, c.fake.Unarchive(archivedID(c)))
	must(t, c.fake.Delete(activeIDs(c)[0]))
	for day := range 8 {
		clock.forward(24*time.Hour + time.Minute)
		pass := c.changes()
		if full := pass.Kind == profile.FullPass; full != (day == 6) {
			t.Errorf("day %d: %+v", day, pass)
		}
	}
	c.equal(kept)
}

func TestAPersonDecidesAboutAMassDisappearance(t *testing.T) {
	clock := &laterClock{}
	c := newClinic(t, fakeclinic.Options{Seed: 33, Patients: 500, Shares: &fakeclinic.Shares{}, Clock: clock.now})
	c.full()
	for _, id := range c.fake.IDs()[:60] {
		must(t, c.fake.Delete(id))
	}
	clock.forward(25 * time.Hour)
	if _, err := c.engine.Changes(t.Context(), nil); profile.CodeOf(err) != profile.Gone {
		t.Fatal(err)
	}
	missing, err := c.store.Missing(t.Context())
	if err != nil || len(missing) != 60 {
		t.Fatalf("%d missing, %v", len(missing), err)
	}
	// While the person decides, changes are read and no one is asked again.
	must(t, c.fake.Edit(c.fake.IDs()[0], func(p *fakeclinic.Patient) { p.Title = new("Dr") }))
	if pass := c.changes(); pass.Kind != profile.ChangesPass || pass.Counts.Synced != 1 {
		t.Errorf("%+v", pass)
	}
	kept := c.local()
	must(t, c.store.AcceptMissing(t.Context(), missing))
	c.full()
	c.equal(kept)
	if tally, err := c.store.Tally(t.Context()); err != nil || tally.Deleted != 60 {
		t.Errorf("%+v, %v", tally, err)
	}
}

// By the time of the answer more are missing than the person was shown: those
// who were shown are removed, and the others are asked about, however few.
func TestAnAnswerIsAboutThoseWhoWereShown(t *testing.T) {
	for name, more := range map[string]int{"one more": 1, "many more": 40} {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t, fakeclinic.Options{Seed: 36, Patients: 500, Shares: &fakeclinic.Shares{}})
			c.full()
			ids := c.fake.IDs()
			deleteAll(c, ids[:30])
			if _, err := c.engine.Full(t.Context(), nil); profile.CodeOf(err) != profile.Gone {
				t.Fatal(err)
			}
			shown, err := c.store.Missing(t.Context())
			must(t, err)
			deleteAll(c, ids[100:100+more])
			must(t, c.store.AcceptMissing(t.Context(), shown))
			if _, err := c.engine.Full(t.Context(), nil); profile.CodeOf(err) != profile.Gone {
				t.Errorf("nobody is asked about the others: %v", err)
			}
			if shown, others := c.deletedHere(ids[:30]), c.deletedHere(ids[100:100+more]); shown != 30 || others != 0 {
				t.Errorf("%d of those shown are removed, and %d others", shown, others)
			}
			missing, err := c.store.Missing(t.Context())
			if err != nil || len(missing) != more || slices.ContainsFunc(missing, func(ref string) bool { return !slices.Contains(ids[100:100+more], ref) }) {
				t.Errorf("%d are asked about, %v", len(missing), err)
			}
			must(t, c.store.AcceptMissing(t.Context(), missing))
			kept := c.local()
			c.full()
			c.equal(kept)
		})
	}
}

// deletedHere returns how many of these clients are hidden as deleted.
func (c *clinic) deletedHere(ids []string) (deleted int) {
	c.t.Helper()
	local := c.local()
	for _, id := range ids {
		if local[id].Profile.State == profile.Deleted {
			deleted++
		}
	}
	return deleted
}

// "They are gone", and while each of them is requested once more, somebody says
// "keep them": they stay, and nobody is asked about them before the next full
// pass.
func TestWhoIsKeptWhileBeingRemovedStays(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 33, Patients: 500, Shares: &fakeclinic.Shares{}})
	c.full()
	gone := c.fake.IDs()[:60]
	deleteAll(c, gone)
	asked := func() []string {
		t.Helper()
		if _, err := c.engine.Full(t.Context(), nil); profile.CodeOf(err) != profile.Gone {
			t.Errorf("nobody is asked: %v", err)
		}
		missing, err := c.store.Missing(t.Context())
		must(t, err)
		return missing
	}
	must(t, c.store.AcceptMissing(t.Context(), asked()))
	answered := false
	c.fake.BeforeResponse(func(r fakeclinic.Request) {
		if !answered && strings.HasSuffix(r.Path, "/patients/"+gone[2]) { // one of sixty
			answered = true
			kept, err := c.store.KeepMissing(t.Context()) // as telehab missing keep in another process
			if err != nil || kept != 60 {
				t.Errorf("%d kept, %v", kept, err)
			}
		}
	})
	if missing := asked(); len(missing) != 0 || !answered {
		t.Errorf("answered: %t; %d are asked about again at once", answered, len(missing))
	}
	c.fake.BeforeResponse(nil)
	if n := c.deletedHere(gone); n > 0 {
		t.Errorf("%d are removed after somebody kept them", n)
	}
	missing := asked()
	if len(missing) != 60 || c.deletedHere(gone) > 0 {
		t.Errorf("%d are asked about by the next full pass", len(missing))
	}
	must(t, c.store.AcceptMissing(t.Context(), missing))
	c.full()
	if n := c.deletedHere(gone); n != 60 {
		t.Errorf("%d of 60 are removed in the end", n)
	}
	if kept, err := c.store.KeepMissing(t.Context()); err != nil || kept != 0 {
		t.Errorf("%d are kept who are removed, %v", kept, err)
	}
}

// A person accepted the deletion, but one of the patients is back meanwhile.
func TestWhoComesBackIsNotRemoved(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 34, Patients: 300, Shares: &fakeclinic.Shares{}})
	c.full()
	var gone []fakeclinic.Patient
	for _, p := range c.fake.Patients()[:60] {
		gone = append(gone, p)
		must(t, c.fake.Delete(p.ID))
	}
	if _, err := c.engine.Full(t.Context(), nil); profile.CodeOf(err) != profile.Gone {
		t.Fatal(err)
	}
	missing, err := c.store.Missing(t.Context())
	must(t, err)
	must(t, c.store.AcceptMissing(t.Context(), missing))
	for _, p := range gone {
		must(t, c.fake.Put(p))
	}
	c.full()
	c.equal(nil)
}

func TestUnreadableRecordsAreReadAgainBySchedule(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 35, Patients: 190, Shares: &fakeclinic.Shares{NoEmail: 0.1}})
	c.fake.SetFaults(func(r fakeclinic.Request) fakeclinic.Fault {
		return fakeclinic.Fault{Kind: fakeclinic.Undecodable, Row: 40 + r.N}
	})
	c.full()
	c.fake.SetFaults(nil)
	failed, err := c.store.Unreadable(t.Context())
	if err != nil || len(failed) != 2 || len(failing(c)) < 10 {
		t.Fatalf("%v cannot be read, %v", failed, err)
	}
	sent := len(c.fake.Requests())
	if pass, err := c.engine.Retry(t.Context()); err != nil || pass.ID != 0 || len(c.fake.Requests()) != sent {
		t.Errorf("before its time: %+v, %v", pass, err)
	}
	now := func() time.Time { return time.Now().Add(61 * time.Second) }
	c.engine = syncer.New(c.client, c.store.Store(), syncer.Options{Now: now})
	before, err := c.store.Cursors(t.Context())
	must(t, err)
	pass, err := c.engine.Retry(t.Context())
	must(t, err)
	c.sums(pass)
	if pass.Counts.Read != len(failed) || pass.Counts.Synced+pass.Counts.Failed != 2 || pass.Requests != 1 {
		t.Errorf("%d failed; %+v", len(failed), pass)
	}
	if after, err := c.store.Cursors(t.Context()); err != nil || after != before {
		t.Errorf("the cursors moved from %+v to %+v, %v", before, after, err)
	}
	c.equal(nil)
}
