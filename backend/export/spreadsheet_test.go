package export_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"unicode"

	"telehab.io/desktop/backend/export"
	"telehab.io/desktop/backend/profile"
)

// hostile are names that a spreadsheet could evaluate, in its default import or
// where somebody chooses another separator.
var hostile = []string{
	"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|cmd", "%0A", "＝1+1", "＋1", "－1", "＠SUM(A1)", " =1", "\u00a0=1", "\ufeff=1", "\u200b=1", "\"=1",
	"\x00=1+1", "\x1f=1", "\v=1", "\u0085=1", "\u2028=1", "\u3164=1", "\u2800=1", "\u115f=1", "\u034f=1", "\ufe0f=1", "\ue000=1", "\u200b\x00\u3164=1", "﹢1", "﹣1", "﹦1", "﹫SUM(A1)",
	"x;\x00=1+1", "x;\u3164=1", "x;=1+1", "x; =1+1", "x;\"=1+1\"", "x\t@A1", "x\n=1", "x\r\n+1", ";;-1", "x;＝1",
	"\x00\x00=1+1", "\x01=1+1", "\x7f=1+1", "\u009f=1+1", "\ufffe=1+1", "\ufdd0=1+1", "\U0001ffff=1+1", "=\x001+1", "x\x00,=1+1", "\x00+1", "\u2029=1+1",
	"x =1+1", "x:=1+1", "x|=1+1", "x,=1+1", "x |=1+1", "x: =1+1", "x :=1+1", "x:\"=1+1\"", "x,\"=1+1\"", "x \"=1+1\"", "x\"=1+1", "x|@SUM(A1)", "x:+1+1", "x -1+1", "x:|=1",
	"x,\x00=1+1", "x:\u200b=1+1", "|=1+1", "||=1+1", ":=1+1", ",=1+1", "\"\"=1+1", "\",=1+1", "\" =1+1", "\";=1+1", "x: =HYPERLINK(\"http://127.0.0.1\",\"y\")",
	"+61390123456+cmd|' /C calc'!A0", "x: +61 3 9012 3456+1", "x: +61390123456|=1+1", "x +61-3", "=cmd|' /C calc'!A0", "x ＝1", "x:＋1", "\x0c=1", "\x1c=1", "=1+1'", "'=1+1'", "'=1+1", "x;'=1+1'", "x;'=1+1';y", "x';=1+1", "\",'=1+1',\"", "x,=1+1',y",
}

// withHostile are clients with a hostile text in every place that Cliniko fills
// with what somebody typed.
func withHostile() []profile.Entry {
	entries := make([]profile.Entry, len(hostile))
	for i, name := range hostile {
		entries[i] = profile.Entry{Ref: "1", Profile: profile.Profile{ID: "1", State: profile.Active, Details: profile.Details{
			Title: name, FirstName: name, PreferredFirstName: name, LastName: name, ImpossibleBirthDate: name, Sex: name, GenderIdentity: name, Pronouns: name, Email: name,
			Phones: []profile.Phone{{Type: name, Number: "1"}, {Type: "Mobile", Number: name}, {Type: name, Number: name}},
		}}, Failure: &profile.Failure{ID: "1", Ref: "1", Code: profile.Impossible}}
	}
	return entries
}

// separators are those that spreadsheets offer, and what regions use.
const separators = ",;\t :|"

// Spreadsheets split at other characters than the comma too: Excel at what the
// region uses, often a semicolon, and LibreOffice at what a person chooses.
func TestNoCellIsAFormula(t *testing.T) {
	for i, entry := range withHostile() {
		var all, failures bytes.Buffer
		if err := export.CSV(&all, []profile.Entry{entry}); err != nil {
			t.Fatal(err)
		}
		if err := export.FailuresCSV(&failures, []profile.Entry{entry}, func(profile.ID) string { return "https://acme.au1.cliniko.com/patients/1" }); err != nil {
			t.Fatal(err)
		}
		for _, out := range []string{all.String(), failures.String()} {
			if strings.Count(out, "\n") != 2 {
				t.Errorf("%+q: %d lines", hostile[i], strings.Count(out, "\n"))
			}
			for _, separator := range separators {
				for _, part := range cells(t, out, separator) {
					if mayRun(part) {
						t.Errorf("%+q becomes %+q where %q separates, which a spreadsheet may run", hostile[i], part, separator)
					}
				}
			}
			for part := range strings.FieldsFuncSeq(out, func(r rune) bool { return strings.ContainsRune(separators+"\r\n", r) }) {
				if mayRun(part) {
					t.Errorf("%+q becomes %+q somewhere, which a spreadsheet may run", hostile[i], part)
				}
			}
		}
	}
}

// cells reads the cells as a program does that splits at this separator.
func cells(t *testing.T, out string, separator rune) []string {
	t.Helper()
	in := csv.NewReader(strings.NewReader(out))
	in.Comma, in.LazyQuotes, in.FieldsPerRecord = separator, true, -1
	lines, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, line := range lines {
		all = append(all, line...)
	}
	return all
}

// mayRun reports whether a cell begins with the sign of a formula, whatever
// spaces, quotes and invisible characters are dropped before it.
func mayRun(cell string) bool {
	cell = strings.TrimLeft(cell, " \t\r\n\u00a0\u200b\ufeff\"\x00\x1f\v\u0085\u2028\u2029\u3164\u2800\u115f\u034f\ufe0f\ue000")
	return strings.IndexAny(cell, "=+-@|%＝＋－＠﹦﹢﹣﹫") == 0
}

