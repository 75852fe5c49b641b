package fakeclinic_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// BenchmarkPage measures only the handler: what one page of 100 costs the
// machine on which a client is measured.
func BenchmarkPage(b *testing.B) {
	const size = 100_000
	clinic := fakeclinic.New(fakeclinic.Options{Patients: size})
	everyone := "archived_at:*"
	for name, query := range map[string]url.Values{
		"number":       {"q[]": {everyone}},
		"active":       {},
		"created":      {"q[]": {everyone, "created_at:>=2019-01-01T00:00:00Z", "created_at:<2021-01-01T00:00:00Z"}},
		"updated":      {"q[]": {everyone, "updated_at:>=2024-01-01T00:00:00Z"}, "sort": {"updated_at:asc"}},
		"unsorted":     {"q[]": {everyone, "updated_at:>=2024-01-01T00:00:00Z"}},
		"archived":     {"q[]": {"archived_at:>=2024-01-01T00:00:00Z"}, "sort": {"archived_at"}},
		"id":           {"q[]": {everyone, "id:>836447129235883061"}, "sort": {"id"}},
		"second":       {"q[]": {everyone, "updated_at:>=2025-05-28T08:00:00Z", "updated_at:<2025-05-28T08:00:01Z", "id:>836447129235883061"}, "sort": {"id"}},
		"seven by id":  {"q[]": {everyone, "id:=12345601,12345608,12345615,12345622,12345629,12345636,1"}},
		"sorted twice": {"q[]": {everyone}, "sort": {"last_name,first_name:desc"}},
	} {
		b.Run(name, func(b *testing.B) {
			query.Set("per_page", "100")
			page := 0
			for b.Loop() {
				page++
				query.Set("page", strconv.Itoa(page%5+1))
				r := httptest.NewRequest(http.MethodGet, "/v1/patients?"+query.Encode(), nil)
				r.Header.Set("User-Agent", "Benchmark (bench@example.com)")
				r.SetBasicAuth(clinic.Key(), "")
				w := discard{}
				clinic.ServeHTTP(w, r)
			}
		})
	}
}

// BenchmarkPageWhileEdited edits a patient between any two pages, so that
// nothing can be cached.
func BenchmarkPageWhileEdited(b *testing.B) {
	clinic := fakeclinic.New(fakeclinic.Options{Patients: 100_000})
	ids := clinic.IDs()
	target := "/v1/patients?per_page=100&sort=updated_at&q%5B%5D=archived_at:*&q%5B%5D=updated_at:%3E%3D2024-01-01T00:00:00Z"
	n := 0
	for b.Loop() {
		n++
		if err := clinic.Edit(ids[n*7919%len(ids)], func(p *fakeclinic.Patient) { p.Title = new("Dr") }); err != nil {
			b.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Header.Set("User-Agent", "Benchmark (bench@example.com)")
		r.SetBasicAuth(clinic.Key(), "")
		clinic.ServeHTTP(discard{}, r)
	}
}

// BenchmarkFullListing reads all patients over HTTP, page after page on one
// connection, and discards them.
func BenchmarkFullListing(b *testing.B) {
	const size = 100_000
	v := visit(b, fakeclinic.Options{Patients: size})
	for b.Loop() {
		for page := 1; page <= size/100; page++ {
			r := v.request(http.MethodGet, "/patients?per_page=100&q%5B%5D=archived_at:*&page="+strconv.Itoa(page))
			response, err := v.http.Do(r)
			must(b, err)
			if _, err := io.Copy(io.Discard, response.Body); err != nil {
				b.Fatal(err)
			}
			must(b, response.Body.Close())
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		fakeclinic.New(fakeclinic.Options{Patients: 100_000})
	}
}

// discard is a response writer that discards everything, so that only the page
// is measured.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}
