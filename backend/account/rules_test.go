package account

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

func TestNames(t *testing.T) {
	const empty, long, unshown = "The name is empty.", "The name is longer than 200 characters.", "The name contains characters that cannot be shown."
	for name, want := range map[string]string{
		"":                             empty,
		"\u200b":                       empty,
		"\u3164":                       empty,
		"\u2800\u2800":                 empty,
		"\u115f\u1160":                 empty,
		"\u0301":                       empty,
		"\ufe0f":                       empty,
		strings.Repeat("ж", 201):       long,
		"A\nB":                         unshown,
		"A\x00":                        unshown,
		"A\u007fB":                     unshown,
		"A\u202eB":                     unshown,
		"A\u2067B":                     unshown,
		"A\u200fB":                     unshown,
		"A\xff":                        unshown,
		strings.Repeat("ж", 200):       "",
		"A":                            "",
		"O'Example-Smith, Dr. (locum)": "",
		"李":                            "",
		"می\u200cخواهم":                "",
		"Zoe\u0308":                    "",
		"A\u200bB":                     "",
	} {
		if got := profile.MessageOf(checkName(name)); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%+.20q: %q", name, got)
		}
	}
}

func TestStaffEmails(t *testing.T) {
	const notPlain, taken = "The email is not a plain address", "Someone already uses this email."
	people := []staff.Person{{ID: "1", Email: "taken@clinic.example"}, {ID: "2", Email: "Zo\u00eb@clinic.example"}}
	for email, want := range map[string]string{
		"a@clinic.example":                           "",
		"a.b+c@clinic.example":                       "",
		"ä@clinic.example":                           "",
		"a@localhost":                                "",
		strings.Repeat("a", 239) + "@clinic.example": "", // 254 bytes
		strings.Repeat("a", 240) + "@clinic.example": notPlain,
		"":                                   notPlain,
		"a":                                  notPlain,
		"a@":                                 notPlain,
		"@clinic.example":                    notPlain,
		"a b@clinic.example":                 notPlain,
		"A <a@clinic.example>":               notPlain,
		"<a@clinic.example>":                 notPlain,
		"\"a\"@clinic.example":               notPlain,
		"a@clinic.example, b@clinic.example": notPlain,
		"a\u200b@clinic.example":             notPlain,
		"a@clinic\u00ad.example":             notPlain,
		"a\u3164@clinic.example":             notPlain,
		"a\u2800@clinic.example":             notPlain,
		"a\u202e@clinic.example":             notPlain,
		"taken@clinic.example":               taken,
		"TAKEN@Clinic.Example":               taken,
		"zoe\u0308@clinic.example":           taken,
		"takenn@clinic.example":              "",
	} {
		if got := profile.MessageOf(checkEmail(people, email)); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%+.30q: %q", email, got)
		}
	}
}

// Invisible characters that are pasted with an email do not prevent a sign-in.
func TestFindByEmail(t *testing.T) {
	people := []staff.Person{{ID: "1", Email: "a@clinic.example"}, {ID: "2", Email: "Zo\u00eb@clinic.example"}}
	for email, want := range map[string]string{
		"a@clinic.example": "1", " A@CLINIC.example\n": "1", "\u200ba@clinic.example\ufeff": "1", "\u202aa@clinic.example\u202c": "1",
		"zoe\u0308@clinic.example": "2", "b@clinic.example": "", "": "", "a@clinic.exampl": "", "a\u200b@clinic.example": "",
	} {
		got := ""
		if person := findByEmail(people, email); person != nil {
			got = person.ID
		}
		if got != want {
			t.Errorf("%+q is %q, want %q", email, got, want)
		}
	}
}

func TestPasswordRules(t *testing.T) {
	const (
		short  = "The password is too short. Use at least 12 characters"
		long   = "The password is too long. Use at most 1000 bytes."
		theirs = "The password is the person's name or email."
		weak   = "The password is too easy to guess."
		broken = "The password contains characters that no keyboard types."
	)
	words := strings.Repeat("velvet otter carries nine lanterns under seven pines ", 20)
	for password, want := range map[string]string{
		"":                          short,
		"kettle rive":               short, // 11
		"kettle river":              "",    // 12
		"жщюэъы":                    short, // 12 bytes
		"жщюэъыжщюэъя":              "",
		"cafe\u0301 noir now":       "",    // 13 as typed, 13 composed
		"kettle cafe\u0301":         short, // 12 as typed, 11 composed
		words[:1000]:                "",
		words[:1001]:                long,
		"kettle river\xff":          broken,
		"ann.example.person":        theirs, // before the @
		"ANN.Example.Person":        theirs,
		"ann.example.person@c.test": theirs,
		"Ann The Example":           theirs,
		"ann the example":           theirs,
		"zzzzzzzzzzzzzzzz":          weak,
		"letmein letmeout":          "",
	} {
		got := profile.MessageOf(judged(password))
		if !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%.30q: %q, want %q", password, got, want)
		}
	}
}

// judged is what is said of a password of Ann's, at a clinic without a name.
func judged(password string) error {
	_, err := New(nil).Judge(context.Background(), password, "Ann The Example", "ann.example.person@c.test")
	return err
}

// If a password is too long only as typed, or only as composed, the longer form
// counts.
func TestLongPasswordsInEitherForm(t *testing.T) {
	grows := strings.Repeat("\U0001d15e", 249) // one character of 4 bytes becomes two
	for password, want := range map[string]bool{
		strings.Repeat("e\u0301a ", 200): true, // 1000 bytes, fewer composed
		strings.Repeat("e\u0301a ", 201): false,
		grows:                            false,
	} {
		long := strings.HasPrefix(profile.MessageOf(judged(password)), "The password is too long.")
		if long == want {
			t.Errorf("%d bytes, %d composed: too long is %v", len(password), len(normalPassword(password)), long)
		}
	}
}

func TestRepeatedUnit(t *testing.T) {
	for text, want := range map[string]string{
		"letmein letmein": "letmein", "abab": "ab", "aaa": "a", "ababa": "", "abcabc!abc": "abc", "abc": "", "a": "", "": "", "!!": "", "ab-abab": "ab",
		"x1x1": "x1", "кот кот": "кот",
	} {
		if got := repeatedUnit(withoutSigns(text, "")); got != want {
			t.Errorf("%q repeats %q, want %q", text, got, want)
		}
	}
}

func TestPermissions(t *testing.T) {
	for _, test := range []struct{ asked, want string }{
		{"practitioner", "practitioner"},
		{"practitioner.create", "practitioner practitioner.create"}, // a person who may create may also view
		{"pms_link.delete pms_link.delete", "pms_link pms_link.delete"},
		{"people practitioner", "practitioner people"},
		{"pms_link.modify practitioner.modify", "practitioner practitioner.modify pms_link pms_link.modify"},
		{"", "A person needs at least one permission. Choose one or more."},
		{"root", "One of the permissions does not exist. Choose from the list."},
		{"practitioner root", "One of the permissions does not exist. Choose from the list."},
		{"practitioner.root", "One of the permissions does not exist. Choose from the list."},
	} {
		var asked []staff.Permission
		for name := range strings.FieldsSeq(test.asked) {
			asked = append(asked, staff.Permission(name))
		}
		granted, err := checkPermissions(asked)
		got := strings.Trim(fmt.Sprint(granted), "[]")
		if err != nil {
			got = profile.MessageOf(err)
		}
		if got != test.want || err != nil && granted != nil {
			t.Errorf("%s: %s, want %s", test.asked, got, test.want)
		}
	}
}
