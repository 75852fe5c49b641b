package command_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/command"
	"telehab.io/desktop/backend/keyring/keyringtest"
)

// A signal ends a watch in the middle of its first import, as it was told to:
// with 0. The next one resumes the import.
func TestASignalEndsAWatch(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		c := newConnected(t, 700)
		arrived, release := c.holdPages(4)
		p := onTerminal(t, c.environment, "sync", "--watch")
		arrived()
		c.waitForRow(p, "a stored page", "page")
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if code := p.end(); code != 0 || p.output() != "" {
			t.Errorf("%v: exit code %d: %s", signal, code, p.output())
		}
		release()
		pages := c.count("SELECT count(*) FROM page")
		if n := c.count("SELECT count(*) FROM pass WHERE kind = 'full' AND ended_at IS NULL AND error = ''"); n != 1 || pages == 0 {
			t.Fatalf("%v: %d passes are left as after a kill, with %d pages", signal, n, pages)
		}
		p = onTerminal(t, c.environment, "sync", "--watch")
		p.waitFor(": 700 clients read, ")
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if code := p.end(); code != 0 || strings.Count(p.output(), "\n") != 1 {
			t.Errorf("%v: exit code %d: %s", signal, code, p.output())
		}
		if n := c.count("SELECT count(*) FROM pass WHERE kind = 'full' AND ended_at > started_at AND error = '' AND service = 1"); n != 1 || c.count("SELECT count(*) FROM pass") != 1 {
			t.Errorf("%v: %d passes ended well and are the service's", signal, n)
		}
	}
}

// A full sync in a terminal that was killed, or that the computer ended as it shut
// down, is the first that the next watch resumes. One that a person ended by
// Ctrl-C waits for a person.
func TestAWatchResumesAFullSyncThatWasCutOff(t *testing.T) {
	const unfinished = "SELECT count(*) FROM pass WHERE kind = 'full' AND ended_at IS NULL AND error = '%s'"
	for signal, cutOff := range map[syscall.Signal]struct {
		code    int
		err     string
		resumed int
	}{
		syscall.SIGKILL: {-1, "", 1},
		syscall.SIGTERM: {143, "", 1},
		syscall.SIGINT:  {130, "cancelled", 0},
	} {
		c := newComputer(t, 400)
		arrived, release := c.holdPages(4)
		p := onTerminal(t, c.environment, "sync", "--full")
		arrived()
		c.waitForRow(p, "a stored page", "page")
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if code := p.end(); code != cutOff.code {
			t.Errorf("%v: exit code %d: %s", signal, code, p.output())
		}
		release()
		if n := c.count(fmt.Sprintf(unfinished, cutOff.err)); n != 1 {
			t.Fatalf("%v: %d passes are left unfinished", signal, n)
		}
		passes := c.count("SELECT count(*) FROM pass")
		p = onTerminal(t, c.environment, "sync", "--watch")
		c.waitForRow(p, "the end of a pass of the watch", "pass WHERE service = 1 AND ended_at IS NOT NULL")
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		p.end()
		if n := c.count("SELECT count(*) FROM pass WHERE kind = 'full' AND service = 1 AND ended_at IS NOT NULL AND error = ''"); n != cutOff.resumed {
			t.Errorf("%v: %d full passes were resumed", signal, n)
		}
		if n := c.count("SELECT count(*) FROM pass"); n != passes+1-cutOff.resumed {
			t.Errorf("%v: %d passes, after %d", signal, n, passes)
		}
	}
}

// waitForRow waits until the store has a row of this table and condition, which a
// program is to write.
func (c *computer) waitForRow(p *program, what, from string) {
	c.t.Helper()
	for end := time.Now().Add(patience); c.count("SELECT count(*) FROM "+from) == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("waited in vain for %s: %s", what, p.output())
		}
	}
}

// holdPages keeps Cliniko's lists of patients back, from the nth from now on,
// until release.
func (c *computer) holdPages(nth int64) (arrived, release func()) {
	came, opened := make(chan struct{}), make(chan struct{})
	first := sync.OnceFunc(func() { close(came) })
	var count atomic.Int64
	c.clinic.BeforeResponse(func(fakeclinic.Request) {
		if count.Add(1) >= nth {
			first()
			<-opened
		}
	})
	return func() { <-came }, func() { c.clinic.BeforeResponse(nil); close(opened) }
}

// watching is a watch in this process.
type watching struct {
	t   *testing.T
	mu  sync.Mutex
	out bytes.Buffer
	end func() error
}

// Write is for both outputs.
func (w *watching) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(text)
}

// said leaves out that it waits for another process that opens the store, which
// a slow computer may have it say.
func (w *watching) said() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return busy.ReplaceAllString(w.out.String(), "")
}

var busy = regexp.MustCompile(`(?m)^.* \(store_busy\)\n`)

