package storetest

import (
	"time"

	"telehab.io/desktop/backend/profile"
)

var clockTests = []test{
	{"ClocksAreKept", clocksAreKept},
}

// What is known of Cliniko's time is known to every process of the computer, and
// the believed time never goes back.
func clocksAreKept(s *scene) {
	if known, err := s.Clients.Clock(s.Context()); err != nil || known != (profile.Clock{}) {
		s.Errorf("%+v, %v", known, err)
	}
	s.learn(changedAt)
	later := changedAt.Add(time.Hour)
	known, err := s.Clients.Learn(s.Context(), profile.Reading{Clinic: later, Here: later.Add(time.Minute)})
	if err != nil || !known.Believed.Equal(later) || known.Doubts() {
		s.Errorf("%+v, %v", known, err)
	}
	doubted, err := s.Clients.Learn(s.Context(), profile.Reading{Clinic: later.AddDate(1, 0, 0), Here: later.Add(2 * time.Minute)})
	if err != nil || !doubted.Believed.Equal(later) || !doubted.Doubts() || !doubted.Latest.Equal(later.AddDate(1, 0, 0)) {
		s.Errorf("%+v, %v", doubted, err)
	}
	stored, err := s.open(s.T, s.clock.time).Clients.Clock(s.Context())
	if err != nil || stored != doubted {
		s.Errorf("%+v, want %+v, %v", stored, doubted, err)
	}
	earlier, err := s.Clients.Learn(s.Context(), profile.Reading{Clinic: changedAt, Here: changedAt})
	if err != nil || !earlier.Believed.Equal(later) || earlier.Doubts() {
		s.Errorf("%+v, %v", earlier, err)
	}
}
