package workspace

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"telehab.io/desktop/backend/profile"
)

// Disconnecting a separate clinic deletes its folder, so the file that names the
// folder may name none but those that TeleHab makes.
func TestClinicsFileNamesNoOtherFolder(t *testing.T) {
	o := Options{Dir: t.TempDir()}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(o.placesPath(), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, account := range []string{"..", "../..", "/", ".", "4000777/../..", `..\\..`, "\\u0000", "c:", "x"} {
		write(`{"current":"` + account + `","clinics":[{"account":"","name":"A"},{"account":"` + account + `","name":"B"}]}`)
		if current, err := o.Current(); profile.CodeOf(err) != profile.StoreUnreadable {
			t.Errorf("%q is used: %q, %v", account, current.Dir, err)
		}
		write(`{"current":"","clinics":[{"account":"","name":"A"},{"account":"` + account + `","name":"B"}]}`)
		if err := o.Use(account); profile.CodeOf(err) != profile.StoreUnreadable {
			t.Errorf("%q may be chosen: %v", account, err)
		}
	}
	write(`{"current":"4000777"}`)
	if _, err := o.Current(); profile.CodeOf(err) != profile.StoreUnreadable {
		t.Errorf("a clinic that is not in the list is used: %v", err)
	}
	write(`{"current":"4000777","clinics":[{"account":"","name":"A"},{"account":"4000777","name":"B"}]}`)
	current, err := o.Current()
	if err != nil || current.Dir != filepath.Join(o.Dir, "clinics", "4000777") {
		t.Errorf("a separate clinic: %q, %v", current.Dir, err)
	}
	if info, err := os.Stat(o.placesPath()); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the names of the clinics: %v, %v", info.Mode(), err)
	}
}
