package export_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"telehab.io/desktop/backend/export"
)

// imports are LibreOffice's default import, and what a person may choose in its
// dialog: the separators by their codes, MRG to merge them, the quote, UTF-8,
// the first line, no formats, a language, quoted fields as text or not,
// recognised numbers, and formulas that are evaluated.
var imports = map[string]string{
	"default":           "",
	"comma":             "44,34,76,1,,0,false,true,false,false,false,0,true",
	"semicolon":         "59,34,76,1,,0,false,true,false,false,false,0,true",
	"tab":               "9,34,76,1,,0,false,true,false,false,false,0,true",
	"space":             "32,34,76,1,,0,false,true,false,false,false,0,true",
	"colon":             "58,34,76,1,,0,false,true,false,false,false,0,true",
	"pipe":              "124,34,76,1,,0,false,true,false,false,false,0,true",
	"all of them":       "44/59/9/32/58/124/MRG,34,76,1,,0,false,true,false,false,true,0,true",
	"other quotes, all": "44/59/9/32/58/124,39,76,1,,0,false,true,false,false,true,0,true",
	"other quotes":      "44,39,76,1,,0,false,true,false,false,false,0,true",
	"no quotes":         "44/59/9/32/58/124,0,76,1,,0,false,true,false,false,true,0,true",
}

// The real LibreOffice evaluates nothing of what clients are called, however it
// is told to split. A missing program is a failure, never a skip.
func TestLibreOfficeEvaluatesNothing(t *testing.T) {
	var out bytes.Buffer
	if err := export.CSV(&out, withHostile()); err != nil {
		t.Fatal(err)
	}
	user := t.TempDir()
	open := func(file []byte, options string) [][]spreadsheetCell {
		return openInLibreOffice(t, user, file, options)
	}
	for name, options := range imports {
		rows := open(out.Bytes(), options)
		if len(rows) != 1+len(hostile) {
			t.Errorf("%s: %d rows, not %d", name, len(rows), 1+len(hostile))
		}
		for i, row := range rows {
			for _, cell := range row {
				if cell.formula != "" {
					t.Errorf("%s: %+q becomes the formula %+q, which says %q", name, hostile[min(max(i-1, 0), len(hostile)-1)], cell.formula, cell.text)
				}
			}
		}
	}
	// What it reads, in words of its own: an oracle that finds no cell would
	// find no formula either.
	rows := open(out.Bytes(), imports["comma"])
	for name, want := range map[string]string{"=1+1": "'=1+1", "\x00=1+1": "'=1+1", "x\t@A1": "x ’@A1", "x:=1+1": "x:’=1+1", "＝1+1": "'＝1+1"} {
		row := slices.Index(hostile, name) + 1
		if len(rows) <= row || len(rows[row]) < 22 || rows[row][3].text != want {
			t.Errorf("%+q is not read as %q", name, want)
		}
	}
	planted := open([]byte("\ufeffa,b\n=1+1,x\n"), "")
	if len(planted) != 2 || planted[1][0].formula == "" || planted[1][0].text != "2" {
		t.Errorf("a formula is not noticed: %+v", planted)
	}
}

// spreadsheetCell is a cell as LibreOffice has it.
type spreadsheetCell struct{ text, formula string }

// openInLibreOffice converts a CSV file to a flat OpenDocument spreadsheet, and
// returns its rows. user is the folder of its settings; options of "" are those
// of a file that is just opened.
func openInLibreOffice(t *testing.T, user string, file []byte, options string) [][]spreadsheetCell {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "clients.csv"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("soffice is missing; `make test` installs it (Debian package libreoffice-calc)")
	}
	args := []string{"-env:UserInstallation=file://" + user, "--headless", "--norestore", "--convert-to", "fods", "--outdir", dir}
	if options != "" {
		args = append(args, "--infilter=Text - txt - csv (StarCalc):"+options)
	}
	said, err := exec.CommandContext(t.Context(), program, append(args, filepath.Join(dir, "clients.csv"))...).CombinedOutput() // #nosec G204 -- found on PATH, by a test
	if err != nil {
		t.Fatalf("soffice: %v: %s", err, said)
	}
	sheet, err := os.ReadFile(filepath.Join(dir, "clients.fods"))
	if err != nil {
		t.Fatalf("%v: soffice said: %s", err, said)
	}
	return readSheet(t, sheet)
}

// readSheet reads the rows that have something in them.
func readSheet(t *testing.T, sheet []byte) (rows [][]spreadsheetCell) {
	t.Helper()
	in := xml.NewDecoder(bytes.NewReader(sheet))
	var row []spreadsheetCell
	var cell *spreadsheetCell
	paragraph, repeated := false, 1
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "table-row":
				row = nil
			case "table-cell":
				cell = &spreadsheetCell{formula: attribute(token, "formula")}
				repeated, _ = strconv.Atoi(attribute(token, "number-columns-repeated"))
			case "p":
				paragraph = true
			case "s":
				cell.text += " "
			}
		case xml.CharData:
			if cell != nil && paragraph {
				cell.text += string(token)
			}
		case xml.EndElement:
			switch token.Name.Local {
			case "p":
				paragraph = false
			case "table-cell":
				for range min(max(repeated, 1), 100) { // the last one continues to the right edge
					row = append(row, *cell)
				}
				cell = nil
			case "table-row":
				if slices.ContainsFunc(row, func(c spreadsheetCell) bool { return c != spreadsheetCell{} }) {
					rows = append(rows, row)
				}
			}
		}
	}
}

func attribute(element xml.StartElement, name string) string {
	for _, each := range element.Attr {
		if each.Name.Local == name {
			return each.Value
		}
	}
	return ""
}
