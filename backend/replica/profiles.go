package replica

import (
	"context"
	"errors"
	"time"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
)

// Profiles is the part of the store that is about clients. It implements every
// part of a profile.Store.
type Profiles struct {
	reader
	store     *Store
	of        func(*postgres.DB) *postgres.Profiles
	candidate *Candidate // nil: what belongs to a pass needs no election
	pass      passOf
}

// reader is what is read from the copy.
type reader interface {
	clients
	passes
	missing
	settings
	today
}

type clients interface {
	One(ctx context.Context, ref string) (profile.Entry, error)
	All(ctx context.Context, each func([]profile.Entry)) (badRefs []string, err error)
	Failures(ctx context.Context) ([]profile.Failure, error)
	Tally(ctx context.Context) (profile.Tally, error)
	Changes(ctx context.Context, id profile.ID) ([]profile.Change, error)
	Unreadable(ctx context.Context) ([]profile.ID, error)
	Retries(ctx context.Context) ([]profile.Retry, error)
	Revision(ctx context.Context) (int64, error)
}

type passes interface {
	Passes(ctx context.Context, most int) ([]profile.Pass, error)
	LastFull(ctx context.Context) (profile.Pass, error)
	LastGood(ctx context.Context) (profile.Pass, error)
	Brought(ctx context.Context, p *profile.Pass) (changed, added int, err error)
	Days(ctx context.Context, begins []time.Time) ([]profile.Day, error)
	Cursors(ctx context.Context) (profile.Cursors, error)
}

type missing interface {
	Missing(ctx context.Context) ([]string, error)
	NewlyMissing(ctx context.Context) ([]string, error)
	Decided(ctx context.Context) (staying, going []string, err error)
}

type settings interface {
	Button(ctx context.Context) (profile.Button, error)
	SetButton(ctx context.Context, how profile.Button) error // of this computer
	Clock(ctx context.Context) (profile.Clock, error)
	Retention(ctx context.Context) (profile.Retention, error)
}

var _ reader = (*sqlite.Profiles)(nil)

// Profiles returns the part of the store that belongs to the clinic with this
// account id, for what any computer may do: see postgres.DB.Profiles. now is this
// computer's clock.
func (s *Store) Profiles(account string, now func() time.Time) *Profiles {
	return &Profiles{reader: s.local.Profiles(account, now), store: s, of: func(db *postgres.DB) *postgres.Profiles { return db.Profiles(account, now) }}
}

// Store returns s as the parts that the engine needs.
func (s *Profiles) Store() profile.Store {
	return profile.Store{Passes: s, Entries: s, Departures: s, Reviews: s, Clock: s}
}

// change does something in the database that any computer may do, and has the copy
// follow.
func (s *Profiles) change(ctx context.Context, do func(*postgres.Profiles) error) error {
	return s.store.change(ctx, func(db *postgres.DB) error { return do(s.of(db)) })
}

// changePass is change for what belongs to a pass.
func (s *Profiles) changePass(ctx context.Context, do func(*postgres.Profiles) error) error {
	return s.store.change(ctx, func(db *postgres.DB) error {
		if s.candidate == nil {
			return do(s.of(db))
		}
		return s.pass.do(s.candidate, do)
	})
}

// ask asks the database about the pass that runs.
func (s *Profiles) ask(ctx context.Context, what func(*postgres.Profiles) error) error {
	db, err := s.store.there(ctx)
	if err != nil {
		return err
	}
	return what(s.of(db))
}

// prepared is a batch that this store has prepared.
type prepared struct {
	profile.Prepared
	by *Store
}

