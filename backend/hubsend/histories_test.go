package hubsend_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/hubsend"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

// The sender keeps its promises through random histories of a clinic, a network, a
// VALD Hub and a computer. TELEHAB_HISTORIES sets their number and TELEHAB_SEED
// which they are.
func TestHistories(t *testing.T) {
	rapidFlags(t, histories())
	rapid.Check(t, func(rt *rapid.T) { runHistory(rt, nil) })
}

func histories() int {
	if n, err := strconv.Atoi(os.Getenv("TELEHAB_HISTORIES")); err == nil {
		return n
	}
	return 12 // many more in make nightly
}

func rapidFlags(t *testing.T, checks int) {
	t.Helper()
	for name, value := range map[string]string{"rapid.checks": strconv.Itoa(checks), "rapid.steps": "25", "rapid.seed": cmp.Or(os.Getenv("TELEHAB_SEED"), "1"), "rapid.nofailfile": "true"} {
		before := flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = flag.Set(name, before) })
	}
}

// person is a client as the history knows them.
type person struct {
	profile.Profile
	incomplete bool
	changes    int // of what is sent, at most; with what a person decided or somebody did there
}

type history struct {
	*world
	t       *rapid.T
	people  map[string]*person
	refs    []string
	n       int
	planted map[string]fakehub.Profile // what others have made there, as it has to stay
	allowed map[string][]string        // ids there of which a person decided that a client is none
	linking map[string]string          // and that they are one
	bare    map[string]bool            // clients without their email
	setting profile.Sending
}

func runHistory(t *rapid.T, wrong func(hubsend.Store, hubsend.Hub) (hubsend.Store, hubsend.Hub)) {
	w := newWorld(t, fakehub.Options{Late: rapid.IntRange(0, 3).Draw(t, "late"), AttachByEmail: rapid.Bool().Draw(t, "attaches"), NullClears: rapid.Bool().Draw(t, "clears")})
	defer w.end()
	w.wrong = wrong
	h := &history{world: w, t: t, people: map[string]*person{}, planted: map[string]fakehub.Profile{}, allowed: map[string][]string{}, linking: map[string]string{}, bare: map[string]bool{}}
	w.judge = h.judgeImport
	for range rapid.IntRange(0, 6).Draw(t, "clients") {
		h.add(t)
	}
	for range rapid.IntRange(0, 4).Draw(t, "planted") {
		h.plant(t)
	}
	no, yes := false, true
	h.setting = profile.Sending{On: true, Tenant: harbour, OtherSex: rapid.SampledFrom([]string{"", "Unknown", "NotApplicable"}).Draw(t, "sex"), CreatedByAdult: &no, GuardianConsent: &no, PhotoVideoConsent: &yes}
	w.must(w.store.SetSending(context.Background(), h.setting))
	t.Repeat(map[string]func(*rapid.T){
		"a new client": h.add, "a change": h.change, "another change": h.change, "somebody else there": h.plant, "an edit there": h.edit,
		"a run": h.send, "another run": h.send, "a decision": h.decide, "time goes by": h.timeGoesBy, "a setting": h.set, "": h.check,
	})
	h.quiet()
	h.finish()
}

func (h *history) check(*rapid.T) {
	l := h.ledger()
	active := 0
	for _, p := range h.people {
		if p.State == profile.Active {
			active++
		}
	}
	if l.Eligible != active {
		h.t.Fatalf("%d are eligible, and %d are active", l.Eligible, active)
	}
	if len(h.broken) > 0 {
		h.t.Fatalf("%v", h.broken)
	}
	for ref, p := range h.people {
		if n := h.hub.Applied(ref); n > p.changes {
			h.t.Fatalf("client %s: %d imports were applied, of %d changes", ref, n, p.changes)
		}
		if n := len(h.there(ref)); n > 1 {
			h.t.Fatalf("sync ID %s: %d profiles", ref, n)
		}
	}
}

// judgeImport is called with each import before it is applied: nobody is created
// over somebody who is likely the same, or who has the email.
func (h *history) judgeImport(s sent, there []fakehub.Profile) {
	if slices.ContainsFunc(there, func(p fakehub.Profile) bool { return p.SyncID == s.SyncID }) {
		return
	}
	if chosen := slices.IndexFunc(there, func(p fakehub.Profile) bool { return p.ID == h.linking[s.SyncID] }); chosen >= 0 && fold(there[chosen].Email) == fold(s.Email) {
		return // that one is linked, or it is refused
	}
	for _, p := range there {
		if p.ID == h.linking[s.SyncID] || slices.Contains(h.allowed[s.SyncID], p.ID) || p.SyncID != "" && slices.Contains(h.allowed[s.SyncID], "sync:"+p.SyncID) {
			continue
		}
		if fold(p.GivenName) == fold(s.GivenName) && fold(p.FamilyName) == fold(s.FamilyName) && p.Born == s.DateOfBirth[:10] {
			h.breaks(fmt.Sprintf("client %s (%s %s) is created over %s (sync ID %q), who is likely the same", s.SyncID, s.GivenName, s.FamilyName, p.ID, p.SyncID))
		}
		if s.Email != "" && p.SyncID == "" && fold(p.Email) == fold(s.Email) {
			h.breaks(fmt.Sprintf("client %s is created over %s, who has the email", s.SyncID, p.ID))
		}
	}
}

