package syncer_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// However many profiles need attention: an edit in Cliniko moves the time of
// change, so none of them is read again while nothing has changed.
func TestNothingNewCostsTwoRequestsHoweverManyNeedAttention(t *testing.T) {
	for _, incomplete := range []float64{0, 0.6, 1} {
		c := newClinic(t, fakeclinic.Options{Seed: 6, Patients: 500, Shares: &fakeclinic.Shares{NoEmail: incomplete}})
		c.full()
		for range 2 {
			if pass := c.changes(); pass.Requests != 2 || pass.Counts != (profile.Counts{}) {
				t.Errorf("%g need attention: %d requests, %+v", incomplete, pass.Requests, pass.Counts)
			}
		}
		c.equal(nil)
	}
}

// A birth date is in the future until its day has begun somewhere on earth, and
// plausible until its owner would be older than anybody has been. Both are
// judged from the store, without a request to Cliniko.
func TestBirthDatesAreJudgedAgainAsTimePasses(t *testing.T) {
	clock := &laterClock{}
	c := newClinic(t, fakeclinic.Options{Seed: 36, Patients: 20, Shares: &fakeclinic.Shares{}, Clock: clock.now})
	c.now = clock.now
	c.engine = syncer.New(c.client, c.store.Store(), syncer.Options{Now: clock.now})
	ids := c.fake.IDs()
	now := time.Now().UTC().Add(time.Hour) // of the first pass
	born := func(id string, years, days int) string {
		date := now.Add(14*time.Hour).AddDate(years, 0, days).Format(time.DateOnly)
		must(t, c.fake.Edit(id, func(p *fakeclinic.Patient) { p.DateOfBirth = &date }))
		return date
	}
	unborn, old := born(ids[0], 0, 3), born(ids[1], -131, 3)
	born(ids[2], 0, 300)
	must(t, c.fake.Edit(ids[3], func(p *fakeclinic.Patient) { p.DateOfBirth = new("1990-02-30") }))
	clock.forward(time.Hour) // so that none of them is read as changed just now
	c.full()
	for _, step := range []struct {
		days         int
		unborn, aged string // what is wrong with the birth dates of the two
	}{{0, "in_future", ""}, {2, "in_future", ""}, {3, "", "long_ago"}} {
		clock.ahead.Store(int64(time.Hour + time.Duration(step.days)*24*time.Hour))
		requests := len(c.fake.Requests())
		pass := c.changes()
		sent := len(c.fake.Requests()) - requests
		counted := step.days > 0 && sent == 3 // as once a day
		if sent != 2 && !counted || pass.Counts.Read != 0 {
			t.Errorf("day %d: %d requests, %+v", step.days, sent, pass.Counts)
		}
		for id, want := range map[string]string{ids[0]: step.unborn, ids[1]: step.aged, ids[2]: "in_future", ids[3]: "not_a_date"} {
			entry, err := c.store.One(t.Context(), id)
			must(t, err)
			got := ""
			if entry.Failure != nil {
				got = fmt.Sprint(entry.Failure.Problems)
			}
			if wanted := map[bool]string{false: "[{date_of_birth " + want + "}]"}[want == ""]; got != wanted {
				t.Errorf("day %d, patient %s: %q, want %q", step.days, id, got, wanted)
			}
		}
	}
	if entry, err := c.store.One(t.Context(), ids[0]); err != nil || entry.Profile.DateOfBirth.String() != unborn {
		t.Errorf("born at last: %s, %v; want %s", entry.Profile.DateOfBirth, err, unborn)
	}
	if entry, err := c.store.One(t.Context(), ids[1]); err != nil || !entry.Profile.DateOfBirth.IsZero() || old == "" {
		t.Errorf("too old: %s, %v", entry.Profile.DateOfBirth, err)
	}
	c.equal(nil)
}

// Unarchiving leaves no trace that a filter could find, so a sync that a person
// asks for also compares the counts, for one request more.
func TestASyncThatAPersonAskedForComparesTheCounts(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 37, Patients: 300, Shares: &fakeclinic.Shares{Archived: 0.1, NoEmail: 0.3}})
	c.full()
	for range 2 {
		if pass := c.sync(); pass.Kind != profile.ChangesPass || pass.Requests != 3 || pass.Counts != (profile.Counts{}) {
			t.Errorf("nothing new: %+v", pass)
		}
	}
	for _, p := range c.fake.Patients() {
		if p.ArchivedAt != nil && p.MergedWith == "" {
			must(t, c.fake.Unarchive(p.ID))
			break
		}
	}
	if pass := c.changes(); pass.Requests != 2 {
		t.Errorf("by itself: %+v", pass)
	}
	if pass := c.sync(); pass.Kind != profile.FullPass || pass.Counts.Synced+pass.Counts.Failed == 0 {
		t.Errorf("asked: %+v", pass)
	}
	c.equal(nil)
	if pass := c.sync(); pass.Requests != 3 {
		t.Errorf("afterwards: %+v", pass)
	}
}

