package syncer_test

import (
	"fmt"
	"strings"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// What is wrong with the values that the simulated clinic and the tests give to
// patients. The expectations are literal and do not come from the rule: a wrong
// rule would agree with itself.

// wrongEmails are not email addresses, whatever surrounds them.
var wrongEmails = map[string]bool{
	"n/a": true, "none": true, "no email": true, "-": true, "declined": true, "jo@": true, "@example.com": true, "jo.example.com": true,
	"jo smith@example.com": true, "jo@@example.org": true, "jo@example.com / jo2@example.com": true, "sam.lee@example.com, kit.lee@example.com": true,
	"lee.one@example.com, lee.two@example.com": true, "sam@exam\u00adple.com": true,
}

// trimmedEmails are stored without the invisible characters around them.
var trimmedEmails = map[string]string{"\u200bsam@example.com\u2060": "sam@example.com"}

// unseen are texts without a visible character.
var unseen = map[string]bool{"\u3164": true, "\u2800 \u200b": true, "\u1160": true}

// notDates are days that no calendar contains.
var notDates = map[string]bool{"1990-02-30": true}

// spoils set a value that is impossible, or just valid.
var spoils = []func(*fakeclinic.Patient){
	func(p *fakeclinic.Patient) { p.DateOfBirth, p.Email = new("2093-04-05"), new("n/a") },
	func(p *fakeclinic.Patient) { p.FirstName = new("\u3164") },
	func(p *fakeclinic.Patient) { p.LastName, p.Sex, p.Gender = new("\u2800 \u200b"), new("\u1160"), nil },
	func(p *fakeclinic.Patient) { p.Email = new("\u200bsam@example.com\u2060") },
	func(p *fakeclinic.Patient) { p.DateOfBirth, p.Email = new("1990-02-30"), new("sam@exam\u00adple.com") },
}

// expected is the entry that the store should have for a patient of Cliniko.
func expected(p fakeclinic.Patient, now time.Time) profile.Entry {
	e := profile.Entry{Ref: p.ID, Profile: profile.Profile{
		ID: profile.ID(p.ID), State: "active", Details: profile.Details{Title: sent(p.Title), PreferredFirstName: sent(p.PreferredFirstName),
			GenderIdentity: sent(p.GenderIdentity), AcceptedPrivacyPolicy: p.AcceptedPrivacyPolicy},
		CreatedAt: p.CreatedAt.UTC(), UpdatedAt: p.UpdatedAt.UTC(), MergedInto: profile.ID(p.MergedWith),
	}}
	out := &e.Profile
	if p.ArchivedAt != nil {
		out.State, out.ArchivedAt = "archived", p.ArchivedAt.UTC()
	}
	if p.MergedWith != "" {
		out.State = "merged"
	}
	if p.Pronouns != nil {
		out.Pronouns = p.Pronouns.Nominative + "/" + p.Pronouns.Accusative
	}
	for _, phone := range p.Phones {
		out.Phones = append(out.Phones, profile.Phone{Type: phone.Type, Number: phone.Number})
	}
	sex := sent(p.Sex)
	if sex == "" {
		sex = sent(p.Gender)
	}
	var problems []profile.Problem
	add := func(field profile.Field, kind string) {
		if kind != "" && out.State == "active" {
			problems = append(problems, profile.Problem{Field: field, Kind: kind})
		}
	}
	var kind string
	out.FirstName, kind = text(sent(p.FirstName))
	add("first_name", kind)
	out.LastName, kind = text(sent(p.LastName))
	add("last_name", kind)
	out.DateOfBirth, out.ImpossibleBirthDate, kind = birthDate(sent(p.DateOfBirth), now)
	add("date_of_birth", kind)
	out.Sex, kind = text(sex)
	add("sex", kind)
	out.Email, kind = email(sent(p.Email))
	add("email", kind)
	if len(problems) > 0 {
		e.Failure = &profile.Failure{ID: out.ID, Ref: p.ID, Code: "impossible", Problems: problems}
		for _, problem := range problems {
			if problem.Kind == "missing" {
				e.Failure.Code = "incomplete"
			}
		}
	}
	return e
}

// sent is a text as Cliniko sends it, without white space around it.
func sent(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}

func text(s string) (kept, problem string) {
	switch {
	case s == "":
		return "", "missing"
	case unseen[s]:
		return "", "not_printable"
	}
	return s, ""
}

func email(s string) (kept, problem string) {
	switch {
	case s == "":
		return "", "missing"
	case wrongEmails[s]:
		return s, "not_an_email"
	case trimmedEmails[s] != "":
		return trimmedEmails[s], ""
	}
	return s, ""
}

// birthDate compares dates as texts, which sort as dates do.
func birthDate(s string, now time.Time) (born profile.Date, impossible, problem string) {
	today := now.UTC().Add(14 * time.Hour).Format(time.DateOnly)
	var year int
	if _, err := fmt.Sscanf(today, "%d", &year); err != nil {
		panic(err) // a date begins with its year
	}
	switch {
	case s == "":
		return profile.Date{}, "", "missing"
	case notDates[s]:
		return profile.Date{}, s, "not_a_date"
	case s > today:
		return profile.Date{}, s, "in_future"
	case s <= fmt.Sprintf("%04d%s", year-131, today[4:]):
		return profile.Date{}, s, "long_ago"
	}
	if _, err := fmt.Sscanf(s, "%4d-%2d-%2d", &born.Year, &born.Month, &born.Day); err != nil {
		panic(err) // of a value that is not in the lists above
	}
	return born, "", ""
}
