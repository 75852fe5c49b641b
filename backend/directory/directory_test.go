package directory

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/profile"
)

func client(ref, first, preferred, last, email string, phones ...string) profile.Entry {
	p := profile.Profile{ID: profile.ID(ref), State: profile.Active, Details: profile.Details{FirstName: first, PreferredFirstName: preferred, LastName: last, Email: email}}
	for _, number := range phones {
		p.Phones = append(p.Phones, profile.Phone{Type: "Mobile", Number: number})
	}
	return profile.Entry{Ref: ref, Profile: p}
}

func someClients() *Directory {
	d := New()
	d.Apply([]profile.Entry{
		client("1", "Zoë", "", "Müller-O'Brien", "zoe@example.com", "0491 570 156"),
		client("2", "Søren", "Sonny", "Ågård", "family@example.org", "+61 491 570 157"),
		client("3", "Ngọc", "Ann", "Nguyễn", "family@example.org"),
		client("4", "李", "", "王", "li@example.net", "(03) 9012 3456"),
		client("836447129235883061", "Łukasz", "", "Żółć", ""),
	})
	return d
}

func TestSearch(t *testing.T) {
	d := someClients()
	for search, want := range map[string]string{
		"":                   "2,1,3,4,836447129235883061",
		"zoe":                "1",
		"ZOË":                "1",
		"muller":             "1",
		"brien":              "1",
		"obrien":             "1",
		"o'brien zo":         "1",
		"Müller-O’Brien":     "1",
		"soren":              "2",
		"sonny":              "2",
		"agard":              "2",
		"nguyen ng":          "3",
		"Ågård, Søren":       "2",
		"family@":            "2,3",
		"0491570156":         "1",
		"0491 570":           "1,2",
		"+61 491 570 156":    "1",
		"0491570157":         "2",
		"90123":              "4",
		"王":                  "4",
		"zolc":               "836447129235883061",
		"836447129235883061": "836447129235883061",
		"83644712923588306":  "",
		"rien":               "",
		"zoe nguyen":         "",
		"%":                  "",
	} {
		result := d.Find(Query{Search: search, Filter: All, Sort: ByName, Limit: 10})
		if got := refs(result.Entries); !sameSet(got, want) || result.Matched != len(result.Entries) {
			t.Errorf("%q finds %q (%d), want %q", search, got, result.Matched, want)
		}
	}
}

func refs(entries []profile.Entry) string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Ref)
	}
	return strings.Join(out, ",")
}

