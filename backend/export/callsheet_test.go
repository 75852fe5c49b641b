package export_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"telehab.io/desktop/backend/export"
	"telehab.io/desktop/backend/profile"
)

func sheet() *export.CallSheet {
	entries := everybody()
	entries[2].Profile.Email, entries[2].Profile.Phones = "case@nowhere", []profile.Phone{{Type: "Fax", Number: "03 5550 9999"}, {Type: "Mobile", Number: "0491 570 157"}}
	return &export.CallSheet{Clinic: "Harbour & Sons", At: time.Date(2026, 11, 29, 9, 30, 0, 0, time.Local), Entries: entries}
}

func TestCallSheetForASpreadsheet(t *testing.T) {
	var out strings.Builder
	if err := sheet().CSV(&out); err != nil {
		t.Fatal(err)
	}
	const want = "\ufeff" + `Name,Birth date,Phone,What is missing,Notes
"Example, Ann",1990-01-02,Mobile: 0491 570 156; Home: 03 5550 1234,,
Bo,,,,
Case,,Mobile: 0491 570 157,"First Name; Email ""case@nowhere"" is not a valid email address",
`
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
}

// cellsOf parses a page as a browser does, and returns the text of each cell by
// line, and the names of all elements.
func cellsOf(t *testing.T, page string) (lines [][]string, elements map[string]int) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	elements = map[string]int{}
	var text func(n *html.Node) string
	text = func(n *html.Node) string {
		if n.Type == html.TextNode {
			return n.Data
		}
		all := ""
		for child := range n.ChildNodes() {
			all += text(child)
		}
		return all
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		elements[n.Data]++
		switch n.Data {
		case "tr":
			lines = append(lines, nil)
		case "th", "td":
			last := len(lines) - 1
			lines[last] = append(lines[last], text(n))
		}
	}
	return lines, elements
}

func TestCallSheetToPrint(t *testing.T) {
	var out strings.Builder
	if err := sheet().HTML(&out); err != nil {
		t.Fatal(err)
	}
	lines, elements := cellsOf(t, out.String())
	want := [][]string{
		{"Name", "Born", "Phone", "What is missing", "Notes"},
		{"Example, Ann “Annie”", "2 Jan 1990", "0491 570 156 Mobile03 5550 1234 Home", "", ""},
		{"Bo", "", "No phone", "", ""},
		{"Case", "", "0491 570 157 Mobile", "First Name; Email \"case@nowhere\" is not a valid email address", ""},
	}
	if len(lines) != len(want) {
		t.Fatalf("%q", lines)
	}
	for i := range want {
		if strings.Join(lines[i], "|") != strings.Join(want[i], "|") {
			t.Errorf("%q, want %q", lines[i], want[i])
		}
	}
	for _, active := range []string{"script", "img", "link", "iframe", "a", "form", "base"} {
		if elements[active] > 0 {
			t.Errorf("it has %d %s", elements[active], active)
		}
	}
	if !strings.Contains(out.String(), `content="default-src 'none'; style-src 'unsafe-inline'"`) {
		t.Error("it has no policy")
	}
	if !strings.Contains(out.String(), "Harbour &amp; Sons") || !strings.Contains(out.String(), "3 clients, 1 without a phone number · 29 November 2026, 09:30") {
		t.Errorf("%.2500s", out.String())
	}
}

