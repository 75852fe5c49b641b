package storetest

import (
	"slices"
	"sync"
	"time"

	"telehab.io/desktop/backend/profile"
)

var trafficTests = []test{
	{"TrafficIsSharedByAllWhoHaveTheStoreOpen", trafficIsShared},
	{"NoPlaceIsFreeTooEarly", placesAreRoundedUp},
}

func sevenSeconds() time.Duration { return 7 * time.Second }

func trafficIsShared(s *scene) {
	one, other := s.Traffic(sevenSeconds), s.open(s.T, s.clock.time).Traffic(sevenSeconds)
	if now := one.Now(); now != 7*time.Second {
		s.Errorf("it is %v", now)
	}
	if closing, err := one.Closing(s.Context()); err != nil || closing != (profile.Closing{}) {
		s.Errorf("nothing was sent: %v, %v", closing, err)
	}
	var group sync.WaitGroup
	for i := range 40 {
		from := one
		if i%2 == 1 {
			from = other
		}
		group.Go(func() {
			if err := from.UpdateTraffic(s.Context(), func(at time.Duration, known *profile.Traffic) {
				if at != 7*time.Second {
					s.Errorf("it is %v", at)
				}
				known.Places = append(known.Places, profile.Place{Until: time.Duration(i) * time.Second, Holder: int64(i)})
				known.Person = time.Minute
				if i == 7 {
					known.Closing = profile.Closing{At: time.Second, For: time.Hour}
				}
			}); err != nil {
				s.Error(err)
			}
		})
	}
	group.Wait()
	if closing, err := other.Closing(s.Context()); err != nil || closing != (profile.Closing{At: time.Second, For: time.Hour}) {
		s.Errorf("closed %v, %v", closing, err)
	}
	s.must(one.UpdateTraffic(s.Context(), func(_ time.Duration, known *profile.Traffic) {
		slices.SortFunc(known.Places, func(a, b profile.Place) int { return int(a.Holder - b.Holder) })
		for i, p := range known.Places {
			if p != (profile.Place{Until: time.Duration(i) * time.Second, Holder: int64(i)}) {
				s.Errorf("place %d: %v", i, p)
			}
		}
		if len(known.Places) != 40 || known.Person != time.Minute {
			s.Errorf("%d places, a person until %v", len(known.Places), known.Person)
		}
	}))
}

func placesAreRoundedUp(s *scene) {
	traffic := s.Traffic(sevenSeconds)
	s.must(traffic.UpdateTraffic(s.Context(), func(_ time.Duration, known *profile.Traffic) {
		known.Places = []profile.Place{{Until: time.Second + 1, Holder: 3}}
	}))
	s.must(traffic.UpdateTraffic(s.Context(), func(_ time.Duration, known *profile.Traffic) {
		if len(known.Places) != 1 || known.Places[0].Until != time.Second+time.Microsecond {
			s.Errorf("%v", known.Places)
		}
	}))
}
