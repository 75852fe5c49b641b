package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

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
