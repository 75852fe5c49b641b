package replica

import (
	"context"
	"sync"
	"time"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
)

// A candidate asks for the election every tryEvery. Together with how long the
// database waits for the one that was elected before, that is less than a minute.
const tryEvery = 5 * time.Second

// Candidate stands for election as the computer that syncs. It is a
// profile.Election.
type Candidate struct {
	store          *Store
	elected        func()
	tries, confirm time.Duration

	mu        sync.Mutex // of what follows
	leader    *postgres.Leader
	confirmed time.Time
	refused   error // why it was not elected
}

var _ profile.Election = (*Candidate)(nil)

// NewCandidate returns a candidate, which does nothing before Stand. elected, which
// may be nil, is called after each election that it wins: an unfinished pass is to
// go on now.
func (s *Store) NewCandidate(elected func()) *Candidate {
	if elected == nil {
		elected = func() {}
	}
	return &Candidate{store: s, elected: elected, tries: tryEvery, confirm: postgres.ConfirmEvery,
		refused: profile.Refuse(profile.SyncRunning, "It is not clear yet which computer of the clinic syncs. Try again in a moment.")}
}

// MaySync says whether this computer is elected, as far as it knows: another one
// may be since this one slept.
func (c *Candidate) MaySync(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leader != nil && time.Since(c.confirmed) > postgres.LeaderIdle {
		return unconfirmed
	}
	return c.refused
}

var unconfirmed = profile.Refuse(profile.SyncRunning, "This computer was away, and another one of the clinic may sync now. Try again in a moment.")

// Stand is a candidate until ctx ends, and then lets another computer sync.
func (c *Candidate) Stand(ctx context.Context) {
	for ctx.Err() == nil {
		if leader := c.run(ctx); leader != nil {
			c.lead(ctx, leader)
			continue // at once: nobody else may want to
		}
		pause(ctx, c.tries)
	}
}

// Once is a candidate until ctx ends, for one pass: it returns as soon as it is clear
// whether this computer may run it. ended is closed once another computer may.
//
// Errors: as MaySync.
func (c *Candidate) Once(ctx context.Context) (ended <-chan struct{}, err error) {
	done := make(chan struct{})
	leader := c.run(ctx)
	if leader == nil {
		_, err := c.current()
		close(done)
		return done, err
	}
	go func() {
		defer close(done)
		c.lead(ctx, leader)
	}()
	return done, nil
}

// run asks for the election, and returns nil if it was not won.
func (c *Candidate) run(ctx context.Context) *postgres.Leader {
	limited, cancel := context.WithTimeout(ctx, postgres.LeaderIdle)
	defer cancel()
	db, err := c.store.there(limited)
	var leader *postgres.Leader
	if err == nil {
		leader, err = db.Elect(limited)
	}
	c.set(leader, err)
	if err != nil {
		return nil
	}
	c.elected()
	return leader
}

// resealedAtOnce is how many rows one transaction seals with a new key of the clinic:
// other computers wait for it.
const resealedAtOnce = 500

// reseal seals everything with the clinic's latest key, some rows at a time, until the
// next confirmation is due. What it cannot do now it does after that.
func (c *Candidate) reseal(ctx context.Context, leader *postgres.Leader) {
	limited, cancel := context.WithTimeout(ctx, c.confirm)
	defer cancel()
	for limited.Err() == nil {
		if done, err := leader.Reseal(limited, resealedAtOnce); done || err != nil {
			return
		}
	}
}

// lead confirms the election until it is lost.
func (c *Candidate) lead(ctx context.Context, leader *postgres.Leader) {
	var resealing sync.WaitGroup
	defer resealing.Wait()
	resealed := make(chan struct{}, 1)
	resealed <- struct{}{}
	for {
		select {
		case <-resealed:
			resealing.Go(func() { c.reseal(ctx, leader); resealed <- struct{}{} })
		default: // the last one still runs
		}
		pause(ctx, c.confirm)
		limited, cancel := context.WithTimeout(ctx, postgres.ConfirmEvery)
		err := leader.Confirm(limited)
		cancel()
		if err != nil || ctx.Err() != nil {
			c.set(nil, unconfirmed)
			closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			_ = leader.Resign(closing) // the database does it for whoever cannot say so
			cancel()
			return
		}
		c.set(leader, nil)
	}
}

func (c *Candidate) current() (*postgres.Leader, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leader, c.refused
}

func (c *Candidate) set(leader *postgres.Leader, refused error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leader, c.refused, c.confirmed = leader, refused, time.Now()
}

// Profiles is Store.Profiles for the engine of this computer. What belongs to a pass
// is refused with SyncRunning unless this computer is elected, and is the one that
// was when the pass began.
func (c *Candidate) Profiles(account string, now func() time.Time) *Profiles {
	p := c.store.Profiles(account, now)
	p.candidate = c
	p.pass.of = func(leader *postgres.Leader) *postgres.Profiles { return leader.Profiles(account, now) }
	return p
}

// passOf is the election that the pass belongs to which runs.
type passOf struct {
	of     func(*postgres.Leader) *postgres.Profiles
	mu     sync.Mutex
	leader *postgres.Leader
}

// begin is called before a pass begins.
func (p *passOf) begin(c *Candidate) error {
	leader, err := c.current()
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leader = leader
	return nil
}

// end is called after a pass has ended.
func (p *passOf) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leader = nil
}

// do does something for the pass. The database refuses it if another computer was
// elected since the pass began.
func (p *passOf) do(c *Candidate, do func(*postgres.Profiles) error) error {
	p.mu.Lock()
	leader := p.leader
	p.mu.Unlock()
	if leader == nil { // between two passes
		var err error
		if leader, err = c.current(); err != nil {
			return err
		}
	}
	return do(p.of(leader))
}
