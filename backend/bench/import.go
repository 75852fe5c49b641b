package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/syncer"
)

var benchmarks = []benchmark{
	{
		name:   "import-5000",
		what:   "5,000 patients, 120 ms latency, no limit; against fetching the same pages four at a time and throwing them away",
		target: 1.30,
		rounds: 5,
		setUp: func() (run, run, func(), error) {
			return importAgainstFetching(5000, 120*time.Millisecond)
		},
	},
}

// importAgainstFetching measures a first full pass into a new store.
func importAgainstFetching(patients int, latency time.Duration) (measured, floor run, tearDown func(), err error) {
	shares := fakeclinic.DemoShares()
	fake := fakeclinic.New(fakeclinic.Options{Seed: 1, Patients: patients, Latency: latency, Shares: &shares})
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		return nil, nil, nil, err
	}
	tearDown = func() { _ = server.Close() }
	measured = func(ctx context.Context) (time.Duration, error) { return importOnce(ctx, server, patients) }
	floor = func(ctx context.Context) (time.Duration, error) { return fetchOnce(ctx, server, patients) }
	return measured, floor, tearDown, nil
}

func importOnce(ctx context.Context, server *fakeclinic.Server, patients int) (time.Duration, error) {
	dir, err := os.MkdirTemp("", "telehab-bench-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	key, err := cliniko.ParseKey(server.Key())
	if err != nil {
		return 0, err
	}
	client, err := cliniko.New(key, cliniko.Options{BaseURL: server.URL()})
	if err != nil {
		return 0, err
	}
	defer client.Close()
	db, err := sqlite.Open(ctx, filepath.Join(dir, "telehab.db"), bytes.Repeat([]byte{1}, sqlite.KeySize))
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	clinic, err := client.Clinic(ctx)
	if err != nil {
		return 0, err
	}
	if err := db.Connect(ctx, clinic, time.Now()); err != nil {
		return 0, err
	}
	engine := syncer.New(client, db.Profiles(clinic.AccountID, time.Now), syncer.Options{})
	started := time.Now()
	pass, err := engine.Full(ctx, nil)
	if err == nil && pass.Counts.Read != patients {
		err = fmt.Errorf("%d of %d patients were read", pass.Counts.Read, patients)
	}
	return time.Since(started), err
}

// fetchOnce is the least that an import could do: every page, four at a time.
func fetchOnce(ctx context.Context, server *fakeclinic.Server, patients int) (time.Duration, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
	defer client.CloseIdleConnections()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	started := time.Now()
	for page := range (patients + profile.PageSize - 1) / profile.PageSize {
		group.Go(func() error {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet,
				server.URL()+"/patients?q%5B%5D=archived_at%3A%2A&per_page=100&page="+strconv.Itoa(page+1), nil)
			if err != nil {
				return err
			}
			request.SetBasicAuth(server.Key(), "")
			request.Header.Set("User-Agent", "TeleHab bench (support@vald.com)")
			response, err := client.Do(request)
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			if err == nil && response.StatusCode != http.StatusOK {
				err = fmt.Errorf("page %d: %s", page+1, response.Status)
			}
			return err
		})
	}
	err := group.Wait()
	return time.Since(started), err
}
