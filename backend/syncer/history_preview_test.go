package syncer_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"telehab.io/desktop/backend/preview"
	"telehab.io/desktop/backend/profile"
)

// What a preview says after a random history is exactly what the next sync then
// does, judged by the stored rows.
func TestPreviewHistories(t *testing.T) {
	rapidFlags(t, histories()/2) // a sync more in each, and a preview of it
	rapid.Check(t, func(rt *rapid.T) { runPreviewHistory(rt) })
}

func runPreviewHistory(t *rapid.T) {
	ctx, cancel := context.WithCancel(context.Background())
	h := &history{t: t, ctx: ctx, world: outside(newSQLiteDisk), opened: map[string]bool{}, accepted: map[string]bool{}}
	defer h.close()
	defer cancel()
	h.begin(realEngine)
	t.Repeat(map[string]func(*rapid.T){
		"the clinic works":  h.clinicWorks,
		"a pass":            h.pass,
		"somebody opens":    h.open,
		"another PC clock":  h.setClock,
		"many are not seen": h.disappearance,
		"one is back":       h.broughtBack,
		"days go by":        h.daysGoBy,
		"a dry run":         h.foretold,
	})
	h.foretold(t)
	h.foretold(t)
}

// foretold lets something happen, perhaps to a full pass that is cut off or so
// that a person has to decide, and compares what a preview says with what the
// sync does.
func (h *history) foretold(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "cut off") == 0 {
		h.runPlan(fullPass, plan{Kill: rapid.IntRange(-3, 5).Draw(t, "kill")})
	}
	h.clinicWorks(t)
	for range rapid.SampledFrom([]int{0, 0, 0, 1, 3, 20, 60}).Draw(t, "removed") {
		check(t, h.clinic.happen(move{What: removed, Who: rapid.IntRange(0, 400).Draw(t, "who")}))
	}
	kind := rapid.SampledFrom([]passKind{askedPass, askedPass, fullPass}).Draw(t, "kind")
	h.restart()
	dump, sent := h.dump(), h.clinic.fake.RequestCount()
	told, toldErr := h.preview(kind == fullPass)
	if h.dump() != dump {
		t.Fatal("a preview changed the store")
	}
	sent = h.clinic.fake.RequestCount() - sent
	before := h.rows()
	h.restart() // a sync is a process of its own
	since, syncSent := h.clinic.moment(), h.clinic.fake.RequestCount()
	pass, err := h.run(kind, plan{})
	syncSent = h.clinic.fake.RequestCount() - syncSent
	if err == nil && pass.Kind == profile.FullPass {
		h.clinic.seenInFull(since)
	}
	if toldErr != nil || err != nil && profile.CodeOf(err) != profile.Gone {
		t.Fatalf("a preview: %v; the %s pass: %v", toldErr, kind, err)
	}
	after := h.rows()
	want := differenceOf(before, after)
	want["counts"] = []string{fmt.Sprintf("%+v", pass.Counts)}
	want["stops"] = []string{fmt.Sprint(err != nil)}
	want["requests"] = []string{fmt.Sprint(sent)}
	if diff := cmp.Diff(want, inLists(told)); diff != "" {
		t.Fatalf("what a preview of a %s pass said is not what happened (-happened +said):\n%s", kind, diff)
	}
	if sent != syncSent {
		t.Fatalf("a preview sent %d requests, and the %s pass %d", sent, kind, syncSent)
	}
	h.after(pass, err, plan{})
}

func (h *history) preview(full bool) (*preview.Result, error) {
	copied, err := h.program.db.(*sqliteDatabase).Copy(h.ctx)
	check(h.t, err)
	clinic, err := copied.Clinic(h.ctx)
	check(h.t, err)
	r, err := preview.Of(h.ctx, h.program.client, copied.Profiles(clinic.AccountID, h.computer.now), preview.Options{Full: full, Now: h.computer.now})
	check(h.t, copied.Close())
	return r, err
}

// storedRows are the rows of the store, with the details opened.
type storedRows struct {
	state   map[string]string // of profiles, by ref
	merged  map[string]string
	failed  map[string]string // code and reasons
	asked   []string
	details map[string]profile.Details
}

func (h *history) rows() *storedRows {
	h.t.Helper()
	r := &storedRows{state: map[string]string{}, merged: map[string]string{}, failed: map[string]string{}, details: map[string]profile.Details{}}
	h.scan("SELECT cliniko_id, state, coalesce(merged_into, '') FROM profile", func(ref, state, merged string) {
		r.state[ref], r.merged[ref] = state, merged
	})
	h.scan("SELECT ref, code, problems FROM failure", func(ref, code, problems string) { r.failed[ref] = code + " " + problems })
	h.scan("SELECT ref, '', '' FROM missing WHERE accepted IN (0, 3) ORDER BY ref", func(ref, _, _ string) { r.asked = append(r.asked, ref) })
	for ref, entry := range h.local() {
		r.details[ref] = entry.Profile.Details
	}
	return r
}