// No control character leaves, of any kind, and no other character goes.
func TestNoControlCharacterLeaves(t *testing.T) {
	for given, want := range map[string]string{
		"Ann\x00": "Ann", "A\x00nn": "Ann", "\x00Ann": "Ann", "An\x01\x02n\x7f": "Ann", "A\u0080\u009fnn": "Ann", "Ann\ufffe\uffff": "Ann", "A\U0010ffffnn": "Ann",
		"Ann\tLee": "Ann Lee", "Ann\nLee": "Ann Lee", "Ann\r\nLee": "Ann  Lee", "Ann\vLee": "Ann Lee", "Ann\fLee": "Ann Lee", "Ann\u0085Lee": "Ann Lee",
		"Ann\u2028Lee": "Ann Lee", "Ann\u2029Lee": "Ann Lee", "نسرین\u200cزاده": "نسرین\u200cزاده", "👩\u200d👧": "👩\u200d👧", "Zoë": "Zoë", "\U00020000": "\U00020000",
	} {
		entry := profile.Entry{Ref: "1", Profile: profile.Profile{ID: "1", Details: profile.Details{FirstName: given}}}
		var out bytes.Buffer
		if err := export.CSV(&out, []profile.Entry{entry}); err != nil {
			t.Fatal(err)
		}
		if got := cells(t, out.String(), ',')[22+3]; got != want {
			t.Errorf("%+q becomes %+q, want %+q", given, got, want)
		}
	}
	var out bytes.Buffer
	if err := export.CSV(&out, withHostile()); err != nil {
		t.Fatal(err)
	}
	if at := strings.IndexFunc(strings.ReplaceAll(out.String(), "\n", ""), unicode.IsControl); at >= 0 {
		t.Errorf("a control character at %d", at)
	}
}

// JSON has every character as it is kept.
func TestJSONKeepsEveryCharacter(t *testing.T) {
	entry := profile.Entry{Ref: "1", Profile: profile.Profile{ID: "1", Details: profile.Details{FirstName: "\x00=1+1\t\u2028"}}}
	var out bytes.Buffer
	if err := export.JSON(&out, []profile.Entry{entry}); err != nil || !strings.Contains(out.String(), `"first_name": "\u0000=1+1\t\u2028"`) {
		t.Errorf("%v: %s", err, out.String())
	}
}

// Where somebody sees that a cell was marked, and where not.
func TestMarks(t *testing.T) {
	for given, want := range map[string]string{
		"=1+1": `"'=1+1"`, "+1": `"'+1"`, "a =1": `"a ’=1"`, "a:=1": `"a:’=1"`, "a|=1": `"a|’=1"`, "a |=1": `"a ’|’=1"`, "a,=1": `"a,’=1"`, "a;@b": `"a;’@b"`, " =1": `" ’=1"`, "'=1": `"''=1"`, "a;'=1": `"a;’'=1"`,
		"\x00=1+1": `"'=1+1"`, "x\"=1": `"x""=1"`, "\"=1": `"'""=1"`, "Ann - Lee": `"Ann ’- Lee"`, " Ann": `" Ann"`,
	} {
		entry := profile.Entry{Ref: "1", Profile: profile.Profile{ID: "1", Details: profile.Details{FirstName: given}}}
		var out bytes.Buffer
		if err := export.CSV(&out, []profile.Entry{entry}); err != nil {
			t.Fatal(err)
		}
		if _, line, _ := strings.Cut(out.String(), "\n"); !strings.HasPrefix(line, "1,,,"+want+",,") {
			t.Errorf("%+q: %s, want %s", given, line, want)
		}
	}
	for given, want := range map[string]string{
		"+61 3 9012 3456": "Mobile: +61 3 9012 3456", "+61390123456": "Mobile: +61390123456", "+1": `"Mobile: ’+1"`, "+1100": `"Mobile: ’+1100"`,
		"+61-3-9012-3456": `"Mobile: ’+61-3-9012-3456"`, "+61 3 9012 3456+1": `"Mobile: ’+61 3 9012 3456+1"`, "+61 3 9012 3456 =1": `"Mobile: ’+61 3 9012 3456 ’=1"`,
		"+61 3 9012 3456 +61 3 9012 3457": `"Mobile: ’+61 3 9012 3456 +61 3 9012 3457"`,
	} {
		entry := profile.Entry{Ref: "1", Profile: profile.Profile{ID: "1", Details: profile.Details{Phones: []profile.Phone{{Type: "Mobile", Number: given}}}}}
		var out bytes.Buffer
		if err := export.CSV(&out, []profile.Entry{entry}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), ",,,,,,,,,,"+want+",,") {
			t.Errorf("%s: %s, want %s", given, out.String(), want)
		}
	}
}

// A cell without a formula is unchanged.
func TestCellsStayWhatTheyAre(t *testing.T) {
	for _, name := range []string{"Anna-Lena", "O'Neil", "a=b", "50%", "me@example.com", "a; b", "a, b", "a: b", "a|b", "Zoë", "1-2", "(x)", "Mary \"May\" Lee", " Ann "} {
		p := profile.Profile{ID: "1", State: profile.Active, Details: profile.Details{FirstName: name}}
		var out strings.Builder
		if err := export.CSV(&out, []profile.Entry{{Ref: "1", Profile: p}}); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		if err != nil || lines[1][3] != name {
			t.Errorf("%q becomes %q, %v", name, lines[1][3], err)
		}
	}
}
