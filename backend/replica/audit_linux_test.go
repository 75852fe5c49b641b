package replica_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/postgres/postgrestest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storecopy"
)

func (c *computer) add(person, subject string, outcome profile.Code) int64 {
	c.Helper()
	id, err := c.AddEvent(c.Context(), staff.Event{Here: changedAt, Person: person, Action: staff.SignedIn, Subject: subject, Outcome: outcome})
	must(c.T, err)
	return id
}

// trail is who did what, the oldest first, read in pages.
func (c *computer) trail() (lines []string) {
	c.Helper()
	for before := int64(0); ; {
		events, err := c.Events(c.Context(), before, 2)
		must(c.T, err)
		if len(events) == 0 {
			slices.Reverse(lines)
			return lines
		}
		for _, e := range events {
			lines = append(lines, fmt.Sprint(e.Person, " ", e.Subject, " ", e.Outcome))
			if before != 0 && e.ID >= before {
				c.Fatalf("line %d is before %d", e.ID, before)
			}
			before = e.ID
		}
	}
}

func (c *computer) hasTrail(want ...string) {
	c.Helper()
	if got := c.trail(); !slices.Equal(got, want) {
		c.Errorf("%q, want %q", got, want)
	}
}

// While the database is away, events wait; then they are in it once each, in the
// order of their computer, and with how they have ended meanwhile.
func TestEventsWaitForTheDatabase(t *testing.T) {
	address := server.Database(t)
	c := newComputer(t, address)
	c.add("dana", "1", "")
	began := c.add("dana", "2", staff.NotFinished) // before the database is away
	dropped := c.add("dana", "3", staff.NotFinished)
	server.Halt()
	c.add("lee", "4", "")
	open, none := c.add("lee", "5", staff.NotFinished), c.add("lee", "6", staff.NotFinished)
	for _, id := range []int64{began, open} {
		must(t, c.FinishEvent(t.Context(), staff.Event{ID: id, Person: "eve", Subject: "7", Outcome: profile.KeyRefused}))
	}
	for _, id := range []int64{dropped, none} {
		must(t, c.DropEvent(t.Context(), id))
	}
	for _, id := range []int64{open, none, open + 100} {
		if err := c.FinishEvent(t.Context(), staff.Event{ID: id}); err == nil {
			t.Errorf("line %d ended again", id)
		}
	}
	pages := []string{"dana 1 ", "dana 2 not_finished", "dana 3 not_finished", "lee 4 ", "eve 7 key_refused"}
	c.hasTrail(pages...)
	if who, err := c.LastToSignIn(t.Context()); err != nil || who != "lee" {
		t.Errorf("%q, %v", who, err)
	}
	again := start(t, options(c.path, address)) // the program starts meanwhile
	again.hasTrail(pages...)
	must(t, server.Resume())
	other := newComputer(t, address)
	other.add("fred", "8", "")
	eventually(t, "that it is reached again", func() bool { return again.CatchUp(t.Context()) == nil })
	must(t, other.CatchUp(t.Context()))
	must(t, c.CatchUp(t.Context()))
	for _, c := range []*computer{again, other, c} {
		c.hasTrail("dana 1 ", "eve 7 key_refused", "fred 8 ", "lee 4 ", "eve 7 key_refused")
		c.same(address)
	}
	c.add("dana", "9", "")
	if lines := c.trail(); lines[len(lines)-1] != "dana 9 " {
		t.Errorf("%q", lines)
	}
}

// Nobody waits for a database that is known to be away.
func TestEventsDoNotWaitForANetwork(t *testing.T) {
	address := server.Database(t)
	proxy := server.NewProxy(t)
	c := start(t, options(newPath(t), proxy.Address(address)))
	proxy.Cut(postgrestest.All)
	c.add("dana", "0", "") // finds out
	attempts := proxy.Refused()
	for n := range 100 {
		c.add("dana", fmt.Sprint(n+1), "")
	}
	if after := proxy.Refused(); after != attempts {
		t.Errorf("it has tried %d times", after-attempts)
	}
	proxy.Mend()
	must(t, c.CatchUp(t.Context()))
	if lines := c.trail(); len(lines) != 101 || lines[0] != "dana 0 " || lines[100] != "dana 100 " {
		t.Errorf("%d lines", len(lines))
	}
	c.same(address)
}

// What was delivered before a computer could note that is delivered once: by its
// ticket, and with how it has ended since.
func TestAnEventIsDeliveredOnce(t *testing.T) {
	address := server.Database(t)
	db, err := postgres.Open(t.Context(), postgres.Options{Address: address, Keys: clinicKeys})
	must(t, err)
	defer db.Close()
	event := func(ticket byte, outcome profile.Code) storecopy.Queued {
		return storecopy.Queued{Ticket: []byte{ticket}, Estimate: changedAt.Add(time.Hour),
			Event: staff.Event{Here: changedAt, Person: "dana", Action: staff.SignedIn, Outcome: outcome}}
	}
	first, err := db.DeliverEvents(t.Context(), []storecopy.Queued{event(1, staff.NotFinished), event(2, "")})
	must(t, err)
	second, err := db.DeliverEvents(t.Context(), []storecopy.Queued{event(1, profile.KeyRefused), event(2, profile.KeyRefused), event(3, "")})
	if err != nil || !slices.Equal(first, second[:2]) || second[2] != second[1]+1 {
		t.Errorf("%v, %v, %v", first, second, err)
	}
	events, err := db.Events(t.Context(), 0, 10)
	if err != nil || len(events) != 3 || events[2].Outcome != profile.KeyRefused || events[1].Outcome != "" || !events[0].At.Equal(changedAt.Add(time.Hour)) {
		t.Errorf("%+v, %v", events, err)
	}
}

// A database that was restored from a backup is told again what it lacks.
func TestARestoredDatabaseIsToldWhatItLacks(t *testing.T) {
	before, after := server.Database(t), server.Database(t)
	c := newComputer(t, before)
	c.add("dana", "1", "")
	open := c.add("dana", "2", staff.NotFinished)
	restored := start(t, options(c.path, after))
	restored.hasTrail("dana 1 ", "dana 2 not_finished")
	must(t, restored.FinishEvent(t.Context(), staff.Event{ID: open, Person: "dana", Subject: "2"}))
	restored.hasTrail("dana 1 ", "dana 2 ")
	restored.same(after)
}
