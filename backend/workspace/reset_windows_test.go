package workspace

import (
	"os"
	"testing"

	"telehab.io/desktop/backend/profile"
)

// Windows deletes no file that is open: of a store that could not be deleted the
// keys stay.
func TestResetOfAStoreThatIsOpen(t *testing.T) {
	dir, err := os.MkdirTemp("", "reset-") // not t.TempDir, of which Wine cannot remove all
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	o, keys, item := usedIn(t, dir)
	w, err := open(t.Context(), o, keys)
	if err != nil {
		t.Fatal(err)
	}
	l, err := locateListed(o, keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.reset(t.Context()); profile.CodeOf(err) != profile.StoreBusy {
		t.Errorf("while it is open: %v", err)
	}
	if _, found, err := keys.Get(t.Context(), item); err != nil || !found {
		t.Errorf("its key is gone: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if code := codeOfOpening(t, o, keys); code != "" {
		t.Fatalf("it does not open any more: %s", code)
	}
	if err := l.reset(t.Context()); err != nil {
		t.Errorf("once it is closed: %v", err)
	}
	if l.hasStore() {
		t.Error("it is still there")
	}
}
