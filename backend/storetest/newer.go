package storetest

import (
	"time"

	"telehab.io/desktop/backend/profile"
)

var newerTests = []test{
	{"WhatWasReadEarlierDoesNotReplaceWhatWasReadLater", readEarlier},
	{"WhatWasReadInTheFutureIsReplaced", readInTheFuture},
	{"NewerDetailsStayAheadOfTheClockToo", newerAheadOfTheClock},
	{"ChangeInTheFutureDoesNotStay", changeInTheFuture},
	{"AttemptsOfAFailure", attempts},
}

// A list that waited for a person, or a slow answer, may have the same
// updated_at as what is stored, and still be older.
func readEarlier(s *scene) {
	s.save(0, readAt(alex(), changedAt.Add(time.Minute)))
	if changed := s.save(0, readAt(archived(alex()), changedAt)); len(changed) != 0 {
		s.Errorf("%d changed", len(changed))
	}
	late := unread(alexID)
	late.ReadAt = changedAt
	if changed := s.save(0, late); len(changed) != 0 {
		s.Errorf("%d changed", len(changed))
	}
	_, _, err := s.Clients.MarkDeleted(s.Context(), 0, []profile.Departure{gone(alexID, changedAt.Add(2*time.Minute))})
	s.must(err)
	s.save(0, readAt(alex(), changedAt.Add(time.Minute)))
	if got := s.one(alexID); got.Profile.State != profile.Deleted {
		s.Errorf("%s", got.Profile.State)
	}
	s.save(0, readAt(alex(), changedAt.Add(3*time.Minute)))
	if got := s.one(alexID); got.Profile.State != profile.Active || !got.Profile.DeletedAt.IsZero() {
		s.Errorf("%s, deleted at %v", got.Profile.State, got.Profile.DeletedAt)
	}
}

// A row with a reading time years in the future, by a wrong clock or by hand,
// is replaced by the next reading.
func readInTheFuture(s *scene) {
	s.learn(changedAt)
	s.save(0, readAt(alex(), changedAt.AddDate(10, 0, 0)))
	s.learn(changedAt.Add(time.Minute))
	s.save(0, readAt(archived(alex()), changedAt.Add(time.Minute)))
	if got := s.one(alexID); got.Profile.State != profile.Archived {
		s.Errorf("%s", got.Profile.State)
	}
}

// While the clocks disagree, updated_at may be later than the time of reading.
// Of two answers of one second, the one with the later updated_at is newer.
func newerAheadOfTheClock(s *scene) {
	read := changedAt.Add(-6 * time.Hour)
	older, newer := alex(), alex()
	newer.FirstName, newer.UpdatedAt = "Sasha", older.UpdatedAt.Add(time.Second)
	s.save(0, readAt(newer, read))
	s.save(0, readAt(older, read))
	if got := s.one(alexID); got.Profile.FirstName != "Sasha" {
		s.Errorf("the older details replaced the newer: %q", got.Profile.FirstName)
	}
	s.save(0, readAt(older, read.Add(time.Second)))
	if got := s.one(alexID); got.Profile.FirstName != "Alexandra" {
		s.Errorf("what was read a second later is not taken: %q", got.Profile.FirstName)
	}
}

// An updated_at ahead of Cliniko's own clock is wrong, and must not make all
// later readings look old.
func changeInTheFuture(s *scene) {
	s.clock.now = changedAt.Add(3 * time.Hour)
	wrong := alex()
	wrong.UpdatedAt = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	s.save(0, readAt(wrong, changedAt.Add(time.Hour)))
	late, mended := alex(), alex()
	late.FirstName, mended.FirstName = "Earlier", "Sasha"
	if changed := s.save(0, readAt(late, changedAt.Add(time.Minute))); len(changed) != 0 { // a slow answer
		s.Error("an older reading replaced it")
	}
	s.save(0, readAt(mended, changedAt.Add(2*time.Hour)))
	if got := s.one(alexID); got.Profile.FirstName != "Sasha" || !got.Profile.UpdatedAt.Equal(changedAt) {
		s.Errorf("the newest details are not stored, changed at %v", got.Profile.UpdatedAt)
	}
}

// A patient who is met twice in one pass is one attempt.
func attempts(s *scene) {
	pass := s.begin(profile.FullPass)
	s.save(pass.ID, unread("7"))
	s.save(pass.ID, unread("7"))
	if f := s.one("7").Failure; f.Attempts != 1 || !f.FirstFailedAt.Equal(changedAt) || !f.LastFailedAt.Equal(changedAt) {
		s.Errorf("%+v", f)
	}
	s.end(pass, "", profile.Cursors{})
	s.clock.now = changedAt.Add(time.Hour)
	s.save(0, unread("7"))
	s.save(0, unread("7"))
	if f := s.one("7").Failure; f.Attempts != 3 || !f.FirstFailedAt.Equal(changedAt) || !f.LastFailedAt.Equal(changedAt.Add(time.Hour)) {
		s.Errorf("%+v", f)
	}
}
