package syncer_test

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/contract"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/leaktest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/syncer"
)

// clinic is the real engine between the simulated Cliniko, over HTTP, and a
// real database.
type clinic struct {
	t      testing.TB
	fake   *fakeclinic.Clinic
	client *cliniko.Client
	store  *sqlite.Profiles
	path   string
	engine *syncer.Engine
	now    func() time.Time // Cliniko's clock
}

var testKey = bytes.Repeat([]byte{7}, sqlite.KeySize)

func newClinic(t testing.TB, o fakeclinic.Options) *clinic {
	t.Helper()
	return newClinicBehind(t, o, contract.Requests(t))
}

// newClinicBehind puts a handler around the clinic.
func newClinicBehind(t testing.TB, o fakeclinic.Options, around func(http.Handler) http.Handler) *clinic {
	t.Helper()
	fake := fakeclinic.New(o)
	server, err := fake.Start("127.0.0.1:0", around)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	c := &clinic{t: t, fake: fake, now: time.Now, path: filepath.Join(leaktest.Dir(t, fake), "telehab.db")}
	key, err := cliniko.ParseKey(fake.Key())
	if err != nil {
		t.Fatal(err)
	}
	c.client, err = cliniko.New(key, cliniko.Options{BaseURL: server.URL(), Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.client.Close)
	db, err := sqlite.Open(t.Context(), c.path, testKey)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	whose, err := c.client.Clinic(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Connect(t.Context(), whose, time.Now()); err != nil {
		t.Fatal(err)
	}
	c.store = db.Profiles(whose.AccountID, time.Now)
	c.engine = syncer.New(c.client, c.store.Store(), syncer.Options{})
	return c
}

func (c *clinic) full() profile.Pass {
	c.t.Helper()
	pass, err := c.engine.Full(c.t.Context(), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	c.sums(pass)
	return pass
}

func (c *clinic) changes() profile.Pass {
	c.t.Helper()
	pass, err := c.engine.Changes(c.t.Context(), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	c.sums(pass)
	return pass
}

// sync is the pass that a person asks for.
func (c *clinic) sync() profile.Pass {
	c.t.Helper()
	pass, err := c.engine.Sync(c.t.Context(), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	c.sums(pass)
	return pass
}

// sums checks that each patient read is counted in exactly one of the numbers.
func (c *clinic) sums(p profile.Pass) {
	c.t.Helper()
	n := p.Counts
	if n.Read != n.Synced+n.Unchanged+n.Failed+n.Archived {
		c.t.Errorf("%d read, but %d synced + %d unchanged + %d failed + %d archived", n.Read, n.Synced, n.Unchanged, n.Failed, n.Archived)
	}
}

// local is what the store has, without the times at which it was stored.
func (c *clinic) local() map[string]profile.Entry {
	c.t.Helper()
	all := map[string]profile.Entry{}
	broken, err := c.store.All(context.Background(), func(some []profile.Entry) {
		for _, e := range some {
			e.Profile.AddedAt, e.Profile.SyncedAt, e.Profile.DeletedAt = time.Time{}, time.Time{}, time.Time{}
			if e.Failure != nil {
				f := *e.Failure
				f.FirstFailedAt, f.LastFailedAt, f.Attempts = time.Time{}, time.Time{}, 0
				e.Failure = &f
			}
			all[e.Ref] = e
		}
	})
	if err != nil || len(broken) > 0 {
		c.t.Fatalf("read the store: %v, broken rows %v", err, broken)
	}
	return all
}

// rows is how many are in the store at the moment, also for another goroutine.
func (c *clinic) rows(ctx context.Context) (n int) {
	_, _ = c.store.All(ctx, func(some []profile.Entry) { n += len(some) }) // cut off with ctx
	return n
}

// remote is what the store should have: every active patient of the clinic, and
// those of the given ones who are archived.
func (c *clinic) remote(kept map[string]profile.Entry) map[string]profile.Entry {
	all := map[string]profile.Entry{}
	for _, p := range c.fake.Patients() {
		entry := expected(p, c.now())
		if _, had := kept[p.ID]; had || entry.Profile.State == profile.Active {
			all[p.ID] = entry
		}
	}
	for ref, entry := range kept {
		if _, still := all[ref]; !still && entry.Failure == nil {
			entry.Profile.State = profile.Deleted
			all[ref] = entry
		}
	}
	return all
}

// equal checks that the store is what Cliniko has.
func (c *clinic) equal(kept map[string]profile.Entry) {
	c.t.Helper()
	if diff := cmp.Diff(c.remote(kept), c.local()); diff != "" {
		c.t.Errorf("the store is not what Cliniko has (-want +got):\n%.4000s", diff)
	}
}
