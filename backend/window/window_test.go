package window

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// Wails repeats a call that it cannot read, with everything that was given to
// it.
func TestToolkitErrorsRepeatNoCall(t *testing.T) {
	var out bytes.Buffer
	log := zerolog.New(&out)
	for _, message := range []string{
		`process message error: C{"name":"window.People.SignIn","args":[1,"velvet otter carries nine"]} -> error parsing arguments: json: cannot unmarshal`,
		`process message error: C{"name":"window.Profiles.Find","args":[{"search":"velvet otter","limit":"x"}]} -> x`,
		`error parsing arguments: json: cannot unmarshal "velvet otter" into Go value of type int`,
		`Blocked request from unauthorized origin: http://velvet.example/otter`, `unknown Browser message: BO velvet`, `method 'velvet' not registered`,
	} {
		wailsLog{log, func() {}}.Error(message)
	}
	if text := out.String(); strings.Contains(text, "velvet") || strings.Contains(text, "otter") || !strings.Contains(text, "process message error") {
		t.Errorf("the log has %s", text)
	}
}
