package command

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Every sentence that sends somebody to a place in the window has a step that a
// terminal has. The sentences are those in the source of everything below the
// window.
func TestEveryNextStepIsOneOfATerminal(t *testing.T) {
	sentences := 0
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.HasPrefix(path, filepath.Join("..", "command")) || strings.HasPrefix(path, filepath.Join("..", "window")) || strings.Contains(path, "fakeclinic") {
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
			if err == nil && strings.Contains(text, "Settings") && !isKey {
				sentences++
				if said := inTerminal(text); strings.Contains(said, "Settings") || !strings.Contains(said, "telehab ") {
					t.Errorf("%s: %s", path, said)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || sentences < 5 {
		t.Errorf("%d sentences, %v", sentences, err)
	}
}
