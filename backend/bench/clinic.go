package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/uptime"
)

// run does the work once and returns how long it took.
type run func(context.Context) (time.Duration, error)

// inTurn does all runs in turn, round by round, so that a machine that slows
// down affects all of them, and returns the times of each. It starts with a
// warm-up round.
func inTurn(ctx context.Context, rounds int, runs ...run) ([][]time.Duration, error) {
	times := make([][]time.Duration, len(runs))
	for round := range rounds + 1 {
		for i, work := range runs {
			runtime.GC() // so that no run pays for another's garbage
			took, err := work(ctx)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				times[i] = append(times[i], took)
			}
		}
	}
	return times, nil
}

// start starts a simulated clinic on this computer.
func start(o fakeclinic.Options) (*fakeclinic.Clinic, *fakeclinic.Server, error) {
	o.Seed = 1
	clinic := fakeclinic.New(o)
	server, err := clinic.Start("127.0.0.1:0")
	return clinic, server, err
}

// installation is TeleHab without a keyring and a window.
type installation struct {
	dir    string
	client *cliniko.Client // nil if the engine has another source
	db     *sqlite.DB
	engine *syncer.Engine
}

// install connects a new store to a clinic.
func install(ctx context.Context, server *fakeclinic.Server) (*installation, error) {
	key, err := cliniko.ParseKey(server.Key())
	if err != nil {
		return nil, err
	}
	in, err := newInstallation(ctx)
	if err != nil {
		return nil, err
	}
	in.client, err = cliniko.New(key, cliniko.Options{BaseURL: server.URL(), Traffic: in.db.Traffic(uptime.Now)})
	if err == nil {
		err = in.connect(ctx, in.client)
	}
	if err != nil {
		return nil, errors.Join(err, in.remove())
	}
	return in, nil
}

// installOn connects a new store to any source.
func installOn(ctx context.Context, source profile.Source) (*installation, error) {
	in, err := newInstallation(ctx)
	if err != nil {
		return nil, err
	}
	if err := in.connect(ctx, source); err != nil {
		return nil, errors.Join(err, in.remove())
	}
	return in, nil
}

func newInstallation(ctx context.Context) (*installation, error) {
	dir, err := os.MkdirTemp("", "telehab-bench-")
	if err != nil {
		return nil, err
	}
	in := &installation{dir: dir}
	if in.db, err = sqlite.Open(ctx, in.path(), bytes.Repeat([]byte{1}, sqlite.KeySize)); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return in, nil
}

func (in *installation) connect(ctx context.Context, source profile.Source) error {
	clinic, err := source.Clinic(ctx)
	if err != nil {
		return err
	}
	in.engine = syncer.New(source, in.db.Profiles(clinic.AccountID, time.Now).Store(), syncer.Options{})
	return in.db.Connect(ctx, clinic, time.Now())
}

func (in *installation) path() string { return filepath.Join(in.dir, "telehab.db") }

func (in *installation) remove() error {
	if in.client != nil {
		in.client.Close()
	}
	return errors.Join(in.db.Close(), os.RemoveAll(in.dir))
}

// full runs a full pass, which has to read this many patients.
func (in *installation) full(ctx context.Context, patients int) (time.Duration, error) {
	started := time.Now()
	pass, err := in.engine.Full(ctx, nil)
	took := time.Since(started)
	if err == nil && pass.Counts.Read != patients {
		err = fmt.Errorf("%d of %d patients were read", pass.Counts.Read, patients)
	}
	return took, err
}

// ask sends one plain request, and copies the answer.
func ask(ctx context.Context, client *http.Client, address, key string, into io.Writer) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.SetBasicAuth(key, "")
	request.Header.Set("User-Agent", "TeleHab bench (support@vald.com)")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(into, response.Body)
	_ = response.Body.Close()
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", address, response.Status)
	}
	return err
}
