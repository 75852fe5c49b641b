package syncer_test

import (
	"context"
	"errors"
	"io"
	"log"
	"math"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/syncer"
)

// resetting is a clinic whose third request in a bubble is refused until a
// reset, and a program that reads it.
type resetting struct {
	fake   *fakeclinic.Clinic
	engine *syncer.Engine
	close  func()
}

func newResetting(t *testing.T, wait time.Duration) *resetting {
	t.Helper()
	fake := fakeclinic.New(fakeclinic.Options{Seed: 64, Patients: 450, Shares: &fakeclinic.Shares{}})
	listener, err := listenPipe()
	must(t, err)
	server := &http.Server{Handler: fake, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	key, err := cliniko.ParseKey(fake.Key())
	must(t, err)
	db, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "telehab.db"), testKey)
	must(t, err)
	began := time.Now()
	client, err := cliniko.New(key, cliniko.Options{BaseURL: "http://" + listener.Addr().String() + "/v1", Pause: time.Millisecond,
		Traffic: db.Traffic(func() time.Duration { return time.Since(began) })})
	must(t, err)
	clinic, err := client.Clinic(context.Background())
	must(t, err)
	must(t, db.Connect(context.Background(), clinic, time.Now()))
	fake.SetFaults(func(r fakeclinic.Request) fakeclinic.Fault {
		if r.N == 3 {
			return fakeclinic.Fault{Kind: fakeclinic.TooMany, Wait: wait}
		}
		return fakeclinic.Fault{}
	})
	return &resetting{fake, syncer.New(client, db.Profiles(clinic.AccountID, time.Now).Store(), syncer.Options{}), func() {
		client.Close()
		must(t, db.Close())
		_ = server.Close()
		serving.Wait()
		listener.(*pipe).cut()
	}}
}

// However far away a reset is, nothing is sent before it. A pass waits for an
// hour, and otherwise says when to try again.
func TestAPassWaitsForAReset(t *testing.T) {
	for wait, waits := range map[time.Duration]bool{
		30 * time.Second: true, 300 * time.Second: true, time.Hour: true, 3 * time.Hour: false, 23 * time.Hour: false, math.MaxInt64: false,
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newResetting(t, wait)
			defer c.close()
			began := time.Now()
			_, err := c.engine.Full(context.Background(), nil)
			took := time.Since(began)
			if waits {
				if err != nil || took < wait || took > wait+time.Minute {
					t.Errorf("%v: %v after %v", wait, err, took)
				}
				return
			}
			var limited *profile.Error
			if !errors.As(err, &limited) || limited.Code != profile.RateLimited || took > time.Minute || c.fake.RequestCount() != 3 {
				t.Fatalf("%v: %v after %v and %d requests", wait, err, took, c.fake.RequestCount())
			}
			again := limited.Until.Sub(began)
			if wait < 24*time.Hour && (again < wait || again > wait+2*time.Second) || again > 24*time.Hour {
				t.Errorf("%v: try again after %v", wait, again)
			}
			// Whoever tries before, waits or fails; whoever tries then, succeeds.
			time.Sleep(again / 2)
			if _, err := c.engine.Full(context.Background(), nil); err != nil && profile.CodeOf(err) != profile.RateLimited {
				t.Errorf("%v: before the reset: %v", wait, err)
			}
			if n := c.fake.RequestCount(); n > 3 && time.Since(began) < again {
				t.Errorf("%v: %d requests before the reset", wait, n)
			}
			time.Sleep(time.Until(limited.Until))
			if _, err := c.engine.Full(context.Background(), nil); err != nil {
				t.Errorf("%v: after the reset: %v", wait, err)
			}
		})
	}
}

// A wait can be cancelled, and a pass that was cancelled resumes.
func TestAWaitForAResetIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newResetting(t, time.Hour)
		defer c.close()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		began := time.Now()
		if _, err := c.engine.Full(ctx, nil); err == nil || time.Since(began) != 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if _, err := c.engine.Full(context.Background(), nil); err != nil || time.Since(began) < time.Hour {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}
