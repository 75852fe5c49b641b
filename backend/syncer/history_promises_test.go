package syncer_test

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"reflect"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// What the engine does not do, and the histories do not demand.
const (
	// An archived patient who could not be read is a failure, and stays like
	// one who had a profile once the failure is over.
	unreadIsNoProfile = false
	// A destination is given a patient who could not be read without the
	// details that are stored.
	unreadIsToldWhole = false
)

// after checks what holds after every pass, and more after one that nothing
// disturbed.
func (h *history) after(pass profile.Pass, err error, p plan) {
	h.t.Helper()
	if err == nil {
		n := pass.Counts
		if n.Read != n.Synced+n.Unchanged+n.Failed+n.Archived {
			h.t.Fatalf("promise 5: %+v", n)
		}
	}
	ref, watchErr := h.computer.wentBack(h.honest)
	check(h.t, watchErr)
	if ref != "" {
		h.t.Fatalf("promise 2: %s went back to older details", ref)
	}
	if broken := h.door.broken(h.slack()); broken != "" {
		h.t.Fatalf("promise 4: %s", broken)
	}
	local := h.local()
	judged := (pass.Kind == profile.FullPass || pass.Kind == profile.ChangesPass) && h.isToday(pass)
	// Where both clocks are wrong nothing says when an answer was given. The next
	// one with a right Date heals that.
	judged = judged && (p.Lie == 0 || h.computer.skew.Load() == 0) && !h.settings.readLate
	if err == nil && judged && !p.disturbed() && !p.spoilsRows() {
		h.compare(pass.Kind, maps.Clone(local))
	}
	h.nobodyLost(local)
	if p.Beside == "" { // otherwise two passes may each have removed some
		h.fewRemoved(local)
		h.askedStay(h.before, local)
	}
	h.pictured(local)
	h.before = local
}

// nobodyLost checks that whoever was in the store is still there, or was
// deleted in Cliniko.
func (h *history) nobodyLost(local map[string]profile.Entry) {
	h.t.Helper()
	for ref, entry := range h.before {
		if _, kept := local[ref]; kept || entry.Profile.State == profile.Deleted || !isID(ref) {
			continue
		}
		if _, there := h.clinic.fake.Get(ref); there {
			h.t.Fatalf("%s was kept and is lost", ref)
		}
	}
}

// pictured checks that a destination was given every change, in order.
func (h *history) pictured(local map[string]profile.Entry) {
	h.t.Helper()
	if h.program.outdated {
		return
	}
	h.program.mu.Lock()
	defer h.program.mu.Unlock()
	for ref, told := range h.program.picture {
		entry, kept := local[ref]
		if !unreadIsToldWhole && kept && entry.Failure != nil && entry.Failure.Code == profile.Unreadable {
			continue
		}
		if kept && !same(entry, told) || !kept && told.Profile.State != profile.Deleted {
			h.t.Fatalf("%s is not as a destination was told (-stored +told):\n%s", ref, difference(entry, told))
		}
	}
	for ref := range local {
		if _, told := h.program.picture[ref]; !told {
			h.t.Fatalf("no destination was told of %s", ref)
		}
	}
}

func isID(ref string) bool {
	_, ok := profile.ParseID(ref)
	return ok
}

// compare checks that the store is what Cliniko has, as far as such a pass can
// see it.
func (h *history) compare(kind profile.Kind, local map[string]profile.Entry) {
	h.t.Helper()
	full := kind == profile.FullPass
	if !full {
		for ref := range local {
			if !isID(ref) {
				return // a list of failures that says that somebody could not be read
			}
		}
	}
	for _, p := range h.clinic.fake.Patients() {
		want := h.judged(p)
		got, stored := local[p.ID]
		delete(local, p.ID)
		switch {
		case !full && h.clinic.isBlind(p.ID):
		case !stored && want.Profile.State != profile.Active && !h.wasStored(p.ID):
		case !stored:
			h.t.Fatalf("promise 1: %s (%s) is missing after a %s pass", p.ID, want.Profile.State, kind)
		case !same(want, got):
			h.t.Fatalf("promise 1: %s after a %s pass (-Cliniko +here):\n%s", p.ID, kind, difference(want, got))
		case want.Profile.State != profile.Active && !h.opened[p.ID] && !h.clinic.everActive(p.ID) && (unreadIsNoProfile || !h.spoiled):
			h.t.Fatalf("%s is kept, but was always archived and never opened", p.ID)
		}
	}
	for ref, entry := range local {
		switch {
		case !full && h.clinic.isBlind(ref):
		case entry.Profile.State != profile.Deleted || entry.Failure != nil:
			h.t.Fatalf("promise 1: %s is %s here after a %s pass, and not in Cliniko", ref, entry.Profile.State, kind)
		}
	}
}

// judged is the entry that a patient of the clinic should have here.
func (h *history) judged(p fakeclinic.Patient) profile.Entry {
	return expected(p, h.computer.clock.Now())
}

// local is what the store has.
func (h *history) local() map[string]profile.Entry {
	h.t.Helper()
	all := map[string]profile.Entry{}
	broken, err := h.program.store.All(h.ctx, func(some []profile.Entry) {
		for _, e := range some {
			all[e.Ref] = tidied(e)
		}
	})
	check(h.t, err)
	if len(broken) > 0 {
		h.t.Fatalf("rows that do not open: %v", broken)
	}
	return all
}

