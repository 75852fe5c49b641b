package syncer_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

func TestFullPassStoresEveryActivePatient(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 1})
	first := c.full()
	if n := first.Counts; n.Read != 2000 || n.Unchanged != 0 || n.Synced == 0 || n.Failed < 150 || n.Archived == 0 {
		t.Errorf("first pass: %+v", n)
	}
	c.equal(nil)

	again := c.full()
	if n := again.Counts; n.Read != 2000 || n.Synced != 0 || n.Failed != first.Counts.Failed || n.Archived != first.Counts.Archived {
		t.Errorf("second pass: %+v after %+v", n, first.Counts)
	}
	c.equal(nil)
	tally, err := c.store.Tally(t.Context())
	if err != nil || tally.Active != 2000-first.Counts.Archived || tally.Failed != first.Counts.Failed || tally.Archived != 0 {
		t.Errorf("tally %+v, %v", tally, err)
	}
}

func TestFullPassOfSmallClinics(t *testing.T) {
	for _, patients := range []int{fakeclinic.NoPatients, 1, 99, 100, 101, 800, 801} {
		c := newClinic(t, fakeclinic.Options{Seed: 2, Patients: patients})
		if pass := c.full(); pass.Counts.Read != c.fake.Len() {
			t.Errorf("%d patients: %+v", patients, pass.Counts)
		}
		c.equal(nil)
	}
}

func TestFullPassOfOneCrowdedSecond(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 3, Patients: 300, Shares: &fakeclinic.Shares{}})
	second := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	for i, p := range c.fake.Patients() {
		if i < 20 || i >= 280 {
			continue
		}
		p.CreatedAt, p.UpdatedAt = second, second
		if err := c.fake.Put(p); err != nil {
			t.Fatal(err)
		}
	}
	if pass := c.full(); pass.Counts.Synced != 300 {
		t.Errorf("%+v", pass.Counts)
	}
	c.equal(nil)
}

func TestChangesPassBringsWhatChanged(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 4, Patients: 1000})
	c.full()
	kept := c.local()
	ids := activeIDs(c)
	must(t, c.fake.Edit(ids[0], func(p *fakeclinic.Patient) { p.Email = new("new.address@example.com") }))
	must(t, c.fake.Edit(ids[1], func(p *fakeclinic.Patient) { p.Email = nil }))
	must(t, c.fake.Archive(ids[2]))
	must(t, c.fake.Merge(ids[3], ids[4]))
	created, err := c.fake.Create(fakeclinic.Patient{FirstName: new("Nia"), LastName: new("Example"), Sex: new("Female"),
		DateOfBirth: new("1990-01-02"), Email: new("nia@example.com")})
	must(t, err)

	pass := c.changes()
	if n := pass.Counts; n.Synced != 2 || n.Archived != 2 {
		t.Errorf("%+v", n)
	}
	kept[created] = profile.Entry{}
	c.equal(kept)
	if quiet := c.changes(); quiet.Counts.Synced != 0 {
		t.Errorf("a quiet pass: %+v", quiet.Counts)
	}
	c.equal(kept)
}

func TestChangesPassDrainsABulkEdit(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 5, Patients: 700, Shares: &fakeclinic.Shares{}})
	c.full()
	ids := activeIDs(c)
	must(t, c.fake.BulkEdit(ids[:450], func(p *fakeclinic.Patient) { p.Title = new("Dr") }))
	if pass := c.changes(); pass.Counts.Synced != 450 {
		t.Errorf("%+v", pass.Counts)
	}
	c.equal(c.local())
}

func TestNothingNewCostsTwoRequests(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 6, Patients: 500, Shares: &fakeclinic.Shares{}})
	c.full()
	if pass := c.changes(); pass.Requests != 2 || pass.Counts.Read != 0 {
		t.Errorf("%d requests, %+v", pass.Requests, pass.Counts)
	}
}

func TestFailureLeavesTheListWhenAGoodCopyArrives(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 7, Patients: 200})
	c.full()
	failed := failing(c)
	for _, id := range failed {
		must(t, c.fake.Edit(id, func(p *fakeclinic.Patient) {
			p.FirstName, p.LastName, p.Sex = new("Sam"), new("Example"), new("Male")
			p.DateOfBirth, p.Email = new("1980-02-29"), new("sam@example.com")
		}))
	}
	if pass := c.changes(); pass.Counts.Synced != len(failed) || pass.Counts.Failed != 0 {
		t.Errorf("%d failed before; %+v", len(failed), pass.Counts)
	}
	if left := failing(c); len(left) != 0 {
		t.Errorf("still failed: %v", left)
	}
	c.equal(c.local())
}

func TestFailureIsCountedOnceAPass(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 8, Patients: 300})
	for passes := 1; passes <= 3; passes++ {
		c.full()
		for _, id := range failing(c) {
			entry, err := c.store.One(t.Context(), id)
			if err != nil || entry.Failure.Attempts != passes {
				t.Fatalf("after %d passes: %+v, %v", passes, entry.Failure, err)
			}
		}
	}
}

