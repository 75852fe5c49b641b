package command

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/workspace"
)

// result is what sync --json prints.
type result struct {
	profile.Counts
	Requests int          `json:"requests"`
	Seconds  float64      `json:"seconds"`
	Failures []failedLine `json:"failures"`
	Missing  int          `json:"missing"` // of whom a person has to decide: see telehab missing

	profiles int // as in status
}

type failedLine struct {
	ID     string              `json:"id"`
	Code   profile.FailureCode `json:"code"`
	Fields []string            `json:"fields"`
}

func (t *Terminal) sync() *cobra.Command {
	var demo, full, asJSON bool
	c := &cobra.Command{
		Use:   "sync",
		Short: "Bring what is new in Cliniko; the first time, everything",
		Args:  cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			show := t.newProgress(asJSON)
			o := t.options()
			o.OnWait, o.OnNotice = show.wait, show.note
			return t.with(c.Context(), demo, o, func(w *workspace.Workspace) error {
				return t.runSync(c.Context(), w, full, asJSON, show)
			})
		}),
	}
	c.Flags().BoolVar(&demo, "demo", false, "sync a simulated clinic into its own data")
	c.Flags().BoolVar(&full, "full", false, "read every client again, not only what changed")
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
	clinic, err := w.Clinic(ctx)
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintf(t.Out, "%s\n", profile.Display(clinic.Name))
	lines := []struct {
		n    int
		what string
	}{
		{r.Read, plural(r.Read, "client") + " read"}, {r.Synced, "synced"}, {r.Unchanged, "unchanged"}, {r.Failed, "failed"}, {r.Archived, "archived in Cliniko"},
	}
	if r.Read == 0 {
		_, _ = fmt.Fprintln(t.Out, "Up to date.")
		lines = nil
	}
	for _, line := range lines {
		_, _ = fmt.Fprintf(out, "%d\t  %s\n", line.n, line.what)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(t.Out, "%.1f seconds, %s\n", r.Seconds, several(r.Requests, "request"))
	if r.Missing > 0 {
		_, _ = fmt.Fprintf(t.Out, "\n%s no longer in Cliniko. Decide with telehab missing.\n", ofProfiles(r.Missing, r.profiles))
	}
	if len(failed) == 0 {
		return nil
	}
	wrong := map[profile.Field]int{}
	for _, f := range failed {
		for _, p := range f.Problems {
			wrong[p.Field]++
		}
	}
	needs := "profiles need"
	if len(failed) == 1 {
		needs = "profile needs"
	}
	_, _ = fmt.Fprintf(t.Out, "\n%d %s attention because of:\n", len(failed), needs)
	for _, field := range slices.Concat(profile.Fields, profile.LimitedFields) {
		if wrong[field] > 0 {
			_, _ = fmt.Fprintf(out, "%d\t  %s\n", wrong[field], field.Label())
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.Out, "They are kept. Complete them in Cliniko, and the next sync brings them.")
	return err
}

// progress shows how far a pass is: a bar on a terminal, plain lines in a file,
// nothing beside JSON.
type progress struct {
	t    *Terminal
	mode string // bar, lines or ""
	bar  *progressbar.ProgressBar
	last syncer.Progress
}

func (t *Terminal) newProgress(quiet bool) *progress {
	p := &progress{t: t}
	if quiet {
		return p
	}
	p.mode = "lines"
	if file, ok := t.Err.(*os.File); ok && term.IsTerminal(int(file.Fd())) { // #nosec G115 -- a file descriptor is small
		p.mode = "bar"
	}
	return p
}

var phases = map[syncer.Phase]string{
	syncer.Listing: "Reading the client list", syncer.Storing: "Syncing clients",
	syncer.Changes: "Asking Cliniko what is new", syncer.Checking: "Comparing with Cliniko",
}

func (p *progress) report(now syncer.Progress) {
	before := p.last
	p.last = now
	switch p.mode {
	case "bar":
		p.draw(before, now)
	case "lines":
		if now.Phase != before.Phase {
			_, _ = fmt.Fprintf(p.t.Err, "%s\n", phases[now.Phase])
		}
		// A line for each tenth.
		if now.Total > 0 && now.Done*10/now.Total > before.Done*10/now.Total {
			_, _ = fmt.Fprintf(p.t.Err, "%d of %d\n", now.Done, now.Total)
		}
	}
}

func (p *progress) draw(before, now syncer.Progress) {
	if p.bar == nil || now.Phase != before.Phase || now.Total != before.Total {
		p.end()
		total := int64(now.Total)
		if total == 0 {
			total = -1 // a spinner
		}
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.t.Err), progressbar.OptionSetDescription(phases[now.Phase]),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("clients"),
			progressbar.OptionSetWidth(30), progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth(),
			progressbar.OptionThrottle(50*time.Millisecond))
	}
	_ = p.bar.Set(now.Done) // a terminal that cannot be written to ends nothing
}

// end leaves the bar's line.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Exit()
		_, _ = fmt.Fprintln(p.t.Err)
		p.bar = nil
	}
}

func (p *progress) wait(until time.Time) {
	if p.mode != "" {
		_, _ = fmt.Fprintf(p.t.Err, "\nCliniko asks us to wait, continuing at %s\n", until.Local().Format(time.TimeOnly))
	}
}

// noticed says in a sentence what a pass coped with.
var noticed = map[syncer.Notice]string{
	syncer.OrderIgnored:     "Cliniko did not sort as it was asked, so all clients are read in another way.",
	syncer.IDsIgnored:       "Cliniko did not pick clients as it was asked, so they are read one by one.",
	syncer.CountDiffers:     "Cliniko counts other clients than are kept here, so all are read again.",
	syncer.CountUnexplained: "Cliniko still counts other clients than it gives. All that it gives are kept.",
	syncer.ClocksDiffer: "This computer's clock and Cliniko's disagree, so nothing that is kept is erased because of its age " +
		"until that is cleared up. Check the date and time of this computer.",
}

// note says it to whoever reads a scheduled job's output. The text in brackets
// is stable.
func (p *progress) note(n syncer.Notice) {
	_, _ = fmt.Fprintf(p.t.Err, "telehab: %s (%s)\n", noticed[n], n)
}
