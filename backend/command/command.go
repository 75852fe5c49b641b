// Package command is TeleHab in a terminal: what the window does, without one.
//
// Results go to standard output, everything else to standard error. Exit codes:
// 0 all good, 1 it did not work, 2 it was called wrongly, 3 it worked and some
// profiles need attention, 4 status --max-age found an older copy, 130 and 143
// ended by Ctrl-C or SIGTERM.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

// The exit codes.
const (
	exitGood   = 0
	exitBad    = 1
	exitUsage  = 2
	exitFailed = 3
	exitStale  = 4
)

// Terminal is what the commands run in.
type Terminal struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// Workspace is what the commands work on; what it tells goes to Err.
	Workspace workspace.Options
	// Window opens the window and returns when it is closed. link is what the
	// operating system handed over, not looked at yet; "" for nothing.
	Window func(ctx context.Context, demo bool, link string) error

	showTyping func() // restores a terminal that hid what was typed; nil: none did
}

// errSomeFailed ends a sync that worked, with profiles that failed.
var errSomeFailed = errors.New("some profiles failed")

// ran marks an error of a command that was called rightly.
type ran struct{ error }

func (r ran) Unwrap() error { return r.error }

// Run carries out one command line and returns the exit code. ctx is that of
// UntilSignal where signals end the command.
func Run(ctx context.Context, args []string, t Terminal) int {
	// Cobra would refuse to start from Windows' Explorer.
	cobra.MousetrapHelpText = ""
	out := &output{to: t.Out}
	t.Out = out
	root := t.root()
	// A desktop entry that says "--link %u" starts us so when there is no link.
	if last := len(args) - 1; last >= 0 && args[last] == "--link" {
		args = args[:last]
	}
	root.SetArgs(args)
	root.SetIn(t.In)
	root.SetOut(t.Out)
	root.SetErr(t.Err)
	err := root.ExecuteContext(ctx)
	if t.showTyping != nil {
		t.showTyping()
	}
	var r ran
	if out.err != nil && (!errors.As(err, &r) || errors.Is(err, errSomeFailed) || errors.Is(err, errStale)) {
		err = ran{out.err}
	}
	switch {
	case err == nil:
		return exitGood
	case errors.Is(err, errSomeFailed):
		return exitFailed
	case errors.Is(err, errStale):
		return exitStale
	case errors.As(err, &r):
		_, _ = fmt.Fprintf(t.Err, "telehab: %s (%s)\n", inTerminal(profile.MessageOf(r.error)), profile.CodeOf(r.error))
		return exitCodeOf(ctx, exitBad)
	}
	_, _ = fmt.Fprintf(t.Err, "telehab: %v. See telehab --help.\n", err)
	return exitUsage
}

// Commands returns the tree of this version's commands, for the manual and the
// shells' completions.
func Commands(version string) *cobra.Command {
	return (&Terminal{Workspace: workspace.Options{Version: version}}).root()
}

func (t *Terminal) root() *cobra.Command {
	var demo bool
	var link string
	root := &cobra.Command{
		Use:   "telehab",
		Short: "TeleHab keeps your clients equal to Cliniko's",
		Long: "TeleHab keeps your clients equal to Cliniko's, one way.\n\n" +
			"Without a command it opens its window. With one it does the same work in the terminal.",
		Example:       "  telehab\n  telehab --demo\n  telehab sync --demo",
		Version:       t.Workspace.Version,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: work(func(c *cobra.Command, _ []string) error {
			return t.Window(c.Context(), demo, link)
		}),
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetVersionTemplate("telehab {{.Version}}\n")
	root.Flags().BoolVar(&demo, "demo", false, "open the window on a simulated clinic with its own data")
	root.Flags().StringVar(&link, "link", "", "open the window, or the one that is open, on the client of a telehab:// link")
	root.AddCommand(t.sync(), t.status(), t.missing(), t.people(), t.connect(), t.disconnect(), t.export(), t.hub(), t.share(), t.join(), t.computers(), t.service(), t.purge())
	return root
}

// work marks a command's errors as its own, so that all others are about how it
// was called.
func work(do func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		if err := do(c, args); err != nil {
			return ran{err}
		}
		return nil
	}
}

// with opens the workspace that the environment names, or the demo.
func (t *Terminal) with(ctx context.Context, demo bool, o workspace.Options, do func(*workspace.Workspace) error) error {
	open := workspace.OpenCurrent
	if demo {
		open = session.OpenDemo
	}
	w, err := open(ctx, o)
	if err != nil {
		return err
	}
	if err = w.CatchUp(ctx); err == nil {
		err = do(w)
	}
	// What another process has erased meanwhile was not done.
	if erased := w.Erased(); erased != nil && ctx.Err() == nil && profile.CodeOf(err) != profile.ComputerRemoved {
		err = errors.Join(erased, err)
	}
	return errors.Join(err, w.Close())
}

func (t *Terminal) options() workspace.Options {
	o := t.Workspace
	o.OnBusy = func() {
		_, _ = fmt.Fprintln(t.Err, "telehab: Another TeleHab is opening the data. Waiting for it. (store_busy)")
	}
	o.OnUnsaved = func(err error) {
		_, _ = fmt.Fprintf(t.Err, "telehab: It was done, but how it ended could not be recorded in the audit trail. %s (%s)\n", profile.MessageOf(err), profile.CodeOf(err))
	}
	o.OnService = func(err error) {
		_, _ = fmt.Fprintf(t.Err, "telehab: %s (%s)\n", profile.MessageOf(err), profile.CodeOf(err))
	}
	return o
}
