package command

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// The help of every command has examples, and each is a command line that is
// understood.
func TestExamplesAreCommandLines(t *testing.T) {
	examples := 0
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for line := range strings.Lines(c.Example) {
			examples++
			line, _, _ = strings.Cut(strings.TrimSpace(line), "  #")
			line, _, _ = strings.Cut(line, " > ")
			line, _, _ = strings.Cut(line, " < ")
			words := strings.Fields(strings.ReplaceAll(strings.ReplaceAll(line, `"Dana Smith"`, "Dana"), `"Robin Smith"`, "Robin"))
			if len(words) == 0 || words[0] != "telehab" {
				t.Errorf("%s: %q", c.CommandPath(), line)
				continue
			}
			root := (&Terminal{}).root()
			found, rest, err := root.Find(words[1:])
			if err == nil {
				err = found.ParseFlags(rest)
			}
			if err == nil {
				err = found.ValidateArgs(found.Flags().Args())
			}
			if err == nil {
				err = found.ValidateRequiredFlags()
			}
			if err == nil {
				err = found.ValidateFlagGroups()
			}
			own := strings.HasPrefix(found.CommandPath(), c.CommandPath())
			if err != nil || !own {
				t.Errorf("%s: %q is one of %s, %v", c.CommandPath(), line, found.CommandPath(), err)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk((&Terminal{}).root())
	if examples < 20 {
		t.Errorf("%d examples", examples)
	}
}
