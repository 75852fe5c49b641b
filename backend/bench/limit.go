package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// The limit of the client's request gate: see docs/SYNC.md. Ten of the requests
// are reserved for people, so an import has 150 at once, which the floor
// ignores.
const (
	window         = time.Minute
	windowRequests = 160
)

// limit20000 runs all rounds concurrently, each with its own clinic, because
// they mostly wait.
func limit20000(ctx context.Context, rounds int) ([]line, error) {
	const (
		patients  = 20_000
		roundTrip = 150 * time.Millisecond
	)
	times := make([]time.Duration, rounds)
	refused := make([]int, rounds)
	group, ctx := errgroup.WithContext(ctx)
	for round := range rounds {
		group.Go(func() error {
			clinic, server, err := start(fakeclinic.Options{Patients: patients, Latency: roundTrip, Limit: fakeclinic.ClinikoLimit})
			if err != nil {
				return err
			}
			defer func() { _ = server.Close() }()
			in, err := install(ctx, server)
			if err != nil {
				return err
			}
			defer func() { _ = in.remove() }()
			times[round], err = in.full(ctx, patients)
			for _, r := range clinic.Requests() {
				if r.Status == http.StatusTooManyRequests {
					refused[round]++
				}
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	least := leastUnderLimit((patients + profile.PageSize - 1) / profile.PageSize)
	floor := make([]time.Duration, rounds)
	all := 0
	for round := range rounds {
		floor[round] = least
		all += refused[round]
	}
	return []line{
		ratioLine("limit-20000", times, floor, 1.10),
		{Name: "limit-20000-refused", Measured: fmt.Sprintf("%d answers 429", all), Value: float64(all), Target: 0, Unit: count},
	}, nil
}

// leastUnderLimit is the least time for this many requests: the first window's
// share at once, and each further share a window later.
func leastUnderLimit(requests int) time.Duration {
	return time.Duration((requests-1)/windowRequests) * window
}
