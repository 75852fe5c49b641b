package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/profile"
)

// openingLimit is how long Open waits while another process opens the store,
// which takes longest when it brings the schema up to date; waitingAfter is
// when it says so.
const (
	openingLimit = 30 * time.Second
	waitingAfter = time.Second
	lockRetry    = 20 * time.Millisecond
)

// lockOpening keeps two processes that start together from both migrating. The
// other one may be suspended, so the wait has a limit, and ends with ctx.
// onWait is called once if the other one takes a second; it may be nil.
func lockOpening(ctx context.Context, lock *flock.Flock, onWait func()) error {
	limited, cancel := context.WithTimeout(ctx, openingLimit)
	defer cancel()
	if onWait != nil {
		timer := time.AfterFunc(waitingAfter, onWait)
		defer timer.Stop()
	}
	_, err := lock.TryLockContext(limited, lockRetry)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return &profile.Error{Code: profile.StoreBusy, Cause: err,
			Message: "Another TeleHab on this computer has been opening the data for half a minute. Close or end it, then try again."}
	}
	return unreadable(fmt.Errorf("lock the store: %w", err))
}
