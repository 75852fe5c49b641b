package storetest

import (
	"slices"
	"strconv"
	"time"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

var profileTests = []test{
	{"ProfileComesBackWhole", profileComesBackWhole},
	{"ManyComeBack", manyComeBack},
	{"NobodyIsNotFound", nobodyIsNotFound},
	{"Outcomes", outcomes},
	{"AnImpossibleBirthDateIsNotLost", impossibleBirthDate},
	{"ChangesOfAProfile", changesOfAProfile},
	{"Revision", revision},
	{"Tally", tally},
	{"APreparedBatchBelongsToItsStore", preparedBatch},
	{"OneOfTwoInABatch", oneOfTwoInABatch},
	{"OthersSeeIt", othersSeeIt},
}

func profileComesBackWhole(s *scene) {
	s.save(0, entry(alex()))
	want := entry(alex())
	want.Profile.AddedAt, want.Profile.SyncedAt = changedAt, changedAt
	if diff := cmp.Diff(want, s.one(alexID)); diff != "" {
		s.Error(diff)
	}
}

// manyComeBack has more than one portion of whatever a store reads at a time.
func manyComeBack(s *scene) {
	var batch []profile.Entry
	for n := range 700 {
		id := profile.ID(strconv.Itoa(1000 + n))
		switch n % 100 {
		case 7:
			batch = append(batch, incomplete(id))
		case 9:
			batch = append(batch, unread(string(id)))
		default:
			batch = append(batch, entry(as(id)))
		}
	}
	if changed := s.save(0, batch...); len(changed) != 700 {
		s.Errorf("%d are new", len(changed))
	}
	var refs []string
	failed, without := 0, 0
	bad, err := s.Clients.All(s.Context(), func(some []profile.Entry) {
		for _, e := range some {
			refs = append(refs, e.Ref)
			if e.Failure != nil {
				failed++
			}
			if e.Profile.LastName == "" {
				without++
			}
		}
	})
	slices.Sort(refs)
	if err != nil || len(bad) != 0 || len(refs) != 700 || refs[0] != "1000" || refs[699] != "1699" || failed != 14 || without != 7 {
		s.Errorf("%d stored, %d failed, %d without details, damaged %v, %v", len(refs), failed, without, bad, err)
	}
}

func nobodyIsNotFound(s *scene) {
	if _, err := s.Clients.One(s.Context(), "1"); profile.CodeOf(err) != profile.NotFound {
		s.Error(err)
	}
}

func outcomes(s *scene) {
	older := alex()
	older.UpdatedAt, older.FirstName = changedAt.Add(-time.Hour), "Old"
	for _, step := range []struct {
		name    string
		e       profile.Entry
		want    profile.Counts
		changed bool
	}{
		{"archived and never met", entry(archived(alex())), profile.Counts{Read: 1, Archived: 1}, false},
		{"incomplete", incomplete(alexID), profile.Counts{Read: 1, Failed: 1}, true},
		{"still incomplete", incomplete(alexID), profile.Counts{Read: 1, Failed: 1}, false},
		{"unreadable", unread(alexID), profile.Counts{Read: 1, Failed: 1}, true},
		{"complete", entry(alex()), profile.Counts{Read: 1, Synced: 1}, true},
		{"the same", entry(alex()), profile.Counts{Read: 1, Unchanged: 1}, false},
		{"an older answer", entry(older), profile.Counts{Read: 1, Unchanged: 1}, false},
		{"archived", entry(archived(alex())), profile.Counts{Read: 1, Archived: 1}, true},
		{"back", entry(alex()), profile.Counts{Read: 1, Synced: 1}, true},
	} {
		pass := s.begin(profile.ChangesPass)
		changed := s.save(pass.ID, step.e)
		counts, err := s.Clients.Counts(s.Context(), pass.ID)
		if err != nil || counts != step.want || (len(changed) == 1) != step.changed {
			s.Errorf("%s: %+v, %d changed, %v", step.name, counts, len(changed), err)
		}
		s.end(pass, "", profile.Cursors{Changed: changedAt})
	}
	if got := s.one(alexID); got.Profile.FirstName != "Alexandra" || got.Failure != nil {
		s.Errorf("%v", got.Failure)
	}
}

// Cliniko may have a birth date that does not exist, of an archived patient
// too. Its text is stored, and the history shows when it became a date.
func impossibleBirthDate(s *scene) {
	s.save(0, entry(alex()))
	odd := archived(alex())
	odd.DateOfBirth, odd.ImpossibleBirthDate = profile.Date{}, "1988-02-30"
	s.save(0, entry(odd))
	if got := s.one(alexID); got.Profile.ImpossibleBirthDate != "1988-02-30" || !got.Profile.DateOfBirth.IsZero() {
		s.Fatalf("%q", got.Profile.ImpossibleBirthDate)
	}
	if again := s.save(0, entry(odd)); len(again) != 0 {
		s.Error("the same is a change")
	}
	mended := archived(alex())
	mended.UpdatedAt = changedAt.Add(time.Hour)
	s.save(0, entry(mended))
	changes, err := s.Clients.Changes(s.Context(), alexID)
	if err != nil || len(changes) != 2 {
		s.Fatalf("%d changes, %v", len(changes), err)
	}
	for i, want := range [][2]string{{"1988-02-30", "1988-02-29"}, {"1988-02-29", "1988-02-30"}} {
		fields := changes[i].Fields
		if last := fields[len(fields)-1]; last.Field != profile.FieldDateOfBirth || last.Before != want[0] || last.After != want[1] {
			s.Errorf("change %d: %s from %s to %s", i, last.Field, last.Before, last.After)
		}
	}
}

func changesOfAProfile(s *scene) {
	s.save(0, entry(alex()))
	if changes, err := s.Clients.Changes(s.Context(), alexID); err != nil || len(changes) != 0 {
		s.Fatalf("a new profile has changed: %v, %v", changes, err)
	}
	s.clock.now = changedAt.Add(time.Hour)
	pass := s.begin(profile.ChangesPass)
	second := alex()
	second.Email, second.Phones, second.UpdatedAt = "", []profile.Phone{{Type: "Home", Number: "0491 570 157"}}, s.clock.now
	s.save(pass.ID, entry(second))
	second.UpdatedAt = s.clock.now.Add(time.Minute) // a change to something that is not stored
	s.save(pass.ID, entry(second))
	s.clock.now = changedAt.Add(2 * time.Hour)
	_, _, err := s.Clients.MarkDeleted(s.Context(), pass.ID, []profile.Departure{gone(alexID, s.clock.now)})
	s.must(err)
	want := []profile.Change{
		{At: changedAt.Add(2 * time.Hour), UpdatedAt: second.UpdatedAt, PassID: pass.ID,
			Fields: []profile.FieldChange{{Field: profile.FieldState, Before: "active", After: "deleted"}}},
		{At: changedAt.Add(time.Hour), UpdatedAt: changedAt.Add(time.Hour), PassID: pass.ID, Fields: []profile.FieldChange{
			{Field: profile.FieldEmail, Before: "canary@example.com"},
			{Field: profile.FieldPhones, Before: "0491 570 156 Mobile", After: "0491 570 157 Home"}}},
	}
	changes, err := s.Clients.Changes(s.Context(), alexID)
	if diff := cmp.Diff(want, changes); err != nil || diff != "" {
		s.Error(diff, err)
	}
}

func revision(s *scene) {
	before := int64(0)
	grows := func(what string, want bool) {
		s.Helper()
		now, err := s.Clients.Revision(s.Context())
		if err != nil || now > before != want {
			s.Errorf("%s: from %d to %d, %v", what, before, now, err)
		}
		before = now
	}
	grows("an empty store", false)
	s.save(0, entry(alex()))
	grows("somebody new", true)
	s.save(0, entry(alex()))
	grows("the same", false)
	pass := s.begin(profile.ChangesPass)
	s.end(pass, "", profile.Cursors{})
	grows("a pass that brought nothing", false)
	judge := func(p *profile.Profile, _ *profile.Failure) (profile.Profile, *profile.Failure) { return *p, nil }
	_, _, err := s.Clients.CheckAgain(s.Context(), pass.ID, judge)
	s.must(err)
	grows("a judgement that changes nothing", false)
	_, _, err = s.Clients.MarkDeleted(s.Context(), 0, []profile.Departure{gone(alexID, changedAt)})
	s.must(err)
	grows("somebody deleted", true)
	s.must(s.Clients.Erase(s.Context(), alexID))
	grows("somebody erased", true)
}

func tally(s *scene) {
	merged, deleted := as("4"), as("5")
	merged.State, merged.MergedInto = profile.Merged, "1"
	s.save(0, entry(as("1")), incomplete("2"), unread("3"), readAt(merged, changedAt), readAt(archived(as("6")), changedAt), entry(deleted), unread("hash of its bytes"))
	_, _, err := s.Clients.MarkDeleted(s.Context(), 0, []profile.Departure{gone("5", changedAt)})
	s.must(err)
	s.must(s.Clients.SetMissing(s.Context(), []profile.Departure{{Ref: "1"}, {Ref: "3"}, {Ref: "6"}, {Ref: "nobody"}}))
	got, err := s.Clients.Tally(s.Context())
	if want := (profile.Tally{Active: 4, Failed: 3, Archived: 2, Deleted: 1, Missing: 2}); err != nil || got != want {
		s.Errorf("%+v, want %+v, %v", got, want, err)
	}
}

// A batch is sealed for one store, and reports how many entries it was given,
// even if some are the same patient.
func preparedBatch(s *scene) {
	ready, err := s.Clients.Prepare(profile.Batch{Entries: []profile.Entry{entry(alex()), entry(alex())}})
	if err != nil || ready.Patients() != 2 {
		s.Fatalf("%d patients, %v", ready.Patients(), err)
	}
	if _, err := s.open(s.T, s.clock.time).Clients.SavePrepared(s.Context(), 0, ready); err == nil {
		s.Error("another store has stored it")
	}
	if _, err := s.Clients.SavePrepared(s.Context(), 0, foreign{}); err == nil {
		s.Error("stored what no store has prepared")
	}
	if changed, err := s.Clients.SavePrepared(s.Context(), 0, ready); err != nil || len(changed) != 1 {
		s.Errorf("%d entries have changed, %v", len(changed), err)
	}
}

type foreign struct{}

func (foreign) Patients() int { return 1 }

// Of two entries of one patient, the newer one that can be read counts. Several
// batches may be of the same patient too.
func oneOfTwoInABatch(s *scene) {
	older, newer := entry(alex()), entry(alex())
	newer.Profile.FirstName, newer.Profile.UpdatedAt = "Sasha", changedAt.Add(time.Minute)
	s.save(0, newer, older, unread(alexID))
	if got := s.one(alexID); got.Profile.FirstName != "Sasha" || got.Failure != nil {
		s.Errorf("%q, %v", got.Profile.FirstName, got.Failure)
	}
	pass := s.begin(profile.ChangesPass)
	var ready []profile.Prepared
	for i, name := range []string{"Alexa", "Lex", "Alec"} {
		newer.Profile.FirstName, newer.Profile.UpdatedAt = name, changedAt.Add(time.Duration([]int{2, 4, 3}[i])*time.Minute)
		p, err := s.Clients.Prepare(profile.Batch{Entries: []profile.Entry{newer}})
		s.must(err)
		ready = append(ready, p)
	}
	_, err := s.Clients.SavePrepared(s.Context(), pass.ID, ready...)
	s.must(err)
	if got := s.one(alexID); got.Profile.FirstName != "Lex" {
		s.Errorf("%q", got.Profile.FirstName)
	}
	changes, err := s.Clients.Changes(s.Context(), alexID)
	if err != nil || len(changes) != 2 {
		s.Errorf("%d changes, %v", len(changes), err)
	}
	counts, err := s.Clients.Counts(s.Context(), pass.ID)
	if err != nil || counts != (profile.Counts{Read: 1, Synced: 1}) {
		s.Errorf("%+v, %v", counts, err)
	}
}

// What one process has stored, another that has the store open reads.
func othersSeeIt(s *scene) {
	other := s.open(s.T, s.clock.time)
	s.save(0, entry(alex()))
	e, err := other.Clients.One(s.Context(), alexID)
	if err != nil || e.Profile.LastName != "Unmistakable-Canary" {
		s.Error(err)
	}
}
