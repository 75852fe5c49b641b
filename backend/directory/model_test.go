package directory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/profile"
)

// plainList is a model of a directory without any of its code: tables say what
// a word finds and how a value is sorted.
type plainList map[string]profile.Entry

// What each word finds among the names, emails and numbers below.
var (
	inNames = map[string][]string{
		"a": {"Ann", "ann", "Anna-Lee", "A"}, "an": {"Ann", "ann", "Anna-Lee"}, "ann": {"Ann", "ann", "Anna-Lee"}, "lee": {"Anna-Lee"},
		"o": {"O’Brien", "Øst"}, "o'b": {"O’Brien"}, "OBRIEN": {"O’Brien"}, "brien": {"O’Brien"}, "z": {"Zoë"}, "zoe": {"Zoë"}, "王": {"王"},
		"oest": {"Øst"}, "ost": {"Øst"}, "delacruz": {"de la Cruz"}, "cruz": {"de la Cruz"}, "bob7": {"Bob7"},
	}
	inEmails = map[string][]string{
		"a":  {"ann@example.com", "BOB@example.org", "zoe.o'brien@example.net", "n/a", "two words@example.com"},
		"an": {"ann@example.com"}, "ann": {"ann@example.com"}, "o'b": {"zoe.o'brien@example.net"}, "brien": {"zoe.o'brien@example.net"},
		"o": {"ann@example.com", "BOB@example.org", "zoe.o'brien@example.net", "two words@example.com"},
		"z": {"zoe.o'brien@example.net"}, "zoe": {"zoe.o'brien@example.net"}, "two": {"two words@example.com"},
		"é":       {"ann@example.com", "BOB@example.org", "zoe.o'brien@example.net", "two words@example.com"},
		"@":       {"ann@example.com", "BOB@example.org", "zoe.o'brien@example.net", "two words@example.com"},
		"example": {"ann@example.com", "BOB@example.org", "zoe.o'brien@example.net", "two words@example.com"},
	}
	inNumbers = map[string][]string{
		"0491": {"0491 570 156", "+61 491 570 157"}, "570157": {"+61 491 570 157"}, "61491570157": {"+61 491 570 157"}, "9012": {"(03) 9012 3456"},
	}
	inBirthDates = map[string]profile.Date{
		"1990-05-01": {Year: 1990, Month: 5, Day: 1}, "1/5/1990": {Year: 1990, Month: 5, Day: 1}, "31 Jan 2001": {Year: 2001, Month: 1, Day: 31},
	}
	// Of the many, who are Ann and Lee with a number.
	ofMany = []string{"a", "an", "ann", "lee"}
)

// What the values are sorted by.
var (
	sortedName   = map[string]string{"O’Brien": "obrien", "Zoë": "zoe", "Øst": "ost"}
	sortedNumber = map[string]string{"": "", "0491 570 156": "0491570156", "+61 491 570 157": "61491570157", "(03) 9012 3456": "0390123456", "ext. 7": "7"}
)

