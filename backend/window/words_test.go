package window

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"
)

// The window says every action of the audit trail in words.
func TestEveryActionHasWords(t *testing.T) {
	source, err := os.ReadFile("../staff/audit.go")
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := os.ReadFile("../../frontend/src/lib/i18n/en.json")
	if err != nil {
		t.Fatal(err)
	}
	shown, err := os.ReadFile("../../frontend/src/lib/state/audit.svelte.ts")
	if err != nil {
		t.Fatal(err)
	}
	var words struct {
		Audit struct{ Action map[string]string }
	}
	if err := json.Unmarshal(catalogue, &words); err != nil {
		t.Fatal(err)
	}
	actions := regexp.MustCompile(`Action = "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	if len(actions) < 20 {
		t.Fatalf("%d actions", len(actions))
	}
	for _, action := range actions {
		if words.Audit.Action[action[1]] == "" || !regexp.MustCompile(`(?m)^  `+action[1]+`: '`).Match(shown) {
			t.Errorf("%s has no words", action[1])
		}
	}
}
