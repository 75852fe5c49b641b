package runner_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/leaktest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/syncer"
)

// world is a runner with the real engine, client and store, and the simulated
// Cliniko behind connections in memory: all of it lives on the simulated clock
// of one bubble, in which a pass takes no time and a day goes by at once.
type world struct {
	t          *testing.T
	fake       *fakeclinic.Clinic
	client     *cliniko.Client
	store      *sqlite.Profiles
	engine     *syncer.Engine
	runner     *runner.Runner
	background *runner.Background
	start      time.Time // when the runner was made

	mu        sync.Mutex
	elsewhere error           // what the election says
	unlinked  bool            // no clinic is connected
	offline   bool            // there is no network
	bug       bool            // of the next pass
	began     []time.Duration // since the start, each pass and each listing
	ended     []time.Duration // those whose end the observer was told
	phases    []syncer.Phase  // what the observer was told, repeated ones left out
	renewals  int             // how often profiles were read again
	log       bytes.Buffer
}

var small = fakeclinic.Options{Seed: 1, Patients: 150, Shares: &fakeclinic.Shares{}}

// inBubble runs a test in a world of its own.
func inBubble(t *testing.T, o fakeclinic.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))) // the clinic's people are born by then
		w := &world{t: t, fake: fakeclinic.New(o)}
		defer w.serve()()
		key, err := cliniko.ParseKey(w.fake.Key())
		if err != nil {
			t.Fatal(err)
		}
		w.client, err = cliniko.New(key, cliniko.Options{BaseURL: "http://127.0.0.1:1/v1",
			OnWait: func(until time.Time) { w.runner.WaitUntil(until) }})
		if err != nil {
			t.Fatal(err)
		}
		defer w.client.Close()
		db, err := sqlite.Open(t.Context(), filepath.Join(leaktest.Dir(t, w.fake), "telehab.db"), bytes.Repeat([]byte{7}, sqlite.KeySize))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		clinic, err := w.client.Clinic(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Connect(t.Context(), clinic, time.Now()); err != nil {
			t.Fatal(err)
		}
		w.store = db.Profiles(clinic.AccountID, time.Now)
		w.engine = syncer.New(w.client, w.store.Store(), syncer.Options{})
		w.restart()
		defer func() { w.background.Pause(syncer.ErrClosing) }()
		test(t, w)
	})
}

// restart makes the runner, as each start of the program does.
func (w *world) restart() {
	if w.background != nil {
		w.background.Pause(syncer.ErrClosing)
	}
	observer := runner.Observer{StatusChanged: w.statusChanged, StateChanged: w.stateChanged, ProfilesChanged: func() {}}
	w.start, w.began, w.ended, w.phases = time.Now(), nil, nil, nil
	w.runner = runner.New(w.t.Context(), w, observer, zerolog.New(w))
	w.background = runner.NewBackground(w.runner, func() bool { w.mu.Lock(); defer w.mu.Unlock(); return !w.offline })
}

// serve answers the default transport, which the client copies, from memory.
func (w *world) serve() (stop func()) {
	connections := make(pipes)
	server := &http.Server{Handler: w.fake}
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(connections) }()
	before := http.DefaultTransport
	http.DefaultTransport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		w.mu.Lock()
		offline := w.offline
		w.mu.Unlock()
		if offline {
			return nil, &net.OpError{Op: "dial", Err: syscall.ENETUNREACH}
		}
		here, there := net.Pipe()
		select {
		case connections <- there:
			return here, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	return func() {
		http.DefaultTransport = before
		_ = server.Close()
		<-served
	}
}

// pipes is a listener on connections in memory.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, open := <-p; open {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// A world is its runner's workspace.

func (w *world) Engine(context.Context) (*syncer.Engine, error) {
	if progress := w.runner.Status().Progress; progress.Left != -1 || progress.Done != 0 || progress.Total != 0 {
		w.t.Errorf("before the engine has reported: %+v", progress)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.began = append(w.began, time.Since(w.start))
	if w.bug {
		w.bug = false
		panic("broken")
	}
	if w.unlinked {
		return nil, profile.Because(profile.NotConnected, nil)
	}
	return w.engine, nil
}

// Follow does nothing: the store is nobody else's.
func (w *world) Follow(context.Context, func()) {}

func (w *world) MaySync(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.elsewhere
}

func (w *world) Store(context.Context) (runner.Store, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.unlinked {
		return nil, profile.Because(profile.NotConnected, nil)
	}
	return w.store, nil
}

func (w *world) Renew(context.Context) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.renewals++
	return true, nil
}

func (w *world) ClinicTime(context.Context) time.Time { return time.Now() }

// Write makes it the log.
func (w *world) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(line)
}

func (w *world) logged(text string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Count(w.log.String(), text)
}

func (w *world) statusChanged(context.Context) {
	phase := w.runner.Status().Progress.Phase
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.phases); n == 0 || w.phases[n-1] != phase {
		w.phases = append(w.phases, phase)
	}
}

func (w *world) stateChanged(context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = append(w.ended, time.Since(w.start))
}

// imported reads everybody, as a person asks for at first.
func (w *world) imported() {
	w.t.Helper()
	if _, err := w.runner.Full(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// hold keeps Cliniko's answers back, from the nth from now on, until release.
// It is called before what it holds, and arrived waits for that to get there.
func (w *world) hold(nth int) (arrived, release func()) {
	opened := make(chan struct{})
	came := make(chan struct{})
	first := sync.OnceFunc(func() { close(came) })
	var mu sync.Mutex
	count := 0
	w.fake.BeforeResponse(func(fakeclinic.Request) {
		mu.Lock()
		count++
		held := count >= nth
		mu.Unlock()
		if held {
			first()
			<-opened
		}
	})
	return func() { <-came }, func() {
		w.fake.BeforeResponse(nil)
		close(opened)
	}
}

// fail has every answer of Cliniko's go wrong in this way; "" in none.
func (w *world) fail(kind fakeclinic.Kind) {
	w.fake.SetFaults(func(fakeclinic.Request) fakeclinic.Fault { return fakeclinic.Fault{Kind: kind} })
}

func (w *world) setOffline(offline bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offline = offline
	if offline {
		w.client.Close() // else what is connected stays so
	}
}

// status is what is shown, with a summary that is fresh.
func (w *world) status() runner.Status {
	w.t.Helper()
	if err := w.runner.RefreshSummary(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return w.runner.Status()
}

// result is how a pass ended.
type result struct {
	pass profile.Pass
	err  error
}

func inTheBackground(pass func(context.Context) error) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- pass(context.Background()) }()
	return ended
}

func onDemand(pass func(context.Context) (profile.Pass, error)) <-chan result {
	ended := make(chan result, 1)
	go func() {
		p, err := pass(context.Background())
		ended <- result{p, err}
	}()
	return ended
}

// stored returns the passes that the store has, the newest first.
func (w *world) stored() []profile.Pass {
	w.t.Helper()
	passes, err := w.store.Passes(w.t.Context(), 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return passes
}

// after lets time go by and returns the passes that began in it.
func (w *world) after(d time.Duration) []time.Duration {
	w.mu.Lock()
	before := len(w.began)
	w.mu.Unlock()
	time.Sleep(d)
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.began[before:])
}

// pauses are the times from the end of each pass to the beginning of the next.
func (w *world) pauses() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	var pauses []time.Duration
	for i := 1; i < len(w.began); i++ {
		pauses = append(pauses, w.began[i]-w.ended[i-1])
	}
	return pauses
}
