package fakeclinic

import (
	"strings"
	"time"
)

// addTraits assigns the traits that any patient may have, in exact numbers.
func (g *generator) addTraits() {
	g.some(g.shares.OddSex, func(p *Patient, i int) { p.Sex = &oddSexes[i%len(oddSexes)] })
	g.some(g.shares.LegacyGender, func(p *Patient, i int) {
		p.Sex, p.Gender = nil, new([]string{"Male", "Female"}[i%2])
		if i%5 == 0 && g.shares.Blanks {
			p.Sex = new("")
		}
	})
	g.some(g.shares.LeapDay, func(p *Patient, i int) {
		p.DateOfBirth = new([]string{"1936", "1952", "1968", "1984", "2000", "2012", "2016"}[i%7] + "-02-29")
	})
	g.some(g.shares.OddTimes, func(p *Patient, i int) {
		p.TimeStyle = TimeStyle(1 + i%4)
		if p.TimeStyle == Fraction {
			p.UpdatedAt = p.UpdatedAt.Add(time.Duration(i%1000) * time.Millisecond)
		}
	})
	bulkSecond := g.closed.AddDate(0, -7, -3)
	g.some(g.shares.BulkSecond, func(p *Patient, _ int) {
		if p.CreatedAt.Before(bulkSecond) {
			p.UpdatedAt = bulkSecond
		}
	})
	g.families()
}

func (g *generator) some(share float64, give func(p *Patient, i int)) {
	for i, at := range g.random.Perm(len(g.people))[:portion(share, len(g.people))] {
		give(&g.people[at], i)
	}
}

// families gives groups of three one email address and one last name.
func (g *generator) families() {
	members := g.random.Perm(len(g.people))[:portion(g.shares.SharedEmail, len(g.people))]
	for i, at := range members {
		head := &g.people[members[i-i%3]]
		g.people[at].LastName, g.people[at].Email = head.LastName, head.Email
	}
}

var (
	blanks           = []*string{nil, nil, new(""), new(""), new("  ")}
	impossibleEmails = []string{
		"n/a", "none", "sam.lee@example.com, kit.lee@example.com", "no email", "jo@", "@example.com", "jo.example.com",
		"jo smith@example.com", "-", "declined", "jo@example.com / jo2@example.com", "jo@@example.org",
	}
	impossibleBirthDates = []string{"2093-04-05", "0019-01-01", "0001-01-01", "1019-07-12", "9999-12-31", "2190-11-30", "0198-06-06"}
)

// applyLot removes or invalidates what a patient's lot says, in a way that
// varies with i.
func (g *generator) applyLot(p *Patient, lot lot, i int) {
	blank := blanks[g.random.IntN(len(blanks))]
	if !g.shares.Blanks {
		blank = nil
	}
	switch lot {
	case noEmail:
		p.Email = blank
	case noSex:
		p.Sex, p.Gender = blank, nil
	case noBirthDate:
		p.DateOfBirth = nil
		if i%4 == 0 && g.shares.Blanks {
			p.DateOfBirth = new("")
		}
	case noFirstName:
		p.FirstName = blank
	case noLastName:
		p.LastName = blank
	case severalMissing:
		p.Email, p.DateOfBirth = blank, nil
		if i%2 == 0 {
			p.FirstName, p.Sex, p.Gender, p.Phones = nil, nil, nil, nil
		}
	case impossibleEmail:
		p.Email = &impossibleEmails[g.random.IntN(len(impossibleEmails))]
	case impossibleBirthDate:
		p.DateOfBirth = &impossibleBirthDates[g.random.IntN(len(impossibleBirthDates))]
	case archivedLot:
		g.archive(p)
	}
}

// archive sets a time after the last update, which stays unchanged, as in
// Cliniko's own samples.
func (g *generator) archive(p *Patient) {
	p.ArchivedAt = new(p.UpdatedAt.Add(time.Duration(g.random.Int64N(int64(g.closed.Sub(p.UpdatedAt))))).Truncate(time.Second))
}

// merge merges each duplicate into a patient who is not one, and every fourth
// into the previous duplicate, so that there are chains. The deck is in the
// order of the lots.
func (g *generator) merge(deck []int) {
	var survivors, duplicates []int
	for _, at := range deck {
		switch g.lots[at] {
		case ordinary:
			survivors = append(survivors, at)
		case mergedLot:
			duplicates = append(duplicates, at)
		}
	}
	for i, at := range duplicates {
		if len(survivors) == 0 {
			return
		}
		into := &g.people[survivors[g.random.IntN(len(survivors))]]
		if i%4 == 3 {
			into = &g.people[duplicates[i-1]]
		}
		duplicate := &g.people[at]
		duplicate.FirstName, duplicate.LastName, duplicate.DateOfBirth = into.FirstName, into.LastName, into.DateOfBirth
		g.archive(duplicate)
		duplicate.MergedAt, duplicate.MergedWith = duplicate.ArchivedAt, into.ID
	}
}

// specialPeople are the hard cases. Each changes an ordinary patient.
var specialPeople = []func(*Patient){
	named("Mallory", "<img src=x onerror=alert(1)>"),
	named("=cmd|' /C calc'!A0", "Formula"),
	named("Bobby", "Tables'); DROP TABLE patients;--"),
	named("Quote\"Back\\slash", "New\nline\tTab"),
	named("Zoe\u0308", "Combining"),
	named("Bidi\u202eevil", "Override"),
	named("Zero\u200bWidth", "Space\u00a0Hard"),
	named("🏄 Kai", "Emoji"),
	named("{{constructor}}", "${template}"),
	named(strings.Repeat("Long", 63), strings.Repeat("Name", 63)),
	named("+61 Plus", "@At-Sign"),
	named("x", "y"),
	func(p *Patient) { p.FirstName, p.LastName = new("   "), new("Whitespace") },
	func(p *Patient) { p.FirstName, p.LastName = new("Mononym"), nil },
	func(p *Patient) { p.FirstName, p.LastName, p.Email, p.Sex, p.DateOfBirth = nil, nil, nil, nil, nil },
	func(p *Patient) { p.FirstName, p.LastName, p.Email = new("Reception"), new(""), new("n/a") },
	func(p *Patient) { p.Email = new("lee.one@example.com, lee.two@example.com") },
	func(p *Patient) { p.DateOfBirth = new("2093-04-05") },
	func(p *Patient) { p.DateOfBirth = new("0019-01-01") },
	func(p *Patient) { p.Sex, p.Gender = nil, new("Not applicable") },
	func(p *Patient) { p.Sex, p.GenderIdentity, p.Pronouns = new("Intersex"), new("Agender"), new(theyThem) },
	func(p *Patient) { p.Email = new(" UPPER.Case@Example.COM ") },
	func(p *Patient) { p.Email, p.ArchivedAt = nil, new(closed.Add(-5*dayLength)) },
	func(p *Patient) {
		p.DateOfBirth, p.TimeStyle, p.UpdatedAt = new("2000-02-29"), ShortOffset, p.UpdatedAt.Truncate(time.Second)
	},
}

// named is a patient with only a special name.
func named(first, last string) func(*Patient) {
	return func(p *Patient) {
		p.FirstName, p.LastName, p.Title = &first, &last, nil
		p.ArchivedAt = nil
		if p.Email == nil || *p.Email == "" {
			p.Email = new("special@example.com")
		}
	}
}
