package command

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

// hub is VALD Hub, which is off until somebody connects it.
func (t *Terminal) hub() *cobra.Command {
	c := &cobra.Command{
		Use:   "hub",
		Short: "Compare the clients with VALD Hub, and send them there; off until you turn it on",
		Long: "VALD Hub is where VALD's products see profiles. Once it is connected, telehab hub compare says who is there already, and\n" +
			"telehab hub send sends the clients there.",
		Example: "  telehab hub compare --as dana@example.com\n  telehab hub status",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(t.connectHub(), t.compareHub(), t.sendHub(), t.hubStatus(), t.hubMatches(), t.disconnectHub())
	return c
}

func (t *Terminal) connectHub() *cobra.Command {
	var as, region, tenant string
	c := &cobra.Command{
		Use:   "connect --region au|us|eu --as EMAIL",
		Short: "Connect the organisation in VALD Hub whose client ID and secret come on standard input",
		Long: "Connects VALD Hub. The client ID and the client secret come from VALD's support, support@vald.com. They are asked for, or read\n" +
			"from standard input, a line each, and kept in the system keyring. Where they reach several organisations, these are listed, and\n" +
			"the next line is the number of yours.",
		Example: "  telehab hub connect --region au --as dana@example.com                # asks for both\n" +
			"  telehab hub connect --region au --as dana@example.com < access.txt",
		Args: cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.as(ctx, t.options(), as, func(_ *workspace.Workspace, person *session.Session) error {
				connection, err := person.Hub().Connect(ctx, session.HubAnswers{
					Region:      region,
					Credentials: func() (string, string, error) { return t.readCredentials(ctx) },
					Choose:      func(found []workspace.Organisation) (string, error) { return t.chooseOrganisation(ctx, found, tenant) },
				})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(t.Out, "Connected to %s in VALD Hub (%s). Nothing is sent there. telehab hub compare says who is there already.\n", named(connection.Organisation), connection.Region)
				return err
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may change the integration")
	c.Flags().StringVar(&region, "region", "", "where VALD keeps the organisation: au, us or eu")
	c.Flags().StringVar(&tenant, "organisation", "", "its id, for credentials that reach several")
	need(c, "as", "region")
	return c
}

func named(o workspace.Organisation) string {
	return cmp.Or(profile.Display(o.Name), o.ID, "an organisation")
}

// readCredentials reads two lines, the second one hidden on a terminal.
func (t *Terminal) readCredentials(ctx context.Context) (id, secret string, err error) {
	if id, err = t.readLine(ctx, "Client ID"); err != nil {
		return "", "", err
	}
	if file, ok := t.In.(*os.File); ok && term.IsTerminal(int(file.Fd())) { // #nosec G115 -- a file descriptor is small
		secret, err = t.readHidden(ctx, int(file.Fd()), "Client secret") // #nosec G115
	} else {
		secret, err = t.readLine(ctx, "")
	}
	return id, secret, err
}

// readLine reads one line and nothing after it, which others may read.
func (t *Terminal) readLine(ctx context.Context, prompt string) (string, error) {
	if file, ok := t.In.(*os.File); ok && prompt != "" && term.IsTerminal(int(file.Fd())) { // #nosec G115
		_, _ = fmt.Fprint(t.Err, prompt+": ")
	}
	return ask(ctx, t, func() (string, error) {
		const most = 4096
		var line []byte
		for one := make([]byte, 1); len(line) < most; {
			n, err := t.In.Read(one)
			if n == 1 && one[0] == '\n' {
				break
			}
			line = append(line, one[:n]...)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return "", fmt.Errorf("read a line: %w", err)
			}
		}
		return strings.TrimSpace(string(line)), nil
	})
}

// chooseOrganisation returns the id of the one that was asked for, the only one,
// or the one whose number comes next.
func (t *Terminal) chooseOrganisation(ctx context.Context, found []workspace.Organisation, asked string) (string, error) {
	if asked != "" {
		return strings.ToLower(strings.TrimSpace(asked)), nil
	}
	if len(found) == 1 {
		return found[0].ID, nil
	}
	for i, o := range found {
		_, _ = fmt.Fprintf(t.Err, "%3d  %s  %s\n", i+1, o.ID, profile.Display(o.Name))
	}
	line, err := t.readLine(ctx, "Number of your organisation")
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(line)
	if err != nil || n < 1 || n > len(found) {
		return "", profile.Errorf(profile.Invalid, "These credentials reach %d organisations. Type the number of yours, or give its id with --organisation.", len(found))
	}
	return found[n-1].ID, nil
}

func (t *Terminal) disconnectHub() *cobra.Command {
	var as string
	var yes bool
	c := &cobra.Command{
		Use:     "disconnect --as EMAIL",
		Short:   "Delete the client ID and the client secret of VALD Hub from this computer",
		Example: "  telehab hub disconnect --as dana@example.com",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.as(ctx, t.options(), as, func(_ *workspace.Workspace, person *session.Session) error {
				err := person.Hub().Disconnect(ctx, "", func(h workspace.HubConnection) error {
					if yes {
						return nil
					}
					return t.confirm(ctx, "This deletes the client ID and the client secret for "+named(h.Organisation)+" from this computer. Nothing changes in VALD Hub.", "Nothing was deleted.")
				})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(t.Out, "VALD Hub is disconnected: the client ID and the client secret are deleted from this computer. Nothing changed in VALD Hub.")
				return err
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may disconnect the clinic")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	need(c, "as")
	return c
}

// writeCSV writes a comparison to a file that only its owner may read.
func writeCSV(path string, comparison *session.HubComparison) error {
	var content bytes.Buffer
	if err := comparison.CSV(&content); err != nil {
		return err
	}
	return writePrivate(path, content.Bytes())
}
