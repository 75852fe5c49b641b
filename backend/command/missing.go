package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

// missingResult is what missing --json prints. Without --as it says how many.
type missingResult struct {
	Missing  int           `json:"missing"`
	Profiles int           `json:"profiles"`           // as in status: those who are missing included
	Kept     int           `json:"kept,omitempty"`     // missing as well, and a person said that they stay
	Accepted int           `json:"accepted,omitempty"` // a person said that they may go, and they are not removed yet
	Clients  []missingLine `json:"clients,omitempty"`
}

type missingLine struct {
	ID   string  `json:"id"`
	Name *string `json:"name"` // "Last, First"; null: none is known
	Born *string `json:"date_of_birth"`

	shown string // the name as lists show it
}

// missing is the answer to a mass disappearance on a computer without a window.
func (t *Terminal) missing() *cobra.Command {
	var as string
	var asJSON bool
	c := &cobra.Command{
		Use:   "missing [--as EMAIL]",
		Short: "Say how many clients are no longer in Cliniko and wait for a decision; with --as, who they are",
		Long: "Where more than 50 clients, or 5 %, are no longer in Cliniko, a sync removes nobody and asks: a lowered role of the API\n" +
			"key's owner looks the same as clients who were deleted. This says how many they are, and with --as EMAIL of someone who may\n" +
			"see the integration, who. Answer with telehab missing keep or telehab missing remove.",
		Example: "  telehab missing\n  telehab missing --as dana@example.com",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.with(ctx, false, t.options(), func(w *workspace.Workspace) error {
				return t.printMissing(ctx, w, as, asJSON)
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may see the integration; names them")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	c.AddCommand(t.keepMissing(), t.removeMissing())
	return c
}

func (t *Terminal) printMissing(ctx context.Context, w *workspace.Workspace, as string, asJSON bool) error {
	var lines []missingLine
	if as != "" {
		person, err := t.signIn(ctx, w, as)
		if err != nil {
			return err
		}
		clients, err := person.Integration().Missing(ctx)
		if err != nil {
			return err
		}
		for _, client := range clients {
			lines = append(lines, missingLine{ID: client.Ref, Name: orNil(client.Name), Born: orNil(client.Born.String()), shown: client.Shown})
		}
	}
	count := w.ShowMissing
	if as != "" {
		count = w.Missing // who was named has been shown
	}
	missing, err := count(ctx)
	if err != nil {
		return err
	}
	result := missingResult{Missing: len(missing.Undecided), Profiles: missing.Tally.Active, Kept: len(missing.Kept), Accepted: len(missing.Accepted), Clients: lines}
	if asJSON {
		return json.NewEncoder(t.Out).Encode(result)
	}
	return t.tableMissing(&result, as != "")
}

func (t *Terminal) tableMissing(r *missingResult, named bool) error {
	if r.Missing == 0 {
		_, err := fmt.Fprintln(t.Out, decided(r))
		return err
	}
	_, _ = fmt.Fprintf(t.Out, "%s no longer in Cliniko. Nothing was removed here.\n", ofProfiles(r.Missing, r.Profiles))
	if named {
		out := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', 0)
		for _, line := range r.Clients {
			_, _ = fmt.Fprintf(out, "%s\t%s\t%s\n", line.ID, profile.Display(line.shown), plain(line.Born))
		}
		if err := out.Flush(); err != nil {
			return err
		}
	} else {
		_, _ = fmt.Fprintln(t.Out, "telehab missing --as EMAIL says who they are.")
	}
	if r.Accepted > 0 {
		_, _ = fmt.Fprintln(t.Out, letGo(r)+" The answer is about them as well.")
	}
	_, err := fmt.Fprintln(t.Out, "Check the role of the API key's owner in Cliniko first. Then decide:\n"+
		"  telehab missing keep --as EMAIL     they stay; you are asked again in a day\n"+
		"  telehab missing remove --as EMAIL   they are gone; who is in Cliniko after all stays")
	return err
}

// decided says what is known of those of whom nobody has to decide.
func decided(r *missingResult) string {
	switch {
	case r.Accepted > 0:
		return letGo(r) + " The next full sync removes them; telehab missing remove --as EMAIL does it now, and\n" +
			"telehab missing keep --as EMAIL keeps them."
	case r.Kept > 0:
		return fmt.Sprintf("%s no longer in Cliniko, and somebody decided to keep them. You are asked again a day later.\n"+
			"telehab missing remove --as EMAIL removes them now.", ofProfiles(r.Kept, r.Profiles))
	}
	return "Nobody is missing. There is nothing to decide."
}

func letGo(r *missingResult) string {
	return ofProfiles(r.Accepted, r.Profiles) + " to be removed, as somebody decided, once Cliniko has been asked again."
}

func (t *Terminal) keepMissing() *cobra.Command {
	var as string
	c := &cobra.Command{
		Use:     "keep --as EMAIL",
		Short:   "Keep all clients who are missing; should Cliniko not have them a day later, you are asked again",
		Example: "  telehab missing keep --as dana@example.com",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.as(ctx, t.options(), as, func(_ *workspace.Workspace, person *session.Session) error {
				kept, err := person.Integration().KeepMissing(ctx)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(t.Out, "Kept: %s.\n", clients(kept))
				return err
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may change the integration")
	need(c, "as")
	return c
}

func (t *Terminal) removeMissing() *cobra.Command {
	var as string
	var yes bool
	c := &cobra.Command{
		Use:     "remove --as EMAIL",
		Short:   "Read everybody again, and remove those of the missing whom Cliniko still does not have",
		Example: "  telehab missing remove --as dana@example.com",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			show := t.newProgress(false)
			o := t.options()
			o.OnWait, o.OnNotice = show.wait, show.note
			return t.as(ctx, o, as, func(w *workspace.Workspace, person *session.Session) error {
				return t.runRemove(ctx, w, person, yes, show)
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may disconnect the clinic")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask; removes those of whom telehab missing or the window has told, and nobody else")
	need(c, "as")
	return c
}

func (t *Terminal) runRemove(ctx context.Context, w *workspace.Workspace, person *session.Session, yes bool, show *progress) error {
	if err := person.Require(session.MayRemoveMissing); err != nil {
		return err
	}
	missing, err := w.Missing(ctx)
	if err != nil {
		return err
	}
	// Whoever is found to be missing from here on is asked about again. The
	// question says how many they are; without it, whom a person was told of
	// before.
	shown := missing.All()
	if yes {
		shown = missing.Told()
	}
	if len(shown) == 0 {
		_, err := fmt.Fprintln(t.Out, "Nobody is missing. There is nothing to remove.")
		return err
	}
	if !yes {
		if err := t.confirm(ctx, fmt.Sprintf("%s no longer in Cliniko and will be removed here. Nothing changes in Cliniko.", ofProfiles(len(shown), missing.Tally.Active)),
			"Nothing was removed."); err != nil {
			return err
		}
	}
	engine, err := w.Engine(ctx)
	if err != nil {
		return err
	}
	_, err = person.Integration().RemoveMissing(ctx, "", shown, func() (profile.Pass, error) {
		defer show.end()
		return engine.Full(ctx, show.report)
	})
	if err != nil && profile.CodeOf(err) != profile.Gone {
		return err
	}
	return errors.Join(t.tellRemoved(ctx, w, missing.Tally.Deleted), err)
}

// tellRemoved says how many were removed, and how many stay.
func (t *Terminal) tellRemoved(ctx context.Context, w *workspace.Workspace, deletedBefore int) error {
	store, err := w.Store(ctx)
	if err != nil {
		return err
	}
	after, err := store.Tally(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.Out, "Removed: %s. What is kept of them is erased after the clinic's retention. %d stay.\n",
		clients(after.Deleted-deletedBefore), after.Active)
	return err
}

func clients(n int) string { return several(n, "client") }

func ofProfiles(n, all int) string {
	if n == 1 {
		return fmt.Sprintf("1 of %s is", clients(all))
	}
	return fmt.Sprintf("%d of %s are", n, clients(all))
}

// several is a number of things, "1 client" and "2 clients".
func several(n int, thing string) string { return fmt.Sprint(n, " ", plural(n, thing)) }

// plural is the word for things of which there are n.
func plural(n int, thing string) string {
	if n == 1 {
		return thing
	}
	return thing + "s"
}

// needs is the verb for n things that need something.
func needs(n int) string {
	if n == 1 {
		return "needs"
	}
	return "need"
}

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func plain(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
