package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

// share is a clinic on several computers, through a PostgreSQL database of its own.
func (t *Terminal) share() *cobra.Command {
	var as, database string
	var stop bool
	c := &cobra.Command{
		Use:   "share --database ADDRESS --as EMAIL",
		Short: "Share this clinic with other computers through a PostgreSQL database, or stop that",
		Long: "Puts everything that this computer has of the clinic into an empty PostgreSQL database, sealed: whoever has the database can\n" +
			"read no client. Other computers then join with telehab join. Ended in the middle, nothing has changed here; run it again.\n\n" +
			"The address has the password, which other programs of this computer can see on a command line: --database - reads it from\n" +
			"standard input. To another computer the connection is by TLS: end the address with sslmode=verify-full.\n\n" +
			"On a computer that shares the clinic already, the address replaces the one that it has: after a change of the password, say.\n\n" +
			"--stop makes the copy on this computer its own again, with everything that it has, and takes the computer out of the clinic.",
		Example: "  telehab share --database - --as dana@example.com < address.txt\n" +
			"  telehab share --database postgres://telehab@db.example.com/telehab?sslmode=verify-full --as dana@example.com\n" +
			"  telehab share --stop --as dana@example.com",
		Args: cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return withoutWindow(t.options().DataDir(), func() error {
				return t.as(ctx, t.options(), as, func(w *workspace.Workspace, person *session.Session) error {
					if stop {
						return t.stopSharing(ctx, person)
					}
					shared, _ := w.Shared()
					return t.shareWith(ctx, person, database, shared)
				})
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone with every permission")
	c.Flags().StringVar(&database, "database", "", "the address of an empty database, postgres://…, or - for standard input")
	c.Flags().BoolVar(&stop, "stop", false, "make the copy on this computer its own again")
	need(c, "as")
	c.MarkFlagsOneRequired("database", "stop")
	c.MarkFlagsMutuallyExclusive("database", "stop")
	return c
}

func (t *Terminal) shareWith(ctx context.Context, person *session.Session, database string, shared bool) error {
	if err := person.Require(session.MayChangeComputers); err != nil {
		return err // before the address is typed
	}
	if database == "-" {
		var err error
		if database, err = t.readLine(ctx, "Address of the database"); err != nil {
			return err
		}
	}
	if shared {
		err := person.Computers().MoveDatabase(ctx, "", database)
		if err == nil {
			_, err = fmt.Fprintln(t.Out, "This computer reaches the clinic's database by this address from now on. Tell each computer the same.")
		}
		return err
	}
	show := t.newProgress(false)
	err := person.Computers().Share(ctx, "", database, show.uploaded)
	show.end()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.Out, "The clinic is shared. telehab computers add makes a code for the next computer, which joins with telehab join.")
	return err
}

func (t *Terminal) stopSharing(ctx context.Context, person *session.Session) error {
	left, err := person.Computers().StopSharing(ctx, "")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.Out, "This computer has the clinic for itself again, with everything that it had.")
	if left != nil {
		_, _ = fmt.Fprintf(t.Err, "telehab: The clinic's database could not be told. Remove this computer on another one, with telehab computers remove. (%s)\n", profile.CodeOf(left))
	}
	return err
}

// join makes this computer one of those that share a clinic.
func (t *Terminal) join() *cobra.Command {
	return &cobra.Command{
		Use:   "join",
		Short: "Join a clinic that another computer shares, with the code that comes on standard input",
		Long: "Makes this computer one of those that share a clinic. The code is from telehab computers add, and good once within 24 hours. Whoever\n" +
			"may sign in on the other computers may then sign in here, with the same password.",
		Example: "  telehab join              # asks for the code\n  telehab join < code.txt",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			code, err := t.readLine(ctx, "Join code")
			if err != nil {
				return err
			}
			var joined *workspace.Workspace
			err = withoutWindow(t.options().DataDir(), func() error {
				if err := workspace.Join(ctx, t.options(), code); err != nil {
					return err
				}
				joined, err = workspace.Open(ctx, t.options())
				return err
			})
			if err != nil {
				return err
			}
			return errors.Join(t.tellJoined(ctx, joined), joined.Close())
		}),
	}
}

func (t *Terminal) tellJoined(ctx context.Context, w *workspace.Workspace) error {
	clinic, err := w.Clinic(ctx)
	if err != nil {
		return err
	}
	store, err := w.Store(ctx)
	if err != nil {
		return err
	}
	tally, err := store.Tally(ctx)
	if err == nil {
		_, err = fmt.Fprintf(t.Out, "This computer has joined %s: %s. Sign in as on the other computers.\n", profile.Display(clinic.Name), clients(tally.Active))
	}
	return err
}

// uploaded shows how far a clinic is put into its database.
func (p *progress) uploaded(done, all int) {
	if all > 0 {
		p.show(fmt.Sprintf("Sharing: %d of %d", done, all))
	}
}
