package cliniko

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"telehab.io/desktop/backend/profile"
)

// What is longer than is stored is cut when it is read, to one more than that,
// so that the rule can tell.
func TestLongValuesAreCutWhenTheyAreRead(t *testing.T) {
	long := strings.Repeat("é", 200_000)
	p := decodeWith(t, `"title":"`+long+`","first_name":"`+long+`","preferred_first_name":"`+long+`","last_name":"`+long+`","date_of_birth":"`+long+`","gender":"`+long+
		`","gender_identity":"`+long+`","pronouns":{"nominative":"`+long+`","accusative":"`+long+`"},"email":"`+long+
		`","patient_phone_numbers":[`+strings.Repeat(`{"number":"1","phone_type":"Home"},`, 99_999)+`{"number":"2"}]`)
	for name, text := range map[string]string{"title": p.Title, "first": p.FirstName, "preferred": p.PreferredFirstName, "last": p.LastName, "born": p.DateOfBirth,
		"sex": p.Sex, "identity": p.GenderIdentity, "pronouns": p.Pronouns, "email": p.Email} {
		if text != strings.Repeat("é", 256) {
			t.Errorf("%s has %d characters", name, utf8.RuneCountInString(text))
		}
	}
	if len(p.Phones) != 51 {
		t.Errorf("%d phones", len(p.Phones))
	}
	p = decodeWith(t, `"sex":"`+long+`","patient_phone_numbers":[{"number":"`+long+`","phone_type":"`+long+`"}]`)
	if p.Sex != strings.Repeat("é", 256) || p.Phones[0].Number != strings.Repeat("é", 256) || p.Phones[0].Type != strings.Repeat("é", 256) {
		t.Errorf("%d, %d, %d", len(p.Sex), len(p.Phones[0].Number), len(p.Phones[0].Type))
	}
	kept, failure := profile.Check(&p, time.Now())
	if failure == nil || !strings.Contains(failure.Reason(), "Sex is too long") || kept.Sex != strings.Repeat("é", 254)+"…" {
		t.Errorf("%v", failure)
	}
}

// What is trimmed off does not push the end of a value out.
func TestWhatIsTrimmedDoesNotCount(t *testing.T) {
	email := strings.Repeat("a", 240) + "@example.org"
	p := decodeWith(t, fmt.Sprintf(`"email":"%s%s%s"`, strings.Repeat(`\u200b`, 500), email, strings.Repeat(`\u200b `, 500)))
	if p.Email != email {
		t.Errorf("%d bytes: %.20q", len(p.Email), p.Email)
	}
	// A long address in the link to a survivor is read to its end.
	p = decodeWith(t, `"merged_with_patient":{"links":{"self":"https://`+strings.Repeat("a", 1000)+`/v1/patients/1002"}}`)
	if p.MergedInto != "1002" {
		t.Errorf("merged into %q", p.MergedInto)
	}
	// Blank numbers are none, so they do not count either.
	p = decodeWith(t, `"patient_phone_numbers":[`+strings.Repeat(`{"number":" "},`, 100)+`{"number":"2"}]`)
	if len(p.Phones) != 1 || p.Phones[0].Number != "2" {
		t.Errorf("%d phones", len(p.Phones))
	}
}

// A record may have few bytes in an answer and a kilobyte in memory, and so may a
// telephone number. An answer with far more records than were asked for is
// refused, and numbers that are not stored are not held.
func TestAnAnswerTakesNoMoreMemoryThanAPageNeeds(t *testing.T) {
	const many = 1_000_000
	person := `{"id":"1001","created_at":"2024-03-01T01:02:03Z","updated_at":"2024-03-01T01:02:03Z"`
	for name, test := range map[string]struct {
		records string
		code    profile.Code
		want    int
	}{
		"unreadable records":       {strings.Repeat("[1],", many) + "[1]", profile.AnswerTooLarge, 0},
		"records that are nothing": {strings.Repeat("null,", many) + "null", profile.AnswerTooLarge, 0},
		"whole records":            {strings.Repeat(person+"},", many/10) + person + "}", profile.AnswerTooLarge, 0},
		"one record too many":      {strings.Repeat(person+"},", 1000) + person + "}", profile.AnswerTooLarge, 0},
		"more than were asked for": {strings.Repeat("[1],", 999) + "[1]", "", 1000},
		"telephone numbers":        {person + `,"patient_phone_numbers":[` + strings.Repeat("{},", many) + `{"number":"1"}]}`, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			body := []byte(`{"total_entries":100,"patients":[` + test.records + `]}`)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			page, err := DecodePage(body)
			runtime.ReadMemStats(&after)
			if profile.CodeOf(err) != test.code || len(page.Records) != test.want {
				t.Errorf("%d records, %v", len(page.Records), err)
			}
			if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 10 {
				t.Errorf("took %d MB", taken)
			}
		})
	}
}
