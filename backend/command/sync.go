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
	"telehab.io/desktop/backend/workspace"
)

// result is what sync --json prints.
type result struct {
	profile.Counts
	Requests int          `json:"requests"`
	Seconds  float64      `json:"seconds"`
	Failures []failedLine `json:"failures"`
	Missing  int          `json:"missing"` // of whom a person has to decide: see telehab missing

	profiles int  // as in status
	quiet    bool // nothing was new
}

type failedLine struct {
	ID     string              `json:"id"`
	Code   profile.FailureCode `json:"code"`
	Fields []string            `json:"fields"`
}

func (t *Terminal) sync() *cobra.Command {
	var demo, full, dryRun, watching, asJSON bool
	c := &cobra.Command{
		Use:   "sync",
		Short: "Bring what is new in Cliniko; the first time, everything",
		Long: "Bring what is new in Cliniko; the first time, everything.\n\n" +
			"With --watch it keeps syncing every five minutes, as an open window does, until Ctrl-C or SIGTERM ends it: for a service. It prints " +
			"a line for each sync that brought something, and one for each new problem, which it tries again by itself.\n\n" +
			"Exit codes: 0 all good, 1 it did not work, 2 it was called wrongly, 3 it worked and some profiles need attention, 130 and 143 ended by " +
			"Ctrl-C or SIGTERM. --watch, which is ended by these, ends with 0.",
		Example: "  telehab sync\n" +
			"  telehab sync --full      # every client again\n" +
			"  telehab sync --dry-run   # say what a sync would do, and change nothing\n" +
			"  telehab sync --json      # for a program\n" +
			"  telehab sync --watch     # until it is ended, for a service\n" +
			"  telehab sync --demo      # a simulated clinic",
		Args:    cobra.NoArgs,
		PreRunE: func(c *cobra.Command, _ []string) error { return watchAlone(c) },
		RunE: work(func(c *cobra.Command, _ []string) error {
			if watching {
				w := t.newWatch()
				return asService(c.Context(), &w.options, w.run)
			}
			show := t.newProgress(asJSON)
			o := t.options()
			o.OnWait, o.OnNotice, o.OnDemo = show.wait, show.note, show.demo
			defer show.end() // of a demo that was not ready
			return t.with(c.Context(), demo, o, func(w *workspace.Workspace) error {
				if dryRun {
					return t.runDryRun(c.Context(), w, full, asJSON, show)
				}
				release, err := w.ForOnePass(c.Context())
				if err != nil {
					return err
				}
				defer release()
				return t.runSync(c.Context(), w, full, asJSON, show)
			})
		}),
	}
	c.Flags().BoolVar(&demo, "demo", false, "sync a simulated clinic into its own data")
	c.Flags().BoolVar(&full, "full", false, "read every client again, not only what changed")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what the sync would do, and change nothing")
	c.Flags().BoolVar(&watching, "watch", false, "keep syncing until it is ended")
	c.Flags().BoolVar(&asJSON, "json", false, "print the result as one JSON object")
	return c
}

func (t *Terminal) runSync(ctx context.Context, w *workspace.Workspace, full, asJSON bool, show *progress) error {
	if _, throwaway := w.Demo(); throwaway && !asJSON {
		_, _ = fmt.Fprintln(t.Err, "There is no system keyring here, so the demo's data lies in a temporary folder: "+w.Dir())
	}
	engine, err := w.Engine(ctx)
	if err != nil {
		return err
	}
	started := time.Now()
	run := engine.Sync
	if full {
		run = engine.Full
		if err := renew(ctx, w); err != nil {
			return err
		}
	}
	pass, err := run(ctx, show.report)
	show.end()
	if err = cmp.Or(w.Erased(), err); err != nil {
		return err
	}
	missing, err := w.Missing(ctx)
	if err != nil {
		return err
	}
	out := result{Counts: pass.Counts, Requests: pass.Requests, Seconds: time.Since(started).Seconds(), Missing: len(missing.Undecided), Failures: []failedLine{},
		profiles: missing.Tally.Active}
	store, err := w.Store(ctx)
	if err != nil {
		return err
	}
	failed, err := store.Failures(ctx)
	if err != nil {
		return err
	}
	changed, added, err := store.Brought(ctx, &pass)
	if err != nil {
		return err
	}
	out.quiet = !full && broughtNothing(&pass.Counts, changed, added, failed)
	for i := range failed {
		out.Failures = append(out.Failures, failedLine{string(failed[i].ID), failed[i].Code, failed[i].FieldNames()})
	}
	if asJSON {
		err = json.NewEncoder(t.Out).Encode(out)
	} else {
		err = t.table(ctx, w, &out, failed)
	}
	if err == nil && len(failed) > 0 {
		err = errSomeFailed
	}
	return err
}

