package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/webview"
	"telehab.io/desktop/backend/workspace"
)

// passwordVariable holds a password for programs that cannot type one.
const passwordVariable = "TELEHAB_PASSWORD"

func (t *Terminal) people() *cobra.Command {
	c := &cobra.Command{Use: "people", Short: "Add the people who may sign in", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	var email, name, as string
	var role roleFlag
	add := &cobra.Command{
		Use:   "add --email E --name N",
		Short: "Add a person; the first one gets every permission, later ones may open profiles",
		Long: "Adds a person. The first one gets every permission. Later ones may open profiles, and need --as EMAIL of someone who\n" +
			"may manage people. Passwords are asked for, or read from " + passwordVariable + ": the password of --as first, then, on a\n" +
			"line of its own, the new person's.",
		Args: cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), false, t.options(), func(w *workspace.Workspace) error {
				return t.addPerson(c.Context(), w, as, name, email, role.Permissions)
			})
		}),
	}
	add.Flags().StringVar(&email, "email", "", "the person's email, to sign in with")
	add.Flags().StringVar(&name, "name", "", "the person's name")
	add.Flags().StringVar(&as, "as", "", "the email of someone who may manage people")
	if err := role.Set("practitioner"); err != nil {
		panic(err) // there is no such role any more
	}
	add.Flags().Var(&role, "role", "what a later person may do: "+roleNames())
	need(add, "email", "name")
	c.AddCommand(add)
	return c
}

func (t *Terminal) addPerson(ctx context.Context, w *workspace.Workspace, as, name, email string, permissions []staff.Permission) error {
	somebody, err := w.Accounts.Any(ctx)
	if err != nil {
		return err
	}
	passwords := t.passwords()
	add := func(password string) (staff.Person, error) {
		return session.AddFirst(ctx, w, session.Options{}, name, email, password)
	}
	if somebody {
		if as == "" {
			return profile.Refuse(profile.NotPermitted, "There are people here already. Add --as EMAIL of someone who may manage people.")
		}
		password, err := passwords.next(ctx, "Password of "+as)
		if err != nil {
			return err
		}
		by, err := session.Authenticate(ctx, w, session.Options{}, as, password)
		if err != nil {
			return err
		}
		if err := by.Require(session.MayManagePeople); err != nil {
			return err // before the other password is typed
		}
		add = func(password string) (staff.Person, error) {
			return by.Accounts().Add(ctx, "", name, email, password, permissions)
		}
	}
	password, err := passwords.next(ctx, "Password for "+name+" (at least 12 characters)")
	if err != nil {
		return err
	}
	person, err := add(password)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.Out, "%s may sign in now: %s\n", profile.Display(person.Name), areas(person.Permissions))
	return err
}

// areas sums permissions up: an area by itself, or with its levels where some
// are missing.
func areas(permissions []staff.Permission) string {
	var texts []string
	for _, all := range staff.AllPermissions {
		if all != all.View() || !slices.Contains(permissions, all) {
			continue
		}
		levels, missing := []string{"view"}, false
		for _, level := range staff.AllPermissions {
			name, inArea := strings.CutPrefix(string(level), string(all)+".")
			switch {
			case inArea && slices.Contains(permissions, level):
				levels = append(levels, name)
			case inArea:
				missing = true
			}
		}
		text := string(all)
		if missing {
			text += " (" + strings.Join(levels, ", ") + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
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

func (p *passwords) next(ctx context.Context, prompt string) (string, error) {
	if p.set {
		if len(p.given) == 0 {
			return "", profile.Refuse(profile.Invalid, passwordVariable+" holds too few passwords. Put one on each line.")
		}
		next := p.given[0]
		p.given = p.given[1:]
		return next, nil
	}
	file, ok := p.t.In.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) { // #nosec G115 -- a file descriptor is small
		return "", profile.Refuse(profile.Invalid, "There is no terminal to type the password on. Set "+passwordVariable+" instead.")
	}
	return p.t.readHidden(ctx, int(file.Fd()), prompt) // #nosec G115
}

// readHidden asks for a line that the terminal does not show while it is typed.
// The terminal shows what is typed again afterwards, however it ended.
func (t *Terminal) readHidden(ctx context.Context, terminal int, prompt string) (string, error) {
	before, err := term.GetState(terminal)
	if err != nil {
		return "", fmt.Errorf("read a password: %w", err)
	}
	// Once more at the end: a signal may come before the reading goroutine has
	// hidden anything.
	t.showTyping = func() { _ = term.Restore(terminal, before) }
	_, _ = fmt.Fprint(t.Err, prompt+": ")
	password, err := ask(ctx, t, func() ([]byte, error) { return term.ReadPassword(terminal) })
	if ctx.Err() != nil {
		return "", errors.Join(ctx.Err(), term.Restore(terminal, before))
	}
	_, _ = fmt.Fprintln(t.Err)
	if err != nil {
		return "", fmt.Errorf("read a password: %w", err)
	}
	return string(password), nil
}

// as opens the workspace and asks for the password of --as, who then does what
// do says.
func (t *Terminal) as(ctx context.Context, o workspace.Options, email string, do func(*workspace.Workspace, *session.Session) error) error {
	return t.with(ctx, false, o, func(w *workspace.Workspace) error {
		person, err := t.signIn(ctx, w, email)
		if err != nil {
			return err
		}
		return do(w, person)
	})
}

// signIn asks for the password of --as.
func (t *Terminal) signIn(ctx context.Context, w *workspace.Workspace, email string) (*session.Session, error) {
	password, err := t.passwords().next(ctx, "Password of "+email)
	if err != nil {
		return nil, err
	}
	dir := t.options().DataDir()
	return session.Authenticate(ctx, w, session.Options{EraseTraces: func() error {
		return errors.Join(logging.Erase(filepath.Join(dir, "logs")), webview.Mark(dir))
	}}, email, password)
}
