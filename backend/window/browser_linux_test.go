package window

import (
	"os"
	"path/filepath"
	"testing"

	"telehab.io/desktop/backend/launch"
	"telehab.io/desktop/backend/profile"
)

// Where xdg-open becomes the browser, it ends with the browser.
func TestFixInClinikoDoesNotWaitForTheBrowser(t *testing.T) {
	f := newFixture(t, small)
	f.signUpAndConnect()
	f.imported()
	f.computer.OpenAddress = launch.Address
	tools := t.TempDir()
	t.Setenv("PATH", tools+":/usr/bin:/bin")
	opener := filepath.Join(tools, "xdg-open")
	script := "#!/bin/sh\nwhile [ -d " + tools + " ]; do sleep 0.1; done\n" // ends after the test
	if err := os.WriteFile(opener, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	for what, open := range map[string]func() error{
		"a client's page": func() error { return f.app.Profiles.OpenInCliniko(f.fake.IDs()[0]) },
		"a guide":         func() error { return f.app.About.OpenGuide("cliniko-api-key") },
	} {
		// The opener ends after the test: whoever waited for it would never
		// return.
		if err := open(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := os.WriteFile(opener, []byte("#!/bin/sh\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := f.app.Profiles.OpenInCliniko(f.fake.IDs()[0]); profile.CodeOf(err) != "browser_trouble" {
		t.Errorf("a browser that does not open: %v", err)
	}
}
