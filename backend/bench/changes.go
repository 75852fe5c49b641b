package main

import (
	"context"
	"fmt"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// nothingChanged is what happens every five minutes on most days.
func nothingChanged(ctx context.Context, rounds int) ([]line, error) {
	const (
		patients  = 10_000
		roundTrip = 150 * time.Millisecond
	)
	shares := fakeclinic.CleanShares()
	clinic, server, err := start(fakeclinic.Options{Patients: patients, Shares: &shares})
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Close() }()
	in, err := install(ctx, server)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.remove() }()
	if _, err := in.full(ctx, patients); err != nil {
		return nil, err
	}
	clinic.SetLatency(roundTrip)
	most := 0
	times, err := inTurn(ctx, rounds, func(ctx context.Context) (time.Duration, error) {
		before := clinic.RequestCount()
		started := time.Now()
		pass, err := in.engine.Changes(ctx, nil)
		took := time.Since(started)
		if err == nil && pass.Counts.Read > 0 {
			err = fmt.Errorf("%d patients had changed", pass.Counts.Read)
		}
		most = max(most, clinic.RequestCount()-before)
		return took, err
	})
	if err != nil {
		return nil, err
	}
	requests := line{Name: "nothing-changed-requests", Measured: fmt.Sprint(most, " requests"), Value: float64(most), Target: 2, Unit: count}
	took := timeLine("nothing-changed", times[0], 2*roundTrip+50*time.Millisecond)
	took.Against = rounded(2*roundTrip) + " + 50ms"
	return []line{took, requests}, nil
}
