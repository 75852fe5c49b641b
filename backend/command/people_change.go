package command

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// peopleResult is what people list --json prints.
type peopleResult struct {
	People []personLine `json:"people"`
}

type personLine struct {
	Name        string             `json:"name"`
	Email       string             `json:"email"`
	Permissions []staff.Permission `json:"permissions"`
	Active      bool               `json:"active"` // may sign in
	Created     string             `json:"created_at"`
	Deactivated *string            `json:"deactivated_at"` // null: may sign in
}

func (t *Terminal) listPeople() *cobra.Command {
	var as string
	var asJSON bool
	c := &cobra.Command{
		Use:     "list --as EMAIL",
		Short:   "Say who may sign in, and what each may do",
		Example: "  telehab people list --as dana@example.com\n  telehab people list --as dana@example.com --json",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.as(ctx, t.options(), as, func(_ *workspace.Workspace, person *session.Session) error {
				people, err := person.Accounts().List(ctx)
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(t.Out).Encode(peopleOf(people))
				}
				return t.tablePeople(people)
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may manage people")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	need(c, "as")
	return c
}

func peopleOf(people []staff.Person) peopleResult {
	result := peopleResult{People: []personLine{}}
	for i := range people {
		p := &people[i]
		line := personLine{Name: p.Name, Email: p.Email, Permissions: p.Permissions, Active: p.Active(), Created: p.CreatedAt.UTC().Format(time.RFC3339)}
		if !p.Active() {
			line.Deactivated = new(p.Deactivated.UTC().Format(time.RFC3339))
		}
		result.People = append(result.People, line)
	}
	return result
}

func (t *Terminal) tablePeople(people []staff.Person) error {
	out := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', 0)
	for i := range people {
		p := &people[i]
		_, _ = fmt.Fprintf(out, "%s\t%s\t%s\n", profile.Display(p.Name), profile.Display(p.Email), mayDo(p))
	}
	return out.Flush()
}

// mayDo says what a person may do, and whether they may sign in for it.
func mayDo(p *staff.Person) string {
	if !p.Active() {
		return "Deactivated. " + inWords(p.Permissions)
	}
	return inWords(p.Permissions)
}

// personChange is what people change was given.
type personChange struct {
	email, name, newEmail  string
	grant, revoke          permissionFlag
	role                   roleFlag // without a name: none was given
	deactivate, reactivate bool
}

func (t *Terminal) changePerson() *cobra.Command {
	var as string
	var change personChange
	c := &cobra.Command{
		Use:   "change --email E --as EMAIL",
		Short: "Change a person's name, email, role or permissions, or stop and allow their sign-in",
		Long: "Changes the person who signs in with --email. What is not given stays as it is. --role gives exactly the permissions of a\n" +
			"role. The permissions, and what the window calls them:\n\n" +
			permissionTable() + "\n\n" +
			"Whoever may create, modify or delete in an area may view it; revoking the view revokes the area.",
		Example: "  telehab people change --email robin@example.com --grant export,pms_link --as dana@example.com\n" +
			"  telehab people change --email robin@example.com --role front_desk --as dana@example.com\n" +
			"  telehab people change --email robin@example.com --revoke practitioner.create --as dana@example.com\n" +
			"  telehab people change --email robin@example.com --name \"Robin Smith\" --as dana@example.com\n" +
			"  telehab people change --email robin@example.com --deactivate --as dana@example.com",
		Args: cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			for _, p := range change.grant {
				if slices.Contains(change.revoke, p) {
					return profile.Errorf(profile.Invalid, "%s cannot be given and taken away at once. Name it once.", p)
				}
			}
			return t.as(ctx, t.options(), as, func(_ *workspace.Workspace, by *session.Session) error {
				person, err := change.apply(ctx, by.Accounts())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(t.Out, change.done(&person))
				return err
			})
		}),
	}
	f := c.Flags()
	f.StringVar(&as, "as", "", "the email of someone who may manage people")
	f.StringVar(&change.email, "email", "", "the email that the person signs in with")
	f.StringVar(&change.name, "name", "", "the person's new name")
	f.StringVar(&change.newEmail, "new-email", "", "the email to sign in with from now on")
	f.Var(&change.role, "role", "what the person may do from now on: "+roleNames())
	f.Var(&change.grant, "grant", "permissions to give, separated by commas")
	f.Var(&change.revoke, "revoke", "permissions to take away, separated by commas")
	f.BoolVar(&change.deactivate, "deactivate", false, "the person may not sign in any more; what they did stays on record")
	f.BoolVar(&change.reactivate, "reactivate", false, "the person may sign in again")
	need(c, "as", "email")
	c.MarkFlagsOneRequired("name", "new-email", "role", "grant", "revoke", "deactivate", "reactivate")
	c.MarkFlagsMutuallyExclusive("role", "grant")
	c.MarkFlagsMutuallyExclusive("role", "revoke")
	c.MarkFlagsMutuallyExclusive("deactivate", "reactivate")
	return c
}

func (change *personChange) apply(ctx context.Context, accounts session.Accounts) (staff.Person, error) {
	person, err := accounts.Find(ctx, change.email)
	if err != nil {
		return staff.Person{}, err
	}
	permissions := change.role.Permissions
	if change.role.Name == "" {
		permissions = changed(person.Permissions, change.grant, change.revoke)
	}
	before := session.Details{Name: person.Name, Email: person.Email, Permissions: person.Permissions, Active: person.Active()}
	return accounts.Change(ctx, "", person.ID, session.Details{
		Before: &before,
		Name:   cmp.Or(change.name, person.Name), Email: cmp.Or(change.newEmail, person.Email),
		Permissions: permissions,
		Active:      (person.Active() || change.reactivate) && !change.deactivate,
	})
}

// done says what the person may do now.
func (change *personChange) done(person *staff.Person) string {
	name := profile.Display(person.Name)
	switch {
	case change.deactivate:
		return name + " can no longer sign in."
	case change.reactivate:
		return name + " can sign in again. " + inWords(person.Permissions)
	}
	return name + " is changed. " + mayDo(person)
}
