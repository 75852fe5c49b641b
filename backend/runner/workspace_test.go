package runner_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/keyring/keyringtest"
	"telehab.io/desktop/backend/leaktest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/workspace"
)

func TestMain(m *testing.M) { keyringtest.Main(m) }

// On the real clock: a real workspace, with its keyring.
func TestOfAWorkspace(t *testing.T) {
	fake := fakeclinic.New(small)
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	opened, err := workspace.Open(t.Context(), workspace.Options{Dir: leaktest.Dir(t, fake), ClinikoURL: server.URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	here := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	w := runner.Of(opened, func() time.Time { return here })
	if store, err := w.Store(t.Context()); store != nil || profile.CodeOf(err) != profile.NotConnected {
		t.Errorf("without a clinic: %v, %v", store, err)
	}
	if now := w.ClinicTime(t.Context()); !now.Equal(here) {
		t.Errorf("before Cliniko has told the time: %v", now)
	}
	if _, err := opened.Connect(t.Context(), fake.Key()); err != nil {
		t.Fatal(err)
	}
	engine, err := w.Engine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pass, err := engine.Full(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	store, err := w.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if last, err := store.LastGood(t.Context()); err != nil || last.ID != pass.ID || last.Counts.Read != 150 {
		t.Errorf("%+v, %v", last, err)
	}
}

// turns finds out whether two passes run at once: of a changes pass without
// changes, the request for archived patients comes next after the one for
// updated ones.
type turns struct {
	mu      sync.Mutex
	between string // whose pass is between its two requests; "" for nobody's
	passes  map[string]int
	mixed   int
}

func (s *turns) count(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.passes[name]
}

func (s *turns) of(name string, fake http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		filters := strings.Join(r.URL.Query()["q[]"], " ")
		s.mu.Lock()
		switch {
		case s.between != "" && s.between != name:
			s.mixed++
		case strings.Contains(filters, "archived_at:>="):
			s.between = ""
			s.passes[name]++
		case strings.Contains(filters, "updated_at:>="):
			s.between = name
		}
		s.mu.Unlock()
		fake.ServeHTTP(w, r)
	})
}

// A window and the watch, each with the store open: whatever they start at the
// same moment, one pass runs.
func TestAWindowAndTheWatchTakeTurns(t *testing.T) {
	fake := fakeclinic.New(small)
	seen := &turns{passes: map[string]int{}}
	dir := leaktest.Dir(t, fake)
	both := map[string]*runner.Background{}
	for _, name := range []string{"the window", "the watch"} {
		server := httptest.NewServer(seen.of(name, fake))
		t.Cleanup(server.Close)
		opened, err := workspace.Open(t.Context(), workspace.Options{Dir: dir, ClinikoURL: server.URL + "/v1", Service: name == "the watch"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = opened.Close() })
		nothing := func(context.Context) {}
		r := runner.New(t.Context(), runner.Of(opened, time.Now), runner.Observer{StatusChanged: nothing, StateChanged: nothing, ProfilesChanged: func() {}}, zerolog.Nop())
		if both[name] = runner.NewUnattended(r, runner.Online); len(both) == 1 {
			if _, err := opened.Connect(t.Context(), fake.Key()); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Full(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	var running sync.WaitGroup
	for name, background := range both {
		running.Go(func() {
			for seen.count(name) < 5 {
				if err := background.Pass(context.Background()); err != nil && profile.CodeOf(err) != profile.SyncRunning {
					t.Error(err)
					return
				}
				time.Sleep(time.Millisecond) // the other's turn
			}
		})
	}
	running.Wait()
	if seen.mixed != 0 || seen.between != "" {
		t.Errorf("%d requests in the middle of a pass of the other", seen.mixed)
	}
}
