package fakeclinic_test

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// TestListsAreWhatALookAtEveryoneGives compares the clinic's orders, ranges and
// cached results with a scan of all patients, through random histories of
// changes.
func TestListsAreWhatALookAtEveryoneGives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := &clock{now: epoch}
		clinic := fakeclinic.New(fakeclinic.Options{
			Patients: rapid.IntRange(1, 120).Draw(t, "patients"), Seed: rapid.Uint64().Draw(t, "seed"), Clock: clock.Now,
		})
		// One question is repeated after every change, since the clinic caches
		// results.
		standing := drawQuestion(t, clinic)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			standing.check(t, clinic)
			drawQuestion(t, clinic).check(t, clinic)
			change(t, clinic, clock)
		}
		standing.check(t, clinic)
	})
}

func change(t *rapid.T, clinic *fakeclinic.Clinic, clock *clock) {
	clock.pass(time.Duration(rapid.IntRange(0, 3).Draw(t, "seconds")) * time.Second)
	ids := clinic.IDs()
	if len(ids) == 0 {
		return
	}
	id := rapid.SampledFrom(ids).Draw(t, "id")
	retitle := func(p *fakeclinic.Patient) { p.Title = new("Dr") }
	var err error
	switch rapid.IntRange(0, 7).Draw(t, "change") {
	case 0:
		err = clinic.Edit(id, retitle)
	case 1:
		err = clinic.Archive(id)
	case 2:
		err = clinic.Unarchive(id)
	case 3:
		err = clinic.Delete(id)
	case 4:
		_, err = clinic.Create(fakeclinic.Patient{})
	case 5:
		err = clinic.BulkEdit(ids[:rapid.IntRange(0, len(ids)).Draw(t, "many")], retitle)
	case 6:
		err = clinic.Merge(id, ids[0])
	}
	must(t, err)
}

// bound is a filter on one column, in numbers so that the scan needs none of
// the clinic's code.
type bound struct {
	column, operator string
	value            int64
}

// question is a request for a list, in a form that the scan can answer too.
type question struct {
	bounds       []bound
	withArchived bool
	sorted       string
	descending   bool
}

func drawQuestion(t *rapid.T, clinic *fakeclinic.Clinic) question {
	everyone := clinic.Patients()
	columns := []string{"created_at", "updated_at", "id", "archived_at"}
	return question{
		sorted:     rapid.SampledFrom(columns).Draw(t, "sort"),
		descending: rapid.Bool().Draw(t, "descending"),
		bounds: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) bound {
			b := bound{rapid.SampledFrom(columns).Draw(t, "column"), rapid.SampledFrom([]string{">=", ">", "<=", "<"}).Draw(t, "operator"), 0}
			if len(everyone) > 0 {
				b.value = keyOf(rapid.SampledFrom(everyone).Draw(t, "near"), b.column)
			}
			if b.value == 0 && b.column != "id" {
				b.value = epoch.Unix()
			}
			return b
		}), 0, 3).Draw(t, "bounds"),
		withArchived: rapid.Bool().Draw(t, "archived"),
	}
}

func (q question) check(t *rapid.T, clinic *fakeclinic.Clinic) {
	want := q.scan(clinic.Patients())
	perPage := rapid.IntRange(1, 100).Draw(t, "per page")
	page := rapid.IntRange(1, len(want)/perPage+2).Draw(t, "page")
	got := q.ask(t, clinic, page, perPage)
	from := min((page-1)*perPage, len(want))
	if !slices.Equal(got.ids(), want[from:min(from+perPage, len(want))]) || got.Total != len(want) {
		t.Fatalf("%v of %d, want %v", got.ids(), got.Total, want)
	}
}

func keyOf(p fakeclinic.Patient, column string) int64 {
	switch column {
	case "created_at":
		return p.CreatedAt.Unix()
	case "updated_at":
		return p.UpdatedAt.Unix()
	case "archived_at":
		if p.ArchivedAt == nil {
			return 0
		}
		return p.ArchivedAt.Unix()
	}
	id, _ := strconv.ParseInt(p.ID, 10, 64)
	return id
}

func (q question) scan(everyone []fakeclinic.Patient) []string {
	filtersArchived := slices.ContainsFunc(q.bounds, func(b bound) bool { return b.column == "archived_at" })
	left := slices.DeleteFunc(slices.Clone(everyone), func(p fakeclinic.Patient) bool {
		if p.ArchivedAt != nil && !q.withArchived && !filtersArchived {
			return true
		}
		return slices.ContainsFunc(q.bounds, func(b bound) bool { return !b.holds(p) })
	})
	slices.SortFunc(left, func(a, b fakeclinic.Patient) int {
		order := cmp.Or(cmp.Compare(exact(a, q.sorted), exact(b, q.sorted)), cmp.Compare(keyOf(a, "id"), keyOf(b, "id")))
		if q.descending {
			return -order
		}
		return order
	})
	ids := []string{}
	for _, p := range left {
		ids = append(ids, p.ID)
	}
	return ids
}

// exact is keyOf with the fractions of a second that some patients' times have.
func exact(p fakeclinic.Patient, column string) int64 {
	if column == "updated_at" {
		return p.UpdatedAt.UnixMilli()
	}
	return keyOf(p, column)
}

func (b bound) holds(p fakeclinic.Patient) bool {
	key, value := exact(p, b.column), b.value
	if b.column == "updated_at" {
		value *= 1000
	}
	if b.column == "archived_at" && p.ArchivedAt == nil {
		return false
	}
	return map[string]bool{">=": key >= value, ">": key > value, "<=": key <= value, "<": key < value}[b.operator]
}

func (q question) ask(t *rapid.T, clinic *fakeclinic.Clinic, page, perPage int) patientsPage {
	sorted := q.sorted
	if q.descending {
		sorted += ":desc"
	}
	parameters := []string{"sort", sorted, "page", strconv.Itoa(page), "per_page", strconv.Itoa(perPage)}
	if q.withArchived {
		parameters = append(parameters, "q[]", "archived_at:*")
	}
	for _, b := range q.bounds {
		text := strconv.FormatInt(b.value, 10)
		if strings.HasSuffix(b.column, "_at") {
			text = time.Unix(b.value, 0).UTC().Format(time.RFC3339)
		}
		parameters = append(parameters, "q[]", b.column+":"+b.operator+text)
	}
	r := httptest.NewRequest(http.MethodGet, "/v1/patients?"+query(parameters...), nil)
	r.Header.Set("User-Agent", "Test (test@example.com)")
	r.SetBasicAuth(clinic.Key(), "")
	w := httptest.NewRecorder()
	clinic.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", r.URL, w.Code, w.Body)
	}
	var got patientsPage
	decode(t, w.Body.String(), &got)
	return got
}
