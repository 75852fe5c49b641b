// Package export writes profiles and failed profiles for other programs. What
// it writes holds personal data; its callers ask first.
package export

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
)

// document is the JSON form. Empty values are null.
type document struct {
	Profiles []record  `json:"profiles"`
	Failed   []failure `json:"failed"`
}

type record struct {
	ClinikoID             *string         `json:"cliniko_id"`
	State                 profile.State   `json:"state"`
	Title                 *string         `json:"title"`
	FirstName             *string         `json:"first_name"`
	PreferredFirstName    *string         `json:"preferred_first_name"`
	LastName              *string         `json:"last_name"`
	DateOfBirth           *string         `json:"date_of_birth"`
	ImpossibleBirthDate   *string         `json:"impossible_date_of_birth"` // what Cliniko has instead
	Sex                   *string         `json:"sex"`
	GenderIdentity        *string         `json:"gender_identity"`
	Pronouns              *string         `json:"pronouns"`
	Email                 *string         `json:"email"`
	Phones                []profile.Phone `json:"phones"`
	AcceptedPrivacyPolicy *bool           `json:"accepted_privacy_policy"`
	ArchivedAt            *string         `json:"archived_at"`
	MergedInto            *string         `json:"merged_into"`
	SourceUpdatedAt       *string         `json:"source_updated_at"`
	SyncedAt              *string         `json:"synced_at"`
}

type failure struct {
	record
	Code          profile.FailureCode `json:"code"`
	Fields        []string            `json:"fields"`
	FirstFailedAt *string             `json:"first_failed_at"`
	Attempts      int                 `json:"attempts"`
}

