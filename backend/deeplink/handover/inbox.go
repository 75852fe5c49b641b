package handover

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/profile"
)

const (
	perSecond  = 100              // files read in any second
	maxPending = 10 * perSecond   // files that wait; older ones are deleted unread
	maxAge     = 60 * time.Second // how old a link may be when the window starts
	pollEvery  = 200 * time.Millisecond
	checkEvery = 2 * time.Second // in addition to a watch, which may miss something
)

// Inbox belongs to the process that has the window. Its goroutine ends with
// Close, which must be called.
type Inbox struct {
	links  chan deeplink.Link
	stop   chan struct{}
	done   chan struct{}
	closed bool

	data   *datafolder.Folder
	folder string // the path of the folder of links, to watch it
	lock   *flock.Flock

	// Only the goroutine uses these.
	watch     *fsnotify.Watcher // nil: poll every pollEvery
	readTimes [perSecond]time.Time
	next      int // the oldest of readTimes
}

// Listen claims the window of a data directory, which is created if missing. If
// first is true, this process has the window until Close or its end, however it
// ends. If first is false, another process has it and inbox is nil: use Send.
//
// Errors: StoreBusy while Hold keeps windows from being opened, StoreUnreadable.
func Listen(dir string) (inbox *Inbox, first bool, err error) {
	return listen(dir, watchFolder)
}

func listen(dir string, watch func(folder string) (*fsnotify.Watcher, error)) (*Inbox, bool, error) {
	data, lock, err := claim(dir)
	if err != nil || lock == nil {
		return nil, false, err
	}
	links, err := data.Sub(linksFolder)
	if err == nil {
		err = links.Close()
	}
	if err != nil {
		return nil, false, coded(errors.Join(fmt.Errorf("open the folder for links: %w", err), lock.Close(), data.Close()))
	}
	in := &Inbox{
		links: make(chan deeplink.Link), stop: make(chan struct{}), done: make(chan struct{}),
		data: data, folder: filepath.Join(data.Path(), linksFolder), lock: lock,
	}
	if in.watch, err = watch(in.folder); err != nil {
		in.watch = nil // on a network drive, or when the system's watches are used up
	}
	go in.run()
	return in, true, nil
}

// lockFile is held by the process that has the window.
const lockFile = "window.lock"

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

// Links delivers what others sent, in the order in which it was sent, and is
// closed by Close. A slow reader does not slow down the senders: pending links
// wait on the disk.
func (in *Inbox) Links() <-chan deeplink.Link { return in.links }

// Close gives the window up. Undelivered links stay for the next process. It is
// not safe for concurrent use.
func (in *Inbox) Close() error {
	if in.closed {
		return nil
	}
	in.closed = true
	close(in.stop)
	<-in.done
	if err := errors.Join(in.lock.Close(), in.data.Close()); err != nil {
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
	pausing := false // the limit for this second is used up: events can wait
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
				in.unwatch() // the folder is gone; its successor needs a new watch
			} else if pausing || !event.Has(fsnotify.Create) || filepath.Ext(event.Name) != ".link" {
				continue
			}
		case err := <-failures:
			if !errors.Is(err, fsnotify.ErrEventOverflow) { // an overflow only means that events were missed
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

// deliver delivers the pending links. It returns how long to pause before the
// next call, or 0; ok is false when it is time to stop.
func (in *Inbox) deliver() (pause time.Duration, ok bool) {
	links, err := in.data.Sub(linksFolder)
	if err != nil {
		return 0, true // if it cannot be opened, nobody can send either
	}
	defer func() { _ = links.Close() }()
	for _, name := range pending(links) {
		if pause := in.allowance(time.Now()); pause > 0 {
			return pause, true
		}
		link, valid, err := readAndDelete(links, name, time.Now())
		if err != nil {
			pause = pollEvery // on Windows, another program may have it open
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

// allowance counts the reading of a file, or returns how long to wait first if
// perSecond files were read within the last second.
func (in *Inbox) allowance(now time.Time) time.Duration {
	if wait := in.readTimes[in.next].Add(time.Second).Sub(now); wait > 0 {
		return min(wait, time.Second)
	}
	in.readTimes[in.next] = now
	in.next = (in.next + 1) % perSecond
	return 0
}

// pending returns the names of links in order, at most maxPending of them. It
// deletes older ones, and what Send was writing when it was killed.
func pending(links *datafolder.Folder) []string {
	all, err := links.Names()
	if err != nil {
		return nil
	}
	var names []string
	for _, name := range all {
		at, complete, ok := sentAt(name)
		switch {
		case !ok:
			// Not made by Send.
		case complete:
			names = append(names, name)
		case isStale(at, time.Now()):
			_ = links.Remove(name)
		}
	}
	slices.Sort(names)
	if surplus := len(names) - maxPending; surplus > 0 {
		for _, name := range names[:surplus] {
			_ = links.Remove(name)
		}
		names = names[surplus:]
	}
	return names
}

// dropStale deletes links from long before the program was started, for which
// nobody is waiting any more.
func (in *Inbox) dropStale(now time.Time) {
	links, err := in.data.Sub(linksFolder)
	if err != nil {
		return
	}
	_ = links.EraseMatching(func(name string) bool {
		at, _, ok := sentAt(name)
		return ok && isStale(at, now)
	})
	_ = links.Close()
}

// isStale is also true for the future, which only a wrong clock produces.
func isStale(at, now time.Time) bool { return now.Sub(at).Abs() > maxAge }

func coded(err error) error {
	coded := profile.Because(profile.StoreUnreadable, err)
	var refused *datafolder.Refused
	if !errors.As(err, &refused) {
		coded.Message = "TeleHab cannot use its data folder. Check that the disk is not full and that you can write to the folder, " +
			"then start TeleHab again."
	}
	return coded
}
