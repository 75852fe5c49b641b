package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

const (
	email    = "dana@example.com"
	password = "correct horse battery"
	// someFailed is the exit code of a sync after which some profiles need
	// attention.
	someFailed = 3
)

// program is the real program, its data folder and the clinic that it is
// connected to.
type program struct {
	binary string
	data   string // its data folder
	fresh  string // a copy of that from before the import
	clinic *fakeclinic.Clinic
	server *fakeclinic.Server

	mu      sync.Mutex
	count   int // requests answered since the last start
	wanted  int // reached is closed at this count
	reached chan struct{}
}

func newProgram(ctx context.Context, binary, dir string, patients int) (*program, error) {
	p := &program{binary: binary, data: filepath.Join(dir, "data"), fresh: filepath.Join(dir, "fresh")}
	// About Cliniko's latency from nearby: without it an import would be over
	// too soon to be killed at many moments.
	p.clinic = fakeclinic.New(fakeclinic.Options{Seed: 1, Patients: patients, Latency: 20 * time.Millisecond})
	var err error
	if p.server, err = p.clinic.Start("127.0.0.1:0"); err != nil {
		return nil, err
	}
	p.clinic.AfterRequest(func(fakeclinic.Request) { p.answer() })
	if err := p.setUp(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// setUp adds a person, connects the clinic, and copies the data folder. The
// keys are in the keyring under the folder's name, so every import has to use
// the same folder.
func (p *program) setUp(ctx context.Context) error {
	if _, err := p.finish(p.command(ctx, "", "people", "add", "--email", email, "--name", "Dana Smith"), 0); err != nil {
		return err
	}
	if _, err := p.finish(p.command(ctx, p.server.Key()+"\n", "connect", "--as", email), 0); err != nil {
		return err
	}
	return os.CopyFS(p.fresh, os.DirFS(p.data))
}

func (p *program) close() error { return p.server.Close() }

// startAfresh restores the data folder from before the import.
func (p *program) startAfresh() error {
	if err := os.RemoveAll(p.data); err != nil {
		return err
	}
	return os.CopyFS(p.data, os.DirFS(p.fresh))
}

func (p *program) command(ctx context.Context, in string, arguments ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, p.binary, arguments...) // #nosec G204 -- the program under test
	c.Env = append(os.Environ(), "TELEHAB_CLINIKO_URL="+p.server.URL(), "TELEHAB_DATA_DIR="+p.data, "TELEHAB_PASSWORD="+password)
	c.Stdin = strings.NewReader(in)
	c.Stdout, c.Stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return c
}

func (p *program) sync(ctx context.Context) *exec.Cmd { return p.command(ctx, "", "sync", "--json") }

// answers starts counting requests, and returns a channel that is closed when n
// are answered.
func (p *program) answers(n int) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count, p.wanted, p.reached = 0, n, make(chan struct{})
	if n == 0 {
		close(p.reached)
	}
	return p.reached
}

func (p *program) answer() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	if p.count == p.wanted {
		close(p.reached)
	}
}

func (p *program) answered() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// finish runs a command, which has to exit with one of these codes, and returns
// its output.
func (p *program) finish(c *exec.Cmd, codes ...int) ([]byte, error) {
	if err := c.Start(); err != nil {
		return nil, err
	}
	return p.ended(c, c.Wait(), codes...)
}

func (p *program) ended(c *exec.Cmd, err error, codes ...int) ([]byte, error) {
	if code := c.ProcessState.ExitCode(); !slices.Contains(codes, code) {
		return nil, fmt.Errorf("telehab %s ended with %d (%w): %s", c.Args[1], code, err, c.Stderr)
	}
	return c.Stdout.(*bytes.Buffer).Bytes(), nil
}

// outcome is the result of an import.
type outcome struct {
	profile.Counts
	profiles, failed map[string]any // by Cliniko's id
	requests         int
}

// undisturbed runs an import without a kill.
func (p *program) undisturbed(ctx context.Context) (*outcome, error) {
	if err := p.startAfresh(); err != nil {
		return nil, err
	}
	p.answers(0)
	if _, err := p.finish(p.sync(ctx), 0, someFailed); err != nil {
		return nil, err
	}
	requests := p.answered()
	o, err := p.outcome(ctx)
	if err != nil {
		return nil, err
	}
	o.requests = requests
	if o.Read != p.clinic.Len() {
		return nil, fmt.Errorf("%d clients read of %d", o.Read, p.clinic.Len())
	}
	return o, nil
}

// outcome reads the result of the import: its numbers, and every profile.
func (p *program) outcome(ctx context.Context) (*outcome, error) {
	progress, err := p.progress(ctx)
	if err != nil {
		return nil, err
	}
	if !progress.ended {
		return nil, errors.New("the import has not ended")
	}
	o := &outcome{Counts: progress.counts}
	text, err := p.finish(p.command(ctx, "", "export", "--as", email, "--format", "json"), 0)
	if err != nil {
		return nil, err
	}
	var all struct{ Profiles, Failed []map[string]any }
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	o.profiles, err = byID(all.Profiles)
	if err != nil {
		return nil, err
	}
	o.failed, err = byID(all.Failed)
	return o, err
}

// byID omits the times of storing, which differ from import to import.
func byID(rows []map[string]any) (map[string]any, error) {
	out := map[string]any{}
	for _, row := range rows {
		id := fmt.Sprint(row["cliniko_id"])
		if _, twice := out[id]; twice {
			return nil, fmt.Errorf("%s is there twice", id)
		}
		maps.DeleteFunc(row, func(name string, _ any) bool { return name == "synced_at" || name == "first_failed_at" })
		out[id] = row
	}
	return out, nil
}
