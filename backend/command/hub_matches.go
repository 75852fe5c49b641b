package command

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/hubsend"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

func (t *Terminal) hubMatches() *cobra.Command {
	var as string
	c := &cobra.Command{
		Use:   "matches --as EMAIL",
		Short: "Decide one by one about clients who are likely in VALD Hub already, or need attention there",
		Long: "Shows one client after the other who needs attention on the way to VALD Hub, with the profiles there that are in question. Answer with\n" +
			"the number of the profile that is the same person, d for different, e to send without an email, s to leave it, or q to stop. Each answer\n" +
			"is done at once. Then it lists the clients who have left Cliniko and may still be in VALD Hub.",
		Example: "  telehab hub matches --as dana@example.com",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.as(ctx, t.options(), as, func(_ *workspace.Workspace, person *session.Session) error {
				matches, err := person.Hub().Matches(ctx)
				if err != nil {
					return err
				}
				if err := t.decideMatches(ctx, person.Hub(), matches); err != nil {
					return err
				}
				return t.printLeft(ctx, person.Hub())
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may open profiles and sync clients")
	need(c, "as")
	return c
}

func (t *Terminal) decideMatches(ctx context.Context, hub session.Hub, matches []session.HubMatch) error {
	decided := 0
	for i := range matches {
		m := &matches[i]
		if err := hub.Candidates(ctx, m); err != nil {
			return err
		}
		t.printMatch(i+1, len(matches), m)
		choices := choicesOf(m)
		if choices == "" {
			continue
		}
		done, err := t.decideMatch(ctx, hub, m, choices)
		if err != nil {
			return err
		}
		if done == stopDeciding {
			break
		}
		decided += done
	}
	if len(matches) == 0 {
		_, err := fmt.Fprintln(t.Out, "Nobody needs attention. There is nothing to decide.")
		return err
	}
	_, err := fmt.Fprintf(t.Out, "%d of %d decided. telehab hub send or the next sync sends them.\n", decided, len(matches))
	return err
}

const stopDeciding = -1

// decideMatch asks until the answer is one that can be done. It returns how many it
// has decided.
func (t *Terminal) decideMatch(ctx context.Context, hub session.Hub, m *session.HubMatch, choices string) (int, error) {
	_, _ = fmt.Fprintf(t.Err, "%s, s to leave it, q to stop: ", choices)
	line, err := t.readLine(ctx, "")
	if err != nil {
		return 0, err
	}
	answer, candidate := session.HubAnswer(""), ""
	switch line = strings.ToLower(line); line {
	case "s":
		return 0, nil
	case "q", "":
		return stopDeciding, nil
	case "d":
		answer = session.DifferentPerson
	case "e":
		answer = session.WithoutEmail
	default:
		n, err := strconv.Atoi(line)
		if err != nil || n < 1 || n > len(m.There) {
			_, _ = fmt.Fprintln(t.Err, "This is none of the answers.")
			return t.decideMatch(ctx, hub, m, choices)
		}
		answer, candidate = session.SamePerson, m.There[n-1].ID
	}
	err = hub.Decide(ctx, &m.Delivery, answer, candidate)
	if profile.CodeOf(err) == profile.Invalid {
		_, _ = fmt.Fprintf(t.Err, "telehab: %s (%s)\n", inTerminal(profile.MessageOf(err)), profile.Invalid)
		return 0, nil
	}
	return 1, err
}

// choicesOf are the answers that a match takes, in words.
func choicesOf(m *session.HubMatch) string {
	var all []string
	if m.Accepts(session.SamePerson) && len(m.There) > 0 {
		all = append(all, "the number of the same person")
	}
	if m.Accepts(session.DifferentPerson) {
		all = append(all, "d for different")
	}
	if m.Accepts(session.WithoutEmail) {
		all = append(all, "e to send without an email")
	}
	return strings.Join(all, ", ")
}

func (t *Terminal) printMatch(n, of int, m *session.HubMatch) {
	_, _ = fmt.Fprintf(t.Out, "\n%d of %d  %s  %s  %s  %s\n%s\n", n, of, m.Delivery.Ref, profile.Shorten(m.Client.ShownName()), m.Client.DateOfBirth, m.Client.Email,
		hubsend.Sentence(m.Delivery.Reason))
	for i := range m.There {
		d := &m.There[i]
		shown := d.Person.Displayed()
		_, _ = fmt.Fprintf(t.Out, "  %d  %s  %s  %s  %s  %s\n", i+1, d.ID, profile.Shorten(shown.ShownName()), shown.DateOfBirth, shown.Email, profile.Shorten(profile.Display(d.SyncID)))
	}
	for i := range m.Here {
		_, _ = fmt.Fprintf(t.Out, "  -  client %s in Cliniko: %s\n", m.Here[i].ID, profile.Shorten(m.Here[i].ShownName()))
	}
	for _, field := range slices.Sorted(maps.Keys(m.Delivery.Said)) {
		for _, said := range m.Delivery.Said[field] {
			_, _ = fmt.Fprintf(t.Out, "  VALD Hub says: %s %s\n", profile.Display(field), profile.Display(said))
		}
	}
}

// printLeft lists whom a person may want to archive or merge in VALD Hub.
func (t *Terminal) printLeft(ctx context.Context, hub session.Hub) error {
	left, err := hub.Left(ctx)
	if err != nil || len(left) == 0 {
		return err
	}
	_, _ = fmt.Fprintln(t.Out, "\nThey have left Cliniko, and VALD Hub may still have them. TeleHab deletes and merges nobody there:")
	for i := range left {
		p := &left[i].Client
		what := string(p.State)
		if p.MergedInto != "" {
			what += " into " + string(p.MergedInto)
		}
		_, _ = fmt.Fprintf(t.Out, "  %s  %s  %s  %s\n", left[i].Delivery.Ref, profile.Shorten(p.ShownName()), what, left[i].Delivery.ProfileID)
	}
	return nil
}
