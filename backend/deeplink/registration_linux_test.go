package deeplink_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/profile"
)

const received = "--link | telehab://patient?patient_id=1"

func TestRegisterAndOpen(t *testing.T) {
	d := newDesktop(t)
	r, record := d.program("apps")
	d.is(r, deeplink.Missing, "")
	start := time.Now()
	d.repaired(r, false)
	t.Logf("registered in %v", time.Since(start).Round(time.Millisecond))

	d.run("desktop-file-validate", d.entry())
	if got := d.chosen(); got != "telehab.desktop" {
		t.Errorf("xdg-mime says that %q opens our links", got)
	}
	d.run("xdg-open", "telehab://patient?patient_id=1")
	if got := d.received(record); got != received {
		t.Errorf("xdg-open started it with %q", got)
	}
	d.run("gio", "open", "telehab://patient?patient_id=1")
	if got := d.received(record); got != received {
		t.Errorf("gio started it with %q", got)
	}

	link := deeplink.Link{Kind: deeplink.Test, Nonce: "42"}
	if err := deeplink.OpenTest(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	if got := d.received(record); got != "--link | telehab://test?n=42" {
		t.Errorf("the test link started it with %q", got)
	}

	start = time.Now()
	d.is(r, deeplink.Ready, "")
	t.Logf("checked in %v", time.Since(start).Round(time.Microsecond))
}

// A repair of a Ready registration writes no file.
func TestRepairOfReadyWritesNothing(t *testing.T) {
	d := newDesktop(t)
	r, _ := d.program("apps")
	d.repaired(r, false)
	for _, path := range []string{d.entry(), d.list()} {
		if err := os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	d.repaired(r, true)
	for _, path := range []string{d.entry(), d.list()} {
		if info, err := os.Stat(path); err != nil || info.ModTime() != time.Unix(1, 0) {
			t.Errorf("%s was written", filepath.Base(path))
		}
	}
}

// gio parses quotes as specified; xdg-open on its own does not.
func TestPathsThatNeedQuotes(t *testing.T) {
	for _, folder := range []string{"a b", `q"u'o`, `back\slash`, "dollar$HOME", "tick`id`", "100%u", "sm;il&e (1)", "Süd 漢"} {
		t.Run(folder, func(t *testing.T) {
			d := newDesktop(t)
			r, record := d.program(folder)
			d.repaired(r, false)
			d.run("desktop-file-validate", d.entry())
			d.run("gio", "open", "telehab://patient?patient_id=1")
			if got := d.received(record); got != received {
				t.Errorf("started with %q", got)
			}
			if err := r.Remove(t.Context()); err != nil {
				t.Fatal(err)
			}
			d.is(r, deeplink.Missing, "")
		})
	}
}

func TestMovedProgram(t *testing.T) {
	d := newDesktop(t)
	before, _ := d.program("before")
	d.repaired(before, false)
	after, record := d.program("after")
	d.is(after, deeplink.Broken, "")
	if err := os.RemoveAll(filepath.Dir(before.Executable)); err != nil {
		t.Fatal(err)
	}
	d.is(after, deeplink.Broken, "")
	d.repaired(after, false)
	d.run("xdg-open", "telehab://patient?patient_id=1")
	if got := d.received(record); got != received {
		t.Errorf("started with %q", got)
	}
}

func TestEntryThatWasSpoilt(t *testing.T) {
	d := newDesktop(t)
	r, _ := d.program("a b")
	d.repaired(r, false)
	text := d.read(d.entry())
	for what, spoilt := range map[string]string{
		"unquoted":       strings.ReplaceAll(text, `"`, ""),
		"without --link": strings.ReplaceAll(text, "--link ", ""),
	} {
		d.write(d.entry(), spoilt)
		t.Log(what)
		d.is(r, deeplink.Broken, "")
		d.repaired(r, false)
		if d.read(d.entry()) != text {
			t.Errorf("%s: it was not written anew", what)
		}
	}
	if err := os.Remove(d.entry()); err != nil {
		t.Fatal(err)
	}
	d.is(r, deeplink.Missing, "")
	d.repaired(r, false)
}

func TestForeignOwner(t *testing.T) {
	for how, choose := range map[string]func(d desktop){
		"chosen":               func(d desktop) { d.choose("other.desktop") },
		"only one there is":    func(d desktop) { d.run("update-desktop-database", d.system+"/applications") },
		"chosen by the system": func(d desktop) { d.write(d.system+"/config/mimeapps.list", foreignChoice) },
		"chosen for one desktop": func(d desktop) {
			d.t.Setenv("XDG_CURRENT_DESKTOP", "Wanted:GNOME")
			d.write(d.home+"/.config/gnome-mimeapps.list", "[X]\na=b\n"+foreignChoice)
		},
	} {
		t.Run(how, func(t *testing.T) {
			d := newDesktop(t)
			r, _ := d.program("apps")
			d.other("other")
			choose(d)
			d.is(r, deeplink.Foreign, "other")

			err := r.Repair(t.Context(), false)
			if profile.CodeOf(err) != deeplink.SchemeTaken || !strings.Contains(profile.MessageOf(err), "other") {
				t.Errorf("without being asked to take over: %v", err)
			}
			if _, err := os.Stat(d.entry()); err == nil {
				t.Error("an entry was written all the same")
			}
			d.is(r, deeplink.Foreign, "other")

			d.repaired(r, true)
			if err := r.Remove(t.Context()); err != nil {
				t.Fatal(err)
			}
			d.is(r, deeplink.Foreign, "other")
		})
	}
}

const foreignChoice = "[Default Applications]\nx-scheme-handler/telehab=other.desktop\n"

// If the chosen program is gone, no program is chosen.
func TestOwnerThatIsGone(t *testing.T) {
	d := newDesktop(t)
	r, _ := d.program("apps")
	d.write(d.list(), foreignChoice)
	d.is(r, deeplink.Missing, "")
	d.repaired(r, false)
}

// Another program's entry may have our entry's name.
func TestForeignEntryOfOurName(t *testing.T) {
	d := newDesktop(t)
	r, _ := d.program("apps")
	d.write(d.entry(), "[Desktop Entry]\nType=Application\nName=Another TeleHab\nExec=/bin/true %u\n")
	d.is(r, deeplink.Foreign, "Another TeleHab")
	if err := r.Repair(t.Context(), false); profile.CodeOf(err) != deeplink.SchemeTaken {
		t.Errorf("without being asked to take over: %v", err)
	}
	if err := r.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(d.read(d.entry()), "Another TeleHab") {
		t.Error("it was changed")
	}
	d.repaired(r, true)
}

// A package's entry that starts this program is used unchanged.
func TestPackagedEntry(t *testing.T) {
	d := newDesktop(t)
	r, _ := d.program("bin")
	t.Setenv("PATH", filepath.Dir(r.Executable)+":"+os.Getenv("PATH"))
	packaged, err := os.ReadFile("../../build/linux/telehab.desktop")
	if err != nil {
		t.Fatal(err)
	}
	d.write(filepath.Join(d.system, "applications/telehab.desktop"), string(packaged))
	d.run("update-desktop-database", filepath.Join(d.system, "applications"))
	d.is(r, deeplink.Ready, "")

	d.other("other")
	d.choose("other.desktop")
	d.is(r, deeplink.Foreign, "other")
	d.repaired(r, true)
	if _, err := os.Stat(d.entry()); err == nil {
		t.Error("a second entry hides the package's")
	}

	// An older copy's entry that hides it is removed.
	d.write(d.entry(), strings.Replace(string(packaged), "Exec=telehab", "Exec=/gone/telehab", 1))
	d.is(r, deeplink.Broken, "")
	d.repaired(r, false)
	if _, err := os.Stat(d.entry()); err == nil {
		t.Error("the older entry is still there")
	}
}

// Everything else in the person's list of choices stays, also if the list is a
// symbolic link.
func TestOtherChoicesStay(t *testing.T) {
	d := newDesktop(t)
	r, _ := d.program("apps")
	const list = "# mine\n[Added Associations]\ntext/plain=vim.desktop;\n\n[Default Applications]\ntext/html=browser.desktop\n"
	kept := d.write(filepath.Join(d.home, "dotfiles/list"), list)
	t.Setenv("PATH", "/nowhere") // without tools, so that only we write
	if err := os.MkdirAll(filepath.Dir(d.list()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(kept, d.list()); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(kept, 0o640); err != nil {
		t.Fatal(err)
	}
	d.repaired(r, false)
	if info, err := os.Lstat(d.list()); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link to the list is gone")
	}
	if info, err := os.Stat(kept); err != nil || info.Mode().Perm() != 0o640 {
		t.Error("the list's permissions changed")
	}
	if err := r.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := d.read(kept); got != list {
		t.Errorf("registered and removed, the list is\n%s", got)
	}
	if _, err := os.Stat(d.entry()); err == nil {
		t.Error("the entry is still there")
	}
}

func TestRemoveWhereNothingIs(t *testing.T) {
	d := newDesktop(t)
	r, _ := d.program("apps")
	if err := r.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(d.home)
	if err != nil || len(files) != 1 {
		t.Errorf("it made files: %v, %v", files, err)
	}
}

func TestCancelledAndImpossible(t *testing.T) {
	d := newDesktop(t)
	r, _ := d.program("apps")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Repair(ctx, false); profile.CodeOf(err) != profile.Cancelled {
		t.Errorf("cancelled: %v", err)
	}
	newline := deeplink.Registration{Executable: d.home + "/a\nb/telehab"}
	if err := newline.Repair(t.Context(), false); profile.CodeOf(err) != deeplink.SchemeTrouble {
		t.Errorf("a path that cannot be written: %v", err)
	}
	blocked := d.write(filepath.Join(t.TempDir(), "file"), "")
	t.Setenv("XDG_DATA_HOME", blocked+"/data")
	xdg.Reload()
	if err := r.Repair(t.Context(), false); profile.CodeOf(err) != deeplink.SchemeTrouble {
		t.Errorf("a folder that cannot be made: %v", err)
	}
}

func TestOpenRefusesOtherLinks(t *testing.T) {
	for _, link := range []deeplink.Link{
		{}, {Kind: deeplink.Patient, ID: "1"}, {Kind: deeplink.Show},
		{Kind: deeplink.Test}, {Kind: deeplink.Test, Nonce: "1&x=2"}, {Kind: deeplink.Test, Nonce: "1", ID: "2"},
	} {
		if err := deeplink.OpenTest(t.Context(), link); err == nil {
			t.Errorf("%v was opened", link.Kind)
		}
	}
}
