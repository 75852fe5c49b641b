package syncer_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// engine is what a history tests: the real one, or a wrong one that it has to
// catch.
type engine interface {
	Full(context.Context, syncer.Report) (profile.Pass, error)
	Changes(context.Context, syncer.Report) (profile.Pass, error)
	Sync(context.Context, syncer.Report) (profile.Pass, error)
	List(context.Context, syncer.Report) (*syncer.Listed, error)
	Import(context.Context, *syncer.Listed, syncer.Report) (profile.Pass, error)
	One(context.Context, profile.ID) (profile.Entry, error)
	Open(context.Context, profile.ID) (profile.Entry, error)
	Retry(context.Context) (profile.Pass, error)
}

type build func(profile.Source, profile.Store, syncer.Options) engine

func realEngine(source profile.Source, store profile.Store, o syncer.Options) engine {
	return syncer.New(source, store, o)
}

// program is one run of TeleHab: its connection to Cliniko, to the database on
// the computer's disk, and an engine between them.
type program struct {
	client  *cliniko.Client
	db      database
	store   clients
	engine  engine
	applied atomic.Int64 // batches that changed something
	onApply func(n int)
	ends    sync.Once

	mu       sync.Mutex
	picture  map[string]profile.Entry // what a destination knows
	outdated bool                     // another program has changed the store, of which no destination is told
}

// Apply makes program a profile.Destination.
func (p *program) Apply(entries []profile.Entry) {
	p.mu.Lock()
	for _, e := range entries {
		p.picture[e.Ref] = tidied(e)
	}
	p.mu.Unlock()
	n := int(p.applied.Add(1))
	if p.onApply != nil {
		p.onApply(n)
	}
}

// Forget is for profiles that are erased.
func (p *program) Forget(refs []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ref := range refs {
		delete(p.picture, ref)
	}
}

// end closes the program's database and connections in the middle of whatever
// it does: what it has not stored by then is lost.
func (p *program) end() {
	p.ends.Do(func() {
		p.db.end()
		p.client.Close()
	})
}

// computer has a store and a clock that may be wrong.
type computer struct {
	folder string
	disk
	url   string
	key   cliniko.Key
	clock *clinicClock
	skew  atomic.Int64
	build build
	runs  atomic.Int64
	began time.Time // its start, if its programs share the request limit
}

func (c *computer) now() time.Time { return c.clock.Now().Add(time.Duration(c.skew.Load())) }

// lock is the lock that keeps passes of two programs apart.
func (c *computer) lock() (func(), error) {
	lock := flock.New(filepath.Join(c.folder, "sync.lock"))
	held, err := lock.TryLock()
	switch {
	case err != nil:
		return nil, err
	case !held:
		return nil, profile.Refuse(profile.SyncRunning, "Another program syncs. Wait until it is done.")
	}
	return func() { _ = lock.Unlock() }, nil
}

// start starts the program. timeout is how long it waits for one answer.
func (c *computer) start(ctx context.Context, timeout time.Duration) (*program, error) {
	p := &program{picture: map[string]profile.Entry{}}
	var err error
	if p.db, err = c.open(ctx); err != nil {
		return nil, err
	}
	options := cliniko.Options{BaseURL: c.url, Pause: time.Millisecond, Timeout: timeout, Version: fmt.Sprint(c.runs.Add(1))}
	if !c.began.IsZero() {
		options.Traffic = p.db.traffic(func() time.Duration { return time.Since(c.began) })
	}
	if p.client, err = cliniko.New(c.key, options); err != nil {
		return nil, err
	}
	clinic, err := p.db.Clinic(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		clinic, err = c.connect(ctx, p)
	}
	if err != nil {
		return nil, err
	}
	p.store = p.db.clients(clinic.AccountID, c.now)
	p.engine = c.build(p.client, p.store.Store(), syncer.Options{Destinations: []profile.Destination{p}, Lock: c.lock, Now: c.now})
	_, err = p.store.All(ctx, func(some []profile.Entry) {
		for _, e := range some {
			p.picture[e.Ref] = tidied(e)
		}
	})
	return p, err
}

func (c *computer) connect(ctx context.Context, p *program) (profile.Clinic, error) {
	clinic, err := p.client.Clinic(ctx)
	if err != nil {
		return clinic, err
	}
	return clinic, p.db.Connect(ctx, clinic, c.now())
}