func sameSet(a, b string) bool {
	x, y := strings.Split(a, ","), strings.Split(b, ",")
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

func TestSortPutsMissingValuesLast(t *testing.T) {
	d := someClients()
	for _, desc := range []bool{false, true} {
		result := d.Find(Query{Filter: All, Sort: ByEmail, Desc: desc, Limit: 10})
		if last := result.Entries[4]; last.Profile.Email != "" {
			t.Errorf("desc %v: %s is last", desc, last.Ref)
		}
		want := "2,3,4,1"
		if desc {
			want = "1,4,3,2"
		}
		if got := refs(result.Entries[:4]); got != want {
			t.Errorf("desc %v: %s, want %s", desc, got, want)
		}
	}
}

func TestSortLooksAtLetters(t *testing.T) {
	d := New()
	d.Apply([]profile.Entry{
		client("1", "Rosa", "", "d'Angelo", ""), client("2", "An", "", "Đặng", ""), client("3", "Ugo", "", "Dante", ""),
		client("4", "Ada", "", "D’Angelo", ""),
	})
	if got := refs(d.Find(Query{Filter: All, Sort: ByName, Limit: 10}).Entries); got != "2,4,1,3" {
		t.Errorf("the order is %s", got)
	}
}

func TestFiltersAndCounts(t *testing.T) {
	d := someClients()
	failed := client("3", "Ngọc", "Ann", "Nguyễn", "")
	failed.Failure = &profile.Failure{Ref: "3", Code: profile.Incomplete}
	left := client("1", "Zoë", "", "Müller", "zoe@example.com")
	left.Profile.State = profile.Archived
	gone := client("4", "李", "", "王", "")
	gone.Profile.State = profile.Deleted
	d.Apply([]profile.Entry{failed, left, gone})
	d.Apply([]profile.Entry{failed})
	for filter, want := range map[Filter]string{All: "2,3,836447129235883061", Attention: "3", Archived: "1"} {
		result := d.Find(Query{Filter: filter, Limit: 10})
		if got := refs(result.Entries); !sameSet(got, want) {
			t.Errorf("%s: %s, want %s", filter, got, want)
		}
		if c := result.Counts; c.All != 3 || c.Attention != 1 || c.Archived != 1 {
			t.Errorf("%+v", c)
		}
	}
}

// All pages together are the whole list, whatever the order and the search.
func TestPagesAreTheWholeList(t *testing.T) {
	d := New()
	var many []profile.Entry
	for i := range 500 {
		e := client(fmt.Sprint(i), fmt.Sprint("First", i%7), "", fmt.Sprint("Last", i%31), "")
		e.Profile.UpdatedAt = time.Unix(int64(i%11), 0)
		many = append(many, e)
	}
	d.Apply(many)
	rapid.Check(t, func(t *rapid.T) {
		q := Query{
			Search: rapid.SampledFrom([]string{"", "first1", "last2", "first1 last3"}).Draw(t, "search"),
			Filter: All, Desc: rapid.Bool().Draw(t, "desc"),
			Sort: rapid.SampledFrom([]Sort{ByName, ByBorn, BySex, ByEmail, ByUpdated}).Draw(t, "sort"),
		}
		q.Limit = 1000
		whole := d.Find(q)
		q.Limit = rapid.IntRange(1, 90).Draw(t, "limit")
		var parts []profile.Entry
		for q.Offset = 0; q.Offset < whole.Matched; q.Offset += q.Limit {
			parts = append(parts, d.Find(q).Entries...)
		}
		if refs(parts) != refs(whole.Entries) || len(parts) != whole.Matched {
			t.Fatalf("%+v", q)
		}
	})
}

// What was read of the store before somebody was erased does not bring them
// back; that Cliniko has them again does.
func TestWhoIsErasedWhileFillingStaysErased(t *testing.T) {
	d, gone := New(), client("1", "Gone", "", "Lee", "")
	d.Forget([]string{"1"})
	d.Fill([]profile.Entry{gone, client("2", "Ann", "", "Lee", "")})
	if all := d.Find(Query{Filter: All, Sort: ByName, Limit: 10}); refs(all.Entries) != "2" {
		t.Errorf("in memory: %s", refs(all.Entries))
	}
	d.Apply([]profile.Entry{gone})
	d.Fill([]profile.Entry{gone})
	if _, ok := d.One("1"); !ok {
		t.Error("somebody who is in Cliniko again is not in memory")
	}
}

// A pass applies changes while a person types a search.
func TestConcurrentUse(t *testing.T) {
	d := someClients()
	var group sync.WaitGroup
	for n := range 3 {
		group.Go(func() {
			for i := range 200 {
				ref := fmt.Sprint(100 + i%20)
				switch n {
				case 0:
					d.Apply([]profile.Entry{client(ref, fmt.Sprint("Ann", i), "", "Lee", "")})
				case 1:
					d.Forget([]string{ref})
				default:
					d.Find(Query{Search: "ann", Filter: All, Sort: ByName, Limit: 10})
				}
			}
		})
	}
	group.Wait()
	if zoe := d.Find(Query{Search: "zoe", Filter: All, Limit: 1}); zoe.Matched != 1 {
		t.Errorf("%d found", zoe.Matched)
	}
}

func BenchmarkSearch100k(b *testing.B) {
	d := New()
	var many []profile.Entry
	for i := range 100_000 {
		many = append(many, client(fmt.Sprint(i), fmt.Sprint("Ann", i%977), "", fmt.Sprint("Example", i%3001), fmt.Sprint("p", i, "@example.com"), "0491 570 156"))
	}
	d.Apply(many)
	d.Find(Query{Filter: All, Limit: 1})
	now := time.Now()
	for b.Loop() {
		d.Find(Query{Search: "ann9 exam", Filter: All, Limit: 60, Now: now})
	}
}

func TestWhoseNameMatchesComesFirst(t *testing.T) {
	d := New()
	d.Apply([]profile.Entry{
		client("1", "Benjamin", "", "Fraser", "bridget.fraser@example.com"), client("2", "Bridget", "", "Fraser", ""), client("3", "Zoe", "", "Fraser", "bridget.fraser@example.com"),
		client("4", "Ann", "", "Bridget", "x@fraser.example"), client("5", "Zed", "Bridget", "Fraser", ""),
	})
	q := Query{Search: "bridget fraser", Filter: All, Sort: ByMatch, Limit: 10}
	for _, want := range []struct {
		offset, limit int
		refs          string
	}{{0, 10, "2 5 4 1 3"}, {0, 1, "2"}, {1, 2, "5 4"}, {3, 9, "1 3"}, {5, 9, ""}} {
		q.Offset, q.Limit = want.offset, want.limit
		var got []string
		found := d.Find(q)
		for i := range found.Entries {
			got = append(got, found.Entries[i].Ref)
		}
		if strings.Join(got, " ") != want.refs || found.Matched != 5 {
			t.Errorf("from %d on %d are %v of %d, want %s", want.offset, want.limit, got, found.Matched, want.refs)
		}
	}
	q = Query{Search: "bridget f", Filter: All, Sort: ByMatch, Limit: 1}
	if d.Apply([]profile.Entry{client("6", "Bridget", "", "Adams", "b@f.example")}); d.Find(q).Entries[0].Ref != "2" {
		t.Errorf("a letter that is the beginning of no name comes first: %v", d.Find(q).Entries[0].Ref)
	}
	d.Apply([]profile.Entry{as(profile.Deleted, client("6", "Bridget", "", "Adams", ""))})
	q = Query{Search: "bridget.fraser@example.com", Filter: All, Sort: ByMatch, Limit: 10}
	if got := d.Find(q).Entries; len(got) != 2 || got[0].Ref != "1" {
		t.Errorf("an email finds %v", got)
	}
}

func TestSearchByBirthDate(t *testing.T) {
	d := New()
	var some []profile.Entry
	for i, born := range []profile.Date{{Year: 1964, Month: 3, Day: 26}, {Year: 1990, Month: 4, Day: 3}, {Year: 1990, Month: 3, Day: 4}, {}} {
		e := client(fmt.Sprint(i), "Ann", "", fmt.Sprint("Lee", i), "")
		e.Profile.DateOfBirth = born
		some = append(some, e)
	}
	d.Apply(some)
	for search, want := range map[string]string{
		"1964-03-26": "0", "1964-3-26": "0", "26/03/1964": "0", "26.3.1964": "0", "03/26/1964": "0",
		"26 Mar 1964": "0", "26 march 1964": "0", "Mar 26, 1964": "0", "26th of March": "", "26th March, 1964": "0",
		"3/4/1990": "1,2", "1990-04-03": "1", "ann 3/4/1990 lee2": "2", "lee0 3/4/1990": "",
		"26/3/64": "0", "26.03.64": "0", "03/26/64": "0", "3/4/90": "1,2", "ann 26 / 3 / 64": "0", "26/3/65": "", "31/02/90": "", "dob 26/3/64": "0",
		"31/02/1990": "", "26/03": "", "0000-00-00": "",
		"26031964": "0", "19640326": "0", "03261964": "0", "03041990": "1,2", "ann 03041990 lee2": "2", "31021990": "", "2603196": "",
		"260364": "0", "032664": "0", "26-3-64": "0", "26-03-1964": "0", "26 3 1964": "0", "26 03 64": "0", "640326": "", "310290": "",
		"26 Mar 64": "0", "mar 26, 64": "0", "26th of march 64": "0", "4 Mar 90": "2", "26 Mar 65": "",
		"ann 1964": "0", "1990 ann": "1,2", "1964": "", "ann 1965": "", "lee1 1964": "",
	} {
		if got := refs(d.Find(Query{Search: search, Filter: All, Sort: ByName, Limit: 10}).Entries); !sameSet(got, want) {
			t.Errorf("%q finds %q, want %q", search, got, want)
		}
	}
}
