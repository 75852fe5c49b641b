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
		"tel:", "tel:12", "tel:0491 570 156", "tel:0491570156;ext=2", "tel:+61491570156,,1", "tel:*21*0491570156#", "tel:++61491570156", "tel:-h", "tel://0491570156", "TEL:0491570156",
		"mailto:", "mailto:ann", "mailto:ann@example.com?subject=x", "mailto:ann@example.com?attach=/etc/passwd", "mailto:ann@example.com,bob@example.com",
		"mailto:a%22b@example.com", "mailto:a%0ab@example.com", "mailto:ann@example.com&cc=b@c.example", "mailto:ann@example.com\n", "mailto:a b@example.com",
		"mailto:ann@", "mailto:ann@example", "mailto:ann@.example", "mailto:$(id)@example.com", "mailto:`id`@example.com", "mailto:a'b@example.com", "mailto:ann%27@example.com%22",
		"sms:0491570156", "callto:0491570156", "https://a.example/$(id)", "https://a.example/`id`", "https://a.example/ b", "https://a.example/\n", "https://a.example/;id", "https://a.example/'x'",
	} {
		if err := launch.Address(t.Context(), address); err == nil {
			t.Errorf("%q was opened", address)
		}
	}
	if text, err := os.ReadFile(record); err == nil {
		t.Errorf("the opener was started: %s", text)
	}
}

func TestCallsAndEmailsAreOpened(t *testing.T) {
	for _, address := range []string{"tel:+61491570156", "tel:0491570156", "tel:131450", "mailto:ann@example.com", "mailto:Zoe.O%27Brien+family@mail.example.co.uk"} {
		record := opener(t, "exit 0")
		if err := launch.Address(t.Context(), address); err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if _, given := started(t, record); given != address {
			t.Errorf("%s: it was given %q", address, given)
		}
	}
}

// No browser is started where there is nothing to call with.
func TestNoBrowserIsGivenANumber(t *testing.T) {
	record := opener(t, "exit 0")
	dir := filepath.Dir(record)
	if err := os.Rename(filepath.Join(dir, "xdg-open"), filepath.Join(dir, "x-www-browser")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	if err := launch.Address(t.Context(), "tel:0491570156"); err == nil {
		t.Error("it was opened")
	}
	if _, err := os.Stat(record); err == nil {
		t.Error("the browser was started")
	}
}

// A page that was exported is opened by its path; whatever else the person may
// have called the file is not handed to the system, which might run it.
func TestOnlyPagesAreOpenedAsFiles(t *testing.T) {
	record := opener(t, "exit 0")
	for _, path := range []string{"", "page.html", "--help.html", "/tmp/sheet.html.desktop", "/tmp/sheet.desktop", "/usr/bin/true", "/tmp/sheet.HTML.exe"} {
		if err := launch.Page(t.Context(), path); err == nil {
			t.Errorf("%q was opened", path)
		}
	}
	if text, err := os.ReadFile(record); err == nil {
		t.Errorf("the opener was started: %s", text)
	}
	path := filepath.Join(t.TempDir(), "Zoë's call sheet; $(id).html")
	if err := launch.Page(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if _, given := started(t, record); given != path {
		t.Errorf("it was given %q", given)
	}
}