// Whatever a client is called in Cliniko is text on the page.
func TestCallSheetRunsNothing(t *testing.T) {
	texts := []string{"<script>alert(1)</script>", "</td><img src=x onerror=alert(1)>", "</style><script>", "\"><a href=javascript:alert(1)>", "{{.Clinic}}", "&lt;b&gt;", "\u202eZoë"}
	var entries []profile.Entry
	for _, text := range texts {
		entries = append(entries, profile.Entry{Ref: "1", Profile: profile.Profile{ID: "1", State: profile.Active, Details: profile.Details{
			FirstName: text, LastName: text, PreferredFirstName: text, ImpossibleBirthDate: text, Email: text, Phones: []profile.Phone{{Type: text, Number: text}},
		}}, Failure: &profile.Failure{Problems: []profile.Problem{{Field: profile.FieldDateOfBirth, Kind: profile.NotADate}, {Field: profile.FieldEmail, Kind: profile.NotAnEmail}}}})
	}
	var out bytes.Buffer
	if err := (&export.CallSheet{Clinic: texts[0], Entries: entries}).HTML(&out); err != nil {
		t.Fatal(err)
	}
	lines, elements := cellsOf(t, out.String())
	for name, most := range map[string]int{"script": 0, "img": 0, "a": 0, "b": 0, "style": 1, "tr": 1 + len(texts), "td": 5 * len(texts)} {
		if elements[name] != most {
			t.Errorf("%d %s, want %d", elements[name], name, most)
		}
	}
	for i, text := range texts[:6] {
		if want := text + ", " + text + " “" + text + "”"; lines[1+i][0] != want {
			t.Errorf("%q, want %q", lines[1+i][0], want)
		}
	}
	if lines[7][0] != "Zoë, Zoë “Zoë”" || strings.Contains(out.String(), "\u202e") {
		t.Errorf("%+q", lines[7])
	}
}

// What people read has nothing in it that turns the text beside it around, and
// names as the window shows them.
func TestListsForPeopleAreAsTheWindowShowsThem(t *testing.T) {
	const turns = "\u202e"
	entry := func(first, last string) profile.Entry {
		return profile.Entry{Ref: "1", Profile: profile.Profile{ID: "1", State: profile.Active, Details: profile.Details{
			FirstName: first, LastName: last, Email: turns + "x@y", Phones: []profile.Phone{{Type: "Mobile" + turns, Number: turns + "0491 570 156"}},
		}}, Failure: &profile.Failure{ID: "1", Code: profile.Impossible, Problems: []profile.Problem{{Field: profile.FieldEmail, Kind: profile.NotAnEmail}}}}
	}
	entries := []profile.Entry{entry("小明", "王"), entry("Zoë"+turns, turns+"Example")}
	for what, write := range map[string]func(io.Writer) error{
		"a call sheet as CSV":   (&export.CallSheet{Entries: entries}).CSV,
		"a call sheet to print": (&export.CallSheet{Entries: entries}).HTML,
		"those that need attention": func(w io.Writer) error {
			return export.FailuresCSV(w, entries, func(profile.ID) string { return "" })
		},
	} {
		var out strings.Builder
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string]bool{"王小明": true, "王, 小明": false, "Example, Zoë": true, turns: false} {
			if strings.Contains(out.String(), text) != want {
				t.Errorf("%s: %+q is there: %v\n%+q", what, text, !want, out.String())
			}
		}
	}
}

// As in the other exports, no cell of the spreadsheet is a formula.
func TestNoCellOfACallSheetIsAFormula(t *testing.T) {
	for i, entry := range withHostile() {
		entry.Failure.Problems = []profile.Problem{{Field: profile.FieldDateOfBirth, Kind: profile.NotADate}, {Field: profile.FieldEmail, Kind: profile.NotAnEmail}}
		var out bytes.Buffer
		if err := (&export.CallSheet{Entries: []profile.Entry{entry}}).CSV(&out); err != nil {
			t.Fatal(err)
		}
		if strings.Count(out.String(), "\n") != 2 {
			t.Errorf("%+q: %d lines", hostile[i], strings.Count(out.String(), "\n"))
		}
		for _, separator := range separators {
			for _, part := range cells(t, out.String(), separator) {
				if mayRun(part) {
					t.Errorf("%+q becomes %+q where %q separates", hostile[i], part, separator)
				}
			}
		}
	}
}

// refuses is a writer that takes nothing.
type refuses struct{ why error }

func (r refuses) Write([]byte) (int, error) { return 0, r.why }

func TestCallSheetThatCannotBeWrittenSaysSo(t *testing.T) {
	broken := errors.New("no room")
	for _, write := range []func(io.Writer) error{sheet().HTML, sheet().CSV} {
		if err := write(refuses{broken}); !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
	}
}
