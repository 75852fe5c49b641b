package runner

import (
	"errors"
	"sync"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// failures logs why something in the background failed. That is tried again
// every few minutes, so the same reason is logged once until it is over.
type failures struct {
	log zerolog.Logger

	mu   sync.Mutex
	last map[string]profile.Code // by what was attempted
}

// record logs how an attempt ended, unless that is no news.
func (f *failures) record(attempted string, err error) {
	code := profile.CodeOf(err)
	if code == profile.SyncRunning || errors.Is(err, syncer.ErrClosing) || logging.Expected(err) {
		return
	}
	f.mu.Lock()
	again := f.last[attempted] == code
	f.last[attempted] = code
	f.mu.Unlock()
	if err != nil && !again {
		logging.Failure(f.log, attempted, err)
	}
}
