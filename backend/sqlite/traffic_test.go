package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

func TestTrafficIsSharedByAllWhoHaveTheStoreOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telehab.db")
	now := func() time.Duration { return 7 * time.Second }
	one, other := openStore(t, path).Traffic(now), openStore(t, path).Traffic(now)
	if closing, err := one.Closing(t.Context()); err != nil || closing != (profile.Closing{}) {
		t.Errorf("nothing was sent: %v, %v", closing, err)
	}
	var group sync.WaitGroup
	for i := range 40 {
		from := one
		if i%2 == 1 {
			from = other
		}
		group.Go(func() {
			if err := from.UpdateTraffic(t.Context(), func(at time.Duration, known *profile.Traffic) {
				if at != 7*time.Second {
					t.Errorf("it is %v", at)
				}
				known.Places = append(known.Places, profile.Place{Until: time.Duration(i) * time.Second, Holder: int64(i)})
				known.Person = time.Minute
				if i == 7 {
					known.Closing = profile.Closing{At: time.Second, For: time.Hour}
				}
			}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if closing, err := other.Closing(t.Context()); err != nil || closing != (profile.Closing{At: time.Second, For: time.Hour}) {
		t.Errorf("closed %v, %v", closing, err)
	}
	if err := one.UpdateTraffic(t.Context(), func(_ time.Duration, known *profile.Traffic) {
		slices.SortFunc(known.Places, func(a, b profile.Place) int { return int(a.Holder - b.Holder) })
		for i, p := range known.Places {
			if p != (profile.Place{Until: time.Duration(i) * time.Second, Holder: int64(i)}) {
				t.Errorf("place %d: %v", i, p)
			}
		}
		if len(known.Places) != 40 || known.Person != time.Minute {
			t.Errorf("%d places, a person until %v", len(known.Places), known.Person)
		}
	}); err != nil {
		t.Error(err)
	}
}

// What somebody wrote there is no reason to send nothing, or to read without
// end.
func TestTrafficThatIsNotOurs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telehab.db")
	traffic := openStore(t, path).Traffic(func() time.Duration { return 0 })
	raw, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	for _, places := range []string{"", "none", "[[1]]", `[["1","2"]]`, `{"a":1}`, "[[9999999999999999999999,1]]",
		"[" + string(slices.Repeat([]byte("[9,9],"), 100_000)) + "[9,9]]"} {
		if _, err := raw.Exec("INSERT OR REPLACE INTO traffic (one, closed_at, closed_for, person, places) VALUES (1, 0, 0, 0, ?)", places); err != nil {
			t.Fatal(err)
		}
		if err := traffic.UpdateTraffic(t.Context(), func(_ time.Duration, known *profile.Traffic) {
			if len(known.Places) > 1000 {
				t.Errorf("%d places", len(known.Places))
			}
			known.Places = []profile.Place{{Until: time.Second, Holder: 3}}
		}); err != nil {
			t.Errorf("%.20s: %v", places, err)
		}
		if err := traffic.UpdateTraffic(t.Context(), func(_ time.Duration, known *profile.Traffic) {
			if len(known.Places) != 1 {
				t.Errorf("%.20s: %v", places, known.Places)
			}
		}); err != nil {
			t.Errorf("%.20s: %v", places, err)
		}
	}
}
