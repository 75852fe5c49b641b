//go:build !windows

package deeplink

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"time"
)

// openLimit is how long a tool may take before it counts as having the link.
const openLimit = 15 * time.Second

// openURL waits for the tool to end. Where xdg-open knows no desktop it is the
// program's parent and lasts as long as that does; ours ends at once, because
// it finds the window of whoever tests. A tool that goes on for longer is left
// to itself, since what it started may be somebody else's window.
func openURL(ctx context.Context, url string) error {
	tool := "xdg-open"
	if runtime.GOOS == "darwin" {
		tool = "/usr/bin/open"
	}
	command := exec.Command(tool, url) //nolint:gosec,noctx // our own constant and digits; see above for why it is not killed
	if err := command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", tool, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("run %s: %w", tool, err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for %s: %w", tool, ctx.Err())
	case <-time.After(openLimit):
		return nil
	}
}