func (l plainList) find(q Query, words []string) (found []string, counts Counts) {
	var shown []profile.Entry
	for _, e := range l {
		state, noPhone, noEmail, changed := e.Profile.State, len(e.Profile.Phones) == 0, e.Profile.Email == "", e.Profile.UpdatedAt
		in := map[Filter]bool{All: state == profile.Active, Attention: e.Failure != nil, Archived: state == profile.Archived || state == profile.Merged}
		counts.All += count(in[All])
		counts.Attention += count(in[Attention])
		counts.Archived += count(in[Archived])
		if !in[q.Filter] {
			continue
		}
		recently := func(days int) bool { return !changed.IsZero() && !changed.Before(q.Now.AddDate(0, 0, -days)) }
		counts.NoPhone += count(noPhone)
		counts.NoEmail += count(noEmail)
		counts.Week += count(recently(7))
		counts.Month += count(recently(30))
		for i, reason := range []Reason{"email", "sex", "date_of_birth", "first_name", "last_name", "wrong_email", "wrong_date_of_birth", "unreadable", "other"} {
			counts.Reasons[i] += count(plainlyFor(&e, reason))
		}
		if plainlyMatches(&e, words) && (q.Narrow.Refs == nil || slices.Contains(q.Narrow.Refs, e.Ref)) && (q.Narrow.Reason == "" || plainlyFor(&e, q.Narrow.Reason)) && (noPhone || !q.Narrow.NoPhone) && (noEmail || !q.Narrow.NoEmail) &&
			(q.Narrow.Since.IsZero() || !changed.IsZero() && !changed.Before(q.Narrow.Since)) {
			shown = append(shown, e)
		}
	}
	slices.SortFunc(shown, func(a, b profile.Entry) int {
		ka, kb := plainKey(&a, q.Sort), plainKey(&b, q.Sort)
		byName := cmp.Or(strings.Compare(plainKey(&a, ByName), plainKey(&b, ByName)), strings.Compare(a.Ref, b.Ref))
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
	for _, e := range shown {
		found = append(found, e.Ref)
	}
	return found, counts
}

// What is wrong with those who need attention, and what that counts as.
var (
	wrong = map[string][]profile.Problem{
		"":                      nil,
		"no email":              {{Field: "email", Kind: "missing"}},
		"no name, born wrong":   {{Field: "first_name", Kind: "missing"}, {Field: "date_of_birth", Kind: "in_future"}},
		"wrong email, no email": {{Field: "email", Kind: "not_an_email"}},
		"long title":            {{Field: "title", Kind: "too_long"}},
		"nothing at all": {{Field: "first_name", Kind: "missing"}, {Field: "last_name", Kind: "missing"},
			{Field: "date_of_birth", Kind: "missing"}, {Field: "sex", Kind: "missing"}, {Field: "email", Kind: "missing"}},
	}
	reasons = map[string][]Reason{
		"": {"unreadable"}, "no email": {"email"}, "no name, born wrong": {"first_name", "wrong_date_of_birth"}, "wrong email, no email": {"wrong_email"},
		"long title": {"other"}, "nothing at all": {"first_name", "last_name", "date_of_birth", "sex", "email"},
	}
	sentences = map[string]string{
		"": "cliniko's answer about this client could not be understood.", "no email": "email is missing.",
		"no name, born wrong": "first name is missing; date of birth is in the future.", "wrong email, no email": "email is not a valid email address.",
		"long title": "title is too long, so only its beginning is kept.", "nothing at all": "first name, last name, date of birth, sex and email are missing.",
	}
)

// wrongness is which of these it is.
func wrongness(e *profile.Entry) string {
	for name, problems := range wrong {
		if slices.Equal(problems, e.Failure.Problems) {
			return name
		}
	}
	panic("another failure")
}

func plainlyFor(e *profile.Entry, reason Reason) bool {
	return e.Failure != nil && slices.Contains(reasons[wrongness(e)], reason)
}

func count(in bool) int {
	if in {
		return 1
	}
	return 0
}

func plainKey(e *profile.Entry, by Sort) string {
	p := &e.Profile
	switch by {
	case ByBorn:
		if p.DateOfBirth.Year == 0 {
			return ""
		}
		return fmt.Sprintf("%04d-%02d-%02d", p.DateOfBirth.Year, p.DateOfBirth.Month, p.DateOfBirth.Day)
	case BySex:
		return strings.ToLower(p.Sex)
	case ByEmail:
		return strings.ToLower(p.Email)
	case ByPhone:
		if len(p.Phones) == 0 {
			return ""
		}
		return sortedNumber[p.Phones[0].Number]
	case ByUpdated:
		if p.UpdatedAt.IsZero() {
			return ""
		}
		return fmt.Sprintf("%020d", p.UpdatedAt.UnixNano())
	case ByReason:
		if e.Failure == nil {
			return ""
		}
		return sentences[wrongness(e)]
	case BySince:
		if e.Failure == nil || e.Failure.FirstFailedAt.IsZero() {
			return ""
		}
		return fmt.Sprintf("%020d", e.Failure.FirstFailedAt.UnixNano())
	}
	name := func(s string) string { return cmp.Or(sortedName[s], strings.ToLower(s)) }
	if p.LastName == "" || p.FirstName == "" {
		return name(p.FirstName) + name(p.LastName)
	}
	return name(p.LastName) + ", " + name(p.FirstName)
}

func plainlyMatches(e *profile.Entry, words []string) bool {
	p := &e.Profile
	for _, word := range words {
		number := ""
		if len(p.Phones) > 0 {
			number = p.Phones[0].Number
		}
		names := inNames[word]
		if !slices.Contains(names, p.FirstName) && !slices.Contains(names, p.PreferredFirstName) && !slices.Contains(names, p.LastName) &&
			!slices.Contains(inEmails[word], p.Email) && !slices.Contains(inNumbers[word], number) && e.Ref != word &&
			(p.DateOfBirth.Year == 0 || inBirthDates[word] != p.DateOfBirth) && (!strings.HasPrefix(p.LastName, "Lee") || !slices.Contains(ofMany, word)) {
			return false
		}
	}
	return true
}

const firstOfMany = 10_000

// Whatever is added and removed, and whatever is queried in between, the
// directory answers as the plain list does.
func TestAnswersAsAPlainList(t *testing.T) {
	name := rapid.SampledFrom([]string{"", "Ann", "ann", "Anna-Lee", "O’Brien", "Zoë", "王", "de la Cruz", "Øst", "Bob7", "A"})
	email := rapid.SampledFrom([]string{"", "ann@example.com", "BOB@example.org", "zoe.o'brien@example.net", "n/a", "two words@example.com"})
	phone := rapid.SampledFrom([]string{"", "0491 570 156", "+61 491 570 157", "(03) 9012 3456", "ext. 7"})
	now := time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)
	updated := rapid.SampledFrom([]time.Time{{}, time.Unix(5, 0), time.Unix(5, 1), now.AddDate(0, 0, -30), now.AddDate(0, 0, -8), now.AddDate(0, 0, -7), now})
	// Some are among the many, in both blocks of them.
	ref := rapid.Map(rapid.SampledFrom([]int{1, 2, 3, 12, 100, firstOfMany + 1, firstOfMany + 40, firstOfMany + blockRows + 2}), strconv.Itoa)
	entry := rapid.Custom(func(t *rapid.T) profile.Entry {
		e := client(ref.Draw(t, "ref"), name.Draw(t, "first"), name.Draw(t, "preferred"), name.Draw(t, "last"), email.Draw(t, "email"), phone.Draw(t, "phone"))
		if rapid.Bool().Draw(t, "without phones") {
			e.Profile.Phones = nil
		}
		e.Profile.State = rapid.SampledFrom([]profile.State{profile.Active, profile.Active, profile.Archived, profile.Merged, profile.Deleted}).Draw(t, "state")
		e.Profile.UpdatedAt = updated.Draw(t, "updated").UTC()
		e.Profile.DateOfBirth = rapid.SampledFrom([]profile.Date{{}, {Year: 1990, Month: 5, Day: 1}, {Year: 2001, Month: 1, Day: 31}}).Draw(t, "born")
		e.Profile.Sex = rapid.SampledFrom([]string{"", "Female", "male"}).Draw(t, "sex")
		if rapid.IntRange(0, 4).Draw(t, "failed") == 0 {
			kind := rapid.SampledFrom(slices.Sorted(maps.Keys(wrong))).Draw(t, "wrong")
			e.Failure = &profile.Failure{Ref: e.Ref, Code: profile.Incomplete, Problems: wrong[kind], FirstFailedAt: updated.Draw(t, "since")}
			if kind == "" {
				e.Failure.Code = profile.Unreadable
			}
		}
		return e
	})
	word := rapid.SampledFrom([]string{"a", "an", "ann", "lee", "o", "o'b", "OBRIEN", "brien", "z", "zoe", "王", "oest", "ost", "delacruz", "cruz", "bob7", "two", "é", "@", "example", "q"})
	number := rapid.SampledFrom([]string{"0491", "570157", "61491570157", "9012", "1", "12", "100", "1990-05-01", "1/5/1990", "31 Jan 2001"})
	rapid.Check(t, func(t *rapid.T) {
		d, plain, forgotten := New(), plainList{}, map[string]bool{}
		// Enough of them that a few changes are merged one by one.
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
					delete(forgotten, e.Ref)
				}
			},
			"fill": func(t *rapid.T) {
				e := entry.Draw(t, "entry")
				d.Fill([]profile.Entry{e})
				if _, known := plain[e.Ref]; !known && !forgotten[e.Ref] {
					plain[e.Ref] = e
				}
			},
			"forget": func(t *rapid.T) {
				gone := rapid.SliceOfN(ref, 0, 3).Draw(t, "refs")
				d.Forget(gone)
				for _, ref := range gone {
					delete(plain, ref)
					forgotten[ref] = true
				}
			},
			"": func(t *rapid.T) {
				words := rapid.SliceOfN(word, 0, 2).Draw(t, "words")
				if rapid.IntRange(0, 2).Draw(t, "with number") == 0 {
					words = append(words, number.Draw(t, "number"))
				}
				q := Query{
					Search: strings.Join(words, " "),
					Filter: rapid.SampledFrom([]Filter{All, Attention, Archived}).Draw(t, "filter"),
					Sort:   rapid.SampledFrom([]Sort{ByName, ByBorn, BySex, ByEmail, ByPhone, ByUpdated, ByReason, BySince}).Draw(t, "sort"),
					Desc:   rapid.Bool().Draw(t, "desc"), Limit: 10_000, Now: now,
					Narrow: Narrow{NoPhone: rapid.Bool().Draw(t, "no phone"), NoEmail: rapid.Bool().Draw(t, "no email"),
						Since:  rapid.SampledFrom([]time.Time{{}, {}, now.AddDate(0, 0, -7), now.AddDate(0, 0, -30)}).Draw(t, "since"),
						Reason: rapid.SampledFrom([]Reason{"", "", "", "email", "first_name", "other", "wrong_email", "unreadable", "sex", "nonsense"}).Draw(t, "reason")},
				}
				if rapid.IntRange(0, 3).Draw(t, "only some") == 0 {
					q.Narrow.Refs = rapid.SliceOfN(ref, 1, 5).Draw(t, "these")
				}
				want, counts := plain.find(q, words)
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
