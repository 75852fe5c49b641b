package deeplink

import (
	"context"
	"fmt"

	"golang.org/x/sys/windows"
)

// openURL asks the shell itself, which needs no command line and so nothing
// quoted, and which says when no program is registered.
func openURL(ctx context.Context, url string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	verb, err := windows.UTF16PtrFromString("open")
	if err != nil {
		return err
	}
	target, err := windows.UTF16PtrFromString(url)
	if err != nil {
		return err
	}
	if err := windows.ShellExecute(0, verb, target, nil, nil, windows.SW_SHOWNORMAL); err != nil {
		return fmt.Errorf("ask the shell: %w", err)
	}
	return nil
}