// A background pass does not answer a person's request for one: theirs compares
// the counts.
func TestAPersonsSyncBesideOneByItselfComparesTheCounts(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 38, Patients: 50, Shares: &fakeclinic.Shares{}})
	c.full()
	var once sync.Once
	asked := make(chan profile.Pass, 1)
	c.fake.AfterRequest(func(fakeclinic.Request) {
		once.Do(func() {
			go func() {
				pass, err := c.engine.Sync(context.Background(), nil)
				if err != nil {
					t.Error(err)
				}
				asked <- pass
			}()
		})
	})
	if pass := c.changes(); pass.Requests != 2 {
		t.Errorf("by itself: %+v", pass)
	}
	if pass := <-asked; pass.Requests != 3 {
		t.Errorf("asked: %+v", pass)
	}
}

// Another version of the program judges the stored profiles by its own rule,
// without a request to Cliniko.
func TestAnotherVersionJudgesWhatIsKept(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 39, Patients: 100, Shares: &fakeclinic.Shares{NoEmail: 0.2}})
	c.full()
	c.changes()
	ids := activeIDs(c)
	failed := failing(c)
	// Left by a version that accepted a profile without an email, and rejected
	// one with a single name.
	other, err := sql.Open("sqlite3", c.path)
	must(t, err)
	_, err = other.Exec("DELETE FROM failure WHERE ref = ?", failed[0])
	must(t, err)
	_, err = other.Exec(`INSERT INTO failure SELECT account_id, ?, 'incomplete', '[{"field":"last_name","kind":"missing"}]', 1, 1, 1 FROM clinic`, ids[0])
	must(t, errors.Join(err, other.Close()))
	if pass := c.changes(); pass.Requests != 2 {
		t.Errorf("the same version: %+v", pass)
	}
	told := &listener{}
	c.engine = syncer.New(c.client, c.store.Store(), syncer.Options{Version: "2", Destinations: []profile.Destination{told}})
	if pass := c.changes(); pass.Requests != 2 || pass.Counts.Read != 0 {
		t.Errorf("another version: %+v", pass)
	}
	c.equal(nil)
	if len(told.refs) != 2 {
		t.Errorf("told of %v", told.refs)
	}
}

type listener struct{ refs []string }

func (l *listener) Apply(entries []profile.Entry) {
	for _, e := range entries {
		l.refs = append(l.refs, e.Ref)
	}
}
func (l *listener) Forget([]string) {}

// Until version 6 of the store the text of an impossible birth date was not
// stored. Those patients are read once.
func TestWhoCannotBeJudgedByWhatIsKeptIsReadOnce(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 40, Patients: 100, Shares: &fakeclinic.Shares{NoEmail: 0.2}})
	id := c.fake.IDs()[0]
	p, _ := c.fake.Get(id)
	p.DateOfBirth = new("1990-02-30")
	must(t, c.fake.Put(p))
	c.full()
	entry, err := c.store.One(t.Context(), id)
	must(t, err)
	entry.Profile.ImpossibleBirthDate = ""
	_, err = c.store.Save(t.Context(), profile.Batch{Entries: []profile.Entry{entry}})
	must(t, err)
	if entry, err = c.store.One(t.Context(), id); err != nil || entry.Profile.ImpossibleBirthDate != "" || entry.Failure == nil {
		t.Fatalf("as an earlier version left it: %+v, %v", entry.Failure, err)
	}
	for i, want := range []int{4, 2} { // it, and, since it is new, the counts
		if pass := c.changes(); pass.Requests != want {
			t.Errorf("pass %d: %+v", i+1, pass)
		}
	}
	c.equal(nil)
}

// If Cliniko's answers change so that no patient can be read, each background
// pass retries one page of them.
func TestManyUnreadableRecordsAreNotReadByEveryPass(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 41, Patients: 250, Shares: &fakeclinic.Shares{}})
	for _, p := range c.fake.Patients() {
		p.Raw = fmt.Appendf(nil, `{"id":%q,"first_name":{}}`, p.ID)
		must(t, c.fake.Put(p))
	}
	c.full()
	if unreadable, err := c.store.Unreadable(t.Context()); err != nil || len(unreadable) != 250 {
		t.Fatalf("%d cannot be read, %v", len(unreadable), err)
	}
	if pass := c.changes(); pass.Requests != 3 || pass.Counts.Failed != 100 {
		t.Errorf("by itself: %+v", pass)
	}
	if pass := c.sync(); pass.Requests != 6 || pass.Counts.Failed != 250 {
		t.Errorf("asked: %+v", pass)
	}
}
