package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/postgres/postgrestest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/workspace"
)

var computers = flag.Int("computers", 30, "how many computers share the clinic of the benchmark shared")

const (
	sharedPatients = 20_000
	owner          = "dana@example.com"
	ownerPassword  = "correct horse battery"
	// openEvery is how often somebody opens a client while the import runs: of the
	// requests that all computers may send in a minute, ten are kept for people.
	openEvery = 7 * time.Second
	edits     = 20
	// kiB12 is the most that a client may take on the database's disk.
	kiB12 = 1229
)

var sharedBenchmark = benchmark{name: "shared", session: true, run: sharedClinic,
	what: "20,000 patients at Cliniko's limit, 30 real processes on one PostgreSQL, one of which syncs, while somebody opens clients on another; -computers sets how many. One round"}

// office is a clinic that several computers share.
type office struct {
	ctx     context.Context
	root    string
	telehab string
	clinic  *fakeclinic.Clinic
	url     string
	watches []*exec.Cmd
}

func sharedClinic(ctx context.Context, _ int) (lines []line, err error) {
	root, err := os.MkdirTemp("", "telehab-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	p, err := build(ctx, root)
	if err != nil {
		return nil, err
	}
	database, err := postgrestest.Start(func(string) error { return nil })
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, database.Stop()) }()
	address, _, err := database.NewDatabase()
	if err != nil {
		return nil, err
	}
	clinic, server, err := start(fakeclinic.Options{Patients: sharedPatients, Shares: new(fakeclinic.CleanShares()), Latency: 150 * time.Millisecond, Limit: fakeclinic.ClinikoLimit})
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Close() }()
	o := &office{ctx: ctx, root: root, telehab: p.telehab, clinic: clinic, url: server.URL()}
	defer o.end()
	if err := o.share(address); err != nil {
		return nil, err
	}
	before := clinic.RequestCount()
	began := time.Now()
	opened, err := o.importAll()
	if err != nil {
		return nil, err
	}
	took := time.Since(began)
	requests, refused := o.requests(before)
	followed, err := o.follow()
	if err != nil {
		return nil, err
	}
	size, err := database.Size(address)
	if err != nil {
		return nil, err
	}
	least := (sharedPatients+profile.PageSize-1)/profile.PageSize + len(opened)
	return []line{
		ratioLine("shared-import", []time.Duration{took}, []time.Duration{leastUnderLimit(least)}, 1.5),
		{Name: "shared-requests", Measured: fmt.Sprint(requests), Against: fmt.Sprint(least), Value: float64(requests) / float64(least), Target: 1.1},
		{Name: "shared-refused", Measured: fmt.Sprintf("%d answers 429", refused), Against: fmt.Sprint(requests), Value: float64(refused) / float64(requests), Target: 0.02},
		p95("shared-open", opened, time.Second),
		p95("shared-follow", followed, 2*time.Second),
		{Name: "shared-bytes", Measured: fmt.Sprintf("%d bytes", size), Value: float64(size) / sharedPatients, Target: kiB12, Unit: count},
	}, nil
}

func p95(name string, times []time.Duration, target time.Duration) line {
	worst := percentile(times, 95)
	return line{Name: name, Measured: fmt.Sprintf("p95 of %d", len(times)), Value: inMilliseconds(worst), Target: inMilliseconds(target), Unit: milliseconds}
}

func (o *office) dir(n int) string { return filepath.Join(o.root, fmt.Sprint("computer", n)) }

// command is one of the program's on a computer.
func (o *office) command(n int, arguments ...string) *exec.Cmd {
	c := exec.CommandContext(o.ctx, o.telehab, arguments...) // #nosec G204 -- our own program
	c.Env = append(os.Environ(), "TELEHAB_DATA_DIR="+o.dir(n), "TELEHAB_CLINIKO_URL="+o.url, "TELEHAB_PASSWORD="+ownerPassword)
	return c
}

func (o *office) run(n int, in string, arguments ...string) (string, error) {
	c := o.command(n, arguments...)
	var out, complaints bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(in), &out, &complaints
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("telehab %s: %w: %s", arguments[0], err, complaints.String())
	}
	return out.String(), nil
}

