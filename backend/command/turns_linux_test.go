package command_test

import (
	"os/exec"
	"strings"
	"testing"
)

// A try counts as a wrong one until the password was compared: commands that
// one person starts at the same time take turns, and the one after a slip, or
// after a command that was killed meanwhile, waits.
func TestARightPasswordIsNotRefusedForLackOfTime(t *testing.T) {
	environment, _ := prepared(t)
	export := func(environment []string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), "telehab", "export", "--as", "dana@example.com")
		cmd.Env = environment
		return cmd
	}
	const together = 4
	failed := make(chan string, together)
	for range together {
		cmd := export(withPassword(environment))
		var errs strings.Builder
		cmd.Stderr = &errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go func() {
			if err := cmd.Wait(); err != nil {
				failed <- errs.String()
				return
			}
			failed <- ""
		}()
	}
	for range together {
		if said := <-failed; said != "" {
			t.Errorf("one of %d at the same time: %s", together, said)
		}
	}
	if said, err := export(append(environment, "TELEHAB_PASSWORD=not the password")).CombinedOutput(); err == nil || !strings.Contains(string(said), "Wrong email or password") {
		t.Fatalf("a slip: %v, %s", err, said)
	}
	if said, err := export(withPassword(environment)).CombinedOutput(); err != nil {
		t.Errorf("after a slip: %v, %s", err, said)
	}
}
