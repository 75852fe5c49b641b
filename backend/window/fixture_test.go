package window

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/keyring/keyringtest"
	"telehab.io/desktop/backend/leaktest"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/workspace"
)

func TestMain(m *testing.M) { keyringtest.Main(m) }

// fakeSystem stands in for the window's toolkit, which a person owns.
type fakeSystem struct {
	mu          sync.Mutex
	events      []string
	phases      []string
	state       AppState // the last one that the page was sent
	ended       int64    // the session that it was told of last that ends
	deaf        string   // it is not sent these events
	opened      []string
	copied      string
	saveTo      string
	whileAsking func()
	shown       int
	dark        bool
	made        []float64 // how much of the demo
	notified    []string

	allowsNotices bool  // the system's answer to whether it shows notifications
	allowFails    error // and why it has none
	notifyFails   error // it shows none
}

func (s *fakeSystem) Emit(event string, data any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, event)
	if event == s.deaf {
		return
	}
	switch data := data.(type) {
	case SyncStatus:
		s.phases = append(s.phases, data.Phase)
	case AppState:
		s.state = data
	case int64:
		s.ended = data
	case float64:
		s.made = append(s.made, data)
	}
}

// shows says whether the page that was told all this shows anybody: see
// App.take and App.end in the page.
func (s *fakeSystem) shows() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.Person != nil && s.state.Session > s.ended
}
func (s *fakeSystem) Show()             { s.mu.Lock(); s.shown++; s.mu.Unlock() }
func (s *fakeSystem) Painted(dark bool) { s.mu.Lock(); s.dark = dark; s.mu.Unlock() }
func (s *fakeSystem) CopyText(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.copied = text
	return nil
}
func (s *fakeSystem) CopyPrivately(text string) error { return s.CopyText(text) }
func (s *fakeSystem) CopiedText() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.copied, nil
}
func (s *fakeSystem) AllowNotifications() (bool, error) { return s.allowsNotices, s.allowFails }
func (s *fakeSystem) Notify(text string) error {
	if s.notifyFails == nil {
		s.notified = append(s.notified, text)
	}
	return s.notifyFails
}
func (s *fakeSystem) AskWhereToSave(string, string) (string, error) {
	if s.whileAsking != nil {
		s.whileAsking()
	}
	return s.saveTo, nil
}

func (s *fakeSystem) saw(phase string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.phases {
		if p == phase {
			return true
		}
	}
	return false
}

type fixture struct {
	t        *testing.T
	fake     *fakeclinic.Clinic
	app      *app
	system   *fakeSystem
	computer Computer // what a test changes of it counts at once
	o        workspace.Options
	log      zerolog.Logger
}

// app is the window without Wails.
type app struct {
	*window
	About       *About
	People      *People
	PIN         *PIN
	Security    *Security
	Clinics     *Clinics
	Computers   *Computers
	Integration *Integration
	Hub         *Hub
	Sync        *Sync
	Today       *Today
	Profiles    *Profiles
	Attention   *Attention
	Links       *Links
}

func newFixture(t *testing.T, o fakeclinic.Options) *fixture {
	t.Helper()
	fake := fakeclinic.New(o)
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	f := &fixture{t: t, fake: fake, o: workspace.Options{Dir: leaktest.Dir(t, fake, password, deskPassword),
		ClinikoURL: server.URL(), Version: "1.2.3", HashCost: quick}}
	f.computer = thisComputer(f.o)
	var file *logging.File
	if f.log, file, err = logging.Open(f.o.Dir+".logs", zerolog.DebugLevel); err != nil {
		t.Fatal(err)
	}
	f.start()
	t.Cleanup(func() { f.app.close(); _ = file.Close() })
	return f
}

// start starts the app, again if it ran before.
func (f *fixture) start() {
	f.system = &fakeSystem{allowsNotices: true}
	system := f.system
	f.computer.OpenAddress = func(_ context.Context, address string) error {
		system.opened = append(system.opened, address)
		return nil
	}
	f.computer.OpenPage = f.computer.OpenAddress
	f.startWith(f.system)
}

func (f *fixture) startWith(t toolkit) {
	computer := Computer{
		OpenTest:     func(ctx context.Context, link deeplink.Link) error { return f.computer.OpenTest(ctx, link) },
		OpenAddress:  func(ctx context.Context, url string) error { return f.computer.OpenAddress(ctx, url) },
		OpenPage:     func(ctx context.Context, path string) error { return f.computer.OpenPage(ctx, path) },
		Online:       func() bool { return f.computer.Online() },
		Clock:        func() time.Time { return f.computer.Clock() },
		Uptime:       func() time.Duration { return f.computer.Uptime() },
		ScreenLocked: func() bool { return f.computer.ScreenLocked() },
		EraseLogs:    func() error { return f.computer.EraseLogs() },
	}
	w := &window{dir: f.o.DataDir(), log: f.log}
	w.parts, w.host = newParts(f.o, false, f.log, t, computer)
	f.app = &app{w, NewAbout(w.parts), NewPeople(w.parts), NewPIN(w.parts), NewSecurity(w.parts), NewClinics(w.parts), NewComputers(w.parts),
		NewIntegration(w.parts), NewHub(w.parts), NewSync(w.parts), NewToday(w.parts), NewProfiles(w.parts), NewAttention(w.parts), NewLinks(w.parts)}
}

// services are those of app.go.
func (a *app) services() []any {
	return []any{a.About, a.People, a.PIN, a.Security, a.Clinics, a.Computers, a.Integration, a.Hub, a.Sync, a.Today, a.Profiles, a.Attention, a.Links}
}

// quick makes no test wait for a password. What one costs is tested in account.
var quick = account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}

const (
	email    = "dana@example.com"
	password = "correct horse battery"
)

func (f *fixture) signUpAndConnect() {
	f.t.Helper()
	if _, err := f.app.People.CreateFirst("Dana Smith", email, password); err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.app.Integration.Connect(f.fake.Key()); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) imported() PassView {
	f.t.Helper()
	if _, err := f.app.Sync.List(); err != nil {
		f.t.Fatal(err)
	}
	pass, err := f.app.Sync.Import()
	if err != nil {
		f.t.Fatal(err)
	}
	return pass
}

func (f *fixture) waitFor(what string, holds func(AppState) bool) {
	f.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if state, err := f.app.About.State(); err == nil && holds(state) {
			return
		}
	}
	f.t.Fatalf("waited in vain for %s", what)
}
