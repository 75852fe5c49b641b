package syncer_test

import (
	"context"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// wrongEngine is an engine as it is often written. It is right as long as
// nothing changes while it reads: the histories have to catch it.
type wrongEngine struct {
	*syncer.Engine // for One and Open
	source         profile.Source
	store          profile.Store
	o              syncer.Options
	next           turn
	date           time.Time // Cliniko's clock at its last answer
}

// turn returns the query after a page, and whether there is more.
type turn func(q profile.Query, page profile.Page) (profile.Query, bool)

// byNumber reads the next numbered page. A patient who changes while the pages
// are read leaves their place, and everyone behind moves up by one.
func byNumber(q profile.Query, page profile.Page) (profile.Query, bool) {
	q.Number = max(q.Number, 1) + 1
	return q, (q.Number-1)*profile.PageSize < page.Total
}

// byLastTime continues at the last time that was read or, if a page gets no
// further, in the second after it.
func byLastTime(q profile.Query, page profile.Page) (profile.Query, bool) {
	if len(page.Records) == 0 || page.Total <= len(page.Records) {
		return q, false
	}
	last := page.Records[len(page.Records)-1].Patient
	from := &q.ChangedFrom
	at := last.UpdatedAt
	if q.Order == profile.ByArchival {
		from, at = &q.ArchivedFrom, last.ArchivedAt
	}
	if at = at.Truncate(time.Second); !at.After(*from) {
		at = from.Add(time.Second)
	}
	*from = at
	return q, true
}

func wrong(next turn) build {
	return func(source profile.Source, store profile.Store, o syncer.Options) engine {
		return &wrongEngine{Engine: syncer.New(source, store, o), source: source, store: store, o: o, next: next}
	}
}

func (e *wrongEngine) Full(ctx context.Context, _ syncer.Report) (profile.Pass, error) {
	return e.pass(ctx, profile.FullPass, profile.Cursors{})
}

func (e *wrongEngine) Import(ctx context.Context, _ *syncer.Listed, _ syncer.Report) (profile.Pass, error) {
	return e.Full(ctx, nil)
}

func (e *wrongEngine) Changes(ctx context.Context, _ syncer.Report) (profile.Pass, error) {
	since, err := e.store.Passes.Cursors(ctx)
	if err != nil || since.Changed.IsZero() {
		return e.Full(ctx, nil)
	}
	return e.pass(ctx, profile.ChangesPass, since)
}

// Sync reads all patients, so that it is not caught only because it does not
// count.
func (e *wrongEngine) Sync(ctx context.Context, _ syncer.Report) (profile.Pass, error) {
	return e.Full(ctx, nil)
}

func (e *wrongEngine) pass(ctx context.Context, kind profile.Kind, since profile.Cursors) (profile.Pass, error) {
	unlock, err := e.o.Lock()
	if err != nil {
		return profile.Pass{}, err
	}
	defer unlock()
	pass, _, err := e.store.Passes.BeginPass(ctx, profile.Pass{Kind: kind, StartedAt: e.o.Now()})
	if err != nil {
		return pass, err
	}
	next := since
	for _, q := range []profile.Query{{Order: profile.ByChange, ChangedFrom: since.Changed}, {Order: profile.ByArchival, ArchivedFrom: since.Archived}} {
		if err = e.read(ctx, pass.ID, q, &next); err != nil {
			return pass, err
		}
	}
	if kind == profile.FullPass {
		err = e.removeGone(ctx, pass.ID)
	} else {
		err = e.readFailed(ctx, pass.ID)
	}
	if err != nil {
		return pass, err
	}
	if pass.Counts, err = e.store.Passes.Counts(ctx, pass.ID); err != nil {
		return pass, err
	}
	pass.EndedAt = e.o.Now()
	return pass, e.store.Passes.EndPass(ctx, pass, next)
}

// read reads and stores what a query asks for, and moves the cursors to the
// newest times that it met.
func (e *wrongEngine) read(ctx context.Context, passID int64, q profile.Query, newest *profile.Cursors) error {
	for more := true; more; {
		page, err := e.source.Patients(ctx, q)
		if err != nil {
			return err
		}
		for i := range page.Records {
			p := &page.Records[i].Patient
			if p.UpdatedAt.After(newest.Changed) {
				newest.Changed = p.UpdatedAt.Truncate(time.Second)
			}
			if p.ArchivedAt.After(newest.Archived) {
				newest.Archived = p.ArchivedAt.Truncate(time.Second)
			}
		}
		if err := e.storePage(ctx, passID, page); err != nil {
			return err
		}
		q, more = e.next(q, page)
	}
	return nil
}

func (e *wrongEngine) storePage(ctx context.Context, passID int64, page profile.Page) error {
	e.date = page.Date
	// It is wrong about pages, not about time.
	clock, err := e.store.Clock.Learn(ctx, profile.Reading{Clinic: page.Date, Here: e.o.Now()})
	if err != nil {
		return err
	}
	batch := profile.Batch{PassID: passID}
	for i := range page.Records {
		r := &page.Records[i]
		entry := profile.Entry{Ref: r.Ref, ReadAt: clock.ReadAt(page.Date)}
		if r.Err != nil {
			entry.Profile.ID, entry.Failure = r.Patient.ID, profile.Unread(r)
		} else {
			entry.Profile, entry.Failure = profile.Check(&r.Patient, page.Date)
		}
		batch.Entries = append(batch.Entries, entry)
	}
	changed, err := e.store.Entries.Save(ctx, batch)
	e.publish(changed)
	return err
}

func (e *wrongEngine) publish(changed []profile.Entry) {
	for _, d := range e.o.Destinations {
		d.Apply(changed)
	}
}

func (e *wrongEngine) readFailed(ctx context.Context, passID int64) error {
	failed, err := e.store.Reviews.Unreadable(ctx)
	if err != nil || len(failed) == 0 {
		return err
	}
	page, err := e.source.Patients(ctx, profile.Query{IDs: failed[:min(len(failed), profile.PageSize)]})
	if err != nil {
		return err
	}
	return e.storePage(ctx, passID, page)
}

func (e *wrongEngine) removeGone(ctx context.Context, passID int64) error {
	unseen, err := e.store.Departures.Unseen(ctx, passID)
	if err != nil {
		return err
	}
	tally, err := e.store.Entries.Tally(ctx)
	if err != nil {
		return err
	}
	var gone, unreadable []profile.Departure
	for _, d := range unseen {
		d.NotFoundAt = e.date
		page, err := e.source.Patient(ctx, profile.ID(d.Ref))
		switch profile.CodeOf(err) {
		case "":
			if err := e.storePage(ctx, passID, page); err != nil {
				return err
			}
		case profile.NotFound:
			gone = append(gone, d)
		case profile.Invalid:
			unreadable = append(unreadable, d)
		default:
			return err
		}
	}
	if len(gone) > 50 || len(gone)*100 > 5*(tally.Active+tally.Archived) {
		return profile.Refuse(profile.Gone, "Many clients are gone. Look at who they are.")
	}
	changed, _, err := e.store.Departures.MarkDeleted(ctx, passID, append(gone, unreadable...))
	e.publish(changed)
	return err
}

// uncounted is the real engine, but a person's request does no more than a
// background pass.
func uncounted(source profile.Source, store profile.Store, o syncer.Options) engine {
	return &uncountedEngine{syncer.New(source, store, o)}
}

type uncountedEngine struct{ *syncer.Engine }

func (e *uncountedEngine) Sync(ctx context.Context, report syncer.Report) (profile.Pass, error) {
	return e.Changes(ctx, report)
}

// onceJudged is the real engine on a store that does not judge stored profiles
// again.
func onceJudged(source profile.Source, store profile.Store, o syncer.Options) engine {
	store.Reviews = &onceJudgedStore{store.Reviews}
	return syncer.New(source, store, o)
}

type onceJudgedStore struct{ profile.ReviewStore }

func (s *onceJudgedStore) CheckAgain(context.Context, int64, func(*profile.Profile, *profile.Failure) (profile.Profile, *profile.Failure)) ([]profile.Entry, []profile.ID, error) {
	return nil, nil, nil
}

// mindful is the real engine, but whoever a pass has read before its walk counts
// as met.
func mindful(source profile.Source, store profile.Store, o syncer.Options) engine {
	store.Passes = &mindfulStore{store.Passes}
	return syncer.New(source, store, o)
}

type mindfulStore struct{ profile.PassStore }

func (s *mindfulStore) ForgetOthers(context.Context, int64, []string) error { return nil }

// generous is the real engine, but once a person has let some clients go, all
// who are missing may go.
func generous(source profile.Source, store profile.Store, o syncer.Options) engine {
	store.Departures = &generousStore{DepartureStore: store.Departures}
	return syncer.New(source, store, o)
}

type generousStore struct{ profile.DepartureStore }

func (s *generousStore) Unseen(ctx context.Context, passID int64) ([]profile.Departure, error) {
	unseen, err := s.DepartureStore.Unseen(ctx, passID)
	if slices.ContainsFunc(unseen, func(d profile.Departure) bool { return d.Accepted }) {
		for i := range unseen {
			unseen[i].Accepted = true
		}
	}
	return unseen, err
}

// gullible is the real engine, but it asks for what has changed since the latest
// Date of which it has ever had a good pass.
func gullible(source profile.Source, store profile.Store, o syncer.Options) engine {
	g := &gullibleSource{Source: source}
	return &gullibleEngine{syncer.New(g, store, o), g}
}

type gullibleEngine struct {
	*syncer.Engine
	source *gullibleSource
}

func (e *gullibleEngine) Full(ctx context.Context, report syncer.Report) (profile.Pass, error) {
	return e.source.believe(func() (profile.Pass, error) { return e.Engine.Full(ctx, report) })
}

func (e *gullibleEngine) Changes(ctx context.Context, report syncer.Report) (profile.Pass, error) {
	return e.source.believe(func() (profile.Pass, error) { return e.Engine.Changes(ctx, report) })
}

func (e *gullibleEngine) Sync(ctx context.Context, report syncer.Report) (profile.Pass, error) {
	return e.source.believe(func() (profile.Pass, error) { return e.Engine.Sync(ctx, report) })
}

type gullibleSource struct {
	profile.Source
	mu    sync.Mutex
	first time.Time // the first Date of this pass
	from  time.Time // the latest of the first Dates of earlier ones
}

func (s *gullibleSource) believe(pass func() (profile.Pass, error)) (profile.Pass, error) {
	s.mu.Lock()
	s.first = time.Time{}
	s.mu.Unlock()
	done, err := pass()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && s.first.After(s.from) {
		s.from = s.first
	}
	return done, err
}

func (s *gullibleSource) Patients(ctx context.Context, q profile.Query) (profile.Page, error) {
	s.mu.Lock()
	from := s.from.Add(-10 * time.Minute)
	s.mu.Unlock()
	for _, since := range []*time.Time{&q.ChangedFrom, &q.ArchivedFrom} {
		if !since.IsZero() && from.After(*since) {
			*since = from
		}
	}
	page, err := s.Source.Patients(ctx, q)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first.IsZero() {
		s.first = page.Date
	}
	return page, err
}

// wrongEngines are engines that lose people, and the reasons for which histories
// have to catch them.
var wrongEngines = map[string]struct {
	engine build
	reason string
}{
	"numbered pages in the order of change":     {wrong(byNumber), "promise [179]"},
	"no look at crowded seconds":                {wrong(byLastTime), "promise [179]"},
	"no count for a person who asks":            {uncounted, "promise 9"},
	"a judgement once and for all":              {onceJudged, "promise [179]"},
	"no patient beyond the count":               {countTrusting, "promise [179]"},
	"who was read before counts as met":         {mindful, "and not in Cliniko|promise 7"},
	"one answer for all who are missing":        {generous, "promise 7"},
	"a question about many, until few are left": {impatient, "promise 7"},
	"the latest Date is believed":               {gullible, "after a (changes|full) pass|promise 2"},
}

// A test of the histories: within their number they catch the engines that
// lose people, and for that reason.
func TestHistoriesCatchWrongEngines(t *testing.T) { catchWrongEngines(t, newSQLiteDisk) }

func catchWrongEngines(t *testing.T, disk func(string) (disk, error)) {
	for name := range wrongEngines {
		catchWrongEngine(t, disk, name)
	}
}

func catchWrongEngine(t *testing.T, disk func(string) (disk, error), name string) {
	caught := wrongEngines[name]
	t.Run(name, func(t *testing.T) {
		rapidFlags(t, max(histories(), 300)) // it needs few: about ten
		withRapid(t, "rapid.shrinktime", "0s")
		verdict := &verdict{T: t}
		var checking sync.WaitGroup
		checking.Go(func() { // a verdict ends its goroutine
			rapid.Check(verdict, func(rt *rapid.T) {
				inBubble(t, rt, disk, func(rt *rapid.T, w world) { runHistory(rt, w, caught.engine) })
			})
		})
		checking.Wait()
		// Whoever loses patients may lose so many that it has to ask, or lose them
		// while somebody asked. And wrong counts, which any history may have,
		// find most of them as well.
		if !regexp.MustCompile(caught.reason + "|counts: ").MatchString(verdict.text) {
			t.Fatalf("the histories did not catch it: %q", verdict.text)
		}
		t.Log(strings.SplitN(verdict.text, "\n", 2)[0])
	})
}

// verdict is a test that may fail without failing the one it is a part of.
type verdict struct {
	*testing.T
	text string
}

func (v *verdict) Errorf(format string, values ...any) { v.text = fmt.Sprintf(format, values...) }
func (v *verdict) Failed() bool                        { return v.text != "" }
func (v *verdict) FailNow()                            { runtime.Goexit() }
func (v *verdict) Logf(string, ...any)                 {}
func (v *verdict) Log(...any)                          {}
