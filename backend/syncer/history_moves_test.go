package syncer_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// clinicClock is Cliniko's clock. Outside a bubble it moves only when a history
// says so, so that changes share a second or are days apart without waiting. In
// a bubble it also runs, and a history lets it jump, as after a computer's
// sleep.
type clinicClock struct {
	mu   sync.Mutex
	runs bool
	now  time.Time     // outside
	jump time.Duration // in a bubble: how far it is ahead of the bubble's own
}

func newClock(start time.Time, runs bool) *clinicClock {
	c := &clinicClock{runs: runs, now: start}
	if runs {
		c.jump = time.Until(start)
	}
	return c
}

func (c *clinicClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.runs {
		return time.Now().Add(c.jump)
	}
	return c.now
}

func (c *clinicClock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.jump = c.now.Add(d), c.jump+d
}

// ticks are the steps by which the clock moves: within a second, around the
// overlap of a changes pass, past the day after which an interrupted pass
// starts again, and past the week after which every patient is read and deleted
// ones are erased.
var ticks = []time.Duration{0, 300 * time.Millisecond, time.Second, 50 * time.Second, 9 * time.Minute, 11 * time.Minute, 2 * time.Hour, 25 * time.Hour, 8 * 24 * time.Hour}

// A move is something that happens in the clinic. Which patient it concerns is
// decided when it happens: numbers count through the patients of that time.
type move struct {
	What  string
	Who   int
	To    int
	Many  int
	Ticks time.Duration
}

// The moves. Some are drawn more often than others.
const (
	timePasses  = "time passes"
	created     = "create"
	createdMany = "create more than a page in one second"
	edited      = "edit"
	stripped    = "make incomplete"
	spoiled     = "make impossible"
	bornSoon    = "make born in the days to come"
	mended      = "complete"
	archived    = "archive"
	unarchived  = "unarchive"
	merged      = "merge"
	removed     = "delete"
	bulkEdited  = "edit many in one second"
)

var moveKinds = rapid.SampledFrom([]string{timePasses, timePasses, created, created, edited, edited, edited, stripped, spoiled, bornSoon, mended, mended,
	archived, archived, unarchived, unarchived, merged, merged, removed, removed, bulkEdited, bulkEdited, createdMany})

var moves = rapid.Custom(func(t *rapid.T) move {
	m := move{What: moveKinds.Draw(t, "what")}
	switch m.What {
	case timePasses:
		m.Ticks = rapid.SampledFrom(ticks).Draw(t, "by")
	case created:
		m.Many = rapid.IntRange(1, 3).Draw(t, "many")
	case createdMany:
		m.Many = rapid.IntRange(100, 130).Draw(t, "many")
	case bulkEdited:
		m.Who, m.Many = rapid.IntRange(0, 400).Draw(t, "from"), rapid.IntRange(2, 260).Draw(t, "many")
	default:
		m.Who = rapid.IntRange(0, 400).Draw(t, "who")
		m.To = rapid.IntRange(0, 400).Draw(t, "to")
	}
	return m
})

// rushes change more than a page of patients at once, as an import or a bulk
// edit does.
var rushes = rapid.Custom(func(t *rapid.T) move {
	return move{
		What: rapid.SampledFrom([]string{bulkEdited, bulkEdited, createdMany}).Draw(t, "what"),
		Who:  rapid.IntRange(0, 50).Draw(t, "from"), Many: rapid.IntRange(101, 180).Draw(t, "many"),
	}
})

// happenings is the clinic and what a history did to it.
type happenings struct {
	mu    sync.Mutex
	clock *clinicClock
	fake  *fakeclinic.Clinic
	n     int // moves so far

	// blind are patients whose last change leaves no trace that a changes pass
	// could find, with the number of that move.
	blind           map[string]int
	deletedPatients map[string]fakeclinic.Patient
	active          map[string]bool // who was unarchived at some time
}

func newHappenings(clock *clinicClock, fake *fakeclinic.Clinic) *happenings {
	h := &happenings{clock: clock, fake: fake, blind: map[string]int{}, deletedPatients: map[string]fakeclinic.Patient{}, active: map[string]bool{}}
	for _, p := range fake.Patients() {
		h.active[p.ID] = p.ArchivedAt == nil
	}
	return h
}

