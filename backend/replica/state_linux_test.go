package replica_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storetest"
)

// shown is what a store shows of a clinic.
type shown interface {
	storetest.Shown
	profile.ClockStore
	Tally(ctx context.Context) (profile.Tally, error)
	LastFull(ctx context.Context) (profile.Pass, error)
	Cursors(ctx context.Context) (profile.Cursors, error)
	Missing(ctx context.Context) ([]string, error)
	NewlyMissing(ctx context.Context) ([]string, error)
	Decided(ctx context.Context) (staying, going []string, err error)
	Retention(ctx context.Context) (profile.Retention, error)
	Unreadable(ctx context.Context) ([]profile.ID, error)
	Retries(ctx context.Context) ([]profile.Retry, error)
	Today(ctx context.Context, person string) (staff.Today, error)
	ImportedAt(ctx context.Context) (time.Time, error)
}

// whole is what a store shows beside that.
type whole interface {
	staff.AuditTrail
	staff.ClinicPeople
	Clinic(ctx context.Context) (profile.Clinic, error)
}

// state is all that a store shows.
type state struct {
	Entries               []profile.Entry
	Bad                   []string
	Changes               map[string][]profile.Change
	Tally                 profile.Tally
	Passes                []profile.Pass
	Full, Good            profile.Pass
	Cursors               profile.Cursors
	Missing, Newly        []string
	Staying, Going        []string
	Retention             profile.Retention
	Unreadable            []profile.ID
	Retries               []profile.Retry
	Today                 map[string]staff.Today
	Imported              time.Time
	Events                []staff.Event
	LastIn                string
	People                []staff.Person
	QuickUnlocksForbidden bool
	Clinic                profile.Clinic
	Believed              time.Time
}

func stateOf(t *testing.T, s shown, w whole) (all state) {
	t.Helper()
	ctx := t.Context()
	errs := []error{}
	keep := func(err error) { errs = append(errs, err) }
	var err error
	all.Bad, err = s.All(ctx, func(some []profile.Entry) { all.Entries = append(all.Entries, some...) })
	keep(err)
	slices.SortFunc(all.Entries, func(a, b profile.Entry) int { return strings.Compare(a.Ref, b.Ref) })
	slices.Sort(all.Bad)
	all.Changes, all.Today = map[string][]profile.Change{}, map[string]staff.Today{}
	for _, e := range all.Entries {
		all.Changes[e.Ref], err = s.Changes(ctx, profile.ID(e.Ref))
		keep(err)
	}
	all.Tally, err = s.Tally(ctx)
	keep(err)
	all.Passes, err = s.Passes(ctx, 1000)
	keep(err)
	all.Full, err = s.LastFull(ctx)
	keep(err)
	all.Good, err = s.LastGood(ctx)
	keep(err)
	all.Cursors, err = s.Cursors(ctx)
	keep(err)
	all.Missing, err = s.Missing(ctx)
	keep(err)
	all.Newly, err = s.NewlyMissing(ctx)
	keep(err)
	all.Staying, all.Going, err = s.Decided(ctx)
	keep(err)
	all.Retention, err = s.Retention(ctx)
	keep(err)
	all.Unreadable, err = s.Unreadable(ctx)
	keep(err)
	all.Retries, err = s.Retries(ctx)
	keep(err)
	all.Imported, err = s.ImportedAt(ctx)
	keep(err)
	clock, err := s.Clock(ctx)
	all.Believed = clock.Believed
	keep(err)
	all.Events, err = w.Events(ctx, 0, 100_000)
	keep(err)
	all.LastIn, err = w.LastToSignIn(ctx)
	keep(err)
	all.People, err = w.People(ctx)
	keep(err)
	for _, p := range all.People {
		all.Today[p.ID], err = s.Today(ctx, p.ID)
		keep(err)
	}
	all.QuickUnlocksForbidden, err = w.QuickUnlockForbidden(ctx)
	keep(err)
	all.Clinic, err = w.Clinic(ctx)
	keep(err)
	for _, err := range errs {
		must(t, err)
	}
	return all
}

// same fails the test unless the copy shows what the database has.
func (c *computer) same(address string) {
	c.Helper()
	db, err := postgres.Open(c.Context(), postgres.Options{Address: address, Keys: clinicKeys, Computer: c.path})
	must(c.T, err)
	defer db.Close()
	want := stateOf(c.T, db.Profiles(storetest.Clinic.AccountID, now), db)
	got := stateOf(c.T, c.clients, c.Store)
	for i := range got.People {
		got.People[i].QuickUnlock = staff.Enrollment{} // of this computer
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		c.Errorf("the copy differs: %s", diff)
	}
}

