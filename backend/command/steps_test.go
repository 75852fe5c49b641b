package command

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// ofTheWindow is what a sentence names that a terminal does not have.
var ofTheWindow = regexp.MustCompile(`Settings|\bChoose (Repair|Try again|Sync)|choose Repair|Reload|[Pp]aste\b|[Cc]lick\b|Add a clinic\.|` +
	`Sign in first|sign in as|to sign in and|start TeleHab again|Sync again|selection`)

// onlyInTheWindow are sentences that no command prints, by how they begin.
var onlyInTheWindow = map[string]string{
	"Nobody is signed in. Sign in first.":                               "a command signs in before it does anything",
	"There is no list any more.":                                        "a command lists and imports in one step",
	"The data is there again, so nothing was changed.":                  "starting again is offered by the window",
	"Some of the selected profiles are not on this computer any more. ": "a command exports all",
	"This computer does not open TeleHab's links yet.":                  "links open the window",
	"This computer opens TeleHab's links with a copy of TeleHab ":       "links open the window",
	"Choose Repair": "links open the window",
	"Move it to a folder with a plain name, ":                           "links open the window",
	"Restart the computer and choose Repair again; ":                    "links open the window",
	"which Windows cannot register. ":                                   "links open the window",
	"Paste the client's Cliniko address into TeleHab's search instead.": "links open the window",
}

// Every sentence that sends somebody to a place in the window has a step that a
// terminal has. The sentences are those in the source of everything below the
// window.
func TestEveryNextStepIsOneOfATerminal(t *testing.T) {
	sentences, unused := 0, map[string]bool{}
	for begins := range onlyInTheWindow {
		unused[begins] = true
	}
	err := eachLiteral("..", func(path, text string) {
		if !ofTheWindow.MatchString(text) {
			return
		}
		for begins := range onlyInTheWindow {
			if strings.HasPrefix(text, begins) {
				delete(unused, begins)
				return
			}
		}
		sentences++
		if said := inTerminal(text); ofTheWindow.MatchString(said) {
			t.Errorf("%s: %s", path, said)
		}
	})
	if err != nil || sentences < 15 || len(unused) > 0 {
		t.Errorf("%d sentences, %v; never met: %v", sentences, err, unused)
	}
}

// eachLiteral calls do with every string of two words or more in the programs
// below root, but for those of the window, the commands and the simulated clinic.
func eachLiteral(root string, do func(path, text string)) error {
	return filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.HasPrefix(path, filepath.Join(root, "command")) || strings.HasPrefix(path, filepath.Join(root, "window")) || strings.Contains(path, "fakeclinic") {
			return err
		}
		source, err := os.ReadFile(path) // #nosec G304 -- of this project
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			isKey := strings.Contains(text, `\`) || !strings.Contains(text, " ") // of Windows' registry
			if err == nil && !isKey {
				do(path, text)
			}
			return true
		})
		return nil
	})
}

// What somebody reads in a terminal, word for word.
func TestNextStepsInATerminal(t *testing.T) {
	for window, want := range map[string]string{
		"No clinic is connected. Open Settings, Software integration and set up the Cliniko integration.": "No clinic is connected. " +
			"Connect it with telehab connect --as EMAIL, which reads the API key from standard input.",
		"Paste the API key first. Cliniko shows it once, right after you add it.": "No API key came on standard input. Cliniko shows it once, right after you add it.",
		"This key belongs to Bay Street, and this computer is connected to Harbour Physio, so nothing was changed. " +
			"Use a key of Harbour Physio. To have both, choose Add a clinic.": "This key belongs to Bay Street, and this computer is connected to " +
			"Harbour Physio, so nothing was changed. Use a key of Harbour Physio. To have both, choose Add a clinic in the window, or set TELEHAB_DATA_DIR to a folder of its own for the other one.",
		"This person is no longer here. Reload the list of people.": "This person is no longer here. telehab people list --as EMAIL says who is.",
		"Check that the disk works and that you can write to it, then start TeleHab again.": "Check that the disk works and that you can write to it, " +
			"then run the command again.",
		"Cliniko cannot be reached from this computer. Check the internet connection and try again.": "Cliniko cannot be reached from this computer. " +
			"Check the internet connection and try again.",
	} {
		if got := inTerminal(window); got != want {
			t.Errorf("%q\nwant %q", got, want)
		}
	}
}
