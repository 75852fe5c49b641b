package command

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/hubsend"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

// hubState is what hub status --json prints: no client's details.
type hubState struct {
	Connected    bool    `json:"connected"`
	Organisation *string `json:"organisation"` // VALD's id
	Region       *string `json:"region"`
	Sending      bool    `json:"sending"`
	profile.Ledger
	Reasons    map[string]int `json:"reasons"`       // of those who are held or need attention
	Compared   *string        `json:"last_compared"` // when all that was sent was read back
	Deviations int            `json:"deviations"`    // found then
}

func (t *Terminal) hubStatus() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Say how many clients are in VALD Hub, on the way, held, or need attention",
		Long: "Says how far the clients are on the way to VALD Hub: eligible = confirmed + pending + held + needs attention. It asks VALD nothing,\n" +
			"and prints no client's details.",
		Example: "  telehab hub status\n  telehab hub status --json",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), false, t.options(), func(w *workspace.Workspace) error {
				status, err := session.ReadHubStatus(c.Context(), w)
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(t.Out).Encode(hubStateOf(status))
				}
				return t.tableHub(status)
			})
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func hubStateOf(s *session.HubStatus) hubState {
	state := hubState{Connected: s.Hub.ID != "", Organisation: orNil(s.Hub.ID), Region: orNil(s.Hub.Region), Sending: s.Sending.On, Ledger: s.Ledger, Reasons: s.Reasons,
		Deviations: s.Sending.Deviations}
	if !s.Sending.Compared.IsZero() {
		state.Compared = orNil(s.Sending.Compared.UTC().Format(time.RFC3339))
	}
	return state
}

// tableHub prints the ledger for people.
func (t *Terminal) tableHub(s *session.HubStatus) error {
	switch {
	case s.Hub.ID == "":
		_, err := fmt.Fprintln(t.Out, "VALD Hub is not connected. Nothing is sent.")
		return err
	case !s.Sending.On:
		_, err := fmt.Fprintf(t.Out, "Connected to %s in VALD Hub (%s). Nothing is sent; telehab hub send --as EMAIL begins.\n", named(s.Hub.Organisation), s.Hub.Region)
		return err
	case s.Sending.Tenant != s.Hub.ID:
		return hubsend.ErrOtherTenant
	}
	l := s.Ledger
	_, _ = fmt.Fprintf(t.Out, "%s in VALD Hub (%s)\n", named(s.Hub.Organisation), s.Hub.Region)
	if err := t.counts([]count{
		{l.Eligible, plural(l.Eligible, "client") + " to be there"}, {l.Confirmed, "confirmed"}, {l.Pending, "pending"}, {l.Held, "held"}, {l.NeedsAttention, needs(l.NeedsAttention) + " attention"},
	}); err != nil {
		return err
	}
	for _, reason := range slices.Sorted(maps.Keys(s.Reasons)) {
		_, _ = fmt.Fprintf(t.Out, "%d: %s\n", s.Reasons[reason], hubsend.Sentence(reason))
	}
	if l.Left > 0 {
		_, _ = fmt.Fprintf(t.Out, "%s left Cliniko and may still be in VALD Hub, from where TeleHab deletes nobody. telehab hub matches says who.\n", several(l.Left, "client"))
	}
	if s.Sending.Compared.IsZero() {
		return nil
	}
	_, err := fmt.Fprintf(t.Out, "Last compared %s: %s.\n", localTime(s.Sending.Compared, time.Local), several(s.Sending.Deviations, "difference"))
	return err
}
