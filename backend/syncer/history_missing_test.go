package syncer_test

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/syncer"
)

// fewRemoved checks that no pass removed many patients without a person's
// consent.
func (h *history) fewRemoved(local map[string]profile.Entry) {
	h.t.Helper()
	removed, kept := 0, 0
	for ref, entry := range local {
		if entry.Profile.State != profile.Deleted {
			kept++
		} else if before, had := h.before[ref]; had && before.Profile.State != profile.Deleted && !h.accepted[ref] {
			removed++
		}
	}
	if isMass(removed, kept+removed+len(h.accepted)) {
		h.t.Fatalf("promise 7: a pass removed %d of %d", removed, kept+removed)
	}
}

// askedStay checks that the pass removed nobody about whom a person was asked
// before it, and who has not answered that they may go.
func (h *history) askedStay(before, after map[string]profile.Entry) {
	h.t.Helper()
	for ref := range h.asked {
		was, had := before[ref]
		if had && was.Profile.State != profile.Deleted && after[ref].Profile.State == profile.Deleted {
			h.t.Fatalf("promise 7: %s was removed, about whom a question is open", ref)
		}
	}
}

func isMass(gone, kept int) bool { return gone > 50 || gone*100 > kept*5 }

// gone returns those of the stored patients that Cliniko no longer has, and
// whether they are too many to be plausible.
func (h *history) gone(stored map[string]profile.Entry) (ids []string, mass bool) {
	kept := 0
	for ref, entry := range stored {
		if entry.Profile.State == profile.Deleted {
			continue
		}
		kept++
		if _, there := h.clinic.fake.Get(ref); !there && isID(ref) {
			ids = append(ids, ref)
		}
	}
	slices.Sort(ids)
	return ids, isMass(len(ids), kept)
}

// decide is a person's answer about everybody who is missing. By then there may
// be more of them.
func (h *history) decide(kind passKind) {
	h.t.Helper()
	missing, err := h.program.store.Missing(h.ctx)
	check(h.t, err)
	if gone, _ := h.gone(h.local()); !slices.Equal(gone, missing) {
		h.t.Fatalf("promise 7: a %s pass asks about %v, gone are %v", kind, missing, gone)
	}
	if !rapid.Bool().Draw(h.t, "they may go") {
		h.stay(missing)
		return
	}
	if rapid.Bool().Draw(h.t, "and more go") {
		for range rapid.IntRange(1, 20).Draw(h.t, "more") {
			check(h.t, h.clinic.happen(move{What: removed, Who: rapid.IntRange(0, 400).Draw(h.t, "who")}))
		}
	}
	check(h.t, h.program.store.AcceptMissing(h.ctx, missing))
	for _, ref := range missing {
		h.accepted[ref] = true
	}
}

// stay brings the missing back, or some of them: then a person keeps them, or has
// not answered yet, and is asked again about the others, however few they are.
func (h *history) stay(missing []string) {
	h.t.Helper()
	back := len(missing)
	if rapid.Bool().Draw(h.t, "some stay away") {
		if rapid.Bool().Draw(h.t, "they are kept") {
			kept, err := h.program.store.KeepMissing(h.ctx)
			check(h.t, err)
			if kept != len(missing) {
				h.t.Fatalf("promise 7: %d were asked about, %d are kept", len(missing), kept)
			}
		}
		back -= rapid.IntRange(0, len(missing)).Draw(h.t, "stay away") // few, mostly
	}
	check(h.t, h.clinic.undelete(missing[:back]))
}

// wasAsked says whether a person was asked about one of these before the last
// pass, and has not let them go.
func (h *history) wasAsked(ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return h.asked[id] })
}

// onlyShownRemoved checks that of many who are gone, none was removed without
// having been shown to a person.
func (h *history) onlyShownRemoved(before map[string]profile.Entry, gone int) {
	h.t.Helper()
	kept, notShown := 0, ""
	after := h.local()
	h.askedStay(before, after)
	for ref, entry := range after {
		was, had := before[ref]
		switch {
		case entry.Profile.State != profile.Deleted:
			kept++
		case had && was.Profile.State != profile.Deleted:
			kept++
			if isID(ref) && !h.accepted[ref] {
				notShown = ref
			}
		}
	}
	if notShown != "" && isMass(gone, kept) {
		h.t.Fatalf("promise 7: %s was removed, of whom nobody was asked", notShown)
	}
}

// disappearance hides many patients, as a lowered role of the key's owner does,
// and shows them again.
func (h *history) disappearance(t *rapid.T) {
	many, every := rapid.IntRange(1, 80).Draw(t, "many"), rapid.IntRange(1, 7).Draw(t, "every")
	for i := range many {
		check(t, h.clinic.happen(move{What: removed, Who: i * every}))
	}
	h.quiet(fullPass)
}

// impatient is the real engine, but it removes without an answer whoever a
// person was asked about, once few of them are still missing.
func impatient(source profile.Source, store profile.Store, o syncer.Options) engine {
	store.Departures = &impatientStore{DepartureStore: store.Departures}
	return syncer.New(source, store, o)
}

type impatientStore struct{ profile.DepartureStore }

func (s *impatientStore) Unseen(ctx context.Context, passID int64) ([]profile.Departure, error) {
	unseen, err := s.DepartureStore.Unseen(ctx, passID)
	for i := range unseen {
		unseen[i].Asked = false
	}
	return unseen, err
}
