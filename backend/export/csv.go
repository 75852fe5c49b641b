package export

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
)

// byteOrderMark tells a spreadsheet that the text is UTF-8. Without it, one
// that is started by a double click assumes the computer's own code page.
const byteOrderMark = "\ufeff"

// write writes lines of cells, separated by commas. encoding/csv cannot quote a
// cell that does not need it.
func write(w io.Writer, lines [][]string) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return fmt.Errorf("write the byte-order mark: %w", err)
	}
	var out strings.Builder
	for _, line := range lines {
		out.Reset()
		for i, text := range line {
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString(quoted(inert(printable(text))))
		}
		out.WriteByte('\n')
		if _, err := io.WriteString(w, out.String()); err != nil {
			return fmt.Errorf("write a line: %w", err)
		}
	}
	return nil
}

// quoted encloses a cell in quotes if that matters: for a character that has a
// meaning in CSV, a space at an end, which programs drop, and text that a
// program with another separator would read as a formula.
func quoted(text string, marked bool) string {
	if !marked && !strings.ContainsAny(text, `",`) && strings.TrimSpace(text) == text {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// printable returns a text without control characters and noncharacters.
// Programs disagree about them: LibreOffice drops a NUL and then evaluates what
// follows, others end the cell, the line or the file. Those that separate words
// or lines become a space.
func printable(text string) string {
	if !strings.ContainsFunc(text, unprintable) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case !unprintable(r):
			return r
		case unicode.IsSpace(r), unicode.In(r, unicode.Zl, unicode.Zp):
			return ' '
		}
		return -1
	}, text)
}

// unprintable reports whether r is a control character, separates lines or
// paragraphs, or is a noncharacter.
func unprintable(r rune) bool {
	const lastTwo = 0xfffe // of each plane
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) || r&lastTwo == lastTwo || r >= 0xfdd0 && r <= 0xfdef
}

// blankLetters are drawn as empty space.
const blankLetters = "\u115f\u1160\u2800\u3164\uffa0"

// unseen are characters that are invisible or that a program may drop: spaces,
// marks, format characters and blank letters.
const unseen = `\p{Z}\p{M}\p{Cf}\p{Co}` + blankLetters

// mayBeDropped reports whether a program may drop r at the start of a cell.
func mayBeDropped(r rune) bool {
	return r == '"' || r == '\'' || unicode.In(r, unicode.Z, unicode.M, unicode.Cf, unicode.Co) || strings.ContainsRune(blankLetters, r)
}

// changing matches a number that a spreadsheet does not show as written: it
// drops zeros at both ends, shows more than 11 digits as 1.23E+11, rounds after
// the fifteenth and evaluates an exponent. A number with words or spaces in it,
// as in the column of phones, stays text.
var changing = regexp.MustCompile(`^[` + unseen + `]*(0[0-9]+|[0-9]{12,}|[0-9]*[.][0-9]+|[0-9]+[.,]?[0-9]*[eE][0-9]+)[` + unseen + `]*$`)

const (
	// signs are what a spreadsheet may read as the start of a formula, with
	// their full-width and small forms.
	signs = "=+-@|%＝＋－＠﹦﹢﹣﹫"
	// separators are where a program may split the cell: regions that write 1,5
	// use semicolons in files, and a person may choose any other.
	separators = ",;:| "
)

// international matches a telephone number with its country, to its end. It
// cannot be a formula, and is shown as it is where it follows other text, as in
// the column of phones.
var international = regexp.MustCompile(`^[+][0-9](?: ?[0-9]){6,14}(?:$|[;,])`)

// The marks before what a spreadsheet would change. Within a cell it is not the
// plain apostrophe, which a person may choose as the quote of a file: where the
// program also splits there, that mark would be taken off. The start of a cell
// has a quotation mark before it.
const (
	mark       = "'"
	markWithin = "’"
)

// inert prevents a spreadsheet from reading text as a formula, or as a number
// that it would change, by an apostrophe before it. marked reports that there
// is text that looks like a formula.
func inert(s string) (text string, marked bool) {
	if changing.MatchString(s) {
		return mark + s, false
	}
	const inside = -1
	var out strings.Builder
	written := 0
	cell := 0 // where a cell may begin whose first visible character is next
	for i, r := range s {
		if cell != inside && strings.ContainsRune(signs, r) && (cell == 0 || !international.MatchString(s[i:])) {
			out.WriteString(s[written:cell])
			if cell == 0 {
				out.WriteString(mark)
			} else {
				out.WriteString(markWithin)
			}
			written, marked = cell, true
		}
		switch {
		case strings.ContainsRune(separators, r):
			cell = i + 1
		case cell != inside && !mayBeDropped(r):
			cell = inside
		}
	}
	out.WriteString(s[written:])
	return out.String(), marked
}

// Table writes lines of cells as CSV for a spreadsheet, which reads none of them
// as a formula. The first line names the columns.
func Table(w io.Writer, lines [][]string) error { return write(w, lines) }