// worker does whatever anybody may do to a store, at random.
type worker struct {
	*rand.Rand
	*computer
	clock time.Time
	pass  profile.Pass
}

func (c *computer) worker(seed uint64) *worker {
	return &worker{Rand: rand.New(rand.NewPCG(seed, 1)), computer: c, clock: changedAt}
}

func (w *worker) ref() string { return fmt.Sprint(100 + w.IntN(12)) }

func (w *worker) entry() profile.Entry {
	e := client(w.ref())
	e.Opened = true
	e.Profile.UpdatedAt = changedAt.Add(time.Duration(w.IntN(1000)) * time.Second)
	e.ReadAt = w.clock
	e.Profile.FirstName = []string{"Alexandra", "Sam", "Lee"}[w.IntN(3)]
	switch w.IntN(6) {
	case 0:
		e.Profile.State, e.Profile.ArchivedAt = profile.Archived, e.Profile.UpdatedAt
	case 1:
		e.Profile.Email = ""
		e.Failure = &profile.Failure{ID: e.Profile.ID, Ref: e.Ref, Code: profile.Incomplete, Problems: []profile.Problem{{Field: profile.FieldEmail, Kind: profile.Missing}}}
	case 2:
		id, _ := profile.ParseID(e.Ref)
		e = profile.Entry{Ref: e.Ref, Failure: &profile.Failure{ID: id, Ref: e.Ref, Code: profile.Unreadable}}
	}
	return e
}

// step does one thing. What the store refuses is not done.
func (w *worker) step() {
	ctx := w.Context()
	var err error
	switch w.IntN(16) {
	case 0, 1, 2, 3:
		_, err = w.clients.Save(ctx, profile.Batch{PassID: w.pass.ID, Entries: []profile.Entry{w.entry(), w.entry(), w.entry()}})
	case 4:
		_, _, err = w.clients.MarkDeleted(ctx, w.pass.ID, []profile.Departure{{Ref: w.ref(), NotFoundAt: w.clock.Add(time.Hour)}})
	case 5:
		_ = w.clients.Erase(ctx, w.ref())
	case 6:
		err = w.clients.SetMissing(ctx, []profile.Departure{{Ref: w.ref()}, {Ref: w.ref() + "0"}})
	case 7:
		refs := []string{w.ref(), w.ref()}
		if err = w.clients.AcceptMissing(ctx, refs[:1]); err == nil {
			err = w.clients.ShowMissing(ctx, refs[1:])
		}
	case 8:
		_, err = w.clients.KeepMissing(ctx)
	case 9:
		err = w.clients.SetRetention(ctx, profile.Retention{ArchivedDays: 1 + w.IntN(90), DeletedDays: 1 + w.IntN(9)})
	case 10:
		w.clock = w.clock.Add(time.Duration(w.IntN(20*24)) * time.Hour)
		if _, err = w.clients.Learn(ctx, profile.Reading{Clinic: w.clock, Here: w.clock}); err == nil {
			_, err = w.clients.Purge(ctx)
		}
	case 11:
		ref := w.ref()
		_, err = w.clients.ChangeToday(ctx, "dana", func(kept *staff.Today) error { _ = kept.Pin(ref); kept.Open(ref); return nil })
	case 12:
		w.events(ctx)
	case 13:
		id := fmt.Sprint("p", w.IntN(3))
		err = w.ChangePeople(ctx, func([]staff.Person) (staff.Person, error) {
			p := person(id)
			p.Name = fmt.Sprint("Name ", w.IntN(100))
			return p, nil
		})
	case 14:
		kind := []profile.Kind{profile.FullPass, profile.ChangesPass, profile.RetryPass}[w.IntN(3)]
		w.pass, _, err = w.clients.BeginPass(ctx, profile.Pass{Kind: kind, StartedAt: w.clock})
	case 15:
		if w.pass.ID != 0 {
			w.pass.EndedAt, w.pass.Err = w.clock, []profile.Code{"", profile.Offline, profile.OtherClinic}[w.IntN(3)]
			err = w.clients.EndPass(ctx, w.pass, profile.Cursors{Changed: w.clock, ActiveInCliniko: w.IntN(9)})
			w.pass = profile.Pass{}
		}
	}
	must(w.T, err)
}

func (w *worker) events(ctx context.Context) {
	id, err := w.AddEvent(ctx, staff.Event{Here: w.clock, Person: "dana", Action: staff.SignedIn, Outcome: staff.NotFinished})
	must(w.T, err)
	switch w.IntN(3) {
	case 0:
		must(w.T, w.DropEvent(ctx, id))
	case 1:
		must(w.T, w.FinishEvent(ctx, staff.Event{ID: id, Person: "dana", Subject: w.ref()}))
	}
}