// waitFor returns once it has said this so many times, as the last thing.
func (w *watching) waitFor(times int, text string) {
	w.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if said := w.said(); strings.Count(said, text) == times && strings.HasSuffix(said, text+"\n") {
			return
		}
		if time.Now().After(end) {
			w.t.Fatalf("it never said %q %d times: %s", text, times, w.said())
		}
	}
}

// startWatch starts a watch where the environment says.
func startWatch(t *testing.T) *watching {
	t.Helper()
	w := &watching{t: t}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- command.Watch(ctx, &command.Terminal{Out: w, Err: w, Workspace: quick()}, 100*time.Millisecond)
	}()
	w.end = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { _ = w.end() })
	return w
}

// twoKeys is a clinic with a second key; passes are refused with the first.
func twoKeys(t *testing.T, fake *fakeclinic.Clinic) (server *httptest.Server, second string) {
	t.Helper()
	second = strings.Replace(fake.Key(), fake.Key()[:6], "MS0xMj", 1)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, _, _ := r.BasicAuth()
		pass := strings.HasSuffix(r.URL.Path, "/patients") && r.URL.Query().Get("per_page") != "1"
		switch {
		case strings.HasPrefix(second, key):
			r.SetBasicAuth(fake.Key(), "")
		case pass:
			r.SetBasicAuth("refused", "")
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server, second
}

// A watch stays alive whatever is wrong, says it once, and continues when
// another process has put it right.
func TestAWatchContinuesOnceAllIsRight(t *testing.T) {
	fake := fakeclinic.New(fakeclinic.Options{Seed: 3, Patients: 120, Shares: new(fakeclinic.CleanShares())})
	server, second := twoKeys(t, fake)
	data := filepath.Join(t.TempDir(), "data")
	t.Setenv("TELEHAB_CLINIKO_URL", server.URL+"/v1")
	t.Setenv("TELEHAB_DATA_DIR", data)
	t.Setenv("TELEHAB_PASSWORD", password)
	must := runsTo(t)
	w := startWatch(t)
	const connect = "telehab: No clinic is connected, so nothing is synced yet. Connect it with telehab connect --as EMAIL, which reads the API key from standard input. (not_connected)"
	const works = "telehab: Syncing works again. (ok)"
	w.waitFor(1, connect)
	if keys := keysOf(t, data); keys != nil {
		t.Errorf("it made a store, with %v", keys)
	}
	must(0, "", "people", "add", "--email", asDana, "--name", "Dana")
	must(0, fake.Key(), "connect", "--as", asDana)
	w.waitFor(1, "If that does not help, write to TeleHab's support, support@vald.com. (key_refused)")
	must(0, second, "connect", "--as", asDana)
	w.waitFor(1, works)
	must(0, "", "purge", "--yes")
	w.waitFor(2, connect)
	if keys := keysOf(t, data); keys != nil {
		t.Errorf("after the purge it made %v", keys)
	}
	must(0, "", "people", "add", "--email", asDana, "--name", "Dana")
	must(0, second, "connect", "--as", asDana)
	w.waitFor(2, works)
	must(0, "", "disconnect", "--yes", "--as", asDana)
	w.waitFor(3, connect)
	must(0, second, "connect", "--as", asDana)
	w.waitFor(3, works)
	if err := w.end(); err != nil {
		t.Error(err)
	}
	line := regexp.MustCompile(`(?m)^[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}, [0-9]{2}:[0-9]{2}: 120 clients read, 120 synced$`)
	if n := len(line.FindAllString(w.said(), -1)); n != 3 || strings.Count(w.said(), "\n") != 10 {
		t.Errorf("%d imports: %s", n, w.said())
	}
}

// A keyring that is locked, and an import that somebody has cancelled: neither
// costs Cliniko a request.
func TestAWatchWaitsForAPerson(t *testing.T) {
	c := newConnected(t, 30)
	for _, line := range c.environment[len(c.environment)-3:] {
		name, value, _ := strings.Cut(line, "=")
		t.Setenv(name, value)
	}
	c.execute("INSERT INTO pass (account_id, kind, started_at, error) SELECT account_id, 'full', connected_at, 'cancelled' FROM clinic")
	sent := c.clinic.RequestCount()
	unlock := keyringtest.Lock(t)
	w := startWatch(t)
	w.waitFor(1, "(keyring_locked)")
	unlock()
	w.waitFor(1, "telehab: The first import was cancelled, so nothing is synced. Start it again in the window, or with telehab sync. (cancelled)")
	if n := c.clinic.RequestCount() - sent; n != 0 {
		t.Errorf("%d requests", n)
	}
	c.must("", "sync")
	w.waitFor(1, "telehab: Syncing works again. (ok)")
	if err := w.end(); err != nil || strings.Count(w.said(), "\n") != 3 {
		t.Errorf("%v: %s", err, w.said())
	}
}

func (c *computer) execute(statement string) {
	c.t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(c.data, "telehab.db"))
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(statement); err != nil {
		c.t.Fatal(err)
	}
}