func newRecord(p *profile.Profile) record {
	phones := p.Phones
	if phones == nil {
		phones = []profile.Phone{}
	}
	return record{
		ClinikoID: text(string(p.ID)), State: p.State, Title: text(p.Title), FirstName: text(p.FirstName),
		PreferredFirstName: text(p.PreferredFirstName), LastName: text(p.LastName), DateOfBirth: text(p.DateOfBirth.String()),
		ImpossibleBirthDate: text(p.ImpossibleBirthDate),
		Sex:                 text(p.Sex), GenderIdentity: text(p.GenderIdentity), Pronouns: text(p.Pronouns), Email: text(p.Email), Phones: phones,
		AcceptedPrivacyPolicy: p.AcceptedPrivacyPolicy, ArchivedAt: at(p.ArchivedAt), MergedInto: text(string(p.MergedInto)),
		SourceUpdatedAt: at(p.UpdatedAt), SyncedAt: at(p.SyncedAt),
	}
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func at(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return text(t.UTC().Format(time.RFC3339))
}

// JSON writes everything as one document.
func JSON(w io.Writer, entries []profile.Entry) error {
	doc := document{Profiles: []record{}, Failed: []failure{}}
	for i := range entries {
		e := &entries[i]
		if e.Failure == nil {
			doc.Profiles = append(doc.Profiles, newRecord(&e.Profile))
			continue
		}
		doc.Failed = append(doc.Failed, failure{
			record: newRecord(&e.Profile), Code: e.Failure.Code, Fields: e.Failure.FieldNames(),
			FirstFailedAt: at(e.Failure.FirstFailedAt), Attempts: e.Failure.Attempts,
		})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(doc); err != nil {
		return fmt.Errorf("write the profiles: %w", err)
	}
	return nil
}

// CSV writes one line a client, failed ones with their code and fields.
func CSV(w io.Writer, entries []profile.Entry) error {
	lines := [][]string{{"cliniko_id", "state", "title", "first_name", "preferred_first_name", "last_name", "date_of_birth", "sex",
		"gender_identity", "pronouns", "email", "phones", "accepted_privacy_policy", "archived_at", "merged_into",
		"source_updated_at", "synced_at", "code", "fields", "first_failed_at", "attempts", "impossible_date_of_birth"}}
	for i := range entries {
		e := &entries[i]
		r := newRecord(&e.Profile)
		var phones []string
		for _, phone := range r.Phones {
			phones = append(phones, phone.Type+": "+phone.Number)
		}
		line := []string{plain(r.ClinikoID), string(r.State), plain(r.Title), plain(r.FirstName), plain(r.PreferredFirstName),
			plain(r.LastName), plain(r.DateOfBirth), plain(r.Sex), plain(r.GenderIdentity), plain(r.Pronouns), plain(r.Email),
			strings.Join(phones, "; "), answer(r.AcceptedPrivacyPolicy), plain(r.ArchivedAt), plain(r.MergedInto),
			plain(r.SourceUpdatedAt), plain(r.SyncedAt), "", "", "", "", plain(r.ImpossibleBirthDate)}
		if f := e.Failure; f != nil {
			copy(line[len(line)-5:], []string{string(f.Code), strings.Join(f.FieldNames(), " "), plain(at(f.FirstFailedAt)), fmt.Sprint(f.Attempts)})
		}
		lines = append(lines, line)
	}
	return write(w, lines)
}

// FailuresCSV writes the list of failed profiles, for people: who it is, what
// is wrong, and the address of the client's page in Cliniko.
func FailuresCSV(w io.Writer, entries []profile.Entry, address func(profile.ID) string) error {
	lines := [][]string{{"Name", "Cliniko id", "What is wrong", "Since", "Times tried", "Fix it in Cliniko"}}
	for i := range entries {
		e := &entries[i]
		link := ""
		if e.Profile.ID != "" {
			link = address(e.Profile.ID)
		}
		lines = append(lines, []string{e.Profile.ListName(), string(e.Profile.ID), e.Failure.Reason(),
			e.Failure.FirstFailedAt.Local().Format(time.DateOnly), fmt.Sprint(e.Failure.Attempts), link})
	}
	return write(w, lines)
}

// byteOrderMark tells a spreadsheet that the text behind it is UTF-8. Without
// it, one that is started by a double click takes the computer's own code page.
const byteOrderMark = "\ufeff"

func write(w io.Writer, lines [][]string) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return fmt.Errorf("write the byte-order mark: %w", err)
	}
	out := csv.NewWriter(w)
	for _, line := range lines {
		for i := range line {
			line[i] = inert(line[i])
		}
		if err := out.Write(line); err != nil {
			return fmt.Errorf("write a line: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the lines: %w", err)
	}
	return nil
}

// unseen is what a program may drop, or nobody sees: spaces, marks, format and
// control characters (LibreOffice drops a NUL, and then runs what follows), and
// letters that are drawn as nothing. Tabs and ends of lines are not among them.
const unseen = `\p{Z}\p{M}\p{Cf}\p{Co}\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}\x{115f}\x{1160}\x{2800}\x{3164}\x{ffa0}`

// formula is what a spreadsheet may take for the beginning of one, full-width
// and small forms included, in a cell or behind a character at which a program
// may split the cell: regions that write 1,5 have files with semicolons. Quotes
// before it may be dropped too.
var formula = regexp.MustCompile(`(^|[;\t\r\n])([` + unseen + `"]*[=+\-@|%＝＋－＠﹦﹢﹣﹫])`)

// changing is a number that a spreadsheet does not show as it is written: it
// drops zeros at both ends, writes more than 11 digits as 1.23E+11, rounds after
// the fifteenth and works out an exponent. A number with words or spaces in it,
// as in the phones' column, stays text.
var changing = regexp.MustCompile(`^[` + unseen + `]*(0[0-9]+|[0-9]{12,}|[0-9]*[.][0-9]+|[0-9]+[.,]?[0-9]*[eE][0-9]+)[` + unseen + `]*$`)

// inert keeps a spreadsheet from taking text for a formula, or for a number that
// it would change.
func inert(s string) string {
	if changing.MatchString(s) {
		return "'" + s
	}
	s = formula.ReplaceAllString(s, "$1'$2")
	if s != "" && strings.ContainsRune("\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

func plain(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func answer(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}
