package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/profile"
)

// The store's lock, held by another process, is waited for with a word after a
// second and a limit of half a minute.
func TestTheWaitForTheLockHasALimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telehab.db")
	other := flock.New(path + ".lock")
	if held, err := other.TryLock(); err != nil || !held {
		t.Fatal(held, err)
	}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var told []time.Duration
		err := lockOpening(t.Context(), flock.New(path+".lock"), func() { told = append(told, time.Since(began)) })
		if profile.CodeOf(err) != "store_busy" || profile.MessageOf(err) != "Another TeleHab on this computer has been opening the data for half a minute. Close or end it, then try again." {
			t.Errorf("%v", err)
		}
		if took := time.Since(began); took != 30*time.Second || len(told) != 1 || told[0] != time.Second {
			t.Errorf("told after %v, ended after %v", told, took)
		}
		if err := lockOpening(t.Context(), flock.New(path+".lock"), nil); profile.CodeOf(err) != "store_busy" {
			t.Errorf("with nobody to tell: %v", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		began := time.Now()
		if err := lockOpening(ctx, flock.New(path+".lock"), nil); !errors.Is(err, context.Canceled) || time.Since(began) != 5*time.Second {
			t.Errorf("cancelled after %v: %v", time.Since(began), err)
		}
	})
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(path + ".lock")
	err := lockOpening(t.Context(), lock, func() { t.Error("a free lock is waited for") })
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Unlock(); err != nil {
		t.Error(err)
	}
}