// happen makes a move. It is called from the test and from the fake's hooks.
func (h *happenings) happen(m move) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n++
	if m.What == timePasses {
		h.clock.forward(m.Ticks)
		return nil
	}
	if m.What == created || m.What == createdMany {
		return h.create(m)
	}
	ids := h.fake.IDs()
	if len(ids) == 0 {
		return nil
	}
	who := ids[m.Who%len(ids)]
	before, _ := h.fake.Get(who)
	switch m.What {
	case edited:
		return h.edit(who, func(p *fakeclinic.Patient) {
			p.Title, p.PreferredFirstName = new("Dr"), new(fmt.Sprint("Version", h.n))
		})
	case stripped:
		return h.edit(who, func(p *fakeclinic.Patient) { p.Email, p.Raw = nil, nil })
	case spoiled:
		spoil := spoils[h.n%len(spoils)]
		return h.edit(who, func(p *fakeclinic.Patient) { spoil(p); p.Raw = nil })
	case bornSoon:
		born := h.clock.Now().AddDate(0, 0, m.To%9).Format(time.DateOnly)
		return h.edit(who, func(p *fakeclinic.Patient) { p.DateOfBirth, p.Raw = &born, nil })
	case mended:
		return h.edit(who, complete)
	case bulkEdited:
		return h.bulkEdit(ids, m)
	case archived:
		delete(h.blind, who)
		return h.fake.Archive(who)
	case unarchived:
		if before.ArchivedAt != nil && before.MergedWith == "" {
			h.blind[who], h.active[who] = h.n, true
			return h.fake.Unarchive(who)
		}
	case merged:
		if to := ids[m.To%len(ids)]; to != who {
			delete(h.blind, who)
			return h.fake.Merge(who, to)
		}
	case removed:
		h.blind[who], h.deletedPatients[who] = h.n, before
		return h.fake.Delete(who)
	}
	return nil
}

func (h *happenings) edit(id string, change func(*fakeclinic.Patient)) error {
	delete(h.blind, id)
	return h.fake.Edit(id, change)
}

func (h *happenings) bulkEdit(ids []string, m move) error {
	from := m.Who % len(ids)
	some := ids[from:min(from+m.Many, len(ids))]
	for _, id := range some {
		delete(h.blind, id)
	}
	return h.fake.BulkEdit(some, func(p *fakeclinic.Patient) { p.Title = new(fmt.Sprint("Bulk", h.n)) })
}

func (h *happenings) create(m move) error {
	for i := range m.Many {
		p := fakeclinic.Patient{}
		complete(&p)
		p.LastName = new(fmt.Sprintf("Example %d-%d", h.n, i))
		if i%7 == 2 {
			p.Email = nil
		}
		id, err := h.fake.Create(p)
		if err != nil {
			return err
		}
		h.active[id] = true
	}
	return nil
}

func complete(p *fakeclinic.Patient) {
	p.FirstName, p.LastName, p.Sex = new("Sam"), new("Example"), new("Male")
	p.DateOfBirth, p.Email, p.Raw = new("1980-02-29"), new("sam@example.com"), nil
}

// moment is the number of moves so far.
func (h *happenings) moment() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.n
}

// seenInFull records that a full pass which began at a moment has succeeded.
func (h *happenings) seenInFull(moment int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.DeleteFunc(h.blind, func(_ string, n int) bool { return n <= moment })
}

func (h *happenings) isBlind(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, blind := h.blind[id]
	return blind
}

func (h *happenings) everActive(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.active[id]
}

// undelete undoes deletions, as raising the role of the key's owner again does.
func (h *happenings) undelete(ids []string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n++
	for _, id := range slices.Sorted(slices.Values(ids)) {
		if err := h.fake.Put(h.deletedPatients[id]); err != nil {
			return err
		}
		h.blind[id] = h.n
		delete(h.deletedPatients, id)
	}
	return nil
}

// crowd gives most of the clinic's patients the same times of creation and
// change, as an import from another system does.
func (h *happenings) crowd(from, many int) error {
	second := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	people := h.fake.Patients()
	from = min(from, len(people))
	for _, p := range people[from:min(from+many, len(people))] {
		p.CreatedAt, p.UpdatedAt = second, second
		if err := h.fake.Put(p); err != nil {
			return err
		}
	}
	return nil
}
