package export

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
)

// CallSheet is a list of clients to call, with what to ask each of them for and
// room to write.
type CallSheet struct {
	Clinic  string
	At      time.Time // when it was made
	Entries []profile.Entry
}

// CSV writes the sheet for a spreadsheet, with an empty column for notes.
func (s *CallSheet) CSV(w io.Writer) error {
	lines := [][]string{{"Name", "Birth date", "Phone", "What is missing", "Notes"}}
	for i := range s.Entries {
		p := s.Entries[i].Profile.Displayed()
		lines = append(lines, []string{p.ShownName(), p.DateOfBirth.String(), cell(callable(p.Phones)), lacking(&s.Entries[i]), ""})
	}
	return write(w, lines)
}

//go:embed callsheet.html
var sheetText string

// The page is one file without a script, and its policy lets it load nothing.
var sheetPage = template.Must(template.New("").Parse(sheetText))

// HTML writes the sheet as a page to print.
func (s *CallSheet) HTML(w io.Writer) error {
	type line struct {
		Name, Preferred, Born, Lacking string
		Phones                         []profile.Phone
	}
	page := struct {
		Clinic, At string
		Lines      []line
		NoPhone    int
	}{Clinic: profile.Display(s.Clinic), At: s.At.Local().Format("2 January 2006, 15:04")}
	for i := range s.Entries {
		shown := s.Entries[i].Profile.Displayed()
		born := ""
		if date := shown.DateOfBirth; date != (profile.Date{}) {
			born = time.Date(date.Year, date.Month, date.Day, 0, 0, 0, 0, time.UTC).Format("2 Jan 2006")
		}
		phones := callable(shown.Phones)
		if len(phones) == 0 {
			page.NoPhone++
		}
		page.Lines = append(page.Lines, line{shown.ShownName(), shown.PreferredFirstName, born, lacking(&s.Entries[i]), phones})
	}
	if err := sheetPage.Execute(w, page); err != nil {
		return fmt.Errorf("write the call sheet: %w", err)
	}
	return nil
}

// callable are the numbers at which somebody may answer.
func callable(phones []profile.Phone) []profile.Phone {
	return slices.DeleteFunc(slices.Clone(phones), func(p profile.Phone) bool { return p.Type == "Fax" })
}

// lacking says what to ask for: the details that are missing, and those that
// cannot be right with their value. "" for a complete profile.
func lacking(e *profile.Entry) string {
	if e.Failure == nil {
		return ""
	}
	var missing, wrong []string
	for _, p := range e.Failure.Problems {
		if p.Kind == profile.Missing {
			missing = append(missing, p.Field.Label())
			continue
		}
		wrong = append(wrong, p.TextIn(&e.Profile.Details))
	}
	if len(missing) > 0 {
		wrong = append([]string{strings.Join(missing, ", ")}, wrong...)
	}
	if len(wrong) == 0 {
		return e.Failure.Reason()
	}
	return profile.Display(strings.Join(wrong, "; "))
}
