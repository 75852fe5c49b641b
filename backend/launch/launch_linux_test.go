package launch_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"telehab.io/desktop/backend/launch"
)

const page = "https://harbour.au1.cliniko.com/patients/42"

// opener replaces xdg-open with a script. The script writes its process id and
// its arguments to the returned file.
func opener(t *testing.T, script string) string {
	t.Helper()
	dir := t.TempDir()
	record := filepath.Join(dir, "record")
	text := "#!/bin/sh\necho \"$$ $*\" >" + record + ".new && mv " + record + ".new " + record + "\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return record
}

// waitFor fails the test if the condition does not become true.
func waitFor(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain for " + what)
		}
	}
}

// started returns the process id and the arguments of the opener.
func started(t *testing.T, record string) (pid, given string) {
	t.Helper()
	var text []byte
	waitFor(t, "the opener", func() (ok bool) {
		var err error
		text, err = os.ReadFile(record)
		return err == nil
	})
	pid, given, _ = strings.Cut(strings.TrimSpace(string(text)), " ")
	return pid, given
}

func alive(pid string) bool {
	_, err := os.Stat("/proc/" + pid)
	return err == nil
}

func TestABrowserThatStaysOpenIsNotWaitedFor(t *testing.T) {
	end := filepath.Join(t.TempDir(), "end")
	if err := syscall.Mkfifo(end, 0o600); err != nil {
		t.Fatal(err)
	}
	record := opener(t, "read line <"+end)
	if err := launch.Address(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	pid, given := started(t, record)
	if given != page {
		t.Errorf("it was given %q", given)
	}
	// It is waiting for a line that is not written yet, so its end cannot have
	// been waited for.
	if !alive(pid) {
		t.Error("the browser was ended")
	}
	// When the person closes it, it leaves no zombie process behind.
	if err := os.WriteFile(end, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "its end", func() bool { return !alive(pid) })
}

func TestAnOpenerThatRefusesIsReported(t *testing.T) {
	opener(t, "exit 3")
	if err := launch.Address(t.Context(), page); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("%v", err)
	}
	opener(t, "exit 0")
	if err := launch.Address(t.Context(), page); err != nil {
		t.Errorf("one that ends well: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if err := launch.Address(t.Context(), page); err == nil {
		t.Error("no opener at all is no error")
	}
}

func TestOnlyAddressesAreOpened(t *testing.T) {
	record := opener(t, "exit 0")
	for _, address := range []string{
		"", "--help", "file:///etc/passwd", "javascript:alert(1)", "https://", "/usr/bin/true",
		"https://a.example/$(id)", "https://a.example/`id`", "https://a.example/ b", "https://a.example/\n", "https://a.example/;id", "https://a.example/'x'",
	} {
		if err := launch.Address(t.Context(), address); err == nil {
			t.Errorf("%q was opened", address)
		}
	}
	if text, err := os.ReadFile(record); err == nil {
		t.Errorf("the opener was started: %s", text)
	}
}
