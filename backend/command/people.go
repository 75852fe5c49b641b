package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

func (t *Terminal) people() *cobra.Command {
	c := &cobra.Command{
		Use:     "people",
		Short:   "Add, list and change the people who may sign in",
		Example: "  telehab people list --as dana@example.com",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var email, name, as string
	var role roleFlag
	add := &cobra.Command{
		Use:   "add --email E --name N",
		Short: "Add a person; the first one gets every permission, later ones may open profiles",
		Long: "Adds a person. The first one gets every permission. Later ones may open profiles, and need --as EMAIL of someone who\n" +
			"may manage people. Passwords are asked for, or read from " + passwordVariable + ": the password of --as first, then, on a\n" +
			"line of its own, the new person's.",
		Example: "  telehab people add --email dana@example.com --name \"Dana Smith\"                          # the first person\n" +
			"  telehab people add --email robin@example.com --name Robin --as dana@example.com",
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
	c.AddCommand(add, t.listPeople(), t.changePerson())
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
	_, err = fmt.Fprintf(t.Out, "%s can sign in now. %s\n", profile.Display(person.Name), inWords(person.Permissions))
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
