package syncer_test

import (
	"context"
	"math"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// wrongCounts are what Cliniko may say instead of how many patients there are.
var wrongCounts = rapid.Custom(func(t *rapid.T) fakeclinic.Fault {
	if rapid.IntRange(0, 2).Draw(t, "absolute") == 0 {
		return fakeclinic.Fault{Kind: fakeclinic.WrongCount, Count: rapid.SampledFrom([]int64{
			0, 1, 50, 100, 1_000_000, 1_000_000_000, 1_000_000_000_000, 9e18, math.MaxInt64, -1, math.MinInt64}).Draw(t, "count")}
	}
	return fakeclinic.Fault{Kind: fakeclinic.CountOff, Count: rapid.SampledFrom([]int64{1, 1, -1, -1, -1, 2, 99, 100, -100}).Draw(t, "off by")}
})

// miscounts reports whether an answer has a wrong count.
func (p plan) miscounts() bool {
	for _, f := range p.Faults {
		if f.Kind == fakeclinic.WrongCount || f.Kind == fakeclinic.CountOff {
			return true
		}
	}
	return false
}

// miscounted runs a pass in which some answers have wrong counts, or all have
// the same. It reads everybody all the same, in not many more requests, or fails
// because a count is impossible.
func (h *history) miscounted(t *rapid.T) {
	if rapid.Bool().Draw(t, "the last page has one patient") {
		more := (profile.PageSize + 1 - h.clinic.fake.Len()%profile.PageSize) % profile.PageSize
		check(t, h.clinic.happen(move{What: created, Many: more}))
		check(t, h.clinic.happen(move{What: timePasses, Ticks: ticks[5]}))
	}
	const numbers = 400
	p := plan{Faults: map[int]fakeclinic.Fault{}}
	always := rapid.Bool().Draw(t, "always")
	if always {
		fault := wrongCounts.Draw(t, "count")
		for n := range numbers {
			p.Faults[n+1] = fault
		}
	} else {
		p.Faults = rapid.MapOfN(rapid.IntRange(1, 20), wrongCounts, 1, 12).Draw(t, "counts")
	}
	possible := true
	for _, f := range p.Faults {
		possible = possible && f.Count <= 1_000_000 && (f.Kind == fakeclinic.CountOff || f.Count >= 0)
	}
	kind := rapid.SampledFrom([]passKind{fullPass, fullPass, changesPass, askedPass, importPass}).Draw(t, "kind")
	gone, mass := h.gone(h.local())
	since, sent := h.clinic.moment(), h.clinic.fake.RequestCount()
	pass, err := h.run(kind, p)
	sent = h.clinic.fake.RequestCount() - sent
	// Sync reads what changed by two orders, twice, every page, and by two walks
	// with what is new after each and before them. A walk reads a page twice where
	// many were created or changed in the same second: 20 requests a page at most.
	// Then each who is gone is asked for alone.
	if pages := 1 + h.clinic.fake.Len()/profile.PageSize; sent > 60+20*pages+len(gone) {
		t.Fatalf("counts: a %s pass sent %d requests for %d pages and %d who are gone", kind, sent, pages, len(gone))
	}
	switch code := profile.CodeOf(err); {
	case code == "":
		if pass.Kind == profile.FullPass {
			h.clinic.seenInFull(since)
		}
	case code == profile.Gone:
		if !mass && !h.wasAsked(gone) {
			t.Fatalf("counts: a pass stopped though only %d are gone", len(gone))
		}
	case code != profile.ClinicTrouble, possible && always:
		t.Fatalf("counts: a %s pass: %v", kind, err)
	}
	h.after(pass, err, p)
}

// countTrusting is the real engine on a source that has no more patients than
// the count says.
func countTrusting(source profile.Source, store profile.Store, o syncer.Options) engine {
	return syncer.New(&countTrustingSource{source}, store, o)
}

type countTrustingSource struct{ profile.Source }

func (s *countTrustingSource) Patients(ctx context.Context, q profile.Query) (profile.Page, error) {
	page, err := s.Source.Patients(ctx, q)
	before := (max(q.Number, 1) - 1) * profile.PageSize
	page.Records = page.Records[:min(len(page.Records), max(0, page.Total-before))]
	return page, err
}
