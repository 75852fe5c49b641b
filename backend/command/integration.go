package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

func (t *Terminal) connect() *cobra.Command {
	var as string
	c := &cobra.Command{
		Use:   "connect --as EMAIL",
		Short: "Connect the clinic whose API key comes on standard input",
		Example: "  telehab connect --as dana@example.com                # asks for the key\n" +
			"  telehab connect --as dana@example.com < key.txt",
		Args: cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.as(ctx, t.options(), as, func(_ *workspace.Workspace, person *session.Session) error {
				connection, err := person.Integration().Connect(ctx, func() (string, error) { return t.readKey(ctx) })
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(t.Out, connectedTo(&connection.Clinic, connection.Patients))
				return err
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may change the integration")
	need(c, "as")
	return c
}

// connectedTo says what a key has connected.
func connectedTo(clinic *profile.Clinic, patients int) string {
	return fmt.Sprintf("Connected to %s (%s) with the key of %s (%s), ending in %s: %s.",
		profile.Display(clinic.Name), clinic.Shard, profile.Display(clinic.OwnerName), profile.Display(clinic.OwnerRole), clinic.KeyEnds, clients(patients))
}

// askToDisconnect names what goes.
func (t *Terminal) askToDisconnect(ctx context.Context, e session.Erasing, yes bool) error {
	of := profile.Display(e.Clinic)
	if of == "" {
		of = "the connected clinic"
	}
	what := "the API key and all clients of " + of
	if e.Rest {
		what = "what an earlier disconnect has left"
	}
	if e.Separate {
		what += ", and the people and the audit trail of this clinic,"
	}
	if yes {
		return nil
	}
	return t.confirmErasing(ctx, what)
}

// readKey reads an API key from standard input.
func (t *Terminal) readKey(ctx context.Context) (string, error) {
	if file, ok := t.In.(*os.File); ok && term.IsTerminal(int(file.Fd())) { // #nosec G115
		_, _ = fmt.Fprintln(t.Err, "Paste the API key and press Enter:")
	}
	key, err := ask(ctx, t, func() (string, error) { return bufio.NewReader(io.LimitReader(t.In, 4096)).ReadString('\n') })
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the key: %w", err)
	}
	return key, nil
}

func (t *Terminal) disconnect() *cobra.Command {
	var as string
	var yes bool
	c := &cobra.Command{
		Use:     "disconnect --as EMAIL",
		Short:   "Erase the API key and everything that came from Cliniko",
		Example: "  telehab disconnect --as dana@example.com",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			var erased *session.Erased
			err := withoutWindow(t.options().DataDir(), func() error {
				err := t.as(ctx, t.options(), as, func(_ *workspace.Workspace, person *session.Session) (err error) {
					erased, err = person.Integration().Disconnect(ctx, "", func(e session.Erasing) error { return t.askToDisconnect(ctx, e, yes) })
					return err
				})
				if err == nil && erased.SeparateAccount != "" {
					err = workspace.ClinicsOf(t.options()).Remove(ctx, erased.SeparateAccount)
				}
				return err
			})
			if err != nil {
				return err
			}
			said := "Nothing was connected. What an earlier disconnect left is erased."
			if !erased.Rest {
				said = fmt.Sprintf("Erased from this computer: the API key, %s, %s of theirs, the records of %s, the log, and the key of the data. "+
					"What the window has in its cache goes when TeleHab is next started.",
					several(erased.Profiles, "profile"), several(erased.Changes, "change"), several(erased.Passes, "sync"))
			}
			_, err = fmt.Fprintln(t.Out, said)
			if err == nil && erased.SeparateAccount != "" {
				_, err = fmt.Fprintln(t.Out, "The people and the audit trail of this clinic went with its folder.")
			}
			if err == nil && erased.SeparateAccount == "" {
				err = t.tellOthers("")
			}
			return err
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
		Example: "  telehab export --as dana@example.com > clients.json\n" +
			"  telehab export --as dana@example.com --format csv > clients.csv",
		Args: func(c *cobra.Command, args []string) error {
			if format != "json" && format != "csv" {
				return fmt.Errorf("--format is json or csv")
			}
			return cobra.NoArgs(c, args)
		},
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.as(ctx, t.options(), as, func(_ *workspace.Workspace, person *session.Session) error {
				_, err := person.Exports().Profiles(format).Run(ctx, "", t.standardOutput)
				return err
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may open and export profiles")
	c.Flags().StringVar(&format, "format", "json", "json or csv")
	need(c, "as")
	return c
}

// standardOutput is where an export goes.
func (t *Terminal) standardOutput() (func([]byte) error, error) {
	return func(content []byte) error {
		if _, err := t.Out.Write(content); err != nil {
			return &profile.Error{Code: profile.Invalid, Cause: err,
				Message: "The export could not be written to standard output, so it is not complete. Check that the disk it goes to has room, then try again."}
		}
		return nil
	}, nil
}
