package command

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/atomicfile"
	"telehab.io/desktop/backend/hubcompare"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/workspace"
)

// hubResult is what hub compare --json prints.
type hubResult struct {
	Organisation string            `json:"organisation"`
	Region       string            `json:"region"`
	Clients      hubcompare.Counts `json:"clients"`
	Profiles     hubcompare.Counts `json:"profiles"`
	EmailsRead   bool              `json:"emails_read"`
	Requests     int               `json:"requests"`
	Seconds      float64           `json:"seconds"`
	Findings     []hubLine         `json:"findings"`
}

type hubLine struct {
	Kind      hubcompare.Kind   `json:"kind"`
	Reason    hubcompare.Reason `json:"reason"`
	ID        *string           `json:"id"` // Cliniko's; null: only there
	Name      *string           `json:"name"`
	Born      *string           `json:"date_of_birth"`
	ProfileID *string           `json:"profile_id"` // VALD's; null: only here
	SyncID    *string           `json:"sync_id"`
	NameThere *string           `json:"name_there"`
	BornThere *string           `json:"date_of_birth_there"`
}

func (t *Terminal) compareHub() *cobra.Command {
	var as, file string
	var asJSON, quick bool
	c := &cobra.Command{
		Use:   "compare --as EMAIL [--csv FILE] [--json]",
		Short: "Say who is in VALD Hub already, who is likely the same, and who is only here or there",
		Long: "Reads the profiles of the connected organisation in VALD Hub and compares them with the clients on this computer. Nothing is\n" +
			"written there. Emails are read one profile at a time, four a second: 1,000 profiles take about four minutes. --quick leaves them out.",
		Example: "  telehab hub compare --as dana@example.com\n" +
			"  telehab hub compare --as dana@example.com --csv hub.csv\n" +
			"  telehab hub compare --as dana@example.com --quick --json > hub.json",
		Args: cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return t.as(ctx, t.options(), as, func(_ *workspace.Workspace, person *session.Session) error {
				began := time.Now()
				show := t.newProgress(asJSON)
				comparison, err := person.Hub().Compare(ctx, asJSON || file != "", !quick, func(done, all int) {
					show.show(fmt.Sprintf("Reading emails from VALD Hub: %d of %d", done, all))
				})
				show.end()
				if err != nil {
					return err
				}
				if file != "" {
					if err := writeCSV(file, comparison); err != nil {
						return err
					}
				}
				if asJSON {
					return json.NewEncoder(t.Out).Encode(inJSON(comparison, time.Since(began)))
				}
				return t.printComparison(comparison, file)
			})
		}),
	}
	c.Flags().StringVar(&as, "as", "", "the email of someone who may open profiles and see the integration; with --csv or --json, also export")
	c.Flags().StringVar(&file, "csv", "", "write every finding with its reason to this file")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object, with every finding")
	c.Flags().BoolVar(&quick, "quick", false, "do not read emails")
	need(c, "as")
	return c
}

// writePrivate writes a file that only its owner may read.
func writePrivate(path string, content []byte) error {
	if err := atomicfile.Write(path, content, 0o600); err != nil {
		return &profile.Error{Code: profile.Invalid, Cause: err,
			Message: "The file could not be written. Check that its folder exists and that you may write there, then try again."}
	}
	return nil
}

func inJSON(c *session.HubComparison, took time.Duration) hubResult {
	result := hubResult{Organisation: c.Hub.ID, Region: c.Hub.Region, Clients: c.Clients, Profiles: c.Profiles, EmailsRead: c.EmailsRead,
		Requests: c.Requests, Seconds: took.Round(time.Millisecond).Seconds(), Findings: []hubLine{}}
	for _, l := range c.Lines {
		line := hubLine{Kind: l.Kind, Reason: l.Reason}
		if l.Client != nil {
			line.ID, line.Name, line.Born = &l.Client.Ref, orNil(l.Client.Profile.ListName()), orNil(l.Client.Profile.DateOfBirth.String())
		}
		if l.Profile != nil {
			line.ProfileID, line.SyncID = &l.Profile.ProfileID, orNil(l.Profile.SyncID)
			there := session.ProfileThere(l)
			line.NameThere, line.BornThere = orNil(there.ListName()), orNil(there.DateOfBirth.String())
		}
		result.Findings = append(result.Findings, line)
	}
	return result
}

// printComparison prints the counts, and the findings about which a person has
// to decide.
func (t *Terminal) printComparison(c *session.HubComparison, file string) error {
	_, _ = fmt.Fprintf(t.Out, "Compared with %s in VALD Hub (%s). Nothing was changed there.\n\n", named(c.Hub.Organisation), c.Hub.Region)
	out := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(out, "\tclients here\tprofiles there\t")
	for _, line := range []struct {
		name        string
		here, there int
	}{
		{"linked", c.Clients.Linked, c.Profiles.Linked}, {"likely the same", c.Clients.Likely, c.Profiles.Likely},
		{"email in use there", c.Clients.EmailInUse, c.Profiles.EmailInUse}, {"being merged", c.Clients.Merging, c.Profiles.Merging},
		{"only here", c.Clients.Only, 0}, {"only there", 0, c.Profiles.Only}, {"all", c.Clients.All, c.Profiles.All},
	} {
		_, _ = fmt.Fprintf(out, "%s\t%d\t%d\t\n", line.name, line.here, line.there)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if err := t.printToDecide(c); err != nil {
		return err
	}
	if !c.EmailsRead {
		_, _ = fmt.Fprintln(t.Out, "\nEmails were not read, so nobody is known whose email is in use there. Leave out --quick to read them.")
	}
	said := "--csv FILE writes everybody with the reason."
	if file != "" {
		said = "Everybody is in the file, with the reason."
	}
	_, err := fmt.Fprintln(t.Out, "\n"+said)
	return err
}

// printToDecide prints who is not clear. Who is linked as expected, or only on
// one side, is in the counts.
func (t *Terminal) printToDecide(c *session.HubComparison) error {
	out := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', 0)
	begun := false
	for _, l := range c.Lines {
		obvious := l.Kind == hubcompare.OnlyHere || l.Kind == hubcompare.OnlyThere || l.Reason == hubcompare.SameSyncID || l.Client == nil
		if obvious {
			continue
		}
		if !begun {
			_, _ = fmt.Fprintln(out, "\nTo check:")
			begun = true
		}
		shown := l.Client.Profile.Displayed()
		_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", l.Client.Ref, profile.Shorten(shown.ShownName()), l.Profile.ProfileID, l.Reason.Sentence())
	}
	return out.Flush()
}
