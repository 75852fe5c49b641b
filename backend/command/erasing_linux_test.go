package command_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"telehab.io/desktop/backend/deeplink/handover"
	"telehab.io/desktop/backend/profile"
)

// From its question on, purge lets no window open; and one that was opened in a
// folder that was not there yet, or was there before, keeps its data.
func TestNoWindowOpensWhilePurgeAsks(t *testing.T) {
	for _, there := range []bool{true, false} {
		environment, data := prepared(t)
		if !there {
			erase := exec.CommandContext(t.Context(), "telehab", "purge", "--yes")
			erase.Env = environment
			if said, err := erase.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, said)
			}
		}
		p := onTerminal(t, environment, "purge")
		p.waitFor("Type yes to continue: ")
		inbox, first, err := handover.Listen(data) // as a window that is opened does
		if there && (first || profile.CodeOf(err) != profile.StoreBusy) || !there && (!first || err != nil) {
			t.Fatalf("a window while it asks: %v, %v", first, err)
		}
		if _, err := p.keyboard.Write([]byte("yes\n")); err != nil {
			t.Fatal(err)
		}
		switch code := p.end(); {
		case there && code != 0:
			t.Errorf("exit code %d: %s", code, p.output())
		case !there && code != 1:
			t.Errorf("exit code %d beside a window: %s", code, p.output())
		}
		if !there {
			p.waitFor("TeleHab is open. Close it, then try again. (store_busy)")
			if err := inbox.Close(); err != nil {
				t.Fatal(err)
			}
		} else if _, err := os.Stat(filepath.Join(data, "telehab.db")); !os.IsNotExist(err) {
			t.Errorf("the data: %v", err)
		}
		if inbox, first, err = handover.Listen(data); err != nil || !first {
			t.Fatalf("a window afterwards: %v, %v", first, err)
		}
		if err := inbox.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
