package runner

import (
	"testing"
	"testing/synctest"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// Offline is since the first pass that said so, until one says otherwise.
func TestOutcome(t *testing.T) {
	offline := profile.Because(profile.Offline, nil)
	refused := profile.Because(profile.KeyRefused, nil)
	type attempt struct {
		kind       Kind
		background bool
		err        error
	}
	first := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // where a bubble begins
	for name, test := range map[string]struct {
		attempts []attempt // a minute apart, the first at first
		problem  profile.Code
		since    time.Time
	}{
		"well":                                {[]attempt{{Changes, true, nil}}, "", time.Time{}},
		"offline":                             {[]attempt{{Changes, true, offline}}, profile.Offline, first},
		"offline again":                       {[]attempt{{Changes, true, offline}, {Full, false, offline}}, profile.Offline, first},
		"offline, then well":                  {[]attempt{{Changes, true, offline}, {Changes, true, nil}}, "", time.Time{}},
		"offline, then refused":               {[]attempt{{Changes, true, offline}, {Changes, true, refused}}, profile.KeyRefused, time.Time{}},
		"offline, well, offline":              {[]attempt{{Changes, true, offline}, {Changes, true, nil}, {Changes, true, offline}}, profile.Offline, first.Add(2 * time.Minute)},
		"offline, then preempted":             {[]attempt{{Changes, true, offline}, {Changes, true, errPreempted}}, profile.Offline, first},
		"offline, then cancelled":             {[]attempt{{Changes, true, offline}, {Full, false, ErrCancelled}}, profile.Offline, first},
		"offline, then closed":                {[]attempt{{Changes, true, offline}, {Full, false, syncer.ErrClosing}}, profile.Offline, first},
		"a retry that went well":              {[]attempt{{Changes, true, offline}, {Retry, true, nil}}, profile.Offline, first},
		"a retry that did not":                {[]attempt{{Retry, true, refused}}, profile.KeyRefused, time.Time{}},
		"another process syncs":               {[]attempt{{Changes, true, offline}, {Changes, true, profile.Because(profile.SyncRunning, nil)}}, profile.Offline, first},
		"another process syncs, for a person": {[]attempt{{Changes, true, offline}, {Changes, false, profile.Because(profile.SyncRunning, nil)}}, profile.SyncRunning, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var o outcome
				for _, a := range test.attempts {
					o.record(a.kind, a.background, a.err)
					time.Sleep(time.Minute)
				}
				if profile.CodeOf(o.problem) != test.problem || !o.offlineSince.Equal(test.since) {
					t.Errorf("%v since %v", o.problem, o.offlineSince)
				}
			})
		})
	}
}

// A network is not yet Cliniko.
func TestOutcomeOfANetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o outcome
		began := time.Now()
		want := func(what string, changed, wantChanged bool, since time.Time) {
			t.Helper()
			if changed != wantChanged || !o.offlineSince.Equal(since) {
				t.Errorf("%s: changed %v, offline since %v", what, changed, o.offlineSince)
			}
			time.Sleep(time.Minute)
		}
		want("a network", o.setOnline(true), false, time.Time{})
		want("none", o.setOnline(false), true, began.Add(time.Minute))
		want("still none", o.setOnline(false), false, began.Add(time.Minute))
		want("it is back", o.setOnline(true), true, time.Time{})
		o.record(Changes, true, profile.Because(profile.Offline, nil))
		want("one without Cliniko", o.setOnline(true), false, began.Add(4*time.Minute))
	})
}

// Once nobody can join a pass any more, whoever asks for one gets their own.
func TestClosedToJoins(t *testing.T) {
	for name, join := range map[string]bool{"joined": true, "not joined": false} {
		t.Run(name, func(t *testing.T) {
			s, p := &slot{}, newBackgroundPass(Changes)
			if err := s.begin(p); err != nil {
				t.Fatal(err)
			}
			if join && s.join(Changes) != p {
				t.Error("it cannot be joined")
			}
			if joined := s.closeToJoins(p); joined != join {
				t.Errorf("joined: %v", joined)
			}
			if again := s.join(Changes) == p; again != join {
				t.Errorf("joined afterwards: %v", again)
			}
			if s.join(Full) == p {
				t.Error("changes are taken for a full pass")
			}
		})
	}
}

// While the clinic is being disconnected no pass begins, whoever asks.
func TestHeldSlotBeginsNothing(t *testing.T) {
	s := &slot{}
	s.hold()
	s.hold()
	for range 2 {
		for what, p := range map[string]*pass{"a person's": newPass(Full, syncer.Storing), "one in the background": newBackgroundPass(Changes)} {
			if err := s.begin(p); profile.CodeOf(err) != profile.SyncRunning || s.running() != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		s.release()
	}
	if err := s.begin(newPass(Full, syncer.Storing)); err != nil {
		t.Errorf("once it is released: %v", err)
	}
}

// What is cancelled is what the person may cancel, and not what began since.
func TestCancelIfAsksOfWhatItCancels(t *testing.T) {
	refused := profile.Refuse(profile.NotPermitted, "no")
	for name, test := range map[string]struct {
		kind  Kind
		wants error
	}{"an import": {Import, refused}, "changes": {Changes, nil}} {
		t.Run(name, func(t *testing.T) {
			r := &Runner{slot: &slot{}}
			p := newPass(test.kind, syncer.Storing)
			cancelled := false
			p.cancel = func(error) { cancelled = true; r.slot.finish(p, ErrCancelled) }
			if err := r.slot.begin(p); err != nil {
				t.Fatal(err)
			}
			err := r.CancelIf(ErrCancelled, func(kind Kind) error {
				if kind == Import {
					return refused
				}
				return nil
			})
			if (err != nil) != (test.wants != nil) || cancelled != (test.wants == nil) {
				t.Errorf("%v, cancelled %v", err, cancelled)
			}
		})
	}
}
