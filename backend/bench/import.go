package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

func import5000(ctx context.Context, rounds int) ([]line, error) {
	const patients = 5000
	_, server, err := start(fakeclinic.Options{Patients: patients, Latency: 120 * time.Millisecond})
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Close() }()
	times, err := inTurn(ctx, rounds, importAll(server, patients), fetchAll(server, patients))
	if err != nil {
		return nil, err
	}
	return []line{ratioLine("import-5000", times[0], times[1], 1.30)}, nil
}

// import10000 compares the engine's times with two floors.
func import10000(ctx context.Context, rounds int) ([]line, error) {
	const patients = 10_000
	_, server, err := start(fakeclinic.Options{Patients: patients, Latency: 150 * time.Millisecond})
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Close() }()
	times, err := inTurn(ctx, rounds, importAll(server, patients), fetchAll(server, patients), followAll(server))
	if err != nil {
		return nil, err
	}
	return []line{
		ratioLine("import-10000", times[0], times[1], 1.15),
		ratioLine("import-10000-sequential", times[0], times[2], 0.35),
	}, nil
}

// importAll is a first full pass into a new store.
func importAll(server *fakeclinic.Server, patients int) run {
	return func(ctx context.Context) (time.Duration, error) {
		in, err := install(ctx, server)
		if err != nil {
			return 0, err
		}
		defer func() { _ = in.remove() }()
		return in.full(ctx, patients)
	}
}

const everybody = "/patients?q%5B%5D=archived_at%3A%2A&per_page=100"

// fetchAll is the least that an import has to do: read every page, four at a
// time.
func fetchAll(server *fakeclinic.Server, patients int) run {
	return func(ctx context.Context) (time.Duration, error) {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
		defer client.CloseIdleConnections()
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(4)
		started := time.Now()
		for page := range (patients + profile.PageSize - 1) / profile.PageSize {
			group.Go(func() error {
				return ask(ctx, client, server.URL()+everybody+"&page="+strconv.Itoa(page+1), server.Key(), io.Discard)
			})
		}
		err := group.Wait()
		return time.Since(started), err
	}
}

// followAll is what most programs do: read page after page, as each links to
// the next.
func followAll(server *fakeclinic.Server) run {
	return func(ctx context.Context) (time.Duration, error) {
		client := &http.Client{Transport: &http.Transport{}}
		defer client.CloseIdleConnections()
		started := time.Now()
		for next := server.URL() + everybody; next != ""; {
			var body bytes.Buffer
			if err := ask(ctx, client, next, server.Key(), &body); err != nil {
				return 0, err
			}
			var page struct {
				Links struct {
					Next string `json:"next"`
				} `json:"links"`
			}
			if err := json.Unmarshal(body.Bytes(), &page); err != nil {
				return 0, err
			}
			next = page.Links.Next
		}
		return time.Since(started), nil
	}
}
