package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"telehab.io/desktop/backend/export"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/workspace"
)

// passwordVariable holds a password for programs that cannot type one.
const passwordVariable = "TELEHAB_PASSWORD"

func (t *Terminal) people() *cobra.Command {
	c := &cobra.Command{Use: "people", Short: "Add the people who may sign in", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	var email, name, as string
	add := &cobra.Command{
		Use:   "add --email E --name N",
		Short: "Add a person; the first one gets every permission, later ones may open profiles",
		Long: "Adds a person. The first one gets every permission. Later ones may open profiles, and need --as EMAIL of someone who\n" +
			"may manage people. Passwords are asked for, or read from " + passwordVariable + ": the password of --as first, then, on a\n" +
			"line of its own, the new person's.",
		Args: cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), false, t.options(), func(w *workspace.Workspace) error {
				return t.addPerson(c.Context(), w, as, name, email)
			})
		}),
	}
	add.Flags().StringVar(&email, "email", "", "the person's email, to sign in with")
	add.Flags().StringVar(&name, "name", "", "the person's name")
	add.Flags().StringVar(&as, "as", "", "the email of someone who may manage people")
	need(add, "email", "name")
	c.AddCommand(add)
	return c
}

func (t *Terminal) addPerson(ctx context.Context, w *workspace.Workspace, as, name, email string) error {
	somebody, err := w.People.Any(ctx)
	if err != nil {
		return err
	}
	passwords := t.passwords()
	var by *profile.Person
	permissions := []profile.Permission{profile.Practitioner}
	if somebody {
		if as == "" {
			return profile.Errorf(profile.NotPermitted, "There are people here already. Add --as EMAIL of someone who may manage people.")
		}
		password, err := passwords.next("Password of " + as)
		if err != nil {
			return err
		}
		person, err := w.People.Authorise(ctx, as, password, profile.ManagePeople)
		if err != nil {
			return err
		}
		by = &person
	}
	password, err := passwords.next("Password for " + name + " (at least 12 characters)")
	if err != nil {
		return err
	}
	person, err := w.People.Add(ctx, by, name, email, password, permissions)
	if err != nil {
		return err
	}
	var names []string
	for _, p := range person.Permissions {
		names = append(names, string(p))
	}
	_, err = fmt.Fprintf(t.Out, "%s may sign in now: %s\n", person.Name, strings.Join(names, ", "))
	return err
}

// need marks flags as required.
func need(c *cobra.Command, flags ...string) {
	for _, flag := range flags {
		if err := c.MarkFlagRequired(flag); err != nil {
			panic(err) // a flag that does not exist: a typing mistake in this package
		}
	}
}

// passwords are read from the environment, a line each, or asked for.
type passwords struct {
	t     *Terminal
	given []string
	set   bool
}

func (t *Terminal) passwords() *passwords {
	value, set := os.LookupEnv(passwordVariable)
	return &passwords{t: t, given: strings.Split(value, "\n"), set: set}
}

func (p *passwords) next(prompt string) (string, error) {
	if p.set {
		if len(p.given) == 0 {
			return "", profile.Errorf(profile.Invalid, passwordVariable+" holds too few passwords. Put one on each line.")
		}
		next := p.given[0]
		p.given = p.given[1:]
		return next, nil
	}
	file, ok := p.t.In.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) { // #nosec G115 -- a file descriptor is small
		return "", profile.Errorf(profile.Invalid, "There is no terminal to type the password on. Set "+passwordVariable+" instead.")
	}
	_, _ = fmt.Fprint(p.t.Err, prompt+": ")
	password, err := term.ReadPassword(int(file.Fd())) // #nosec G115
	_, _ = fmt.Fprintln(p.t.Err)
	if err != nil {
		return "", fmt.Errorf("read a password: %w", err)
	}
	return string(password), nil
}

// as authorises the person of --as for a permission.
func (t *Terminal) as(ctx context.Context, w *workspace.Workspace, email string, permission profile.Permission) error {
	password, err := t.passwords().next("Password of " + email)
	if err != nil {
		return err
	}
	_, err = w.People.Authorise(ctx, email, password, permission)
	return err
}

func (t *Terminal) connect() *cobra.Command {
	var as string
	c := &cobra.Command{
		Use:   "connect --as EMAIL",
		Short: "Connect the clinic whose API key comes on standard input",
		Args:  cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.with(ctx, false, t.options(), func(w *workspace.Workspace) error {
				if err := t.as(ctx, w, as, profile.PMSLink); err != nil {
					return err
				}
				if file, ok := t.In.(*os.File); ok && term.IsTerminal(int(file.Fd())) { // #nosec G115
					_, _ = fmt.Fprintln(t.Err, "Paste the API key and press Enter:")
				}
				key, err := bufio.NewReader(io.LimitReader(t.In, 4096)).ReadString('\n')
				if err != nil && !errors.Is(err, io.EOF) {
					return fmt.Errorf("read the key: %w", err)
				}
				connection, err := w.Connect(ctx, key)
				if err != nil {
					return err
				}
				clinic := connection.Clinic
				_, err = fmt.Fprintf(t.Out, "Connected to %s (%s) with the key of %s (%s), ending in %s: %d clients.\n",
					clinic.Name, clinic.Shard, clinic.OwnerName, clinic.OwnerRole, clinic.KeyEnds, connection.Patients)
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
				if err := t.as(ctx, w, as, profile.PMSLink); err != nil {
					return err
				}
				if !yes {
					_, _ = fmt.Fprintf(t.Err, "This erases the API key and all clients of %s from this computer. Nothing changes in Cliniko. Type yes to go on: ", clinic.Name)
					answer, _ := bufio.NewReader(t.In).ReadString('\n')
					if strings.TrimSpace(answer) != "yes" {
						return profile.Errorf(profile.Cancelled, "Nothing was erased.")
					}
				}
				if err := w.Disconnect(ctx); err != nil {
					return err
				}
				_, err = fmt.Fprintln(t.Out, "The key and all clients are erased from this computer.")
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
				if err := t.as(ctx, w, as, profile.Practitioner); err != nil {
					return err
				}
				store, err := w.Store(ctx)
				if err != nil {
					return err
				}
				var entries []profile.Entry
				broken, err := store.All(ctx, func(e profile.Entry) { entries = append(entries, e) })
				if err != nil {
					return err
				}
				if len(broken) > 0 {
					_, _ = fmt.Fprintf(t.Err, "%d saved rows were changed outside TeleHab and are left out. telehab sync --full fetches them again.\n", len(broken))
				}
				if format == "csv" {
					return export.CSV(t.Out, entries)
				}
				return export.JSON(t.Out, entries)
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may open profiles")
	c.Flags().StringVar(&format, "format", "json", "json or csv")
	need(c, "as")
	return c
}
