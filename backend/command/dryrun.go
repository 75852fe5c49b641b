package command

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"telehab.io/desktop/backend/preview"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/workspace"
)

// prediction is what sync --dry-run --json prints: refs, which are Cliniko's ids
// where those can be read, names of fields and counts.
type prediction struct {
	Created          []createdLine  `json:"created"`
	Changed          []changedLine  `json:"changed"`
	Archived         []string       `json:"archived"`
	Merged           []string       `json:"merged"`
	Deleted          []string       `json:"deleted"`
	Restored         []string       `json:"restored"`          // active again
	Erased           []string       `json:"erased"`            // whose retention has passed
	NeedsAttention   []failedLine   `json:"needs_attention"`   // who does not now
	AttentionChanged []failedLine   `json:"attention_changed"` // who does now, for another reason
	Cleared          []string       `json:"cleared"`           // who would not need attention any more
	Failing          int            `json:"failing"`           // all who would need attention after the sync
	Counts           profile.Counts `json:"counts"`            // as the sync would print them
	Asks             int            `json:"asks"`              // of whom a person would have to decide: see telehab missing
	Stops            bool           `json:"stops"`             // the sync would stop to ask that, and remove none of them
	Requests         int            `json:"requests"`          // that the dry run has sent
	Seconds          float64        `json:"seconds"`
}

type createdLine struct {
	ID string `json:"id"`
}

type changedLine struct {
	ID     string          `json:"id"`
	Fields []profile.Field `json:"fields"` // none: the stored row does not open, and would be replaced
}

// runDryRun says what a sync would do. It ends as that would, also where so many
// clients are gone that it would stop.
func (t *Terminal) runDryRun(ctx context.Context, w *workspace.Workspace, full, asJSON bool, show *progress) error {
	started := time.Now()
	r, err := w.Preview(ctx, full, show.report)
	show.end()
	if err = cmp.Or(w.Erased(), err); err != nil {
		return err
	}
	if asJSON {
		err = json.NewEncoder(t.Out).Encode(predictionOf(r, time.Since(started)))
	} else {
		err = t.tablePreview(ctx, w, r, time.Since(started))
	}
	switch {
	case err != nil:
		return err
	case r.Stops:
		return profile.Refuse(profile.Gone, "This was a dry run: a sync would stop here. Run telehab sync, then decide with telehab missing.")
	case len(r.Failing) > 0:
		return errSomeFailed
	}
	return nil
}

func predictionOf(r *preview.Result, took time.Duration) *prediction {
	p := &prediction{
		Created: []createdLine{}, Changed: []changedLine{},
		Archived: list(r.Archived), Merged: list(r.Merged), Deleted: list(r.Deleted), Restored: list(r.Restored), Erased: list(r.Erased),
		NeedsAttention: failedLines(r.NeedsAttention), AttentionChanged: failedLines(r.AttentionChanged), Cleared: list(r.Cleared),
		Failing: len(r.Failing), Counts: r.Counts, Asks: len(r.Undecided), Stops: r.Stops, Requests: r.Requests, Seconds: took.Seconds(),
	}
	for _, ref := range r.Created {
		p.Created = append(p.Created, createdLine{ref})
	}
	for _, c := range r.Changed {
		p.Changed = append(p.Changed, changedLine{c.Ref, list(c.Fields)})
	}
	return p
}

// list returns a list that is [] in JSON where it is empty.
func list[T any](values []T) []T { return append([]T{}, values...) }

func failedLines(failures []profile.Failure) []failedLine {
	lines := []failedLine{}
	for i := range failures {
		lines = append(lines, failedLine{failures[i].Ref, failures[i].Code, failures[i].FieldNames()})
	}
	return lines
}

// tablePreview prints a preview for people. It counts, and names nobody.
func (t *Terminal) tablePreview(ctx context.Context, w *workspace.Workspace, r *preview.Result, took time.Duration) error {
	clinic, err := w.Clinic(ctx)
	if err != nil {
		return err
	}
	lines := previewLines(r)
	if len(lines) == 0 {
		_, _ = fmt.Fprintf(t.Out, "%s\nThe next sync would change no profile.\n", profile.Display(clinic.Name))
	} else {
		_, _ = fmt.Fprintf(t.Out, "%s\nWhat the next sync would do:\n", profile.Display(clinic.Name))
	}
	for _, part := range []struct {
		title string
		lines []count
	}{{"", lines}, {"\nChanged would be:\n", changedFields(r.Changed)}, {"\nNewly in need of attention because of:\n", reasons(r.NeedsAttention)}} {
		if len(part.lines) == 0 {
			continue
		}
		_, _ = fmt.Fprint(t.Out, part.title)
		if err := t.counts(part.lines); err != nil {
			return err
		}
	}
	if len(r.Failing) > 0 {
		_, _ = fmt.Fprintf(t.Out, "\nIn need of attention after it: %s.\n", several(len(r.Failing), "profile"))
	}
	if len(r.Undecided) > 0 {
		_, _ = fmt.Fprintf(t.Out, "\nNo longer in Cliniko: %s. %s\n", clients(len(r.Undecided)), asks(r.Stops))
	}
	_, err = fmt.Fprintf(t.Out, "\n%.1f seconds, %s. This was a dry run: nothing was changed.\n", took.Seconds(), several(r.Requests, "request"))
	return err
}

func previewLines(r *preview.Result) []count {
	profiles := func(n int, what string) count { return count{n, plural(n, "profile") + " " + what} }
	return slices.DeleteFunc([]count{
		profiles(len(r.Created), "created"), profiles(len(r.Changed), "changed"), profiles(len(r.Archived), "archived"), profiles(len(r.Merged), "merged"),
		profiles(len(r.Deleted), "deleted"), profiles(len(r.Restored), "active again"), profiles(len(r.Erased), "erased, because the retention has passed"),
		profiles(len(r.NeedsAttention), "newly in need of attention"), profiles(len(r.AttentionChanged), "in need of attention for another reason"),
		profiles(len(r.Cleared), "no longer in need of attention"),
	}, func(c count) bool { return c.n == 0 })
}

// asks says what a sync would do about those of whom a person has to decide.
func asks(stops bool) string {
	if stops {
		return "The sync would stop, ask a person about them, and remove none of them."
	}
	return "A person has to decide about them: see telehab missing."
}

// changedFields counts how many profiles would have another value in each field,
// the most first.
func changedFields(changed []preview.Change) (lines []count) {
	counted := map[profile.Field]int{}
	for _, c := range changed {
		for _, field := range c.Fields {
			counted[field]++
		}
	}
	for field, n := range counted {
		lines = append(lines, count{n, field.Label()})
	}
	slices.SortFunc(lines, func(a, b count) int { return cmp.Or(b.n-a.n, strings.Compare(a.what, b.what)) })
	return lines
}