func (h *history) save(p *person) {
	h.now = h.now.Add(time.Second)
	p.UpdatedAt = h.now
	e := profile.Entry{Ref: string(p.ID), Profile: p.Profile, Opened: true, ReadAt: h.now}
	if p.incomplete && p.State == profile.Active {
		e.Profile.Sex = ""
		e.Failure = &profile.Failure{ID: p.ID, Ref: e.Ref, Code: profile.Incomplete, Problems: []profile.Problem{{Field: profile.FieldSex, Kind: profile.Missing}}}
	}
	_, err := h.store.Save(context.Background(), profile.Batch{Entries: []profile.Entry{e}})
	h.must(err)
}

var births = []profile.Date{{Year: 1990, Month: 3, Day: 15}, {Year: 1956, Month: 11, Day: 2}}

func (h *history) add(t *rapid.T) {
	h.n++
	ref := strconv.Itoa(100 + h.n)
	p := &person{changes: 1}
	p.ID, p.State = profile.ID(ref), profile.Active
	p.FirstName, p.LastName, p.Email = "Ann", "Last"+ref, "c"+ref+"@example.org"
	p.DateOfBirth, p.Sex = rapid.SampledFrom(births).Draw(t, "born"), rapid.SampledFrom([]string{"Female", "Male", "Intersex"}).Draw(t, "sex")
	h.people[ref] = p
	h.refs = append(h.refs, ref)
	switch rapid.IntRange(0, 9).Draw(t, "like") {
	case 0:
		h.copyPerson(t, p)
	case 1:
		h.copyEmail(t, p)
	case 2:
		p.incomplete = true
	case 3:
		refused := false
		p.AcceptedPrivacyPolicy = &refused
	}
	h.save(p)
}

// copyPerson makes a client the same person as another one, here or there.
func (h *history) copyPerson(t *rapid.T, p *person) {
	if ids := h.plantedIDs(); len(ids) > 0 && rapid.Bool().Draw(t, "there") {
		q := h.planted[rapid.SampledFrom(ids).Draw(t, "whom")]
		p.FirstName, p.LastName = q.GivenName, q.FamilyName
		p.DateOfBirth, _ = profile.ParseDate(q.Born)
		return
	}
	q := h.people[rapid.SampledFrom(h.refs).Draw(t, "whom")]
	p.FirstName, p.LastName, p.DateOfBirth = q.FirstName, q.LastName, q.DateOfBirth
}

func (h *history) copyEmail(t *rapid.T, p *person) {
	if ids := h.plantedIDs(); len(ids) > 0 && rapid.Bool().Draw(t, "there") {
		p.Email = cmp.Or(h.planted[rapid.SampledFrom(ids).Draw(t, "whose")].Email, p.Email)
		return
	}
	p.Email = h.people[rapid.SampledFrom(h.refs).Draw(t, "whose")].Email
}

