package main

import (
	"context"
	"fmt"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// nothingChanged measures a pass without changes, which usually happens every
// five minutes.
func nothingChanged(ctx context.Context, rounds int) ([]line, error) {
	const (
		patients      = 10_000
		needAttention = 0.6
		roundTrip     = 150 * time.Millisecond
	)
	shares := fakeclinic.Shares{NoEmail: needAttention}
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
	most := [2]int{}
	pass := func(which int, run func(context.Context, syncer.Report) (profile.Pass, error)) func(context.Context) (time.Duration, error) {
		return func(ctx context.Context) (time.Duration, error) {
			before := clinic.RequestCount()
			started := time.Now()
			pass, err := run(ctx, nil)
			took := time.Since(started)
			if err == nil && pass.Counts.Read > 0 {
				err = fmt.Errorf("%d patients had changed", pass.Counts.Read)
			}
			most[which] = max(most[which], clinic.RequestCount()-before)
			return took, err
		}
	}
	times, err := inTurn(ctx, rounds, pass(0, in.engine.Changes))
	if err != nil {
		return nil, err
	}
	if _, err := pass(1, in.engine.Sync)(ctx); err != nil {
		return nil, err
	}
	requests := line{Name: "nothing-changed-requests", Measured: fmt.Sprint(most[0], " requests"), Value: float64(most[0]), Target: 2, Unit: count,
		Note: fmt.Sprintf("%.0f %% of the profiles need attention", needAttention*100)}
	asked := line{Name: "nothing-changed-asked", Measured: fmt.Sprint(most[1], " requests"), Value: float64(most[1]), Target: 3, Unit: count}
	took := timeLine("nothing-changed", times[0], 2*roundTrip+50*time.Millisecond)
	took.Against = rounded(2*roundTrip) + " + 50ms"
	return []line{took, requests, asked}, nil
}
