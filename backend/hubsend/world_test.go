package hubsend_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/hubsend"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/valdhub"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

var harbour = fakehub.TenantID(1)

const account = "4000001"

// failer is a test, or a history.
type failer interface {
	Helper()
	Fatalf(format string, values ...any)
	Errorf(format string, values ...any)
}

// world is a clinic's store, a simulated VALD Hub over HTTP, and a clock.
type world struct {
	t      failer
	hub    *fakehub.Hub
	client *valdhub.Client
	folder string
	db     *sqlite.DB
	store  *sqlite.Profiles
	now    time.Time
	sender *hubsend.Sender
	wrong  func(hubsend.Store, hubsend.Hub) (hubsend.Store, hubsend.Hub) // a sender as it is often written; nil: the real one
	fuse   *fuse
	many   bool       // too many clients to count them at each moment
	mu     sync.Mutex // of what follows
	judge  func(sent, []fakehub.Profile)
	broken []string
	close  []func()
}

// sent is an import as it arrives.
type sent struct {
	SyncID      string `json:"syncId"`
	GivenName   string `json:"givenName"`
	FamilyName  string `json:"familyName"`
	DateOfBirth string `json:"dateOfBirth"`
	Email       string `json:"email"`
}

var begun = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

func newWorld(t failer, o fakehub.Options) *world {
	t.Helper()
	w := &world{t: t, hub: fakehub.New(o), now: begun, fuse: &fuse{}}
	server, err := w.hub.Start(w.watch)
	w.must(err)
	w.close = append(w.close, func() { _ = server.Close() })
	credentials, err := valdhub.NewCredentials(fakehub.ClientID, fakehub.ClientSecret)
	w.must(err)
	w.client, err = valdhub.New(credentials, valdhub.Regions[0], valdhub.Options{Address: server.URL, Every: 1, Pause: 1})
	w.must(err)
	w.close = append(w.close, w.client.Close)
	w.folder, err = os.MkdirTemp(fastFolder(), "hubsend")
	w.must(err)
	w.close = append(w.close, func() { _ = os.RemoveAll(w.folder) })
	w.open()
	w.must(w.db.ChangePeople(context.Background(), func([]staff.Person) (staff.Person, error) {
		return staff.Person{ID: "dana", Name: "Dana Smith", Email: "dana@clinic.example", CreatedAt: begun}, nil
	}))
	w.must(w.db.Connect(context.Background(), profile.Clinic{AccountID: account, Name: "Harbour Physio", Subdomain: "harbour", Shard: "au1", Patients: "client"}, begun))
	w.close = append(w.close, func() { _ = w.db.Close() })
	return w
}

// fastFolder is a folder in memory where there is one: a history ends programs but
// does not cut the power.
func fastFolder() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

func (w *world) end() {
	for i := len(w.close) - 1; i >= 0; i-- {
		w.close[i]()
	}
}

func (w *world) must(err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatalf("%v", err)
	}
}

// open opens the store as a program does that was started again.
func (w *world) open() {
	if w.db != nil {
		w.must(w.db.Close())
	}
	var err error
	w.db, err = sqlite.Open(context.Background(), filepath.Join(w.folder, "telehab.db"), bytes.Repeat([]byte{42}, sqlite.KeySize))
	w.must(err)
	w.store = w.db.Profiles(account, func() time.Time { return w.now })
	w.sender = nil
}

// watch has each import judged before it is applied.
func (w *world) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/profiles/import" {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			var s sent
			if json.Unmarshal(body, &s) == nil && w.judge != nil {
				w.mu.Lock()
				w.judge(s, w.hub.Profiles(harbour))
				w.mu.Unlock()
			}
		}
		next.ServeHTTP(rw, r)
	})
}

func (w *world) breaks(what string) { w.broken = append(w.broken, what) }

// run runs a sender, the same one until the program ends. killed says that it was
// killed.
func (w *world) run() (killed bool, err error) {
	if w.sender == nil {
		store, hub := hubsend.Store(w.store), hubsend.Hub(w.client)
		if w.wrong != nil {
			store, hub = w.wrong(store, hub)
		}
		w.sender = hubsend.New(hubsend.Options{Hub: &fusedHub{hub, w.fuse}, Store: &fusedStore{store, w.fuse, w}, Tenant: harbour, Spellings: directory.Spellings,
			Now: func() time.Time { return w.now },
			Wait: func(_ context.Context, d time.Duration) error {
				w.now = w.now.Add(d)
				return nil
			}})
	}
	defer func() {
		if caught := recover(); caught != nil {
			if err, ok := caught.(error); !ok || !errors.Is(err, errKilled) {
				panic(caught)
			}
			killed = true
			w.open()
		}
	}()
	return false, w.sender.Run(context.Background())
}

// ledger reads it and expects that it sums.
func (w *world) ledger() profile.Ledger {
	w.t.Helper()
	l, err := w.store.Ledger(context.Background())
	w.must(err)
	if !l.Sums() {
		w.t.Fatalf("the ledger does not sum: %+v", l)
	}
	return l
}

func (w *world) delivery(ref string) profile.Delivery {
	w.t.Helper()
	d, err := w.store.Delivery(context.Background(), ref)
	w.must(err)
	return d
}

// there returns the profiles with a sync ID.
func (w *world) there(syncID string) (all []fakehub.Profile) {
	for _, p := range w.hub.Profiles(harbour) {
		if p.SyncID == syncID {
			all = append(all, p)
		}
	}
	return all
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

var errKilled = errors.New("killed")

// fuse does something after so many calls, such as to kill the program.
type fuse struct {
	left int // 0: nothing
	then func()
}

func (f *fuse) burn() {
	if f.left > 0 {
		if f.left--; f.left == 0 {
			f.then()
		}
	}
}

// fusedHub and fusedStore burn the fuse before and after each call that matters.
type fusedHub struct {
	hubsend.Hub
	*fuse
}

func (h *fusedHub) Import(ctx context.Context, what valdhub.Import) error {
	h.burn()
	err := h.Hub.Import(ctx, what)
	h.burn()
	return err
}

func (h *fusedHub) Profiles(ctx context.Context, tenant string) ([]valdhub.Row, error) {
	h.burn()
	return h.Hub.Profiles(ctx, tenant)
}

func (h *fusedHub) BySyncID(ctx context.Context, tenant, id string) ([]valdhub.Row, error) {
	h.burn()
	return h.Hub.BySyncID(ctx, tenant, id)
}

type fusedStore struct {
	hubsend.Store
	*fuse
	world *world
}

func (s *fusedStore) Settle(ctx context.Context, d profile.Delivery) (bool, error) {
	s.burn()
	current, err := s.Store.Settle(ctx, d)
	if !s.world.many {
		s.world.ledger()
	}
	s.burn()
	return current, err
}
