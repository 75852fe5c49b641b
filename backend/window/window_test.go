package window

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/deeplink/handover"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/workspace"
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

// Whoever starts TeleHab while a command that erases waits for an answer is
// told why no window opens, with a link as well.
func TestNoWindowBesideACommandThatErases(t *testing.T) {
	o := workspace.Options{Dir: t.TempDir()}
	inbox, _, err := handover.Listen(o.DataDir()) // there was a window before
	if err == nil {
		err = inbox.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	release, free, err := handover.Hold(o.DataDir())
	if err != nil || !free {
		t.Fatal(free, err)
	}
	for _, link := range []string{"", "telehab://patient?patient_id=1"} {
		err := Open(Options{Workspace: o, Link: link}, nil)
		if said := profile.MessageOf(err); profile.CodeOf(err) != profile.StoreBusy || !strings.Contains(said, "Answer its question, or end it, then start TeleHab again.") {
			t.Errorf("with the link %q: %v", link, err)
		}
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}
