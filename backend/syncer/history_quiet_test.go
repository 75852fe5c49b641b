package syncer_test

import (
	"sync/atomic"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/profile"
)

// isToday says that the day by which birth dates are judged is still that of
// the pass.
func (h *history) isToday(pass profile.Pass) bool {
	day := func(t time.Time) string { return t.UTC().Add(14 * time.Hour).Format(time.DateOnly) }
	return day(pass.StartedAt) == day(h.computer.clock.Now())
}

// counted checks that a pass that a person asked for has found the unarchived
// patients, as far as they show in a count.
func (h *history) counted(pass profile.Pass) {
	h.t.Helper()
	cursors, err := h.program.store.Cursors(h.ctx)
	check(h.t, err)
	missing, err := h.computer.missing()
	check(h.t, err)
	kept := 0
	for ref, entry := range h.local() {
		if !isID(ref) {
			return // two records that are alike may be one row
		}
		if entry.Profile.State == profile.Active && !missing[ref] {
			kept++
		}
	}
	active := 0
	for _, p := range h.clinic.fake.Patients() {
		if p.ArchivedAt == nil {
			active++
		}
	}
	if kept != active && cursors.Drift == 0 {
		h.t.Fatalf("promise 9: somebody asked, and after a %s pass %d are here of %d", pass.Kind, kept, active)
	}
}

// broughtBack unarchives a patient, which shows only in the count, and has a
// person ask for a sync.
func (h *history) broughtBack(t *rapid.T) {
	check(t, h.clinic.happen(move{What: archived, Who: rapid.IntRange(0, 400).Draw(t, "archived")}))
	h.quiet(changesPass)
	check(t, h.clinic.happen(move{What: timePasses, Ticks: 11 * time.Minute}))
	var away []int
	for i, p := range h.clinic.fake.Patients() {
		if p.ArchivedAt != nil && p.MergedWith == "" {
			away = append(away, i)
		}
	}
	if len(away) > 0 {
		check(t, h.clinic.happen(move{What: unarchived, Who: rapid.SampledFrom(away).Draw(t, "back")}))
	}
	h.quiet(askedPass)
}

// daysGoBy gives a patient a birth date in the near future, and lets the days
// pass.
func (h *history) daysGoBy(t *rapid.T) {
	check(t, h.clinic.happen(move{What: bornSoon, Who: rapid.IntRange(0, 400).Draw(t, "who"), To: rapid.IntRange(1, 3).Draw(t, "in days")}))
	h.quiet(changesPass)
	for range rapid.IntRange(1, 3).Draw(t, "days") {
		check(t, h.clinic.happen(move{What: timePasses, Ticks: 25 * time.Hour}))
		h.quiet(changesPass)
	}
}

// cutOff kills a full pass, and lets people work before it resumes. Many of
// those it has read already are deleted.
func (h *history) cutOff(t *rapid.T) {
	h.runPlan(fullPass, plan{Kill: rapid.IntRange(-3, 7).Draw(t, "kill")})
	for range rapid.IntRange(0, 9).Draw(t, "deleted") {
		check(t, h.clinic.happen(move{What: removed, Who: rapid.IntRange(0, 60).Draw(t, "who")}))
	}
	for _, m := range rapid.SliceOfN(moves, 0, 4).Draw(t, "moves") {
		check(t, h.clinic.happen(m))
	}
	h.quiet(rapid.SampledFrom([]passKind{fullPass, fullPass, changesPass, askedPass, importPass}).Draw(t, "kind"))
}

// wrongDate runs a pass whose answers have a wrong Date. What happens then is
// seen by the next pass.
func (h *history) wrongDate(t *rapid.T) {
	if h.honest {
		t.Skip("no Date is wrong here")
	}
	h.runPlan(rapid.SampledFrom([]passKind{changesPass, changesPass, askedPass, fullPass}).Draw(t, "kind"), plan{Lie: lies.Draw(t, "lie")})
	for _, m := range rapid.SliceOfN(moves, 1, 4).Draw(t, "moves") {
		check(t, h.clinic.happen(m))
	}
	check(t, h.clinic.happen(move{What: rapid.SampledFrom([]string{edited, archived}).Draw(t, "at last"), Who: rapid.IntRange(0, 400).Draw(t, "who")}))
	check(t, h.clinic.happen(move{What: timePasses, Ticks: rapid.SampledFrom(ticks[1:6]).Draw(t, "rest")}))
	h.quiet(changesPass)
}

// clockSettings are how often this computer's clock was set.
type clockSettings struct {
	made     atomic.Int64
	readLate bool // some times of reading may be too late
}

// skew sets this computer's clock.
func (h *history) skew(by time.Duration) {
	if h.computer.skew.Swap(int64(by)) != int64(by) {
		h.settings.made.Add(1)
	}
}

// after is for a pass that has ended. Wrong Dates leave nothing but this
// computer's clock to go by, and by how much that was set nobody can tell: since
// the last right Date, or before it by less than two clocks may differ. What was
// read then has a time of reading that is as much too late.
func (c *clockSettings) after(p plan) {
	c.readLate = c.readLate || p.Lie != 0 && c.made.Load() > 0
}
