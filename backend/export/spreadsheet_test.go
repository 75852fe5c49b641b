package export_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"telehab.io/desktop/backend/export"
	"telehab.io/desktop/backend/profile"
)

// Spreadsheets split at other characters than the comma too: Excel at what the
// region uses, often a semicolon, and LibreOffice at tabs and semicolons.
func TestNoCellIsAFormula(t *testing.T) {
	for _, name := range []string{
		"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|cmd", "%0A", "＝1+1", "＋1", "－1", "＠SUM(A1)", " =1", "\u00a0=1", "\ufeff=1", "\u200b=1", "\"=1",
		"\x00=1+1", "\x1f=1", "\v=1", "\u0085=1", "\u2028=1", "\u3164=1", "\u2800=1", "\u115f=1", "\u034f=1", "\ufe0f=1", "\ue000=1", "\u200b\x00\u3164=1", "﹢1", "﹣1", "﹦1", "﹫SUM(A1)",
		"x;\x00=1+1", "x;\u3164=1", "x;=1+1", "x; =1+1", "x;\"=1+1\"", "x\t@A1", "x\n=1", "x\r\n+1", ";;-1", "x;＝1",
	} {
		p := profile.Profile{ID: "1", State: profile.Active, Details: profile.Details{FirstName: name, LastName: "Example",
			Phones: []profile.Phone{{Type: name, Number: "1"}, {Type: "Mobile", Number: name}, {Type: name, Number: name}}}}
		var out strings.Builder
		if err := export.CSV(&out, []profile.Entry{{Ref: "1", Profile: p}}); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		if err != nil || len(lines) != 2 {
			t.Fatalf("%q: %d lines, %v", name, len(lines), err)
		}
		for _, cell := range lines[1] {
			for part := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
				part = strings.TrimLeft(part, " \u00a0\u200b\ufeff\"\x00\x1f\v\u0085\u2028\u3164\u2800\u115f\u034f\ufe0f\ue000")
				if strings.IndexAny(part, "=+-@|%＝＋－＠﹢﹣﹦﹫") == 0 {
					t.Errorf("%q becomes %q, which a spreadsheet may run", name, cell)
				}
			}
		}
	}
}

// A cell without a formula is unchanged.
func TestCellsStayWhatTheyAre(t *testing.T) {
	for _, name := range []string{"Anna-Lena", "O'Neil", "a=b", "50%", "me@example.com", "a; b", "Zoë", "1-2", "(x)"} {
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