func TestOneUnreadablePatientFailsAlone(t *testing.T) {
	for _, kind := range []fakeclinic.Kind{fakeclinic.Undecodable, fakeclinic.Unreadable} {
		c := newClinic(t, fakeclinic.Options{Seed: 9, Patients: 99, Shares: &fakeclinic.Shares{}})
		c.fake.SetFaults(func(r fakeclinic.Request) fakeclinic.Fault {
			return fakeclinic.Fault{Kind: kind, Row: 17}
		})
		pass, err := c.engine.Full(t.Context(), nil)
		must(t, err)
		if n := pass.Counts; n.Failed != 1 || n.Synced != 98 {
			t.Errorf("%s: %+v", kind, n)
		}
		c.fake.SetFaults(nil)
		if n := c.full().Counts; n.Failed != 0 || n.Synced != 1 {
			t.Errorf("%s, once it can be read: %+v", kind, n)
		}
		c.equal(nil)
	}
}

func TestOnePatient(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 10, Patients: 50, Shares: &fakeclinic.Shares{Archived: 0.1}})
	var archived string
	for _, p := range c.fake.Patients() {
		if p.ArchivedAt != nil {
			archived = p.ID
		}
	}
	entry, err := c.engine.One(t.Context(), profile.ID(archived))
	if err != nil || entry.Profile.State != profile.Archived {
		t.Errorf("an archived patient that someone opens: %v, %v", entry.Profile.State, err)
	}
	if _, err := c.engine.One(t.Context(), "12345"); profile.CodeOf(err) != profile.NotFound {
		t.Errorf("unknown: %v", err)
	}
}

func TestOpenFollowsMerges(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 10, Patients: 20, Shares: &fakeclinic.Shares{}})
	ids := c.fake.IDs()
	for i := range 7 { // a longer chain than Open follows
		must(t, c.fake.Merge(ids[i], ids[i+1]))
	}
	for from, want := range map[int]int{5: 7, 2: 7, 1: 6} {
		entry, err := c.engine.Open(t.Context(), profile.ID(ids[from]))
		if err != nil || entry.Ref != ids[want] {
			t.Errorf("from %d to %s, want %s, %v", from, entry.Ref, ids[want], err)
		}
	}
	p, _ := c.fake.Get(ids[7])
	now := time.Now()
	p.MergedAt, p.MergedWith, p.ArchivedAt = &now, ids[6], &now
	must(t, c.fake.Put(p))
	before := len(c.fake.Requests())
	if _, err := c.engine.Open(t.Context(), profile.ID(ids[7])); err != nil {
		t.Error(err)
	}
	if sent := len(c.fake.Requests()) - before; sent != 2 {
		t.Errorf("a circle of two cost %d requests", sent)
	}
}

func TestDeletedPatientsAreNoticed(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 11, Patients: 500})
	c.full()
	kept := c.local()
	ids := c.fake.IDs()
	for _, id := range ids[:10] {
		must(t, c.fake.Delete(id))
	}
	c.full()
	c.equal(kept)
	for _, id := range ids[10:100] {
		must(t, c.fake.Delete(id))
	}
	before := c.local()
	if _, err := c.engine.Full(t.Context(), nil); profile.CodeOf(err) != profile.Gone {
		t.Errorf("a mass disappearance: %v", err)
	}
	if after := c.local(); len(after) != len(before) {
		t.Errorf("%d rows before a mass disappearance, %d after", len(before), len(after))
	}
}

func TestListThenImport(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 12})
	list, err := c.engine.List(t.Context(), nil)
	must(t, err)
	if len(c.local()) != 0 {
		t.Error("listing stored something")
	}
	if list.Failing == 0 || list.Entries[list.Failing-1].Failure == nil || list.Entries[list.Failing].Failure != nil {
		t.Errorf("%d failing ones are not on top", list.Failing)
	}
	pass, err := c.engine.Import(t.Context(), list, nil)
	must(t, err)
	c.sums(pass)
	if pass.Requests != 21 {
		t.Errorf("%d requests for twenty pages and the check", pass.Requests)
	}
	if n := pass.Counts; n.Read != 2000 || n.Failed != list.Failing || n.Archived != list.Archived || n.Unchanged != 0 {
		t.Errorf("%+v after %d listed, %d failing", n, len(list.Entries), list.Failing)
	}
	c.equal(nil)
}