// share sets the first computer up, and has all others join.
func (o *office) share(address string) error {
	for _, step := range []struct {
		in        string
		arguments []string
	}{
		{"", []string{"people", "add", "--email", owner, "--name", "Dana"}},
		{o.clinic.Key(), []string{"connect", "--as", owner}},
		{address, []string{"share", "--database", "-", "--as", owner}},
	} {
		if _, err := o.run(0, step.in, step.arguments...); err != nil {
			return err
		}
	}
	for n := 1; n <= *computers; n++ { // and one on which clients are opened
		code, err := o.run(0, "", "computers", "add", "--as", owner)
		if err == nil {
			_, err = o.run(n, code, "join")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *office) end() {
	for _, watch := range o.watches {
		_ = watch.Process.Signal(syscall.SIGTERM)
		_ = watch.Wait()
	}
}

// open opens a computer's data in this process.
func (o *office) open(n int) (*workspace.Workspace, error) {
	return workspace.Open(o.ctx, workspace.Options{Dir: o.dir(n), ClinikoURL: o.url, Version: "bench"})
}

// importAll starts all computers, opens clients on the last one, and returns how long
// each of them took once every computer has everybody.
func (o *office) importAll() (opened []time.Duration, err error) {
	for n := range *computers {
		watch := o.command(n, "sync", "--watch")
		if err := watch.Start(); err != nil {
			return nil, err
		}
		o.watches = append(o.watches, watch)
	}
	person, err := o.open(*computers)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, person.Close()) }()
	following, stop := context.WithCancel(o.ctx)
	var done sync.WaitGroup
	defer done.Wait()
	defer stop()
	if err := o.waitUntilOneSyncs(person); err != nil {
		return nil, err
	}
	done.Go(func() { person.Follow(following, func() {}) }) // as a window does
	ids := o.clinic.IDs()
	for next := 0; ; next++ {
		engine, err := person.Engine(o.ctx)
		if err != nil {
			return opened, err
		}
		began := time.Now()
		if _, err := engine.Open(following, profile.ID(ids[next*37%len(ids)])); err != nil {
			return opened, err
		}
		opened = append(opened, time.Since(began))
		if all, err := o.haveAll(); all || err != nil {
			return opened, err
		}
		select {
		case <-o.ctx.Done():
			return opened, o.ctx.Err()
		case <-time.After(openEvery):
		}
	}
}

// waitUntilOneSyncs has the computer on which clients are opened stand for no election
// that it could win: it runs no pass.
func (o *office) waitUntilOneSyncs(w *workspace.Workspace) error {
	for {
		all, err := w.Computers(o.ctx)
		if err != nil || slices.ContainsFunc(all, func(c workspace.Computer) bool { return c.Syncs }) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// haveAll says that every computer has every client.
func (o *office) haveAll() (bool, error) {
	for n := range *computers {
		tally, err := o.tally(n)
		if err != nil || tally.Active+tally.Archived < sharedPatients {
			return false, err
		}
	}
	return true, nil
}

func (o *office) tally(n int) (tally profile.Tally, err error) {
	w, err := o.open(n)
	if err != nil {
		return tally, err
	}
	store, err := w.Store(o.ctx)
	if err == nil {
		tally, err = store.Tally(o.ctx)
	}
	return tally, errors.Join(err, w.Close())
}

// requests returns how many the clinic has had, and how many it has refused.
func (o *office) requests(before int) (all, refused int) {
	for _, r := range o.clinic.Requests()[before:] {
		all++
		if r.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	return all, refused
}

// follow changes clients in Cliniko, reads them on one computer, and returns how long it
// took until another one has them.
func (o *office) follow() (times []time.Duration, err error) {
	person, err := o.open(*computers)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, person.Close()) }()
	other, err := o.open(*computers - 1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, other.Close()) }()
	store, err := other.Store(o.ctx)
	if err != nil {
		return nil, err
	}
	engine, err := person.Engine(o.ctx)
	if err != nil {
		return nil, err
	}
	for n := range edits {
		id := o.clinic.IDs()[n]
		name := fmt.Sprint("Changed", n)
		if err := o.clinic.Edit(id, func(p *fakeclinic.Patient) { p.LastName = &name }); err != nil {
			return nil, err
		}
		if _, err := engine.Open(o.ctx, profile.ID(id)); err != nil {
			return nil, err
		}
		began := time.Now()
		for {
			e, err := store.One(o.ctx, id)
			if err != nil {
				return nil, err
			}
			if e.Profile.LastName == name {
				break
			}
			if time.Since(began) > time.Minute {
				return nil, fmt.Errorf("another computer has not got %s", id)
			}
			time.Sleep(5 * time.Millisecond)
		}
		times = append(times, time.Since(began))
	}
	return times, nil
}
