package workspace

import (
	"testing"
	"time"

	"telehab.io/desktop/backend/directory"
)

// While the connection waits for a slow keyring, the names are forgotten at
// once.
func TestLockWaitsForNoKeyring(t *testing.T) {
	w := &Workspace{}
	w.names.current = directory.New()
	w.mu.Lock() // as linked and Disconnect hold it during a call of the keyring
	defer w.mu.Unlock()
	forgotten := make(chan struct{})
	go func() {
		w.Lock()
		close(forgotten)
	}()
	select {
	case <-forgotten:
	case <-time.After(time.Minute):
		t.Fatal("it waits")
	}
	if _, err := w.Directory(); err == nil {
		t.Error("the names are still there")
	}
}
