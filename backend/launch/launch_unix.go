//go:build !windows

package launch

import (
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
)

// openers are tried in turn until one can be started.
func openers(address string) []string {
	if runtime.GOOS == "darwin" {
		return []string{"/usr/bin/open"}
	}
	if contact.MatchString(address) {
		return []string{"xdg-open"} // a browser calls nobody
	}
	return []string{"xdg-open", "x-www-browser", "www-browser"}
}

// start runs an opener and sends its result to ended. The opener gets a session
// of its own, so that a browser that it becomes outlives this program. It is
// waited for in the background, so that it does not become a zombie process.
func start(address string, ended chan<- error) error {
	var err error
	for _, tool := range openers(address) {
		command := exec.Command(tool, address) //nolint:gosec,noctx // a constant, and one argument; killing it could close the person's browser
		command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err = command.Start(); err != nil {
			err = fmt.Errorf("start %s: %w", tool, err)
			continue
		}
		go func() {
			if err := command.Wait(); err != nil {
				ended <- fmt.Errorf("run %s: %w", tool, err)
				return
			}
			ended <- nil
		}()
		return nil
	}
	return err
}
