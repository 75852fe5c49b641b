package command

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

// computersResult is what computers --json prints.
type computersResult struct {
	Computers []computerLine `json:"computers"`
}

type computerLine struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version"`
	Joined  string `json:"joined_at"`
	Seen    string `json:"seen_at"`
	Syncs   bool   `json:"syncs"`
	Here    bool   `json:"here"`
}

func (t *Terminal) computers() *cobra.Command {
	var as string
	var asJSON bool
	c := &cobra.Command{
		Use:     "computers --as EMAIL",
		Short:   "List the computers that share this clinic, add one, or remove one",
		Example: "  telehab computers --as dana@example.com\n  telehab computers --as dana@example.com --json",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.as(ctx, t.options(), as, func(_ *workspace.Workspace, person *session.Session) error {
				computers, err := person.Computers().List(ctx)
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(t.Out).Encode(computersOf(computers))
				}
				return t.tableComputers(computers)
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may manage people")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	need(c, "as")
	c.AddCommand(t.addComputer(), t.removeComputer())
	return c
}

func computersOf(computers []workspace.Computer) computersResult {
	result := computersResult{Computers: []computerLine{}}
	for _, c := range computers {
		result.Computers = append(result.Computers, computerLine{c.ID, c.Name, c.Version, c.Joined.UTC().Format(time.RFC3339), c.Seen.UTC().Format(time.RFC3339), c.Syncs, c.Here})
	}
	return result
}

func (t *Terminal) tableComputers(computers []workspace.Computer) error {
	out := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', 0)
	now := time.Now()
	for _, c := range computers {
		what := ""
		if c.Syncs {
			what = "syncs"
		}
		if c.Here {
			what = commas(what, "this computer")
		}
		_, _ = fmt.Fprintf(out, "%s\t%s\tseen %s\t%s\n", profile.Display(c.Name), profile.Display(c.Version), agoInWords(c.Seen, now), what)
	}
	return out.Flush()
}

// agoInWords is how long ago something was.
func agoInWords(at, now time.Time) string {
	switch ago := now.Sub(at); {
	case ago < 2*time.Minute:
		return "just now"
	case ago < 2*time.Hour:
		return fmt.Sprintf("%d min ago", int(ago.Minutes()))
	case ago < 48*time.Hour:
		return fmt.Sprintf("%d hours ago", int(ago.Hours()))
	}
	return localTime(at, time.Local)
}

func commas(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

func (t *Terminal) addComputer() *cobra.Command {
	var as string
	c := &cobra.Command{
		Use:   "add --as EMAIL",
		Short: "Print a code with which one further computer may join, once and within 24 hours",
		Long: "Prints a code for telehab join on another computer. It is good once, for 24 hours. It has the address of the database with its\n" +
			"password, and the key to everything in it: give it to nobody but that computer.",
		Example: "  telehab computers add --as dana@example.com",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.as(ctx, t.options(), as, func(_ *workspace.Workspace, person *session.Session) error {
				code, err := person.Computers().Add(ctx, "")
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(t.Out, code)
				_, _ = fmt.Fprintln(t.Err, "The code is good once, for 24 hours. On the other computer run telehab join, and paste it.")
				return err
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone with every permission")
	need(c, "as")
	return c
}

func (t *Terminal) removeComputer() *cobra.Command {
	var as string
	var yes bool
	c := &cobra.Command{
		Use:   "remove NAME|ID --as EMAIL",
		Short: "Take a computer out of the clinic; it erases its copy when it next reaches the database",
		Long: "Takes a computer out of the clinic. From now on it changes nothing, and what is written has a key that it does not have. It erases\n" +
			"its copy when it next reaches the database. Codes that were not used yet do not count any more. A computer that was stolen may\n" +
			"never reach it again: change the database's password too, and reset the passwords of the people who used it.",
		Example: "  telehab computers remove front-desk-2 --as dana@example.com",
		Args:    cobra.ExactArgs(1),
		RunE: work(func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			return t.as(ctx, t.options(), as, func(_ *workspace.Workspace, person *session.Session) error {
				return t.remove(ctx, person.Computers(), args[0], yes)
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone with every permission")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	need(c, "as")
	return c
}

func (t *Terminal) remove(ctx context.Context, computers session.Computers, named string, yes bool) error {
	found, err := computers.Find(ctx, named)
	if err != nil {
		return err
	}
	name := profile.Display(found.Name)
	if !yes {
		if err := t.confirm(ctx, "This takes "+name+" out of the clinic. Its copy is erased when it next reaches the database.", "No computer was removed."); err != nil {
			return err
		}
	}
	if err := computers.Remove(ctx, "", found.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.Out, "%s is removed. Everything gets a new key in the background.\n", name)
	return err
}
