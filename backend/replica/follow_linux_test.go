package replica_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/postgres/postgrestest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/replica"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storetest"
)

// A transaction is held open while another one wants to commit: what it writes
// comes to the copies as well.
func TestATransactionHeldOpenLosesNoRow(t *testing.T) {
	address := server.Database(t)
	holding, writing, reading := newComputer(t, address), newComputer(t, address), newComputer(t, address)
	held, release := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		if err := holding.ChangePeople(t.Context(), func([]staff.Person) (staff.Person, error) { close(held); <-release; return person("lee"), nil }); err != nil {
			t.Error(err)
		}
	})
	<-held
	group.Go(func() { writing.save("1") })
	watch := raw(t, address)
	eventually(t, "that the second writer waits for the first", func() (waits bool) {
		must(t, watch.QueryRow(t.Context(), "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')").Scan(&waits))
		return waits
	})
	must(t, reading.CatchUp(t.Context()))
	if people, err := reading.People(t.Context()); err != nil || len(people) != 1 || reading.has("1") {
		t.Errorf("it has what was not committed: %d people, %v", len(people), err)
	}
	close(release)
	group.Wait()
	must(t, reading.CatchUp(t.Context()))
	if people, err := reading.People(t.Context()); err != nil || len(people) != 2 || !reading.has("1") {
		t.Errorf("%d people, %v", len(people), err)
	}
	reading.same(address)
}

// Whatever several computers do, each sees what it has done at once, and all have
// the same in the end.
func TestCopiesConverge(t *testing.T) {
	for seed := range uint64(3) {
		address := server.Database(t)
		computers := []*computer{newComputer(t, address), newComputer(t, address)}
		// Two processes of one computer share a copy.
		computers = append(computers, start(t, options(computers[0].path, address)))
		var group sync.WaitGroup
		for i, c := range computers {
			w := c.worker(10*seed + uint64(i))
			group.Go(func() {
				for range 60 {
					w.step()
				}
			})
		}
		group.Wait()
		late := newComputer(t, address)
		for _, c := range append(computers, late) {
			must(t, c.CatchUp(t.Context()))
			c.same(address)
		}
	}
}

// A change comes to another computer without any of them asking for it.
func TestACopyIsToldOfChanges(t *testing.T) {
	address := server.Database(t)
	here, there := newComputer(t, address), newComputer(t, address)
	there.follow() // it polls once an hour
	eventually(t, "that it listens", func() bool { return listening(t, address) == 1 })
	here.save("1")
	eventually(t, "that the other computer has it", func() bool { return there.has("1") })
}

func listening(t *testing.T, address string) (n int) {
	t.Helper()
	must(t, raw(t, address).QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1 AND query LIKE 'LISTEN%'",
		postgres.ListenerName).Scan(&n))
	return n
}

// After how many idle minutes a window locks is the clinic's.
func TestTheIdleMinutesAreTheClinics(t *testing.T) {
	address := server.Database(t)
	here, there := newComputer(t, address), newComputer(t, address)
	must(t, here.SetIdleMinutes(t.Context(), 25))
	must(t, there.CatchUp(t.Context()))
	for name, c := range map[string]*computer{"here": here, "there": there} {
		if minutes, err := c.IdleMinutes(t.Context()); err != nil || minutes != 25 {
			t.Errorf("%s: %d, %v", name, minutes, err)
		}
	}
}

// Where nobody may listen, because something on the way cuts such connections,
// copies ask.
func TestACopyThatIsNotToldAsks(t *testing.T) {
	address := server.Database(t)
	proxy := server.NewProxy(t)
	here := newComputer(t, address)
	o := options(newPath(t), proxy.Address(address))
	o.Poll = 50 * time.Millisecond
	there := start(t, o)
	there.follow()
	eventually(t, "that it listens", func() bool { return listening(t, address) == 1 })
	proxy.Cut(postgrestest.Of(postgres.ListenerName))
	eventually(t, "that it does not listen", func() bool { return listening(t, address) == 0 })
	here.save("1")
	eventually(t, "that the other computer has it", func() bool { return there.has("1") })
	if s := there.Status(); s.Problem != nil {
		t.Errorf("%v", s.Problem)
	}
	proxy.Mend()
	eventually(t, "that it listens again", func() bool { return listening(t, address) == 1 })
}

