package host

import "testing"

// The lock of the window looks for what is open while a clinic is being opened
// or closed, which may take as long as a drive or a keyring does.
func TestLockingWaitsForNoOpening(t *testing.T) {
	h := New(Options{})
	c := &Clinic{host: h}
	h.real.Store(c)
	h.mu.Lock() // as Open holds it
	defer h.mu.Unlock()
	if open := h.Opened(); len(open) != 1 || open[0] != c {
		t.Errorf("%d clinics are open", len(open))
	}
}
