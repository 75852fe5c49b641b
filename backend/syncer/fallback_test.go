package syncer_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// noticed collects the engine's notices.
type noticed struct {
	mu  sync.Mutex
	all []syncer.Notice
}

func (n *noticed) add(what syncer.Notice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, what)
}

func (n *noticed) has(what syncer.Notice) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Contains(n.all, what)
}

// recordNotices makes a new engine on the same clinic and store, and returns
// its notices.
func (c *clinic) recordNotices() *noticed {
	n := &noticed{}
	c.engine = syncer.New(c.client, c.store.Store(), syncer.Options{Notice: n.add})
	return n
}

// always puts faults into every list of patients.
func always(kinds ...fakeclinic.Kind) func(fakeclinic.Request) fakeclinic.Fault {
	return func(r fakeclinic.Request) fakeclinic.Fault { return fakeclinic.Fault{Kind: kinds[r.N%len(kinds)]} }
}

// crowd gives patients the same times of creation and of change.
func crowd(c *clinic, from, to int, second time.Time) {
	for _, p := range c.fake.Patients()[from:to] {
		p.CreatedAt, p.UpdatedAt = second, second
		must(c.t, c.fake.Put(p))
	}
}

var crowdedSecond = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

func TestFullPassWithoutSortOrIDs(t *testing.T) {
	for kind, notice := range map[fakeclinic.Kind]syncer.Notice{fakeclinic.IgnoreSort: "", fakeclinic.IgnoreIDFilter: syncer.IDsIgnored} {
		c := newClinic(t, fakeclinic.Options{Seed: 20, Patients: 700, Shares: &fakeclinic.Shares{}})
		n := c.recordNotices()
		crowd(c, 20, 480, crowdedSecond)
		c.fake.SetFaults(always(kind))
		c.fake.AfterRequest(func(r fakeclinic.Request) {
			if r.N == 6 { // so that the pass has to walk
				must(t, c.fake.Delete(c.fake.IDs()[3]))
			}
		})
		if pass := c.full(); pass.Counts.Read < 699 {
			t.Errorf("%s: %+v", kind, pass.Counts)
		}
		local := c.local()
		for ref := range c.remote(nil) {
			if _, ok := local[ref]; !ok {
				t.Errorf("%s: %s was passed over", kind, ref)
			}
		}
		if notice != "" && !n.has(notice) {
			t.Errorf("%s: noticed %v", kind, n.all)
		}
	}
}

func TestChangesPassWithoutSort(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 21, Patients: 600, Shares: &fakeclinic.Shares{}})
	n := c.recordNotices()
	c.full()
	ids := c.fake.IDs()
	// The last ones change first, so that Cliniko's default order differs from
	// the order of the changes.
	now := time.Now().UTC().Truncate(time.Second)
	for i, id := range ids[200:500] {
		p, _ := c.fake.Get(id)
		p.Title, p.UpdatedAt = new("Dr"), now.Add(-time.Duration(i)*time.Second)
		must(t, c.fake.Put(p))
	}
	c.fake.SetFaults(always(fakeclinic.IgnoreSort))
	c.changes()
	c.equal(nil)
	if !n.has(syncer.OrderIgnored) {
		t.Errorf("noticed %v", n.all)
	}
}

// An order that happens to ascend on the first page, but not after it.
func TestChangesPassWithAnOrderThatLooksRight(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 22, Patients: 300, Shares: &fakeclinic.Shares{}})
	n := c.recordNotices()
	c.full()
	now := time.Now().UTC().Truncate(time.Second)
	for i, p := range c.fake.Patients() {
		p.Title, p.UpdatedAt = new("Dr"), now.Add(time.Duration(i%150)*time.Second)
		must(t, c.fake.Put(p))
	}
	c.fake.SetFaults(always(fakeclinic.IgnoreSort))
	c.changes()
	c.equal(nil)
	if !n.has(syncer.OrderIgnored) {
		t.Errorf("noticed %v", n.all)
	}
}

func TestBulkEditWithoutSortOrIDs(t *testing.T) {
	for _, kinds := range [][]fakeclinic.Kind{{fakeclinic.IgnoreSort}, {fakeclinic.IgnoreIDFilter}, {fakeclinic.IgnoreSort, fakeclinic.IgnoreIDFilter}} {
		c := newClinic(t, fakeclinic.Options{Seed: 23, Patients: 700, Shares: &fakeclinic.Shares{}})
		c.recordNotices()
		c.full()
		ids := c.fake.IDs()
		slices.SortFunc(ids, func(a, b string) int { return strings.Compare(a[len(a)-3:], b[len(b)-3:]) })
		must(t, c.fake.BulkEdit(ids[:450], func(p *fakeclinic.Patient) { p.Title = new("Dr") }))
		c.fake.SetFaults(always(kinds...))
		c.changes()
		c.equal(nil)
	}
}

func TestUnreadableRecordsAreReadAgainWithoutIDFilter(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 24, Patients: 300, Shares: &fakeclinic.Shares{}})
	n := c.recordNotices()
	c.fake.SetFaults(always(fakeclinic.Undecodable))
	c.full()
	failed := failing(c)
	c.fake.SetFaults(always(fakeclinic.IgnoreIDFilter))
	c.changes()
	c.equal(nil)
	if len(failed) == 0 || !n.has(syncer.IDsIgnored) {
		t.Errorf("%d failed, noticed %v", len(failed), n.all)
	}
}

func TestDeletedPatientsAreNoticedWithoutIDFilter(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 25, Patients: 300, Shares: &fakeclinic.Shares{}})
	c.full()
	kept := c.local()
	for _, id := range c.fake.IDs()[:10] {
		must(t, c.fake.Delete(id))
	}
	c.fake.SetFaults(always(fakeclinic.IgnoreIDFilter))
	c.full()
	c.equal(kept)
	for _, id := range c.fake.IDs()[:40] {
		must(t, c.fake.Delete(id))
	}
	before := c.local()
	if _, err := c.engine.Full(t.Context(), nil); profile.CodeOf(err) != profile.Gone {
		t.Errorf("a mass disappearance: %v", err)
	}
	if missing, err := c.store.Missing(t.Context()); err != nil || len(missing) != 40 || len(c.local()) != len(before) {
		t.Errorf("%d missing, %v", len(missing), err)
	}
}