// renew has rows that do not open any more replaced by the next reading, which
// would otherwise find that nothing has changed in Cliniko.
func renew(ctx context.Context, w *workspace.Workspace) error {
	store, err := w.Store(ctx)
	if err != nil {
		return err
	}
	broken, err := store.All(ctx, func([]profile.Entry) {})
	if err != nil || len(broken) == 0 {
		return err
	}
	return store.Distrust(ctx, broken)
}

// table prints the result for people. It counts what is wrong and names nobody.
func (t *Terminal) table(ctx context.Context, w *workspace.Workspace, r *result, failed []profile.Failure) error {
	if r.quiet {
		_, err := fmt.Fprintln(t.Out, upToDate(len(failed)))
		t.tellMissing(r)
		return err
	}
	clinic, err := w.Clinic(ctx)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(t.Out, "%s\n", profile.Display(clinic.Name))
	if err := t.counts([]count{
		{r.Read, plural(r.Read, "client") + " read"}, {r.Synced, "synced"}, {r.Unchanged, "unchanged"},
		{r.Failed, needs(r.Failed) + " attention"}, {r.Archived, "archived in Cliniko"},
	}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.Out, "%.1f seconds, %s\n", r.Seconds, several(r.Requests, "request"))
	t.tellMissing(r)
	if len(failed) == 0 {
		return err
	}
	_, _ = fmt.Fprintf(t.Out, "\n%s %s attention because of:\n", several(len(failed), "profile"), needs(len(failed)))
	if err := t.counts(reasons(failed)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.Out, "They are kept. Complete them in Cliniko, and the next sync brings them.")
	return err
}

// reasons counts how many of the profiles lack each field, or have an impossible
// value in it.
func reasons(failed []profile.Failure) (lines []count) {
	wrong := map[profile.Field]int{}
	for _, f := range failed {
		for _, p := range f.Problems {
			wrong[p.Field]++
		}
	}
	for _, field := range slices.Concat(profile.Fields, profile.LimitedFields) {
		if wrong[field] > 0 {
			lines = append(lines, count{wrong[field], field.Label()})
		}
	}
	return lines
}

// broughtNothing reports whether nothing was new: who was read was in the last
// minutes before the sync, which are read again each time, or could not be read
// before either, whom every sync tries again.
func broughtNothing(counts *profile.Counts, changed, added int, failed []profile.Failure) bool {
	return counts.Synced+changed+added == 0 && !slices.ContainsFunc(failed, func(f profile.Failure) bool {
		return f.Code == profile.Unreadable && f.Attempts == 1
	})
}

// upToDate is the result of a sync that found nothing new.
func upToDate(failed int) string {
	if failed == 0 {
		return "Up to date."
	}
	return fmt.Sprintf("Up to date. %d still %s attention.", failed, needs(failed))
}

func (t *Terminal) tellMissing(r *result) {
	if r.Missing > 0 {
		_, _ = fmt.Fprintf(t.Out, "\n%s no longer in Cliniko. Decide with telehab missing.\n", ofProfiles(r.Missing, r.profiles))
	}
}

// count is a line of a table of counts.
type count struct {
	n    int
	what string
}

func (t *Terminal) counts(lines []count) error {
	out := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, line := range lines {
		_, _ = fmt.Fprintf(out, "%d\t  %s\n", line.n, line.what)
	}
	return out.Flush()
}
