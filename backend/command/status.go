package command

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/workspace"
)

// state is what status --json prints: no personal data.
type state struct {
	Connected       bool    `json:"connected"`
	Clinic          *string `json:"clinic"`
	Shard           *string `json:"shard"`
	LastSync        *string `json:"last_sync"` // end of the last sync that ended well
	LastError       *string `json:"last_error"`
	Unfinished      bool    `json:"unfinished"`
	Profiles        int     `json:"profiles"` // failed ones included
	Failed          int     `json:"failed"`
	Archived        int     `json:"archived"`
	ActiveInCliniko int     `json:"active_in_cliniko"`
	Missing         int     `json:"missing"`  // of whom a person has to decide: see telehab missing
	Kept            int     `json:"kept"`     // missing as well, and a person said that they stay
	Accepted        int     `json:"accepted"` // a person said that they may go, and they are not removed yet

	lastSync time.Time // as LastSync
}

func (t *Terminal) status() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "status",
		Short:   "Say which clinic is connected, when it was synced, and the counts",
		Example: "  telehab status\n  telehab status --json",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), false, t.options(), func(w *workspace.Workspace) error {
				s, err := readState(c, w)
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(t.Out).Encode(s)
				}
				return t.printState(s)
			})
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func readState(c *cobra.Command, w *workspace.Workspace) (*state, error) {
	ctx := c.Context()
	s := &state{}
	clinic, err := w.Clinic(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	s.Connected, s.Clinic, s.Shard = true, &clinic.Name, &clinic.Shard
	store, err := w.Store(ctx)
	if err != nil {
		return nil, err
	}
	tally, err := store.Tally(ctx)
	if err != nil {
		return nil, err
	}
	cursors, err := store.Cursors(ctx)
	if err != nil {
		return nil, err
	}
	s.Profiles, s.Failed, s.Archived, s.ActiveInCliniko = tally.Active, tally.Failed, tally.Archived, cursors.ActiveInCliniko
	missing, err := w.Missing(ctx)
	if err != nil {
		return nil, err
	}
	s.Missing, s.Kept, s.Accepted = len(missing.Undecided), len(missing.Kept), len(missing.Accepted)
	full, err := store.LastFull(ctx)
	if err != nil {
		return nil, err
	}
	s.Unfinished = full.ID != 0 && full.EndedAt.IsZero()
	good, err := store.LastGood(ctx)
	if err != nil {
		return nil, err
	}
	if !good.EndedAt.IsZero() {
		s.lastSync = good.EndedAt
		s.LastSync = new(good.EndedAt.UTC().Format(time.RFC3339))
	}
	newest, err := store.Passes(ctx, 1)
	if err != nil {
		return nil, err
	}
	if len(newest) > 0 && newest[0].Err != "" {
		s.LastError = new(string(newest[0].Err))
	}
	return s, nil
}

func (t *Terminal) printState(s *state) error {
	if !s.Connected {
		_, err := fmt.Fprintln(t.Out, "No clinic is connected. Use telehab connect, or the window.")
		return err
	}
	last := "never"
	if s.LastSync != nil {
		last = localTime(s.lastSync, time.Local)
	}
	_, err := fmt.Fprintf(t.Out, "Clinic           %s (%s)\nLast sync        %s\nProfiles         %d of %d in Cliniko\nNeeds attention  %d\nArchived         %d\n",
		profile.Display(*s.Clinic), *s.Shard, last, s.Profiles, s.ActiveInCliniko, s.Failed, s.Archived)
	if s.Unfinished {
		_, _ = fmt.Fprintln(t.Out, "A sync was cut off. telehab sync --full resumes it.")
	}
	if s.Missing > 0 {
		_, _ = fmt.Fprintf(t.Out, "%s no longer in Cliniko. Decide with telehab missing.\n", ofProfiles(s.Missing, s.Profiles))
	}
	if s.Missing == 0 && s.Kept+s.Accepted > 0 {
		_, _ = fmt.Fprintln(t.Out, decided(&missingResult{Profiles: s.Profiles, Kept: s.Kept, Accepted: s.Accepted}))
	}
	if s.LastError != nil {
		_, _ = fmt.Fprintln(t.Out, endedBadly(profile.Code(*s.LastError)))
	}
	return err
}

// endedBadly says how the last sync ended.
func endedBadly(code profile.Code) string {
	if code == profile.Cancelled {
		return "The last sync was cancelled."
	}
	return fmt.Sprintf("The last sync did not end well. %s (%s)", inTerminal(profile.Because(code, nil).Message), code)
}

// localTime is a time as a person reads it, in a time zone: for people, where
// JSON has RFC 3339 in UTC.
func localTime(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("2 Jan 2006, 15:04")
}
