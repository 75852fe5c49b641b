// Package syncer is the engine that makes the local store equal to the practice
// system: by a full pass, by a changes pass, or for one patient.
//
// It knows both sides only through profile.Source and profile.Store. Its
// promises are in docs/SYNC.md.
package syncer

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"telehab.io/desktop/backend/profile"
)

// Engine reads from one clinic into one store. Its methods may be called from
// several goroutines; at most one pass runs at a time.
type Engine struct {
	source       profile.Source
	store        profile.Store
	destinations []profile.Destination
	lock         func() (unlock func(), err error)
	now          func() time.Time
	notice       func(Notice)
	version      string
	service      bool
	commits      sync.Locker

	passes  singleflight.Group // repeated clicks share one pass
	running sync.Mutex
	clock   *clinicClock

	traceless traceless
}

// Options are the parts that an engine can do without.
type Options struct {
	// Destinations receive every profile that changed, after it is stored.
	Destinations []profile.Destination
	// Commits is held from before a change of the store until the destinations
	// know of it, so that they are told in the order of the commits. Whoever
	// else changes this store and tells them holds it as well.
	Commits sync.Locker
	// Lock excludes passes of other processes on the same store. It fails with
	// SyncRunning if another process has it.
	Lock func() (unlock func(), err error)
	// Now is this computer's clock, which the engine does not trust.
	Now func() time.Time
	// Notice is called with what a pass had to work around.
	Notice func(Notice)
	// Version is the program's version. A different one judges all stored
	// profiles again, since its rule may differ.
	Version string
	// Service says that the passes are those of the service, and not of a window
	// or a single telehab sync.
	Service bool
}

// New returns an engine, which starts nothing by itself. Every part of the
// store must be set.
func New(source profile.Source, store profile.Store, o Options) *Engine {
	if o.Lock == nil {
		o.Lock = func() (func(), error) { return func() {}, nil }
	}
	if o.Commits == nil {
		o.Commits = &sync.Mutex{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Notice == nil {
		o.Notice = func(Notice) {}
	}
	return &Engine{source: source, store: store, destinations: o.Destinations, lock: o.Lock, now: o.Now, notice: o.Notice, version: o.Version, service: o.Service, commits: o.Commits,
		clock: &clinicClock{store: store.Clock, now: o.Now, notice: o.Notice}}
}

// ErrClosing is the cancellation cause when the program ends: the pass is left
// as if it had been killed, and resumes at the next start.
var ErrClosing = errors.New("the program ends")

// exclusive runs one pass while no other runs, here or in another process. A
// second call of the same kind waits for the first and shares its result.
func (e *Engine) exclusive(kind string, run func() (profile.Pass, error)) (profile.Pass, error) {
	result, err, _ := e.passes.Do(kind, func() (any, error) {
		e.running.Lock()
		defer e.running.Unlock()
		unlock, err := e.lock()
		if err != nil {
			return profile.Pass{}, err
		}
		defer unlock()
		return run()
	})
	return result.(profile.Pass), err
}

// One reads one patient now, ahead of any pass, and stores the patient even if
// archived. It returns what is stored afterwards, and tells the destinations,
// unchanged details included, whose age is new.
//
// Errors: NotFound, and those of Source and Store.
func (e *Engine) One(ctx context.Context, id profile.ID) (profile.Entry, error) {
	if err := e.clock.load(ctx); err != nil {
		return profile.Entry{}, err
	}
	page, err := e.source.Patient(ctx, id)
	if err != nil {
		return profile.Entry{}, err
	}
	entries, err := e.judge(ctx, page)
	if err != nil {
		return profile.Entry{}, err
	}
	entries[0].Opened = true
	entry, err := e.storeOne(ctx, id, entries)
	if profile.CodeOf(err) != profile.StoreDamaged {
		return entry, err
	}
	// The stored row was changed from outside, and only seems up to date.
	if err := e.store.Reviews.Distrust(ctx, []string{string(id)}); err != nil {
		return profile.Entry{}, err
	}
	return e.storeOne(ctx, id, entries)
}

func (e *Engine) storeOne(ctx context.Context, id profile.ID, entries []profile.Entry) (profile.Entry, error) {
	e.commits.Lock()
	defer e.commits.Unlock()
	changed, err := e.store.Entries.Save(ctx, profile.Batch{Entries: entries})
	if err != nil {
		return profile.Entry{}, err
	}
	e.publish(changed)
	entry, err := e.store.Entries.One(ctx, string(id))
	if err == nil && len(changed) == 0 {
		e.tell([]profile.Entry{entry})
	}
	return entry, err
}

// MaxHops is the number of merges that Open follows.
const MaxHops = 5

// Open is One for a person who wants to see the client: from a merged patient
// it goes to the surviving one. Where that is a circle or too long a chain, it
// stops at the last patient that it could read.
//
// Errors: as One, about the patient asked for.
func (e *Engine) Open(ctx context.Context, id profile.ID) (profile.Entry, error) {
	entry, err := e.One(ctx, id)
	if err != nil {
		return entry, err
	}
	seen := map[profile.ID]bool{id: true}
	for range MaxHops {
		next := entry.Profile.MergedInto
		if entry.Profile.State != profile.Merged || next == "" || seen[next] {
			break
		}
		seen[next] = true
		// If the survivor cannot be read, the merged patient is still worth
		// showing.
		if survivor, err := e.One(ctx, next); err == nil {
			entry = survivor
		}
	}
	return entry, nil
}

// storePage stores a page of a pass and publishes what changed. It returns how
// many entries changed.
func (e *Engine) storePage(ctx context.Context, passID int64, page profile.Page) (int, error) {
	entries, err := e.judge(ctx, page)
	if err != nil {
		return 0, err
	}
	n := 0
	err = e.commit(func() ([]profile.Entry, error) {
		changed, err := e.store.Entries.Save(ctx, profile.Batch{PassID: passID, Entries: entries})
		n = len(changed)
		return changed, err
	})
	return n, err
}

// commit makes a change of the store and gives the entries that changed to the
// destinations, before another change is made here: between the two, a newer one
// could be made and told first.
func (e *Engine) commit(change func() ([]profile.Entry, error)) error {
	e.commits.Lock()
	defer e.commits.Unlock()
	changed, err := change()
	e.publish(changed)
	return err
}

// publish gives the entries that changed to the destinations. The caller holds
// commits.
func (e *Engine) publish(changed []profile.Entry) {
	if len(changed) == 0 {
		return
	}
	e.traceless.add(changed)
	e.tell(changed)
}

func (e *Engine) tell(entries []profile.Entry) {
	for _, destination := range e.destinations {
		destination.Apply(entries)
	}
}

// judge applies the required-field rule to a page.
func (e *Engine) judge(ctx context.Context, page profile.Page) ([]profile.Entry, error) {
	read, err := e.clock.observe(ctx, page.Date)
	if err != nil {
		return nil, err
	}
	now := e.clock.time()
	entries := make([]profile.Entry, len(page.Records))
	for i := range page.Records {
		record := &page.Records[i]
		entry := profile.Entry{Ref: record.Ref, ReadAt: read}
		if record.Err != nil {
			entry.Profile.ID = record.Patient.ID
			entry.Failure = profile.Unread(record)
		} else {
			entry.Profile, entry.Failure = profile.Check(&record.Patient, now)
		}
		entries[i] = entry
	}
	return entries, nil
}
