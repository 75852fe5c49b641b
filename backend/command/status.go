package command

import (
	"encoding/json"
	"errors"
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
	Stale           *bool   `json:"stale"` // null without --max-age
	Unfinished      bool    `json:"unfinished"`
	Profiles        int     `json:"profiles"` // failed ones included
	Failed          int     `json:"failed"`
	Archived        int     `json:"archived"`
	ActiveInCliniko int     `json:"active_in_cliniko"`
	Missing         int     `json:"missing"`  // of whom a person has to decide: see telehab missing
	Kept            int     `json:"kept"`     // missing as well, and a person said that they stay
	Accepted        int     `json:"accepted"` // a person said that they may go, and they are not removed yet

	Service *installedState `json:"service"` // null where it cannot be told
	Shared  *sharedState    `json:"shared"`  // null where this computer alone has the clinic

	account  string    // of a clinic with a store of its own; "" for the first
	lastSync time.Time // as LastSync
	now      time.Time // by Cliniko's clock
}

// installedState is what is known of the service: telehab sync --watch in the
// hands of the operating system.
type installedState struct {
	Installed bool `json:"installed"`
	Running   bool `json:"running"`
	Other     bool `json:"other_data"` // the computer's service is for another data folder
}

// sharedState is how the copy of a shared clinic stands.
type sharedState struct {
	Problem *string `json:"problem"`    // why the clinic's database is not reached; null: it is
	Reached string  `json:"reached_at"` // when it was last, by this computer's clock

	problem error
	reached time.Time
}

func sharedOf(w *workspace.Workspace) *sharedState {
	shared, status := w.Shared()
	if !shared {
		return nil
	}
	s := &sharedState{Reached: status.Since.UTC().Format(time.RFC3339), problem: status.Problem, reached: status.Since}
	if status.Problem != nil {
		s.Problem = new(string(profile.CodeOf(status.Problem)))
	}
	return s
}

func (t *Terminal) status() *cobra.Command {
	var asJSON bool
	var oldest maxAge
	var textfile string
	c := &cobra.Command{
		Use:   "status",
		Short: "Say which clinic is connected, when it was synced, and the counts",
		Long: "Say which clinic is connected, when it was synced, and the counts. It asks Cliniko nothing, and prints no client's details.\n\n" +
			"Exit codes: 0 all good, 1 it did not work, 2 it was called wrongly, 4 the last sync that ended well is older than --max-age, or there was " +
			"none.",
		Example: "  telehab status\n" +
			"  telehab status --json\n" +
			"  telehab status --json --max-age 30m      # for monitoring: exit code 4 if nothing was synced in 30 minutes\n" +
			"  telehab status --textfile telehab.prom   # for Prometheus' node_exporter",
		Args: cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), false, t.options(), func(w *workspace.Workspace) error {
				s, err := t.readState(c, w)
				if err != nil {
					return err
				}
				if oldest > 0 {
					s.Stale = new(oldest.exceededBy(s.lastSync, s.now))
				}
				return t.tellState(s, asJSON, textfile, &oldest)
			})
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	c.Flags().Var(&oldest, "max-age", "end with exit code 4 if the last good sync is older, such as 30m or 24h")
	c.Flags().StringVar(&textfile, "textfile", "", "write the counts and times to this `file` too, for Prometheus")
	return c
}

// tellState writes the text file and prints the state.
func (t *Terminal) tellState(s *state, asJSON bool, textfile string, oldest *maxAge) (err error) {
	if textfile != "" {
		err = writeTextfile(textfile, s)
	}
	if err == nil && asJSON {
		err = json.NewEncoder(t.Out).Encode(s)
	} else if err == nil {
		err = errors.Join(t.printState(s, oldest), t.tellOthers(s.account))
	}
	if err == nil && s.Stale != nil && *s.Stale {
		err = errStale
	}
	return err
}

func (t *Terminal) readState(c *cobra.Command, w *workspace.Workspace) (*state, error) {
	ctx := c.Context()
	s := &state{account: w.SeparateAccount(), now: w.ClinicTime(ctx, w.Now()), Service: t.installedService(ctx), Shared: sharedOf(w)}
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

func (t *Terminal) printState(s *state, oldest *maxAge) error {
	if !s.Connected {
		_, err := fmt.Fprintln(t.Out, "No clinic is connected. Use telehab connect, or the window.")
		t.tellService(s)
		return err
	}
	last := "never"
	if s.LastSync != nil {
		last = localTime(s.lastSync, time.Local)
	}
	_, err := fmt.Fprintf(t.Out, "Clinic           %s (%s)\nLast sync        %s\nProfiles         %d here, %d in Cliniko\nNeeds attention  %d\nArchived         %d\n",
		profile.Display(*s.Clinic), *s.Shard, last, s.Profiles, s.ActiveInCliniko, s.Failed, s.Archived)
	if s.Stale != nil && *s.Stale {
		_, _ = fmt.Fprintf(t.Out, "Stale: no sync ended well in the last %s.\n", oldest)
	}
	t.tellService(s)
	t.tellShared(s.Shared)
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

// tellOthers names the clinics of this computer beside the one of this account:
// nothing else that a command says is about them.
func (t *Terminal) tellOthers(account string) error {
	clinics, _, err := workspace.ClinicsOf(t.options()).List()
	for _, each := range clinics {
		if each.Account != account {
			_, _ = fmt.Fprintf(t.Out, "%s is on this computer as well. Switch to it in the window.\n", profile.Display(each.Name))
		}
	}
	return err
}

func (t *Terminal) tellService(s *state) {
	switch {
	case s.Service != nil && s.Service.Other:
		_, _ = fmt.Fprintln(t.Out, "The service of this computer is for other data. telehab service status says which.")
	case s.Service == nil || !s.Service.Installed:
	case s.Service.Running:
		_, _ = fmt.Fprintln(t.Out, "The service runs.")
	default:
		_, _ = fmt.Fprintln(t.Out, "The service is installed and does not run.")
	}
}

func (t *Terminal) tellShared(s *sharedState) {
	switch {
	case s == nil:
	case s.problem == nil:
		_, _ = fmt.Fprintln(t.Out, "Shared with other computers. telehab computers lists them.")
	default:
		_, _ = fmt.Fprintf(t.Out, "Shared with other computers. Read-only: the clinic's database was last reached %s. %s (%s)\n",
			localTime(s.reached, time.Local), inTerminal(profile.MessageOf(s.problem)), profile.CodeOf(s.problem))
	}
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
