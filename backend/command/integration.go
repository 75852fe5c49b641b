package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"telehab.io/desktop/backend/export"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/webview"
	"telehab.io/desktop/backend/workspace"
)

func (t *Terminal) connect() *cobra.Command {
	var as string
	c := &cobra.Command{
		Use:   "connect --as EMAIL",
		Short: "Connect the clinic whose API key comes on standard input",
		Args:  cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.with(ctx, false, t.options(), func(w *workspace.Workspace) error {
				needs := staff.ModifyLink
				if _, err := w.Clinic(ctx); profile.CodeOf(err) == profile.NotConnected {
					needs = staff.CreateLink
				}
				person, err := t.authorise(ctx, w, as, needs)
				if err != nil {
					return err
				}
				if file, ok := t.In.(*os.File); ok && term.IsTerminal(int(file.Fd())) { // #nosec G115
					_, _ = fmt.Fprintln(t.Err, "Paste the API key and press Enter:")
				}
				key, err := bufio.NewReader(io.LimitReader(t.In, 4096)).ReadString('\n')
				if err != nil && !errors.Is(err, io.EOF) {
					return fmt.Errorf("read the key: %w", err)
				}
				var connection workspace.Connection
				err = w.Audited(ctx, staff.Event{Person: person.ID, Action: staff.ConnectedClinic}, func(e *staff.Event) (err error) {
					connection, err = w.Connect(ctx, key)
					e.Subject = connection.Clinic.AccountID
					return err
				})
				if err != nil {
					return err
				}
				clinic := connection.Clinic
				_, err = fmt.Fprintf(t.Out, "Connected to %s (%s) with the key of %s (%s), ending in %s: %s.\n",
					profile.Display(clinic.Name), clinic.Shard, profile.Display(clinic.OwnerName), clinic.OwnerRole, clinic.KeyEnds, clients(connection.Patients))
				return err
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may change the integration")
	need(c, "as")
	return c
}

func (t *Terminal) disconnect() *cobra.Command {
	var as string
	var yes bool
	c := &cobra.Command{
		Use:   "disconnect --as EMAIL",
		Short: "Erase the API key and everything that came from Cliniko",
		Args:  cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.with(ctx, false, t.options(), func(w *workspace.Workspace) error {
				clinic, err := w.Clinic(ctx)
				if err != nil {
					return err
				}
				person, err := t.authorise(ctx, w, as, staff.DeleteLink)
				if err != nil {
					return err
				}
				if !yes {
					if err := t.confirmErasing("the API key and all clients of " + clinic.Name); err != nil {
						return err
					}
				}
				var gone sqlite.Forgotten
				err = w.Audited(ctx, staff.Event{Person: person.ID, Action: staff.Disconnected, Subject: clinic.AccountID}, func(*staff.Event) (err error) {
					gone, err = w.Disconnect(ctx)
					return err
				})
				if err != nil {
					return err
				}
				dir := t.options().DataDir()
				if err := errors.Join(logging.Erase(filepath.Join(dir, "logs")), webview.Mark(dir)); err != nil {
					return err
				}
				_, err = fmt.Fprintf(t.Out, "Erased from this computer: the API key, %s, %s, %s, the log, and the key of the data. "+
					"What the window has in its cache goes when TeleHab is next started.\n", several(gone.Profiles, "profile"), several(gone.Changes, "change")+" of theirs", "the records of "+several(gone.Passes, "sync"))
				return err
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may change the integration")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	need(c, "as")
	return c
}

func (t *Terminal) export() *cobra.Command {
	var as, format string
	c := &cobra.Command{
		Use:   "export --as EMAIL --format json|csv",
		Short: "Write all kept fields of all clients to standard output",
		Args: func(c *cobra.Command, args []string) error {
			if format != "json" && format != "csv" {
				return fmt.Errorf("--format is json or csv")
			}
			return cobra.NoArgs(c, args)
		},
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.with(ctx, false, t.options(), func(w *workspace.Workspace) error {
				person, err := t.authorise(ctx, w, as, staff.Export, staff.Practitioner)
				if err != nil {
					return err
				}
				return w.Audited(ctx, staff.Event{Person: person.ID, Action: staff.ExportedProfiles}, func(*staff.Event) error {
					return t.writeProfiles(ctx, w, format)
				})
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may open and export profiles")
	c.Flags().StringVar(&format, "format", "json", "json or csv")
	need(c, "as")
	return c
}

// leftOut says that rows of the store were not exported.
func leftOut(rows int) string {
	if rows == 1 {
		return "1 saved row was changed outside TeleHab and is left out. telehab sync --full fetches it again."
	}
	return fmt.Sprint(rows, " saved rows were changed outside TeleHab and are left out. telehab sync --full fetches them again.")
}

func (t *Terminal) writeProfiles(ctx context.Context, w *workspace.Workspace, format string) error {
	store, err := w.Store(ctx)
	if err != nil {
		return err
	}
	var entries []profile.Entry
	broken, err := store.All(ctx, func(some []profile.Entry) { entries = append(entries, some...) })
	if err != nil {
		return err
	}
	if len(broken) > 0 {
		_, _ = fmt.Fprintln(t.Err, leftOut(len(broken)))
	}
	write := export.JSON
	if format == "csv" {
		write = export.CSV
	}
	if err := write(t.Out, entries); err != nil {
		return &profile.Error{Code: profile.Invalid, Cause: err,
			Message: "The export could not be written to standard output, so it is not complete. Check that the disk it goes to has room, then try again."}
	}
	return nil
}