func (h *history) scan(query string, each func(a, b, c string)) {
	h.t.Helper()
	rows, err := h.computer.disk.(*sqliteDisk).raw.QueryContext(h.ctx, query)
	check(h.t, err)
	defer func() { check(h.t, errors.Join(rows.Err(), rows.Close())) }()
	for rows.Next() {
		var a, b, c sql.NullString
		check(h.t, rows.Scan(&a, &b, &c))
		each(a.String, b.String, c.String)
	}
}

// differenceOf says what happened between two states of the store: the refs of
// each kind, with the names of what changed, or what is wrong.
func differenceOf(before, after *storedRows) map[string][]string {
	lists := map[string][]string{"asks about": after.asked}
	add := func(list, text string) { lists[list] = append(lists[list], text) }
	for ref, state := range after.state {
		was, had := before.state[ref]
		switch {
		case !had && state == "active":
			add("created", ref)
			continue
		case !had:
			add(state, ref)
			continue
		case was != state:
			add(state, ref)
		}
		if changed := changedNames(before, after, ref); changed != "" {
			add("changed", ref+" "+changed)
		}
	}
	for ref := range before.state {
		if _, still := after.state[ref]; !still {
			add("erased", ref)
		}
	}
	for ref, why := range after.failed {
		add("failing", ref+" "+codeOf(why))
		switch was, had := before.failed[ref]; {
		case !had:
			add("needs attention", ref+" "+codeOf(why))
		case was != why:
			add("needs attention otherwise", ref+" "+codeOf(why))
		}
	}
	for ref := range before.failed {
		if _, still := after.failed[ref]; !still {
			add("cleared", ref)
		}
	}
	return sortedLists(lists)
}

func codeOf(why string) string {
	code, _, _ := strings.Cut(why, " ")
	return code
}

// changedNames are the names of the details that differ.
func changedNames(before, after *storedRows, ref string) string {
	a, b := before.details[ref], after.details[ref]
	var names []string
	for _, field := range []struct {
		name    string
		differs bool
	}{
		{"merged_into", before.state[ref] == after.state[ref] && before.merged[ref] != after.merged[ref]},
		{"title", a.Title != b.Title},
		{"first_name", a.FirstName != b.FirstName},
		{"preferred_first_name", a.PreferredFirstName != b.PreferredFirstName},
		{"last_name", a.LastName != b.LastName},
		{"date_of_birth", born(a) != born(b)},
		{"sex", a.Sex != b.Sex},
		{"gender_identity", a.GenderIdentity != b.GenderIdentity},
		{"pronouns", a.Pronouns != b.Pronouns},
		{"email", a.Email != b.Email},
		{"phones", !slices.Equal(a.Phones, b.Phones)},
		{"accepted_privacy_policy", (a.AcceptedPrivacyPolicy == nil) != (b.AcceptedPrivacyPolicy == nil) ||
			a.AcceptedPrivacyPolicy != nil && *a.AcceptedPrivacyPolicy != *b.AcceptedPrivacyPolicy},
	} {
		if field.differs {
			names = append(names, field.name)
		}
	}
	return strings.Join(names, ",")
}

// born is a birth date as text, possible or not: one that has come is the same.
func born(d profile.Details) string {
	if date := d.DateOfBirth; !date.IsZero() {
		return fmt.Sprintf("%04d-%02d-%02d", date.Year, date.Month, date.Day)
	}
	return d.ImpossibleBirthDate
}

// inLists is what a preview says, in the form of differenceOf.
func inLists(r *preview.Result) map[string][]string {
	lists := map[string][]string{
		"created": r.Created, "archived": r.Archived, "merged": r.Merged, "deleted": r.Deleted, "active": r.Restored, "erased": r.Erased,
		"cleared": r.Cleared, "asks about": r.Undecided,
		"counts": {fmt.Sprintf("%+v", r.Counts)}, "stops": {fmt.Sprint(r.Stops)}, "requests": {fmt.Sprint(r.Requests)},
	}
	for _, c := range r.Changed {
		names := make([]string, len(c.Fields))
		for i, f := range c.Fields {
			names[i] = string(f)
		}
		lists["changed"] = append(lists["changed"], c.Ref+" "+strings.Join(names, ","))
	}
	for list, failures := range map[string][]profile.Failure{"failing": r.Failing, "needs attention": r.NeedsAttention, "needs attention otherwise": r.AttentionChanged} {
		for _, f := range failures {
			lists[list] = append(lists[list], f.Ref+" "+string(f.Code))
		}
	}
	return sortedLists(lists)
}

func sortedLists(lists map[string][]string) map[string][]string {
	sorted := map[string][]string{}
	for name, list := range lists {
		if len(list) > 0 {
			sorted[name] = slices.Sorted(slices.Values(list))
		}
	}
	return sorted
}