// Prepare seals the details.
func (s *Profiles) Prepare(b profile.Batch) (ready profile.Prepared, err error) {
	err = s.ask(context.Background(), func(p *postgres.Profiles) error {
		ready, err = p.Prepare(b)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &prepared{Prepared: ready, by: s.store}, nil
}

// Save stores a batch in one transaction: see profile.EntryStore.
func (s *Profiles) Save(ctx context.Context, b profile.Batch) (changed []profile.Entry, err error) {
	change := s.changePass
	if b.PassID == 0 { // somebody opened the client
		change = s.change
	}
	err = change(ctx, func(p *postgres.Profiles) error {
		changed, err = p.Save(ctx, b)
		return err
	})
	return changed, err
}

// SavePrepared stores what Prepare returned, in one transaction.
func (s *Profiles) SavePrepared(ctx context.Context, passID int64, ready ...profile.Prepared) (changed []profile.Entry, err error) {
	inner := make([]profile.Prepared, len(ready))
	for i, one := range ready {
		p, ok := one.(*prepared)
		if !ok || p.by != s.store {
			return nil, errors.New("a batch that this store has not prepared")
		}
		inner[i] = p.Prepared
	}
	err = s.changePass(ctx, func(p *postgres.Profiles) error {
		changed, err = p.SavePrepared(ctx, passID, inner...)
		return err
	})
	return changed, err
}

// BeginPass starts a pass or resumes an unfinished full one.
func (s *Profiles) BeginPass(ctx context.Context, pass profile.Pass) (begun profile.Pass, pages map[int]bool, err error) {
	begun = pass
	if s.candidate != nil {
		if err := s.pass.begin(s.candidate); err != nil {
			return begun, nil, err
		}
	}
	err = s.changePass(ctx, func(p *postgres.Profiles) error {
		begun, pages, err = p.BeginPass(ctx, pass)
		return err
	})
	return begun, pages, err
}

// Counts sums the outcomes of the pass so far.
func (s *Profiles) Counts(ctx context.Context, passID int64) (counts profile.Counts, err error) {
	err = s.ask(ctx, func(p *postgres.Profiles) error {
		counts, err = p.Counts(ctx, passID)
		return err
	})
	return counts, err
}

// ForgetOthers removes the outcomes of all patients but these.
func (s *Profiles) ForgetOthers(ctx context.Context, passID int64, met []string) error {
	return s.changePass(ctx, func(p *postgres.Profiles) error { return p.ForgetOthers(ctx, passID, met) })
}

// EndPass closes the pass, or leaves it open to be resumed.
func (s *Profiles) EndPass(ctx context.Context, pass profile.Pass, cursors profile.Cursors) error {
	defer s.pass.end()
	return s.changePass(ctx, func(p *postgres.Profiles) error { return p.EndPass(ctx, pass, cursors) })
}

// SetCursors stores the cursors outside of a pass.
func (s *Profiles) SetCursors(ctx context.Context, c profile.Cursors) error {
	return s.changePass(ctx, func(p *postgres.Profiles) error { return p.SetCursors(ctx, c) })
}

// Unseen returns what is stored and was not read in the pass.
func (s *Profiles) Unseen(ctx context.Context, passID int64) (unseen []profile.Departure, err error) {
	err = s.ask(ctx, func(p *postgres.Profiles) error {
		unseen, err = p.Unseen(ctx, passID)
		return err
	})
	return unseen, err
}

// SetMissing records the patients about whom a person has to decide.
func (s *Profiles) SetMissing(ctx context.Context, missing []profile.Departure) error {
	return s.changePass(ctx, func(p *postgres.Profiles) error { return p.SetMissing(ctx, missing) })
}

// MarkDeleted records that Cliniko no longer has these patients.
func (s *Profiles) MarkDeleted(ctx context.Context, passID int64, gone []profile.Departure) (changed []profile.Entry, kept []profile.Departure, err error) {
	err = s.changePass(ctx, func(p *postgres.Profiles) error {
		changed, kept, err = p.MarkDeleted(ctx, passID, gone)
		return err
	})
	return changed, kept, err
}

// Purge erases what has been stored for long enough.
func (s *Profiles) Purge(ctx context.Context) (refs []string, err error) {
	err = s.changePass(ctx, func(p *postgres.Profiles) error {
		refs, err = p.Purge(ctx)
		return err
	})
	return refs, err
}

// Distrust makes the next reading of these patients replace what is stored.
func (s *Profiles) Distrust(ctx context.Context, refs []string) error {
	return s.change(ctx, func(p *postgres.Profiles) error { return p.Distrust(ctx, refs) })
}

// CheckAgain judges all stored profiles again.
func (s *Profiles) CheckAgain(ctx context.Context, passID int64, check func(*profile.Profile, *profile.Failure) (profile.Profile, *profile.Failure)) (changed []profile.Entry, unclear []profile.ID, err error) {
	err = s.changePass(ctx, func(p *postgres.Profiles) error {
		changed, unclear, err = p.CheckAgain(ctx, passID, check)
		return err
	})
	return changed, unclear, err
}

// Learn stores a reading of the two clocks, and returns what is then known.
func (s *Profiles) Learn(ctx context.Context, r profile.Reading) (clock profile.Clock, err error) {
	err = s.change(ctx, func(p *postgres.Profiles) error {
		clock, err = p.Learn(ctx, r)
		return err
	})
	return clock, err
}

// ShowMissing records that a person was shown these patients.
func (s *Profiles) ShowMissing(ctx context.Context, refs []string) error {
	return s.change(ctx, func(p *postgres.Profiles) error { return p.ShowMissing(ctx, refs) })
}

// AcceptMissing records that a person accepts that these patients are removed.
func (s *Profiles) AcceptMissing(ctx context.Context, refs []string) error {
	return s.change(ctx, func(p *postgres.Profiles) error { return p.AcceptMissing(ctx, refs) })
}

// KeepMissing records that a person wants all missing patients to stay, and returns
// how many they are.
func (s *Profiles) KeepMissing(ctx context.Context) (kept int, err error) {
	err = s.change(ctx, func(p *postgres.Profiles) error {
		kept, err = p.KeepMissing(ctx)
		return err
	})
	return kept, err
}

// SetRetention stores the retention. Invalid: a number of days out of bounds.
func (s *Profiles) SetRetention(ctx context.Context, r profile.Retention) error {
	return s.change(ctx, func(p *postgres.Profiles) error { return p.SetRetention(ctx, r) })
}

// Erase removes what is stored of one client who is no longer active.
func (s *Profiles) Erase(ctx context.Context, ref string) error {
	return s.change(ctx, func(p *postgres.Profiles) error { return p.Erase(ctx, ref) })
}
