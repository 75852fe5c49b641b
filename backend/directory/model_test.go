package directory

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/profile"
)

// plainList is what a directory promises, written down without any of its
// shortcuts.
type plainList map[string]profile.Entry

func (l plainList) find(q Query) (found []string, counts Counts) {
	var rows []*row
	for _, e := range l {
		r := newRow(&e)
		counts.All += count(r.in(All))
		counts.Attention += count(r.in(Attention))
		counts.Archived += count(r.in(Archived))
		if !r.in(q.Filter) {
			continue
		}
		noPhone, noEmail, changed := len(e.Profile.Phones) == 0, e.Profile.Email == "", e.Profile.UpdatedAt
		recently := func(days int) bool { return !changed.IsZero() && !changed.Before(q.Now.AddDate(0, 0, -days)) }
		counts.NoPhone += count(noPhone)
		counts.NoEmail += count(noEmail)
		counts.Week += count(recently(7))
		counts.Month += count(recently(30))
		if matchesPlainly(r, q.Search) && (noPhone || !q.Narrow.NoPhone) && (noEmail || !q.Narrow.NoEmail) &&
			(q.Narrow.Since.IsZero() || !changed.IsZero() && !changed.Before(q.Narrow.Since)) {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b *row) int {
		ka, kb := a.key(q.Sort), b.key(q.Sort)
		byName := cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.entry.Ref, b.entry.Ref))
		switch {
		case ka == "" && kb == "":
			return byName
		case ka == "":
			return 1
		case kb == "":
			return -1
		case q.Desc:
			return cmp.Or(-strings.Compare(ka, kb), -byName)
		}
		return cmp.Or(strings.Compare(ka, kb), byName)
	})
	for _, r := range rows {
		found = append(found, r.entry.Ref)
	}
	return found, counts
}

func count(in bool) int {
	if in {
		return 1
	}
	return 0
}

func matchesPlainly(r *row, search string) bool {
	for _, t := range parseTerms(search) {
		if !strings.Contains(r.words, " "+t.text) && !strings.Contains(r.email, t.text) && r.entry.Ref != t.text && !slices.Contains(t.born, r.entry.Profile.DateOfBirth) &&
			(t.digits == "" || !strings.Contains(r.digits, t.digits)) {
			return false
		}
	}
	return true
}

const firstOfMany = 10_000

// Whatever comes and goes, in whatever order it is looked at, the directory
// answers as the plain list does.
func TestAnswersAsAPlainList(t *testing.T) {
	name := rapid.SampledFrom([]string{"", "Ann", "ann", "Anna-Lee", "O’Brien", "Zoë", "王", "de la Cruz", "Øst", "Bob7", "A"})
	email := rapid.SampledFrom([]string{"", "ann@example.com", "BOB@example.org", "zoe.o'brien@example.net", "n/a", "two words@example.com"})
	number := rapid.SampledFrom([]string{"", "0491 570 156", "+61 491 570 157", "(03) 9012 3456", "ext. 7"})
	now := time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)
	updated := rapid.SampledFrom([]time.Time{{}, time.Unix(5, 0), time.Unix(5, 1), now.AddDate(0, 0, -30), now.AddDate(0, 0, -8), now.AddDate(0, 0, -7), now})
	// Some are among the many, in both blocks of them.
	ref := rapid.Map(rapid.SampledFrom([]int{1, 2, 3, 12, 100, firstOfMany + 1, firstOfMany + 40, firstOfMany + blockRows + 2}), strconv.Itoa)
	entry := rapid.Custom(func(t *rapid.T) profile.Entry {
		e := client(ref.Draw(t, "ref"), name.Draw(t, "first"), name.Draw(t, "preferred"), name.Draw(t, "last"), email.Draw(t, "email"), number.Draw(t, "phone"))
		if rapid.Bool().Draw(t, "without phones") {
			e.Profile.Phones = nil
		}
		e.Profile.State = rapid.SampledFrom([]profile.State{profile.Active, profile.Active, profile.Archived, profile.Merged, profile.Deleted}).Draw(t, "state")
		e.Profile.UpdatedAt = updated.Draw(t, "updated").UTC()
		e.Profile.DateOfBirth = rapid.SampledFrom([]profile.Date{{}, {Year: 1990, Month: 5, Day: 1}, {Year: 2001, Month: 1, Day: 31}}).Draw(t, "born")
		e.Profile.Sex = rapid.SampledFrom([]string{"", "Female", "male"}).Draw(t, "sex")
		if rapid.IntRange(0, 4).Draw(t, "failed") == 0 {
			e.Failure = &profile.Failure{Ref: e.Ref, Code: profile.Incomplete}
		}
		return e
	})
	word := rapid.SampledFrom([]string{"a", "an", "ann", "o'b", "brien", "z", "王", "@", "example", "two", "0491", "570157", "61491570157", "1", "12", "100", "q", "é", "lee,", "1990-05-01", "1/5/1990", "31 Jan 2001"})
	rapid.Check(t, func(t *rapid.T) {
		d, plain := New(), plainList{}
		// Enough of them that a few changes are put in one by one.
		var many []profile.Entry
		for n := range rapid.SampledFrom([]int{0, 50, blockRows + 50}).Draw(t, "many") {
			e := client(fmt.Sprint(firstOfMany+n), fmt.Sprint("Ann", n%7), "", fmt.Sprint("Lee", n%5), "")
			many, plain[e.Ref] = append(many, e), e
		}
		d.Fill(many)
		t.Repeat(map[string]func(*rapid.T){
			"apply": func(t *rapid.T) {
				some := rapid.SliceOfN(entry, 0, 5).Draw(t, "entries")
				d.Apply(some)
				for _, e := range some {
					plain[e.Ref] = e
				}
			},
			"fill": func(t *rapid.T) {
				e := entry.Draw(t, "entry")
				d.Fill([]profile.Entry{e})
				if _, known := plain[e.Ref]; !known {
					plain[e.Ref] = e
				}
			},
			"forget": func(t *rapid.T) {
				gone := rapid.SliceOfN(ref, 0, 3).Draw(t, "refs")
				d.Forget(gone)
				for _, ref := range gone {
					delete(plain, ref)
				}
			},
			"": func(t *rapid.T) {
				q := Query{
					Search: strings.Join(rapid.SliceOfN(word, 0, 3).Draw(t, "words"), " "),
					Filter: rapid.SampledFrom([]Filter{All, Attention, Archived}).Draw(t, "filter"),
					Sort:   rapid.SampledFrom([]Sort{ByName, ByBorn, BySex, ByEmail, ByPhone, ByUpdated}).Draw(t, "sort"),
					Desc:   rapid.Bool().Draw(t, "desc"), Limit: 10_000, Now: now,
					Narrow: Narrow{NoPhone: rapid.Bool().Draw(t, "no phone"), NoEmail: rapid.Bool().Draw(t, "no email"),
						Since: rapid.SampledFrom([]time.Time{{}, {}, WeekBefore(now), MonthBefore(now)}).Draw(t, "since")},
				}
				want, counts := plain.find(q)
				if shown := strings.Join(d.Refs(q), ","); shown != strings.Join(want, ",") {
					t.Fatalf("%+v: refs %s, want %s", q, shown, strings.Join(want, ","))
				}
				got := d.Find(q)
				if refs(got.Entries) != strings.Join(want, ",") || got.Matched != len(want) || got.Counts != counts {
					t.Fatalf("%+v: %s, want %s; %+v, want %+v", q, refs(got.Entries), strings.Join(want, ","), got, counts)
				}
			},
		})
	})
}
