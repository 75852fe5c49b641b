package syncer_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/uptime"
)

// The environment of a process that TestProcess runs in.
const (
	processStore = "TELEHAB_TEST_STORE"
	processURL   = "TELEHAB_TEST_URL"
	processKey   = "TELEHAB_TEST_KEY"
)

// connected opens a store and a connection that share the request limit with
// all other processes on the same store.
func connected(t *testing.T, store, url, key string) *cliniko.Client {
	t.Helper()
	db, err := sqlite.Open(t.Context(), store, testKey)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	parsed, err := cliniko.ParseKey(key)
	must(t, err)
	client, err := cliniko.New(parsed, cliniko.Options{BaseURL: url, Traffic: db.Traffic(uptime.Now)})
	must(t, err)
	t.Cleanup(client.Close)
	return client
}

// TestProcess is one of the processes of the tests below: it reads as fast as it
// may, until its input ends.
func TestProcess(t *testing.T) {
	if os.Getenv(processStore) == "" {
		t.Skip("the tests of several processes start it")
	}
	client := connected(t, os.Getenv(processStore), os.Getenv(processURL), os.Getenv(processKey))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for ctx.Err() == nil {
				if _, err := client.Patients(ctx, profile.Query{}); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	stop()
	group.Wait()
}

// processes starts some processes on a new store, and returns the store and
// what ends them.
func processes(t *testing.T, n int, server *fakeclinic.Server) (store string, end func()) {
	t.Helper()
	store = filepath.Join(t.TempDir(), "telehab.db")
	var ends []func()
	for range n {
		command := exec.Command(os.Args[0], "-test.run=^TestProcess$", "-test.count=1")
		command.Env = append(os.Environ(), processStore+"="+store, processURL+"="+server.URL(), processKey+"="+server.Key())
		input, err := command.StdinPipe()
		must(t, err)
		var output safeBuffer
		command.Stdout, command.Stderr = &output, &output
		must(t, command.Start())
		ends = append(ends, func() {
			_ = input.Close()
			if err := command.Wait(); err != nil {
				t.Errorf("a process: %v\n%s", err, output.String())
			}
		})
	}
	return store, sync.OnceFunc(func() {
		for _, end := range ends {
			end()
		}
	})
}

// safeBuffer is for the output of a process.
type safeBuffer struct {
	mu   sync.Mutex
	text []byte
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = append(b.text, p...)
	return len(p), nil
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.text)
}

// arrived waits until so many requests have arrived.
func arrived(t *testing.T, fake *fakeclinic.Clinic, n int) {
	t.Helper()
	for began := time.Now(); fake.RequestCount() < n; time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 2*time.Minute {
			t.Fatalf("only %d requests arrived", fake.RequestCount())
		}
	}
}

func TestFiveProcessesShareTheLimit(t *testing.T) {
	fake := fakeclinic.New(fakeclinic.Options{Seed: 62, Patients: 10, Latency: 20 * time.Millisecond})
	server, err := fake.Start("127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = server.Close() })
	store, end := processes(t, 5, server)
	defer end()
	arrived(t, fake, 150)
	time.Sleep(3 * time.Second) // in which nothing more may come: the minute is used up
	if n := fake.RequestCount(); n != 150 {
		t.Errorf("%d requests by imports", n)
	}
	person := connected(t, store, server.URL(), server.Key())
	began := time.Now()
	for range 10 {
		_, err := person.Patient(t.Context(), profile.ID(fake.IDs()[0]))
		must(t, err)
	}
	t.Logf("ten profiles were opened beside five imports in %v", time.Since(began))
	end()
	if n := fake.RequestCount(); n != 160 {
		t.Errorf("%d requests", n)
	}
}

func TestFiveProcessesWaitForAReset(t *testing.T) {
	fake := fakeclinic.New(fakeclinic.Options{Seed: 63, Patients: 10, Latency: 20 * time.Millisecond})
	server, err := fake.Start("127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = server.Close() })
	const refused, reset = 40, 6 * time.Second
	fake.SetFaults(fakeclinic.OnRequest(refused, fakeclinic.Fault{Kind: fakeclinic.TooMany, Wait: reset}))
	_, end := processes(t, 5, server)
	defer end()
	// Those that were under way with it, and then one more.
	arrived(t, fake, refused+5*4+1)
	end()
	requests := fake.Requests()
	from := requests[refused-1].At
	early := 0
	for _, r := range requests {
		// What is under way when the answer comes cannot be called back.
		if r.At.After(from.Add(time.Second)) && r.At.Before(from.Add(reset)) {
			early++
		}
	}
	if early > 0 {
		t.Errorf("%d requests between a 429 and its reset", early)
	}
}