func (h *history) plantedIDs() []string {
	ids := make([]string, 0, len(h.planted))
	for id := range h.planted {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (h *history) change(t *rapid.T) {
	if len(h.refs) == 0 {
		return
	}
	p := h.people[rapid.SampledFrom(h.refs).Draw(t, "client")]
	h.n++
	p.changes++
	switch rapid.IntRange(0, 11).Draw(t, "what") {
	case 0, 1:
		p.FirstName = "Bo" + strconv.Itoa(h.n)
	case 2:
		p.Email = "c" + strconv.Itoa(h.n) + "@example.org"
	case 3:
		h.copyEmail(t, p)
	case 4:
		p.Sex = rapid.SampledFrom([]string{"Female", "Male", "Intersex"}).Draw(t, "sex")
	case 5:
		answer := rapid.Bool().Draw(t, "accepts")
		p.AcceptedPrivacyPolicy = &answer
		p.changes--
	case 6, 7:
		p.Phones = []profile.Phone{{Number: strconv.Itoa(h.n)}}
		p.changes--
	case 8:
		p.incomplete = !p.incomplete
		p.changes--
	case 9:
		p.State, p.ArchivedAt = profile.Archived, h.now
		p.changes--
	case 10:
		p.State, p.ArchivedAt = profile.Active, time.Time{}
		p.changes--
	case 11:
		h.copyPerson(t, p)
	}
	h.save(p)
}

// plant makes a profile there, as another system or a person does.
func (h *history) plant(t *rapid.T) {
	h.n++
	p := fakehub.Profile{GivenName: "Cy", FamilyName: "There" + strconv.Itoa(h.n), Born: "1990-03-15", Sex: "Male"}
	if rapid.Bool().Draw(t, "with email") {
		p.Email = "t" + strconv.Itoa(h.n) + "@example.org"
	}
	if rapid.IntRange(0, 2).Draw(t, "system") == 0 {
		p.SyncID = "other-" + strconv.Itoa(h.n)
	}
	if len(h.refs) > 0 {
		q := h.people[rapid.SampledFrom(h.refs).Draw(t, "like")]
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0: // the same person; a twin
			p.GivenName, p.FamilyName, p.Born = q.FirstName, q.LastName, q.DateOfBirth.String()
		case 1:
			p.FamilyName, p.Born = q.LastName, q.DateOfBirth.String()
		case 2: // somebody of the family
			if !slices.ContainsFunc(h.hub.Profiles(harbour), func(o fakehub.Profile) bool { return fold(o.Email) == fold(q.Email) }) {
				p.Email = q.Email
			}
		}
	}
	p.ID = h.hub.Put(harbour, p)
	h.planted[p.ID] = p
}

// edit changes what was sent, as somebody does there.
func (h *history) edit(t *rapid.T) {
	var ours []fakehub.Profile
	for _, p := range h.hub.Profiles(harbour) {
		if h.people[p.SyncID] != nil {
			ours = append(ours, p)
		}
	}
	if len(ours) == 0 {
		return
	}
	p := ours[rapid.IntRange(0, len(ours)-1).Draw(t, "profile")]
	h.n++
	h.hub.Edit(harbour, p.ID, func(q *fakehub.Profile) { q.GivenName = "Edited" + strconv.Itoa(h.n) })
	h.people[p.SyncID].changes++
}

func (h *history) set(t *rapid.T) {
	h.setting.OtherSex = rapid.SampledFrom([]string{"", "Unknown", "NotApplicable"}).Draw(t, "sex")
	h.must(h.store.SetSending(context.Background(), h.setting))
	for _, p := range h.people {
		if p.Sex == "Intersex" {
			p.changes++
		}
	}
}

func (h *history) timeGoesBy(t *rapid.T) {
	h.now = h.now.Add(rapid.SampledFrom([]time.Duration{time.Minute, time.Hour, 30 * time.Hour, 8 * 24 * time.Hour}).Draw(t, "time"))
}

// send runs the sender through some trouble: answers that go wrong, and a moment at
// which it is killed or a client changes.
func (h *history) send(t *rapid.T) {
	kinds := []fakehub.Kind{fakehub.NoFault, fakehub.NoFault, fakehub.NoFault, fakehub.LostAfter, fakehub.LostBefore, fakehub.TooMany, fakehub.Refused}
	faults := rapid.SliceOfN(rapid.SampledFrom(kinds), 0, 12).Draw(t, "faults")
	waits := rapid.IntRange(0, 200).Draw(t, "retry after")
	h.hub.SetFaults(func(r fakehub.Request) fakehub.Fault {
		if len(faults) == 0 || r.Path == "/oauth/token" {
			return fakehub.Fault{}
		}
		f := fakehub.Fault{Kind: faults[0], Status: 503}
		faults = faults[1:]
		if f.Kind == fakehub.TooMany && r.Path == "/profiles/import" {
			f.Wait = time.Duration(waits) * time.Second
		}
		return f
	})
	h.fuse.left = rapid.IntRange(0, 25).Draw(t, "fuse")
	h.fuse.then = func() { panic(errKilled) }
	if rapid.Bool().Draw(t, "a change, no kill") {
		h.fuse.then = func() { h.change(t) }
	}
	_, err := h.run()
	h.fuse.left = 0
	if code := profile.CodeOf(err); err != nil && !slices.Contains([]profile.Code{profile.RateLimited, profile.Offline, profile.HubTrouble, profile.ConnectionBlocked, profile.TimedOut}, code) {
		t.Fatalf("%v", err)
	}
}

// decide answers about a client who needs attention.
func (h *history) decide(t *rapid.T) {
	all, err := h.store.Deliveries(context.Background(), profile.DeliveryQuery{States: []profile.DeliveryState{profile.DeliveryAttention}})
	h.must(err)
	if len(all) == 0 {
		return
	}
	d := rapid.SampledFrom(all).Draw(t, "delivery")
	p := h.people[d.Ref]
	switch kind := rapid.IntRange(0, 2).Draw(t, "answer"); {
	case d.Reason == hubsend.EmailInUse && kind == 2:
		h.bare[d.Ref] = true
		h.must(h.store.DecideDelivery(context.Background(), d.Ref, hubsend.SendWithoutEmail))
	case d.Reason == hubsend.Likely && kind == 0:
		h.allowed[d.Ref] = append(h.allowed[d.Ref], d.Candidates...)
		h.must(h.store.DecideDelivery(context.Background(), d.Ref, hubsend.IsDifferent))
	case d.Reason == hubsend.Likely && kind == 1:
		chosen := rapid.SampledFrom(d.Candidates).Draw(t, "candidate")
		if hubsend.Same(chosen)(&profile.Delivery{Ref: d.Ref, DeliveryDetails: d.DeliveryDetails}) != nil {
			return
		}
		h.linking[d.Ref] = chosen
		h.must(h.store.DecideDelivery(context.Background(), d.Ref, hubsend.Same(chosen)))
		p.changes++ // it is linked with its own email first
	default:
		return
	}
	p.changes++
}
