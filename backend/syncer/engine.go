// Package syncer is the engine that keeps the local store equal to the practice
// system: a full pass, a changes pass, and one patient.
//
// It knows both sides only through profile.Source and profile.Store. What it
// promises is in the project's docs/SYNC.md.
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

	passes  singleflight.Group // repeated clicks share one pass
	running sync.Mutex
	clock   *clinicClock
}

// Options are the parts that an engine can do without.
type Options struct {
	// Destinations are told of every profile that changed, after it is stored.
	Destinations []profile.Destination
	// Lock keeps passes of other processes away from the same store. It fails
	// with SyncRunning when another process holds it.
	Lock func() (unlock func(), err error)
	// Now is this computer's clock, which the engine does not trust.
	Now func() time.Time
	// Notice is told what a pass met and coped with.
	Notice func(Notice)
	// Version names the program: another one judges everybody again who is kept,
	// since its rule may be another one.
	Version string
}

// New returns an engine. It needs every part of the store, and does nothing
// until it is asked.
func New(source profile.Source, store profile.Store, o Options) *Engine {
	if o.Lock == nil {
		o.Lock = func() (func(), error) { return func() {}, nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Notice == nil {
		o.Notice = func(Notice) {}
	}
	return &Engine{source: source, store: store, destinations: o.Destinations, lock: o.Lock, now: o.Now, notice: o.Notice, version: o.Version,
		clock: &clinicClock{store: store.Clock, now: o.Now, notice: o.Notice}}
}

// ErrClosing is the cancellation cause of a program that ends: the pass is
// left as it is, as if it had been killed, and goes on at the next start.
var ErrClosing = errors.New("the program ends")

// alone runs one pass while no other runs here or in another process. A second
// call of the same kind waits for the first and shares its result.
func (e *Engine) alone(kind string, run func() (profile.Pass, error)) (profile.Pass, error) {
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

// One reads one patient now, ahead of any pass, and stores it even if it is
// archived. It returns what is stored afterwards.
//
// Errors: NotFound, and those of Source and Store.
func (e *Engine) One(ctx context.Context, id profile.ID) (profile.Entry, error) {
	page, err := e.source.Patient(ctx, id)
	if err != nil {
		return profile.Entry{}, err
	}
	entries, err := e.judge(ctx, page)
	if err != nil {
		return profile.Entry{}, err
	}
	entries[0].Opened = true
	entry, err := e.keepOne(ctx, id, entries)
	if profile.CodeOf(err) != profile.StoreDamaged {
		return entry, err
	}
	// The row was changed by somebody else, and looks as if it had these details.
	if err := e.store.Reviews.Distrust(ctx, []string{string(id)}); err != nil {
		return profile.Entry{}, err
	}
	return e.keepOne(ctx, id, entries)
}

func (e *Engine) keepOne(ctx context.Context, id profile.ID, entries []profile.Entry) (profile.Entry, error) {
	changed, err := e.store.Entries.Save(ctx, profile.Batch{Entries: entries})
	if err != nil {
		return profile.Entry{}, err
	}
	e.tell(changed)
	return e.store.Entries.One(ctx, string(id))
}

// MaxHops is how many merges Open follows.
const MaxHops = 5

// Open is One for somebody who wants to see the client: it follows a patient
// who was merged to the one that survives. Where that leads in a circle, or too
// far, it stops at the last patient it could read.
//
// Errors: as One, about the patient asked for.
func (e *Engine) Open(ctx context.Context, id profile.ID) (profile.Entry, error) {
	entry, err := e.One(ctx, id)
	if err != nil {
		return entry, err
	}
	met := map[profile.ID]bool{id: true}
	for range MaxHops {
		next := entry.Profile.MergedInto
		if entry.Profile.State != profile.Merged || next == "" || met[next] {
			break
		}
		met[next] = true
		// Where the survivor cannot be read, the merged one is still worth showing.
		if survivor, err := e.One(ctx, next); err == nil {
			entry = survivor
		}
	}
	return entry, nil
}

// keep stores a page of a pass and tells the destinations what changed. It
// returns how many entries changed.
func (e *Engine) keep(ctx context.Context, passID int64, page profile.Page) (int, error) {
	entries, err := e.judge(ctx, page)
	if err != nil {
		return 0, err
	}
	changed, err := e.store.Entries.Save(ctx, profile.Batch{PassID: passID, Entries: entries})
	if err != nil {
		return 0, err
	}
	e.tell(changed)
	return len(changed), nil
}

func (e *Engine) tell(changed []profile.Entry) {
	if len(changed) == 0 {
		return
	}
	for _, destination := range e.destinations {
		destination.Apply(changed)
	}
}

// judge applies the required-field rule to a page.
func (e *Engine) judge(ctx context.Context, page profile.Page) ([]profile.Entry, error) {
	read, err := e.clock.answered(ctx, page.Date)
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
