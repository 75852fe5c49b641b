package fakeclinic_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

func TestPagesCoverEveryoneOnce(t *testing.T) {
	v := visit(t, fakeclinic.Options{Patients: 730})
	want := []string{}
	for _, p := range v.clinic.Patients() {
		if p.ArchivedAt == nil {
			want = append(want, p.ID)
		}
	}
	got := []string{}
	pages := 0
	for next := "/patients"; next != ""; pages++ {
		page := v.page(next)
		if page.Total != len(want) {
			t.Fatalf("total_entries is %d, want %d", page.Total, len(want))
		}
		got = append(got, page.ids()...)
		next = page.Links.Next
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if wantPages := (len(want) + 49) / 50; pages != wantPages {
		t.Errorf("%d pages, want %d", pages, wantPages)
	}
}

func TestLinksRepeatTheQuestion(t *testing.T) {
	v := visit(t, fakeclinic.Options{Patients: 300})
	page := v.list("q[]", "archived_at:*", "q[]", "updated_at:>=2017-01-01T00:00:00Z", "sort", "updated_at:asc", "per_page", "100", "page", "2")
	for name, link := range map[string]string{"self": page.Links.Self, "next": page.Links.Next, "previous": page.Links.Previous} {
		number := map[string]string{"self": "2", "next": "3", "previous": "1"}[name]
		want := v.server.URL() + "/patients?" + query("page", number, "per_page", "100", "q[]", "archived_at:*",
			"q[]", "updated_at:>=2017-01-01T00:00:00Z", "sort", "updated_at:asc")
		if link != want {
			t.Errorf("%s is %s, want %s", name, link, want)
		}
	}
	if first := v.list(); first.Links.Previous != "" || first.Links.Next == "" {
		t.Errorf("links of the first page are %+v", first.Links)
	}
	if last := v.list("page", "3", "per_page", "100", "q[]", "archived_at:*"); last.Links.Next != "" || len(last.Patients) != 100 {
		t.Errorf("links of the last page are %+v", last.Links)
	}
}

func TestPageBounds(t *testing.T) {
	v := visit(t, fakeclinic.Options{Patients: 250, Shares: new(fakeclinic.CleanShares())})
	for parameters, want := range map[string]int{
		"":                            50,
		"per_page=1":                  1,
		"per_page=100":                100,
		"per_page=1000":               100,
		"per_page=100&page=3":         50,
		"per_page=100&page=4":         0,
		"page=9223372036854775807":    0,
		"per_page=100&page=184467441": 0,
	} {
		page := v.page("/patients?" + parameters)
		if len(page.Patients) != want || page.Total != 250 {
			t.Errorf("%q: %d of %d, want %d of 250", parameters, len(page.Patients), page.Total, want)
		}
	}
	for _, bad := range []string{"page=0", "page=x", "per_page=0", "per_page=-1", "page=99999999999999999999"} {
		if got := v.get("/patients?" + bad); got.status != http.StatusBadRequest {
			t.Errorf("%q: %d, want 400", bad, got.status)
		}
	}
}

// cohort is five people whose orders by each column differ.
func cohort(t *testing.T) *visitor {
	v := visit(t, empty())
	day := func(n int) time.Time { return epoch.AddDate(0, 0, n) }
	archived := day(9)
	for _, p := range []fakeclinic.Patient{
		{ID: "30", CreatedAt: day(1), UpdatedAt: day(8), FirstName: new("Ada"), LastName: new("Xu"), Email: new("ada@example.com"), DateOfBirth: new("1990-05-01"), AcceptedPrivacyPolicy: new(true)},
		{ID: "20", CreatedAt: day(2), UpdatedAt: day(7), FirstName: new("Bo"), LastName: new("Xu"), Email: new(""), DateOfBirth: new("1985-05-31"), AcceptedPrivacyPolicy: new(false)},
		{ID: "9007199254740993", CreatedAt: day(3), UpdatedAt: day(7), FirstName: nil, LastName: new("Åberg"), DateOfBirth: new("")},
		{ID: "40", CreatedAt: day(3), UpdatedAt: day(5), FirstName: new("adam"), LastName: nil, Email: new("ADAM@example.com"), OldReferenceID: new("HP-1")},
		{ID: "50", CreatedAt: day(5), UpdatedAt: day(6), ArchivedAt: &archived, FirstName: new("Ada"), DateOfBirth: new("2000-02-29")},
	} {
		must(t, v.clinic.Put(p))
	}
	return v
}

func TestSort(t *testing.T) {
	v := cohort(t)
	const all = "q[]=archived_at:*&"
	for parameters, want := range map[string]string{
		"":                                  "30 20 40 9007199254740993 50",
		"order=desc":                        "50 9007199254740993 40 20 30",
		"sort=created_at:desc":              "50 9007199254740993 40 20 30",
		"sort=updated_at":                   "40 50 20 9007199254740993 30",
		"sort=updated_at:desc&order=asc":    "30 9007199254740993 20 50 40",
		"sort=id":                           "20 30 40 50 9007199254740993",
		"sort=id:desc":                      "9007199254740993 50 40 30 20",
		"sort=updated_at:asc,id:desc":       "40 50 9007199254740993 20 30",
		"sort=first_name,created_at:desc":   "50 30 20 40 9007199254740993",
		"sort=last_name:asc,updated_at":     "20 30 9007199254740993 40 50",
		"sort=last_name:desc,id:asc":        "40 50 9007199254740993 20 30",
		"sort=archived_at,id&order=desc":    "50 9007199254740993 40 30 20",
		"sort=created_at,updated_at":        "30 20 40 9007199254740993 50",
		"sort=date_of_birth&per_page=2":     "9007199254740993 20",
		"sort=created_at&per_page=2&page=2": "40 9007199254740993",
		"order=desc&per_page=2&page=3":      "30",
	} {
		page := v.page("/patients?" + all + parameters)
		if got := strings.Join(page.ids(), " "); got != want {
			t.Errorf("%q: %s, want %s", parameters, got, want)
		}
	}
	for _, bad := range []string{"sort=notes", "sort=id,", "sort=updated_at:up", "sort=created_at,shoe_size"} {
		if got := v.get("/patients?" + bad); got.status != http.StatusBadRequest {
			t.Errorf("%q: %d, want 400", bad, got.status)
		}
	}
}

func TestFilters(t *testing.T) {
	v := cohort(t)
	const big = "9007199254740993"
	for _, test := range []struct {
		want    string // ids in default order
		filters []string
	}{
		{"30 20 40 " + big, nil},
		{"30 20 40 " + big + " 50", []string{"archived_at:*"}},
		{"50", []string{"archived_at:?"}},
		{"30 20 40 " + big, []string{"archived_at:!?"}},
		{"50", []string{"archived_at:>=2026-03-10T09:00:00Z"}},
		{"", []string{"archived_at:>2026-03-10T09:00:00Z"}},
		{"50", []string{"archived_at:<=2026-03-10T09:00:00Z", "archived_at:*"}},
		{"", []string{"archived_at:<2026-03-10T09:00:00Z"}},
		{"", []string{"archived_at:?", "archived_at:!?"}},

		{"20 " + big, []string{"updated_at:>=2026-03-08T09:00:00Z", "updated_at:<2026-03-08T09:00:01Z"}},
		{"30", []string{"updated_at:>2026-03-08T09:00:00Z"}},
		{"40", []string{"updated_at:<2026-03-08T09:00:00Z"}},
		{"20 40 " + big, []string{"updated_at:<=2026-03-08T09:00:00Z"}},
		{"30 20 40 " + big, []string{"updated_at:?"}},
		{"", []string{"updated_at:!?"}},
		{"30 20 40 " + big, []string{"created_at:*"}},
		{"40 " + big, []string{"created_at:>=2026-03-04T09:00:00Z"}},
		{"20", []string{"created_at:<2026-03-04T09:00:00Z", "created_at:>=2026-03-03T09:00:00Z"}},
		{"", []string{"created_at:>2026-03-04T09:00:00Z", "created_at:<2026-03-01T09:00:00Z"}},

		{"20 30", []string{"id:=20,30"}},
		{big, []string{"id:=" + big}},
		{"", []string{"id:=9007199254740992"}},
		{"50", []string{"id:=50,50,51", "archived_at:*"}},
		{"", []string{"id:=50"}},
		{"30 40 " + big, []string{"id:!=20"}},
		{"40 " + big, []string{"id:>30"}},
		{"30 40 " + big, []string{"id:>=30"}},
		{"20", []string{"id:<30"}},
		{"30 20", []string{"id:<=30"}},
		{"30 20 40 " + big, []string{"id:?"}},
		{"", []string{"id:!?"}},
		{big, []string{"id:>20", "updated_at:>=2026-03-08T09:00:00Z", "updated_at:<2026-03-08T09:00:01Z"}},

		{"30 20", []string{"date_of_birth:=****-05-**"}},
		{"50", []string{"date_of_birth:=****-02-29", "archived_at:*"}},
		{"30", []string{"date_of_birth:=1990-05-01"}},
		{"30", []string{"date_of_birth:>1985-05-31"}},
		{"30 20", []string{"date_of_birth:>=1985-05-31"}},
		{"20", []string{"date_of_birth:<1990-05-01"}},
		{"30 20", []string{"date_of_birth:<=1990-05-01"}},
		{"30 20", []string{"date_of_birth:?"}},
		{"40 " + big, []string{"date_of_birth:!?"}},

		{"30", []string{"first_name:=Ada"}},
		{"20 40", []string{"first_name:!=Ada"}},
		{"30 40", []string{"first_name:~AD"}},
		{"30 40", []string{"first_name:~~ad%"}},
		{"30", []string{"first_name:~~%a"}},
		{"30 40", []string{"first_name:~~%d%"}},
		{"", []string{"first_name:~~d"}},
		{"30", []string{"first_name:~~a%a"}},
		{"30 20 40", []string{"first_name:?"}},
		{big, []string{"first_name:!?"}},
		{"30 20 40", []string{"email:?"}},
		{"30 40", []string{"email:~@example.com"}},
		{big, []string{"last_name:=Åberg"}},
		{"40", []string{"old_reference_id:=HP-1"}},
		{"", []string{"preferred_first_name:?"}},
		{"30", []string{"accepted_privacy_policy:=true"}},
		{"20", []string{"accepted_privacy_policy:!=true"}},
		{"20", []string{"accepted_privacy_policy:=false"}},
	} {
		parameters := []string{}
		for _, filter := range test.filters {
			parameters = append(parameters, "q[]", filter)
		}
		want := strings.Fields(test.want)
		byID := func(a, b string) int { return len(a) - len(b) + strings.Compare(a, b) }
		page := v.list(append(parameters, "sort", "created_at")...)
		got := page.ids()
		slices.SortFunc(want, byID)
		slices.SortFunc(got, byID)
		if !slices.Equal(got, want) || page.Total != len(want) {
			t.Errorf("%q: %v (total %d), want %v", test.filters, got, page.Total, want)
		}
	}
}

func TestLostBracketsAreIgnored(t *testing.T) {
	v := cohort(t)
	if got := v.page("/patients?q=id:=20&q=notes:?"); got.Total != 4 {
		t.Errorf("%d people, want all 4", got.Total)
	}
}

func TestRefusedFilters(t *testing.T) {
	v := cohort(t)
	for filter, want := range map[string]string{
		"notes:~knee":                            "notes is not filterable",
		"sex:=Male":                              "sex is not filterable",
		"merged_at:?":                            "merged_at is not filterable",
		"id:=x":                                  "Filter value for id must be a number",
		"id:=1,":                                 "Filter value for id must be a number",
		"id:>18446744073709551616":               "Filter value for id must be a number",
		"id:~1":                                  "",
		"id:":                                    "",
		"id":                                     "",
		"updated_at:=2026-03-08T09:00:00Z":       "",
		"updated_at:>=2026-03-08":                "",
		"updated_at:>=2026-03-08T09:00:00":       "",
		"updated_at:>=2026-03-08T09:00:00+10:00": "",
		"updated_at:>=":                          "",
		"archived_at:*x":                         "",
		"date_of_birth:=1990":                    "",
		"date_of_birth:=1990-02-30":              "",
		"date_of_birth:>****-05-**":              "",
		"date_of_birth:=****/05/**":              "",
		"date_of_birth:~1990-05-01":              "",
		"first_name:>Ada":                        "",
		"accepted_privacy_policy:=yes":           "",
		"accepted_privacy_policy:?":              "",
	} {
		got := v.get("/patients?" + query("q[]", filter))
		var refusal struct{ Message string }
		decode(t, got.body, &refusal)
		if got.status != http.StatusBadRequest || refusal.Message == "" || want != "" && refusal.Message != want {
			t.Errorf("%q: %d %q, want 400 %q", filter, got.status, refusal.Message, want)
		}
	}
}
