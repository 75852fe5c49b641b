package workspace

import (
	"errors"
	"testing"

	"telehab.io/desktop/backend/keyring"
)

// The minutes lie in clear: whoever changes them in the file must not have a
// window that never locks.
func TestIdleMinutesStayInBounds(t *testing.T) {
	o := Options{Dir: t.TempDir()}
	keys := keyring.Memory()
	for written, want := range map[int]int{1_000_000: MaxIdleMinutes, -5: MinIdleMinutes, 0: OnlyWithScreen, 30: 30} {
		before, err := open(t.Context(), o, keys)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(before.db().SetIdleMinutes(t.Context(), written), before.Close()); err != nil {
			t.Fatal(err)
		}
		w, err := open(t.Context(), o, keys)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.IdleMinutes(); got != want {
			t.Errorf("%d minutes in the file lock after %d", written, got)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
