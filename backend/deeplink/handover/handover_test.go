package handover

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/profile"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		os.Exit(play(role))
	}
	before := runtime.NumGoroutine()
	code := m.Run()
	if flag.Lookup("test.fuzz").Value.String() != "" {
		os.Exit(code) // fuzzing leaves goroutines running
	}
	for end := time.Now().Add(patience); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			fmt.Fprintln(os.Stderr, "goroutines are left:")
			_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
			os.Exit(1)
		}
	}
	os.Exit(code)
}

// patience is how long a test waits for something that normally takes no time:
// far longer than a busy computer needs.
const patience = time.Minute

// dataDir returns a data directory. It does not use t.TempDir, since Wine
// cannot remove all of its files, which would fail the test.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "handover-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "data")
}

func open(t *testing.T, dir string) *Inbox { return openWith(t, dir, watchFolder) }

func openWith(t *testing.T, dir string, watch func(string) (*fsnotify.Watcher, error)) *Inbox {
	t.Helper()
	in, first, err := listen(dir, watch)
	if err != nil || !first {
		t.Fatalf("the window is not ours: %v", err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	return in
}

func noWatch(string) (*fsnotify.Watcher, error) { return nil, errors.New("no more watches") }

func send(t *testing.T, dir string, link deeplink.Link) {
	t.Helper()
	if err := Send(dir, link); err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, in *Inbox) deeplink.Link {
	t.Helper()
	select {
	case link, ok := <-in.Links():
		if !ok {
			t.Fatal("the inbox is closed")
		}
		return link
	case <-time.After(patience):
		t.Fatal("no link came")
	}
	return deeplink.Link{}
}

// nothingElse checks that no link is pending, by sending one that has to arrive
// first.
func nothingElse(t *testing.T, dir string, in *Inbox) {
	t.Helper()
	last := deeplink.Link{Kind: deeplink.Test, Nonce: "99"}
	send(t, dir, last)
	if got := receive(t, in); got != last {
		t.Fatalf("before the last one came %+v", got)
	}
}

func patient(number int) deeplink.Link {
	return deeplink.Link{Kind: deeplink.Patient, ID: profile.ID(fmt.Sprint(number))}
}

func left(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "links"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// put writes a file with any content where Send would write one.
func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, "links"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "links", name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEveryKindArrives(t *testing.T) {
	dir := dataDir(t)
	in := open(t, dir)
	for _, link := range []deeplink.Link{
		patient(1),
		{Kind: deeplink.Patient, ID: "12345678901234567890"},
		{Kind: deeplink.Patient, ID: "12345678901234567890", Bookmark: true},
		{Kind: deeplink.Test, Nonce: "42"},
		{Kind: deeplink.Show},
		{Kind: deeplink.Unknown},
	} {
		send(t, dir, link)
		if got := receive(t, in); got != link {
			t.Errorf("%+v arrived as %+v", link, got)
		}
	}
	if names := left(t, dir); len(names) > 0 {
		t.Errorf("files are left: %q", names)
	}
}

// The clinic of a pasted address is compared where it was pasted; a file
// contains only a kind and digits.
func TestSendWritesKindAndDigitsOnly(t *testing.T) {
	dir := dataDir(t)
	link := deeplink.ParsePasted("https://example.au1.cliniko.com/patients/7")
	send(t, dir, link)
	names := left(t, dir)
	if len(names) != 1 {
		t.Fatalf("files: %q", names)
	}
	text, err := os.ReadFile(filepath.Join(dir, "links", names[0]))
	if err != nil || string(text) != "patient 7" {
		t.Errorf("the file says %q, %v", text, err)
	}
	for _, bad := range []deeplink.Link{
		{Kind: deeplink.Patient}, {Kind: deeplink.Patient, ID: "1&x=2"}, {Kind: deeplink.Patient, ID: "1\n"},
		{Kind: deeplink.Test, Nonce: "123456789012345678901"},
	} {
		if err := Send(dir, bad); err == nil {
			t.Errorf("%+v was sent", bad)
		}
	}
}

func TestSecondListenerIsTold(t *testing.T) {
	dir := dataDir(t)
	in := open(t, dir)
	if second, first, err := Listen(dir); second != nil || first || err != nil {
		t.Fatalf("a second one got %v, %v, %v", second, first, err)
	}
	if err := errors.Join(in.Close(), in.Close()); err != nil {
		t.Fatal(err)
	}
	if _, ok := <-in.Links(); ok {
		t.Error("a closed inbox delivers")
	}
	open(t, dir)
}

func TestOrder(t *testing.T) {
	for name, c := range map[string]struct {
		watch func(string) (*fsnotify.Watcher, error)
		links int
	}{"watching": {watchFolder, 50}, "polling": {noWatch, 5}} {
		t.Run(name, func(t *testing.T) {
			dir := dataDir(t)
			in := openWith(t, dir, c.watch)
			var took []time.Duration
			for i := range c.links {
				start := time.Now()
				send(t, dir, patient(i))
				if got := receive(t, in); got != patient(i) {
					t.Fatalf("number %d arrived as %v", i, got)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			t.Logf("from Send to delivery: median %v, longest %v", took[len(took)/2].Round(time.Microsecond), took[len(took)-1].Round(time.Microsecond))
			for i := range 50 {
				send(t, dir, patient(i))
			}
			for i := range 50 {
				if got := receive(t, in); got != patient(i) {
					t.Fatalf("number %d of many arrived as %v", i, got)
				}
			}
		})
	}
}

// Links from while the program starts are delivered, those from yesterday are
// not.
func TestWhatLayThereAtStart(t *testing.T) {
	dir := dataDir(t)
	now := time.Now()
	put(t, dir, newName(now.Add(-61*time.Second))+".link", "patient 1")
	put(t, dir, newName(now.Add(-24*time.Hour))+".link", "patient 2")
	put(t, dir, newName(now.Add(24*time.Hour))+".link", "patient 3")
	put(t, dir, newName(now.Add(-61*time.Second))+".part", "patient 4")
	put(t, dir, newName(now)+".part", "patient 5")
	put(t, dir, newName(now.Add(-30*time.Second))+".link", "patient 6")
	send(t, dir, patient(7))
	in := open(t, dir)
	if got := receive(t, in); got != patient(6) {
		t.Errorf("first came %+v", got)
	}
	if got := receive(t, in); got != patient(7) {
		t.Errorf("then came %+v", got)
	}
	nothingElse(t, dir, in)
	if names := left(t, dir); len(names) != 1 || filepath.Ext(names[0]) != ".part" {
		t.Errorf("left are %q and not just what is being written", names)
	}
}

func TestHostileContents(t *testing.T) {
	dir := dataDir(t)
	in := open(t, dir)
	for _, text := range []string{
		"", " ", "patient", "patient ", "patient  1", "patient 1 ", "patient 1\n", "\npatient 1", "patient 1\x00", "patient -1", "patient 1 2",
		"patient 123456789012345678901", "patient ١", "patient %31", "patient 1&patient_id=2", "patient 1#", "Patient 1", "test", "patient 1&from=bookmark", "bookmark 1&from=bookmark", "bookmark", "bookmark x", "bookmark 1 2", "test x",
		"show 1", "show\n", "unknown 1", "telehab://patient?patient_id=1", "\xff\xfe", "patient 1" + string(make([]byte, 1<<20)),
	} {
		put(t, dir, newName(time.Now())+".link", text)
	}
	// Files whose names Send does not give are not ours, and stay. So do folders.
	others := []string{"x", "x.link", "..link", ".hidden", "1-2-3.link", newName(time.Now()), newName(time.Now()) + ".LINK"}
	for _, name := range others {
		put(t, dir, name, "patient 1")
	}
	folder := filepath.Join(dir, "links", newName(time.Now())+".link")
	if err := os.MkdirAll(filepath.Join(folder, "inside"), 0o700); err != nil {
		t.Fatal(err)
	}
	send(t, dir, patient(2))
	if got := receive(t, in); got != patient(2) {
		t.Errorf("%+v came", got)
	}
	nothingElse(t, dir, in)
	others = append(others, filepath.Base(folder))
	slices.Sort(others)
	if names := left(t, dir); !slices.Equal(names, others) {
		t.Errorf("left are %q", names)
	}
}

// A page that opens links in a loop makes the window read perSecond files a
// second; what exceeds ten seconds' worth is deleted unread, the oldest first.
func TestFlood(t *testing.T) {
	t.Parallel()
	// On a simulated clock: a busy computer may need longer for so many files than
	// a link stays valid.
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC))) // names have times of today's length
		dir := dataDir(t)
		const files = 1000
		for i := range files + 200 {
			time.Sleep(time.Millisecond)
			send(t, dir, patient(i))
		}
		start := time.Now()
		in := openWith(t, dir, noWatch)
		for i := range files {
			if got := receive(t, in); got != patient(200+i) {
				t.Fatalf("number %d arrived as %+v", i, got)
			}
			if took := time.Since(start); took < time.Duration(i/perSecond)*time.Second {
				t.Fatalf("%d files within %v", i+1, took)
			}
		}
		if took := time.Since(start); took > 11*time.Second {
			t.Errorf("%d files took %v", files, took)
		}
		send(t, dir, patient(1))
		if got := receive(t, in); got != patient(1) {
			t.Errorf("afterwards came %+v", got)
		}
	})
}

// Without a reader, Close returns at once, and undelivered links stay.
func TestCloseWhileNobodyReads(t *testing.T) {
	dir := dataDir(t)
	in := open(t, dir)
	for i := range 5 {
		send(t, dir, patient(i))
	}
	for end := time.Now().Add(patience); len(left(t, dir)) == 5; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("none was taken")
		}
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if names := left(t, dir); len(names) < 4 {
		t.Errorf("only %d of the last 4 are left", len(names))
	}
}

// The data directory is cleaned up while the window is open.
func TestFolderThatGoesAway(t *testing.T) {
	dir := dataDir(t)
	in := open(t, dir)
	// Windows removes no folder that is being read, as the inbox does at its
	// start.
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		err := os.RemoveAll(filepath.Join(dir, "links"))
		if err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	send(t, dir, patient(1))
	if got := receive(t, in); got != patient(1) {
		t.Errorf("%+v came", got)
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range []string{"patient 1", "test 42", "show", "unknown", "patient", "patient 1\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		link, ok := decode(text)
		if !ok {
			return
		}
		if again, err := encode(link); err != nil || again != text {
			t.Errorf("%q is written down as %q, %v", text, again, err)
		}
	})
}
