package command

import (
	"bytes"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

func TestCountsInWords(t *testing.T) {
	for n, want := range map[int]string{0: "0 clients", 1: "1 client", 2: "2 clients", 11: "11 clients", 101: "101 clients"} {
		if got := clients(n); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, test := range []struct {
		n, all int
		want   string
	}{{1, 1, "1 of 1 client is"}, {1, 3, "1 of 3 clients is"}, {2, 3, "2 of 3 clients are"}, {3, 3, "3 of 3 clients are"}} {
		if got := ofProfiles(test.n, test.all); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
	if got := several(1, "request") + ", " + several(2, "request"); got != "1 request, 2 requests" {
		t.Error(got)
	}
}

func TestAQuietSyncInWords(t *testing.T) {
	for failed, want := range map[int]string{0: "Up to date.", 1: "Up to date. 1 still needs attention.", 376: "Up to date. 376 still need attention."} {
		if got := upToDate(failed); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	incomplete := profile.Failure{Code: profile.Incomplete, Attempts: 2}
	unreadable := profile.Failure{Code: profile.Unreadable, Attempts: 2}
	fresh := profile.Failure{Code: profile.Unreadable, Attempts: 1}
	for name, c := range map[string]struct {
		counts         profile.Counts
		changed, added int
		failed         []profile.Failure
		want           bool
	}{
		"nobody was read":                     {profile.Counts{}, 0, 0, []profile.Failure{incomplete}, true},
		"tried again in vain":                 {profile.Counts{Read: 1, Failed: 1}, 0, 0, []profile.Failure{incomplete, unreadable}, true},
		"read again, as the last minutes are": {profile.Counts{Read: 3, Unchanged: 1, Failed: 1, Archived: 1}, 0, 0, []profile.Failure{incomplete}, true},
		"one who was incomplete was changed":  {profile.Counts{Read: 1, Failed: 1}, 1, 0, []profile.Failure{incomplete}, false},
		"one who is new is incomplete":        {profile.Counts{Read: 1, Failed: 1}, 0, 1, []profile.Failure{incomplete, unreadable}, false},
		"another one cannot be read":          {profile.Counts{Read: 2, Failed: 2}, 0, 0, []profile.Failure{unreadable, fresh}, false},
		"one was synced":                      {profile.Counts{Read: 1, Synced: 1}, 0, 0, nil, false},
		"one was archived":                    {profile.Counts{Read: 1, Archived: 1}, 1, 0, nil, false},
		"synced, another tried in vain":       {profile.Counts{Read: 2, Synced: 1, Failed: 1}, 0, 0, []profile.Failure{unreadable}, false},
	} {
		if got := broughtNothing(&c.counts, c.changed, c.added, c.failed); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestProgressInWords(t *testing.T) {
	for want, now := range map[string]syncer.Progress{
		"Asking Cliniko what is new…":               {Phase: syncer.Changes, Left: -1},
		"Reading the client list: 0 of 2013":        {Phase: syncer.Listing, Total: 2013, Left: -1},
		"Syncing clients: 900 of 2013, 12s left":    {Phase: syncer.Storing, Done: 900, Total: 2013, Left: 12400 * time.Millisecond},
		"Syncing clients: 20 of 50000, 1h2m3s left": {Phase: syncer.Storing, Done: 20, Total: 50000, Left: time.Hour + 2*time.Minute + 3*time.Second},
		"Comparing with Cliniko: 2013 of 2013":      {Phase: syncer.Checking, Done: 2013, Total: 2013, Left: time.Second},
	} {
		if got := progressLine(now); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTimesInWords(t *testing.T) {
	at := time.Date(2026, 3, 1, 20, 5, 59, 0, time.UTC)
	for want, zone := range map[string]*time.Location{
		"1 Mar 2026, 20:05": time.UTC,
		"2 Mar 2026, 06:05": time.FixedZone("", 10*60*60),
		"1 Mar 2026, 16:35": time.FixedZone("", -(3*60+30)*60),
	} {
		if got := localTime(at, zone); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestHowTheLastSyncEnded(t *testing.T) {
	for code, want := range map[profile.Code]string{
		profile.Cancelled: "The last sync was cancelled.",
		profile.Offline:   "The last sync did not end well. Cliniko cannot be reached from this computer. Check the internet connection and try again. (offline)",
		profile.Gone: "The last sync did not end well. Many clients can no longer be found in Cliniko. Nothing was removed here. " +
			"See who they are with telehab missing --as EMAIL, and decide with telehab missing keep or telehab missing remove. (mass_disappearance)",
	} {
		if got := endedBadly(code); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The line that says how far the demo is goes when that is ready. Where nobody
// watches there is none.
func TestProgressOfTheDemo(t *testing.T) {
	for _, c := range []struct {
		terminal bool
		want     string
	}{
		{true, "\rSetting up the demo: 0 of 2\rSetting up the demo: 1 of 2\rSetting up the demo: 2 of 2\r                           \r"},
		{false, ""},
	} {
		var said bytes.Buffer
		p := &progress{t: &Terminal{Err: &said}, terminal: c.terminal}
		for done := range 3 {
			p.demo(done, 2)
		}
		if said.String() != c.want {
			t.Errorf("terminal %v: %q", c.terminal, said.String())
		}
	}
}
