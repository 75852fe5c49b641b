package handover

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/profile"
)

const (
	perSecond  = 100              // files looked at in any second
	keptAtMost = 10 * perSecond   // files that wait; the oldest above go unread
	fresh      = 60 * time.Second // how old a link may be when the window starts
	pollEvery  = 200 * time.Millisecond
	checkEvery = 2 * time.Second // besides a watch, which may miss something
)

// Inbox belongs to the process that has the window. Its goroutine ends with
// Close, which must be called.
type Inbox struct {
	links  chan deeplink.Link
	stop   chan struct{}
	done   chan struct{}
	closed bool

	dir, folder string
	lock        *flock.Flock

	// Only the goroutine touches these.
	watch  *fsnotify.Watcher // nil: look every pollEvery
	looked [perSecond]time.Time
	next   int // the oldest of looked
}

// Listen asks for the window of a data directory, which is made if missing.
// first says that nobody else has it; it is this process's then, until Close or
// its end, however it ends. Where first is false another process has it and
// there is no Inbox: use Send.
func Listen(dir string) (inbox *Inbox, first bool, err error) {
	return listen(dir, watchFolder)
}

func listen(dir string, watch func(folder string) (*fsnotify.Watcher, error)) (*Inbox, bool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, false, trouble(fmt.Errorf("make the data directory: %w", err))
	}
	lock := flock.New(filepath.Join(dir, "window.lock"), flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err != nil || !locked {
		err = errors.Join(err, lock.Close())
		if err != nil {
			return nil, false, trouble(fmt.Errorf("ask who has the window: %w", err))
		}
		return nil, false, nil
	}
	folder, err := openFolder(dir)
	if err != nil {
		return nil, false, trouble(errors.Join(err, lock.Close()))
	}
	in := &Inbox{
		links: make(chan deeplink.Link), stop: make(chan struct{}), done: make(chan struct{}),
		dir: dir, folder: folder, lock: lock,
	}
	if in.watch, err = watch(folder); err != nil {
		in.watch = nil // as on a network drive, or when the system has no more watches
	}
	go in.run()
	return in, true, nil
}

func watchFolder(folder string) (*fsnotify.Watcher, error) {
	watch, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	if err := watch.Add(folder); err != nil {
		return nil, errors.Join(err, watch.Close())
	}
	return watch, nil
}

// Links delivers what others sent, in the order in which they did, and is
// closed by Close. Whoever reads slowly slows down nobody but themselves: what
// waits lies on the disk.
func (in *Inbox) Links() <-chan deeplink.Link { return in.links }

// Close gives the window up. Links that were not delivered stay for the next
// process. It is not safe to call from two goroutines at once.
func (in *Inbox) Close() error {
	if in.closed {
		return nil
	}
	in.closed = true
	close(in.stop)
	<-in.done
	if err := in.lock.Close(); err != nil {
		return fmt.Errorf("give the window up: %w", err)
	}
	return nil
}

func (in *Inbox) run() {
	defer close(in.done)
	defer close(in.links)
	defer in.unwatch()
	in.dropStale(time.Now())
	timer := time.NewTimer(0)
	defer timer.Stop()
	pausing := false // the second's files are used up: what happens can wait
	for {
		var events <-chan fsnotify.Event
		var failures <-chan error
		if in.watch != nil {
			events, failures = in.watch.Events, in.watch.Errors
		}
		select {
		case <-in.stop:
			return
		case event := <-events:
			if event.Name == in.folder && event.Has(fsnotify.Remove|fsnotify.Rename) {
				in.unwatch() // the folder itself is gone; the one that follows is another
			} else if pausing || !event.Has(fsnotify.Create) || filepath.Ext(event.Name) != ".link" {
				continue
			}
		case err := <-failures:
			if !errors.Is(err, fsnotify.ErrEventOverflow) { // which only means that something was missed
				in.unwatch()
			}
		case <-timer.C:
		}
		wait, ok := in.deliver()
		if !ok {
			return
		}
		pausing = wait > 0
		if !pausing {
			wait = pollEvery
			if in.watch != nil {
				wait = checkEvery
			}
		}
		timer.Reset(wait)
	}
}

func (in *Inbox) unwatch() {
	if in.watch != nil {
		_ = in.watch.Close()
		in.watch = nil
	}
}

// deliver hands over what waits. It returns how long to pause before the next
// call, 0 for no need to, and is false when it is time to stop.
func (in *Inbox) deliver() (pause time.Duration, ok bool) {
	for _, name := range in.waiting() {
		if pause := in.allowance(time.Now()); pause > 0 {
			return pause, true
		}
		link, valid, err := take(filepath.Join(in.folder, name), time.Now())
		if err != nil {
			pause = pollEvery // on Windows, somebody may have it open just now
			continue
		}
		if !valid {
			continue
		}
		select {
		case in.links <- link:
		case <-in.stop:
			return 0, false
		}
	}
	return pause, true
}

// allowance counts one look at a file. It returns how long to wait first, when
// perSecond of them happened within the last second.
func (in *Inbox) allowance(now time.Time) time.Duration {
	if wait := in.looked[in.next].Add(time.Second).Sub(now); wait > 0 {
		return min(wait, time.Second)
	}
	in.looked[in.next] = now
	in.next = (in.next + 1) % perSecond
	return 0
}

// waiting returns the names of links in order, at most keptAtMost, and deletes
// what was never sent.
func (in *Inbox) waiting() []string {
	var names []string
	for _, entry := range in.entries() {
		at, complete, ok := sentAt(entry.Name())
		switch {
		case entry.IsDir():
			// Send makes none; whoever did may have something in it.
		case !ok || !complete && isStale(at, time.Now()):
			_ = os.Remove(filepath.Join(in.folder, entry.Name()))
		case complete:
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	if surplus := len(names) - keptAtMost; surplus > 0 {
		for _, name := range names[:surplus] {
			_ = os.Remove(filepath.Join(in.folder, name))
		}
		names = names[surplus:]
	}
	return names
}

// dropStale deletes links from before the program was started, which nobody
// waits for any more.
func (in *Inbox) dropStale(now time.Time) {
	for _, entry := range in.entries() {
		if at, _, ok := sentAt(entry.Name()); ok && isStale(at, now) && !entry.IsDir() {
			_ = os.Remove(filepath.Join(in.folder, entry.Name()))
		}
	}
}

// isStale counts the future as well: it only comes from a clock that was wrong.
func isStale(at, now time.Time) bool { return now.Sub(at).Abs() > fresh }

// entries lists the folder. One that is gone is made again.
func (in *Inbox) entries() []os.DirEntry {
	entries, err := os.ReadDir(in.folder)
	if err != nil {
		_, _ = openFolder(in.dir) // if it cannot be made, nobody can send either
	}
	return entries
}

func trouble(err error) error {
	return &profile.Error{
		Code: profile.StoreUnreadable,
		Message: "TeleHab cannot use its data folder. Check that the disk is not full and that the folder is yours, " +
			"then start TeleHab again.",
		Cause: err,
	}
}
