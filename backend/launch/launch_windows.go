package launch

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// start uses the shell directly, which needs no command line and so no quoting,
// and which reports it if no program is registered. The shell may wait for a
// slow program.
func start(address string, ended chan<- error) error {
	verb, err := windows.UTF16PtrFromString("open")
	if err != nil {
		return err
	}
	target, err := windows.UTF16PtrFromString(address)
	if err != nil {
		return err
	}
	go func() {
		if err := windows.ShellExecute(0, verb, target, nil, nil, windows.SW_SHOWNORMAL); err != nil {
			ended <- fmt.Errorf("ask the shell: %w", err)
			return
		}
		ended <- nil
	}()
	return nil
}
