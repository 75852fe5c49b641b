package fakeclinic_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

func TestChanges(t *testing.T) {
	v := cohort(t)
	before, _ := v.clinic.Get("20")
	v.clock.pass(1500 * time.Millisecond)
	now := epoch.Add(time.Second)

	must(t, v.clinic.Edit("20", func(p *fakeclinic.Patient) {
		p.ID, p.CreatedAt, p.UpdatedAt, p.Email = "999", time.Time{}, time.Time{}, new("bo@example.com")
	}))
	want := before
	want.Email, want.UpdatedAt = new("bo@example.com"), now
	if got, _ := v.clinic.Get("20"); !cmp.Equal(want, got) {
		t.Errorf("edited: %s", cmp.Diff(want, got))
	}

	must(t, v.clinic.Archive("20"))
	want.ArchivedAt = &now
	if got, _ := v.clinic.Get("20"); !cmp.Equal(want, got) {
		t.Errorf("archived: %s", cmp.Diff(want, got))
	}
	must(t, v.clinic.Unarchive("20"))
	want.ArchivedAt = nil
	if got, _ := v.clinic.Get("20"); !cmp.Equal(want, got) {
		t.Errorf("unarchived: %s", cmp.Diff(want, got))
	}
	must(t, v.clinic.Merge("20", "30"))
	want.ArchivedAt, want.MergedAt, want.MergedWith = &now, &now, "30"
	if got, _ := v.clinic.Get("20"); !cmp.Equal(want, got) {
		t.Errorf("merged: %s", cmp.Diff(want, got))
	}
	must(t, v.clinic.Delete("20"))
	if _, known := v.clinic.Get("20"); known || v.clinic.Len() != 4 || slices.Contains(v.clinic.IDs(), "20") {
		t.Error("deleted, and still there")
	}
}

func TestChangesToNobody(t *testing.T) {
	v := cohort(t)
	nothing := func(*fakeclinic.Patient) {}
	for name, err := range map[string]error{
		"edit": v.clinic.Edit("7", nothing), "archive": v.clinic.Archive("7"), "unarchive": v.clinic.Unarchive("7"),
		"delete": v.clinic.Delete("7"), "merge": v.clinic.Merge("7", "20"), "merge into": v.clinic.Merge("20", "7"),
		"bulk": v.clinic.BulkEdit([]string{"20", "7"}, func(p *fakeclinic.Patient) { p.Title = new("Dr") }),
	} {
		if !errors.Is(err, fakeclinic.ErrUnknownPatient) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if p, _ := v.clinic.Get("20"); p.Title != nil {
		t.Error("half of a bulk edit was done")
	}
	for _, id := range []string{"x", "007", "-1", "99999999999999999999", "20"} {
		if _, err := v.clinic.Create(fakeclinic.Patient{ID: id}); err == nil {
			t.Errorf("created with id %q", id)
		}
	}
}

func TestArchivingCanBump(t *testing.T) {
	options := empty()
	options.ArchiveBumps = true
	v := visit(t, options)
	id, err := v.clinic.Create(fakeclinic.Patient{})
	must(t, err)
	v.clock.pass(time.Minute)
	must(t, v.clinic.Archive(id))
	if p, _ := v.clinic.Get(id); !p.UpdatedAt.Equal(epoch.Add(time.Minute)) {
		t.Errorf("updated_at is %v", p.UpdatedAt)
	}
}

func TestBulkEditHasOneSecond(t *testing.T) {
	v := visit(t, fakeclinic.Options{Patients: 500})
	ids := v.clinic.IDs()[:300]
	v.list("sort", "updated_at")
	must(t, v.clinic.BulkEdit(ids, func(p *fakeclinic.Patient) { p.Title = new("Dr") }))
	page := v.list("q[]", "archived_at:*", "q[]", "updated_at:>=2026-03-01T09:00:00Z", "q[]", "updated_at:<2026-03-01T09:00:01Z", "sort", "id")
	if page.Total != 300 {
		t.Errorf("%d people in the second, want 300", page.Total)
	}
}

func TestCopiesAreCopies(t *testing.T) {
	v := visit(t, empty())
	must(t, v.clinic.Put(example()))
	p, _ := v.clinic.Get(example().ID)
	*p.Email, p.Phones[0].Number, p.Pronouns.Nominative = "changed", "changed", "changed"
	mine := "mine"
	must(t, v.clinic.Edit(p.ID, func(p *fakeclinic.Patient) { p.Title = &mine }))
	mine = "changed"
	if got := v.get("/patients/" + p.ID).body; strings.Contains(got, "changed") {
		t.Error(got)
	}
	if got, _ := v.clinic.Get(p.ID); *got.Email != "alex@example.com" || *got.Title != "mine" {
		t.Errorf("the clinic has %q, %q", *got.Email, *got.Title)
	}
}

func TestHooksChangeTheClinicBetweenPages(t *testing.T) {
	v := cohort(t)
	v.clinic.AfterRequest(func(r fakeclinic.Request) {
		if r.N == 1 {
			must(t, v.clinic.Delete("30"))
		}
	})
	first := v.list("per_page", "2")
	second := v.page(first.Links.Next)
	if !slices.Equal(first.ids(), []string{"30", "20"}) || !slices.Equal(second.ids(), []string{"9007199254740993"}) {
		t.Errorf("pages are %v and %v; 40 should have slipped between them", first.ids(), second.ids())
	}
	v.clinic.AfterRequest(nil)
	v.clinic.BeforeResponse(func(fakeclinic.Request) {
		must(t, v.clinic.Edit("40", func(p *fakeclinic.Patient) { p.LastName = new("Late") }))
	})
	if got := v.get("/patients/40").body; !strings.Contains(got, `"last_name":"Late"`) {
		t.Error("the change came after the answer")
	}
}

func TestConcurrentUse(t *testing.T) {
	v := visit(t, fakeclinic.Options{Patients: 300, Limit: 100_000})
	ids := v.clinic.IDs()
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 25 {
				id := ids[(worker*25+i)%len(ids)]
				v.get("/patients?" + query("sort", "updated_at", "q[]", "archived_at:*"))
				if err := v.clinic.Edit(id, func(p *fakeclinic.Patient) { p.Title = new("Dr") }); err != nil {
					t.Error(err)
				}
				if err := v.clinic.Archive(id); err != nil {
					t.Error(err)
				}
				if _, err := v.clinic.Create(fakeclinic.Patient{}); err != nil {
					t.Error(err)
				}
				v.clinic.SetLatency(0)
				v.clinic.SetFaults(nil)
				v.clinic.Requests()
			}
		})
	}
	all.Wait()
	if got := v.list("q[]", "archived_at:*").Total; got != 400 {
		t.Errorf("%d people, want 400", got)
	}
}