func TestCutOffPassGoesOn(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 13, Patients: 2500})
	for _, cause := range []error{context.Canceled, syncer.ErrClosing} {
		// The clinic stops answering after ten more pages, so the pass cannot
		// end.
		c.fake.SetFaults(fakeclinic.FromRequest(c.fake.RequestCount()+12, fakeclinic.Fault{Kind: fakeclinic.Hang}))
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() {
			for c.rows(ctx) < 700 && ctx.Err() == nil {
				time.Sleep(time.Millisecond)
			}
			cancel(cause)
		}()
		_, err := c.engine.Full(ctx, nil)
		if err == nil {
			t.Fatal("was not cut off")
		}
	}
	c.fake.SetFaults(nil)
	stored := len(c.local())
	if stored == 0 || stored >= 2400 {
		t.Fatalf("%d rows when cut off", stored)
	}
	c.fake.ForgetRequests()
	pass := c.full()
	if pass.Counts.Read != 2500 || pass.Counts.Unchanged != 0 {
		t.Errorf("%+v", pass.Counts)
	}
	if requests := len(c.fake.Requests()); requests >= 28 {
		t.Errorf("%d requests: it started again instead of resuming", requests)
	}
	c.equal(nil)
}

func TestKeyRefusedInTheMiddle(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 14, Patients: 1200})
	c.fake.SetFaults(fakeclinic.FromRequest(10, fakeclinic.Fault{Kind: fakeclinic.Unauthorized}))
	if _, err := c.engine.Full(t.Context(), nil); profile.CodeOf(err) != profile.KeyRefused {
		t.Fatalf("%v", err)
	}
	c.fake.SetFaults(nil)
	c.full()
	c.equal(nil)
}

func TestTroublesThatPass(t *testing.T) {
	for _, kind := range []fakeclinic.Kind{fakeclinic.CutBody, fakeclinic.ServerError, fakeclinic.BadGateway, fakeclinic.Unavailable,
		fakeclinic.GatewayTime, fakeclinic.NoContent, fakeclinic.BadGzip, fakeclinic.DuplicateRow, fakeclinic.ForeignNext} {
		c := newClinic(t, fakeclinic.Options{Seed: 15, Patients: 900})
		c.fake.SetFaults(func(r fakeclinic.Request) fakeclinic.Fault {
			if r.N%5 == 0 {
				return fakeclinic.Fault{Kind: kind}
			}
			return fakeclinic.Fault{}
		})
		pass, err := c.engine.Full(t.Context(), nil)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		c.sums(pass)
		c.equal(nil)
	}
}

func activeIDs(c *clinic) []string {
	var ids []string
	for ref, entry := range c.local() {
		if entry.Failure == nil && entry.Profile.State == profile.Active {
			ids = append(ids, ref)
		}
	}
	return ids
}

// failing are the ids of those who need attention.
func failing(c *clinic) []string {
	var ids []string
	for ref, entry := range c.local() {
		if entry.Failure != nil {
			ids = append(ids, ref)
		}
	}
	return ids
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// While a full pass reads, patients are deleted, created and changed. None may
// be skipped: the pages move, and the pass has to notice.
func TestFullPassWhileTheClinicWorks(t *testing.T) {
	for name, disturb := range map[string]func(c *clinic, n int){
		"deleted": func(c *clinic, n int) { must(c.t, c.fake.Delete(c.fake.IDs()[n*3])) },
		"created": func(c *clinic, _ int) { create(c) },
		"deleted and created at once": func(c *clinic, n int) {
			must(c.t, c.fake.Delete(c.fake.IDs()[n]))
			create(c)
		},
		"changed": func(c *clinic, n int) {
			must(c.t, c.fake.Edit(c.fake.IDs()[n*7], func(p *fakeclinic.Patient) { p.Title = new("Dr") }))
		},
		"archived and brought back": func(c *clinic, n int) {
			must(c.t, c.fake.Archive(c.fake.IDs()[n*5]))
			if n > 3 {
				must(c.t, c.fake.Unarchive(c.fake.IDs()[(n-3)*5]))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t, fakeclinic.Options{Seed: 16, Patients: 1500, Shares: &fakeclinic.Shares{}})
			c.fake.ForgetRequests()
			var mu sync.Mutex
			disturbed := 0
			c.fake.AfterRequest(func(fakeclinic.Request) {
				mu.Lock()
				defer mu.Unlock()
				if disturbed < 14 {
					disturbed++
					disturb(c, disturbed)
				}
			})
			c.full()
			c.fake.AfterRequest(nil)
			kept := c.local()
			c.changes()
			local := c.local()
			for ref := range c.remote(nil) {
				if _, ok := local[ref]; !ok {
					t.Errorf("%s was passed over", ref)
				}
			}
			c.full()
			c.equal(kept)
		})
	}
}

func create(c *clinic) {
	_, err := c.fake.Create(fakeclinic.Patient{FirstName: new("Nia"), LastName: new("Example"), Sex: new("Female"),
		DateOfBirth: new("1990-01-02"), Email: new("nia@example.com")})
	must(c.t, err)
}

// A full pass during which nothing changes costs its pages and one more
// request.
func TestQuietFullPassCostsOneRequestMore(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 17, Patients: 1000})
	if pass := c.full(); pass.Requests != 11 {
		t.Errorf("%d requests for ten pages", pass.Requests)
	}
}