// tidied omits the times at which something was stored.
func tidied(e profile.Entry) profile.Entry {
	e.Opened, e.ReadAt = false, time.Time{}
	e.Profile.AddedAt, e.Profile.SyncedAt, e.Profile.DeletedAt = time.Time{}, time.Time{}, time.Time{}
	if e.Failure != nil {
		f := *e.Failure
		f.FirstFailedAt, f.LastFailedAt, f.Attempts = time.Time{}, time.Time{}, 0
		e.Failure = &f
	}
	return e
}

func same(a, b profile.Entry) bool { return reflect.DeepEqual(a, b) || cmp.Equal(a, b) }

func difference(a, b profile.Entry) string { return cmp.Diff(a, b) }

// quiet runs a pass while nothing else happens, and judges what is here then.
func (h *history) quiet(kind passKind) profile.Pass {
	h.t.Helper()
	pass := h.undisturbed(kind)
	if !h.settings.readLate {
		return pass
	}
	// Ten minutes later a time of reading that is too late has come, or is so
	// late that it is ignored; whom the cursors have passed by, a count finds.
	h.settings.readLate = false
	check(h.t, h.clinic.happen(move{What: timePasses, Ticks: 11 * time.Minute}))
	if kind != fullPass {
		kind = askedPass
	}
	return h.undisturbed(kind)
}

// undisturbed runs a pass that must succeed, unless so many patients are gone
// that it has to stop.
func (h *history) undisturbed(kind passKind) profile.Pass {
	h.t.Helper()
	since := h.clinic.moment()
	before := h.local()
	gone, mass := h.gone(before)
	pass, err := h.run(kind, plan{})
	h.onlyShownRemoved(before, len(gone))
	if err != nil {
		if profile.CodeOf(err) != profile.Gone {
			h.t.Fatalf("a quiet %s pass: %v", kind, err)
		}
		if !mass && !h.wasAsked(gone) {
			h.t.Fatalf("promise 7: a %s pass stopped though only %d are gone", kind, len(gone))
		}
		h.decide(kind)
		return h.undisturbed(kind)
	}
	if pass.Kind == profile.FullPass {
		h.clinic.seenInFull(since)
	}
	h.after(pass, nil, plan{})
	if kind == askedPass && !h.settings.readLate {
		h.counted(pass)
	}
	return pass
}

// end lets everything settle and compares.
func (h *history) end(t *rapid.T) {
	check(t, h.clinic.happen(move{What: timePasses, Ticks: rapid.SampledFrom(ticks[1:6]).Draw(t, "rest")}))
	h.restart()
	h.quiet(changesPass)
	if pass := h.quiet(fullPass); h.isToday(pass) {
		h.sums(pass)
	}
	if rapid.IntRange(0, 3).Draw(t, "again") > 0 {
		return
	}
	if again := h.quiet(changesPass); again.Counts.Synced != 0 {
		t.Fatalf("nothing happened, and a pass synced %d", again.Counts.Synced)
	} else if h.isToday(again) {
		h.compare(profile.FullPass, h.local())
	}
}

// sums checks the numbers of an undisturbed full pass against Cliniko.
func (h *history) sums(pass profile.Pass) {
	var want profile.Counts
	for _, p := range h.clinic.fake.Patients() {
		entry := h.judged(p)
		want.Read++
		switch {
		case entry.Profile.State != profile.Active:
			want.Archived++
		case entry.Failure != nil:
			want.Failed++
		default:
			want.Unchanged++
		}
	}
	got := pass.Counts
	got.Unchanged, got.Synced = got.Unchanged+got.Synced, 0
	if got != want {
		h.t.Fatalf("promise 5: a quiet full pass counted %+v, Cliniko has %+v", pass.Counts, want)
	}
}

// otherClinic tries a key of another clinic on the same store.
func (h *history) otherClinic(t *rapid.T) {
	if h.otherTried {
		t.Skip("once is enough")
	}
	h.otherTried = true
	fake := fakeclinic.New(fakeclinic.Options{Seed: 77, Patients: 3, AccountID: "4000002", Key: h.clinic.fake.Key()})
	client, err := cliniko.New(h.computer.key, cliniko.Options{BaseURL: h.serve(fake)})
	check(t, err)
	defer client.Close()
	before := h.dump()
	clinic, err := client.Clinic(h.ctx)
	check(t, err)
	if err := h.program.db.Connect(h.ctx, clinic, h.computer.now()); profile.CodeOf(err) != profile.OtherClinic {
		t.Fatalf("promise 6: a key of another clinic: %v", err)
	}
	if h.dump() != before {
		t.Fatal("promise 6: a key of another clinic changed the store")
	}
}

// dump is a checksum of everything in the database.
func (h *history) dump() string {
	h.t.Helper()
	sum := sha256.New()
	check(h.t, h.computer.dump(h.ctx, sum))
	return hex.EncodeToString(sum.Sum(nil))
}

// slack is how long a request may be in flight: no time at all in a bubble.
func (h *history) slack() time.Duration {
	if h.world.patient {
		return 0
	}
	return time.Second
}