// While the database is away, everything is shown and nothing is changed; then the
// copy goes on by itself.
func TestADatabaseThatIsAway(t *testing.T) {
	address := server.Database(t)
	here, there := newComputer(t, address), newComputer(t, address)
	there.follow()
	here.save("1")
	eventually(t, "that the other computer has it", func() bool { return there.has("1") })
	server.Halt()
	eventually(t, "that it is noticed", func() bool { return profile.CodeOf(there.Status().Problem) == profile.DatabaseUnreachable })
	if s := there.Status(); !s.Since.Equal(changedAt) {
		t.Errorf("since %v", s.Since)
	}
	for name, change := range map[string]func() error{
		"save": func() error {
			_, err := there.clients.Save(t.Context(), profile.Batch{Entries: []profile.Entry{client("2")}})
			return err
		},
		"begin a pass": func() error {
			_, _, err := there.clients.BeginPass(t.Context(), profile.Pass{Kind: profile.FullPass, StartedAt: changedAt})
			return err
		},
		"a person": func() error {
			return there.ChangePeople(t.Context(), func([]staff.Person) (staff.Person, error) { return person("eve"), nil })
		},
		"a password": func() error {
			return there.ChangePeople(t.Context(), func(people []staff.Person) (staff.Person, error) {
				people[0].PasswordHash = "another"
				return people[0], nil
			})
		},
	} {
		if err := change(); profile.CodeOf(err) != profile.DatabaseUnreachable {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Signing in, with a PIN too, is of this computer.
	pin := staff.Enrollment{Kept: "pin", Wrong: 2}
	must(t, there.ChangePeople(t.Context(), func(people []staff.Person) (staff.Person, error) {
		people[0].QuickUnlock = pin
		return people[0], nil
	}))
	again := start(t, options(there.path, address)) // the program starts meanwhile
	if people, err := again.People(t.Context()); err != nil || len(people) != 1 || people[0].ID != "dana" || people[0].QuickUnlock != pin {
		t.Errorf("%d people, %v", len(people), err)
	}
	if !again.has("1") || again.has("2") || profile.CodeOf(again.Status().Problem) != profile.DatabaseUnreachable || !again.Status().Since.Equal(changedAt) {
		t.Errorf("%+v", again.Status())
	}
	if _, err := replica.Open(t.Context(), options(newPath(t), address)); profile.CodeOf(err) != profile.DatabaseUnreachable {
		t.Errorf("a copy of nothing: %v", err)
	}
	must(t, server.Resume())
	eventually(t, "that it is reached again", func() bool { return there.Status().Problem == nil })
	here.save("3")
	eventually(t, "that the other computer has what came since", func() bool { return there.has("3") })
	there.save("4")
	if people, err := there.People(t.Context()); err != nil || people[0].QuickUnlock != pin {
		t.Errorf("%v", err)
	}
}

// A newer program has changed the tables while this one has them open: nothing is
// written, nothing is misread, and it says so.
func TestANewerSchema(t *testing.T) {
	address := server.Database(t)
	c := newComputer(t, address)
	c.save("1")
	_, err := raw(t, address).Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)")
	must(t, err)
	_, err = c.clients.Save(t.Context(), profile.Batch{Entries: []profile.Entry{client("2")}})
	for _, err := range []error{err, c.CatchUp(t.Context()), c.Status().Problem, start(t, options(c.path, address)).Status().Problem} {
		if profile.MessageOf(err) != "The clinic's database was changed by a newer TeleHab. Update TeleHab on this computer; nothing was changed." {
			t.Errorf("%v", err)
		}
	}
	var stored int
	must(t, raw(t, address).QueryRow(t.Context(), "SELECT count(*) FROM client").Scan(&stored))
	if !c.has("1") || c.has("2") || stored != 1 {
		t.Errorf("something was written: %d clients", stored)
	}
}

// The database was restored from a backup, or is another one: its numbers mean
// something else, and the copy is made anew. Quick unlocks stay.
func TestACopyOfAnotherDatabaseIsMadeAnew(t *testing.T) {
	first, second := server.Database(t), server.Database(t)
	c := newComputer(t, first)
	c.worker(7).step()
	c.save("1", "2")
	must(t, c.enroll("dana", "pin"))
	before, err := c.clients.Revision(t.Context())
	must(t, err)
	newComputer(t, second).save("2", "3")
	moved := start(t, options(c.path, second))
	moved.same(second)
	after, err := moved.clients.Revision(t.Context())
	if moved.has("1") || !moved.has("3") || err != nil || after <= before {
		t.Errorf("revision %d after %d, %v", after, before, err)
	}
}

// An earlier state of the same database.
func TestACopyThatIsAheadIsMadeAnew(t *testing.T) {
	address := server.Database(t)
	c := newComputer(t, address)
	c.save("1")
	_, err := raw(t, address).Exec(t.Context(), "DELETE FROM client; UPDATE clinic SET n = n - 1")
	must(t, err)
	must(t, c.CatchUp(t.Context()))
	if c.has("1") {
		t.Error("it is still there")
	}
}

// A computer with people and clients of its own does not lose them.
func TestAStoreOfItsOwnIsNotReplaced(t *testing.T) {
	path := newPath(t)
	own, err := sqlite.Open(t.Context(), path, localKey)
	must(t, err)
	must(t, own.ChangePeople(t.Context(), func([]staff.Person) (staff.Person, error) { return person("own"), nil }))
	must(t, own.Close())
	if _, err := replica.Open(t.Context(), options(path, server.Database(t))); profile.CodeOf(err) != profile.Invalid {
		t.Error(err)
	}
	own, err = sqlite.Open(t.Context(), path, localKey)
	must(t, err)
	defer func() { must(t, own.Close()) }()
	if people, err := own.People(t.Context()); err != nil || len(people) != 1 || people[0].ID != "own" {
		t.Errorf("%d people, %v", len(people), err)
	}
}

// A row that somebody has changed in the database does not open in a copy either,
// until it is read again.
func TestARowThatDoesNotOpen(t *testing.T) {
	address := server.Database(t)
	c, other := newComputer(t, address), newComputer(t, address)
	c.save("1", "2")
	must(t, other.CatchUp(t.Context()))
	_, err := raw(t, address).Exec(t.Context(), "UPDATE client SET n = (SELECT n + 1 FROM clinic), details = details || '\\x00'; UPDATE person SET n = (SELECT n + 1 FROM clinic), sealed = '\\x00'; UPDATE clinic SET n = n + 1")
	must(t, err)
	for _, c := range []*computer{other, newComputer(t, address)} {
		must(t, c.CatchUp(t.Context()))
		bad, err := c.clients.All(t.Context(), func(some []profile.Entry) {
			if len(some) > 0 {
				t.Errorf("%d opened", len(some))
			}
		})
		slices.Sort(bad)
		// Whose they are knows who had them before.
		if err != nil || len(bad) != 2 || c == other && !slices.Equal(bad, []string{"1", "2"}) || c != other && !strings.HasPrefix(bad[0], "row:") {
			t.Errorf("%v, %v", bad, err)
		}
		if _, err := c.People(t.Context()); profile.CodeOf(err) != profile.StoreDamaged {
			t.Errorf("people: %v", err)
		}
		c.save("1")
		if !c.has("1") {
			t.Error("it was read again")
		}
		_, err = raw(t, address).Exec(t.Context(), "UPDATE client SET n = (SELECT n + 1 FROM clinic), details = details || '\\x00'; UPDATE clinic SET n = n + 1")
		must(t, err)
	}
}

// Nothing of a client lies in the copy in clear, as in any store.
func TestACopyIsSealed(t *testing.T) {
	c := newComputer(t, server.Database(t))
	c.save("1")
	for _, name := range []string{"telehab.db", "telehab.db-wal"} {
		content, err := os.ReadFile(filepath.Join(filepath.Dir(c.path), name))
		must(t, err)
		for _, canary := range []string{"Unmistakable-Canary", "canary@example.com", "$argon2id$canary", "dana@clinic.example", storetest.Clinic.Name} {
			if bytes.Contains(content, []byte(canary)) {
				t.Errorf("%s has %q", name, canary)
			}
		}
	}
}
