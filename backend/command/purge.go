package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/deeplink/handover"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/webview"
	"telehab.io/desktop/backend/workspace"
)

// purge needs no sign-in: whoever may run it may delete the files as well.
func (t *Terminal) purge() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "purge",
		Short: "Erase everything that TeleHab keeps for you on this computer",
		Long: "Erases everything that TeleHab keeps for you on this computer: clients, people, the demo, logs, and the keys in the\n" +
			"system keyring. Nothing changes in Cliniko. It is what the uninstaller does with /PURGE.",
		Example: "  telehab purge",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			o := t.options()
			free, err := holdWindow(o.DataDir())
			if err != nil {
				return err
			}
			defer func() { _ = free() }()
			release, err := workspace.HoldPasses(o)
			if err != nil {
				return err
			}
			defer release()
			if !yes {
				if err := t.confirmErasing(c.Context(), "all clients, people and keys of TeleHab"); err != nil {
					return err
				}
			}
			if err := t.removeOwnService(c.Context()); err != nil {
				return err
			}
			made, err := holdWindow(o.DataDir()) // in a folder that a window has made meanwhile
			if err != nil {
				return err
			}
			defer func() { _ = made() }()
			if runtime.GOOS == "windows" { // an open file cannot be deleted there
				release()
				if err := errors.Join(free(), made()); err != nil {
					return err
				}
			}
			// The window is closed, so its caches need not wait for the next
			// start.
			if err := errors.Join(workspace.Purge(c.Context(), o), webview.Remove(o.DataDir())); err != nil {
				return err
			}
			if err := t.tellUnmarked(o.DataDir()); err != nil {
				return err
			}
			_, err = fmt.Fprintln(t.Out, "Everything that TeleHab kept for you on this computer is erased. Nothing changed in Cliniko.")
			return err
		}),
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// tellUnmarked names the folders of the web view that stay, because nothing says
// that they are TeleHab's.
func (t *Terminal) tellUnmarked(dir string) error {
	paths, err := webview.Unmarked(dir)
	for _, path := range paths {
		_, _ = fmt.Fprintf(t.Err, "%s was left alone: TeleHab did not mark it as its own. Look at what is in it, and delete it if it is only the web view's.\n",
			profile.Display(path))
	}
	return err
}

// holdWindow lets no window of this folder open until release is called. It
// refuses while one is open.
func holdWindow(dir string) (release func() error, err error) {
	release, free, err := handover.Hold(dir)
	if err == nil && !free {
		err = errOpen
	}
	return release, err
}

// errOpen: an open window would still show what is erased.
var errOpen = profile.Refuse(profile.StoreBusy, "TeleHab is open. Close it, then try again.")

// withoutWindow does what erases data that a window would show, and lets none
// open meanwhile. It refuses, before anything is asked, while one is open.
func withoutWindow(dir string, do func() error) error {
	release, err := holdWindow(dir)
	if err != nil {
		return err
	}
	return errors.Join(do(), release())
}

// confirmErasing asks before what is named goes from this computer.
func (t *Terminal) confirmErasing(ctx context.Context, what string) error {
	return t.confirm(ctx, "This erases "+what+" from this computer. Nothing changes in Cliniko.", "Nothing was erased.")
}

// confirm asks before what is said happens; otherwise says what did not.
func (t *Terminal) confirm(ctx context.Context, said, otherwise string) error {
	_, _ = fmt.Fprintf(t.Err, "%s Type yes to continue: ", said)
	answer, _ := ask(ctx, t, func() (string, error) { return bufio.NewReader(t.In).ReadString('\n') })
	if ctx.Err() != nil || strings.TrimSpace(answer) != "yes" {
		return profile.Refuse(profile.Cancelled, otherwise)
	}
	return nil
}
