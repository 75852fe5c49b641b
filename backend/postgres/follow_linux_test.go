package postgres_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storetest"
)

func worker(id string) staff.Person {
	return staff.Person{ID: id, Name: id, Email: id + "@clinic.example", CreatedAt: changedAt}
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("%s has not come true", what)
		}
	}
}

// waiting is how many sessions wait for a lock.
func waiting(t *testing.T, c *pgx.Conn) (n int) {
	t.Helper()
	must(t, c.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&n))
	return n
}

// follower has rows up to a number, by what reads those after it.
type follower struct {
	upTo int64
	has  map[string]int64
	read func(after int64) map[string]int64
}

func (f *follower) catchUp() {
	for ref, n := range f.read(f.upTo) {
		f.has[ref] = n
		f.upTo = max(f.upTo, n)
	}
}

// A transaction is open while another one wants to write: a follower that reads
// whatever has a higher number than what it has misses nothing.
func TestAFollowerMissesNothing(t *testing.T) {
	address := server.Database(t)
	db := openStore(t, postgres.Options{Address: address})
	s := db.Profiles(storetest.Clinic.AccountID, func() time.Time { return changedAt })
	f := &follower{has: map[string]int64{}, read: func(after int64) map[string]int64 {
		rows, err := db.ClientsAfter(t.Context(), after, 100)
		must(t, err)
		found := map[string]int64{}
		for _, r := range rows {
			found[string(r.Ref)] = r.N
		}
		return found
	}}
	written, release := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		if err := s.SaveHeld(t.Context(), entry(alex("1")), func() { close(written); <-release }); err != nil {
			t.Error(err)
		}
	})
	<-written
	group.Go(func() { save(t, s, 0, entry(alex("2"))) })
	watch := raw(t, address)
	eventually(t, "that the second writer waits for the first", func() bool { return waiting(t, watch) == 1 })
	f.catchUp()
	if len(f.has) != 0 {
		t.Errorf("it has %d rows before any was committed", len(f.has))
	}
	close(release)
	group.Wait()
	f.catchUp()
	if len(f.has) != 2 {
		t.Errorf("it has %d rows of 2", len(f.has))
	}
}

// What the test above is about: with numbers from a sequence the same follower
// loses a row for good.
func TestABareSequenceLosesRows(t *testing.T) {
	address := server.Database(t)
	c, first, second := raw(t, address), raw(t, address), raw(t, address)
	_, err := c.Exec(t.Context(), "CREATE TABLE numbered (n bigint GENERATED ALWAYS AS IDENTITY, ref text)")
	must(t, err)
	f := &follower{has: map[string]int64{}, read: func(after int64) map[string]int64 {
		rows, err := c.Query(t.Context(), "SELECT ref, n FROM numbered WHERE n > $1", after)
		must(t, err)
		found := map[string]int64{}
		for rows.Next() {
			var ref string
			var n int64
			must(t, rows.Scan(&ref, &n))
			found[ref] = n
		}
		must(t, rows.Err())
		return found
	}}
	held, err := first.Begin(t.Context())
	must(t, err)
	_, err = held.Exec(t.Context(), "INSERT INTO numbered (ref) VALUES ('1')")
	must(t, err)
	_, err = second.Exec(t.Context(), "INSERT INTO numbered (ref) VALUES ('2')")
	must(t, err)
	f.catchUp()
	must(t, held.Commit(t.Context()))
	f.catchUp()
	if _, lost := f.has["1"]; lost || len(f.has) != 1 {
		t.Errorf("the follower has %v, so the test proves nothing", f.has)
	}
}

// Many write, erase and read at once, and the copy of a follower is what is
// stored in the end.
func TestAFollowerOfManyWriters(t *testing.T) {
	address := server.Database(t)
	const writers, each = 6, 25
	db := openStore(t, postgres.Options{Address: address})
	copied := map[string]postgres.SealedClient{}
	upTo := int64(0)
	follow := func() int {
		rows, err := db.ClientsAfter(t.Context(), upTo, 7)
		must(t, err)
		for _, r := range rows {
			if r.N <= upTo && r.N < rows[0].N {
				t.Errorf("row %d after %d", r.N, upTo)
			}
			copied[string(r.Ref)] = r
			upTo = r.N
		}
		return len(rows)
	}
	var group sync.WaitGroup
	for w := range writers {
		s := openStore(t, postgres.Options{Address: address}).Profiles(storetest.Clinic.AccountID, func() time.Time { return changedAt })
		group.Go(func() {
			for i := range each {
				id := profile.ID(fmt.Sprint(100*w + i))
				left := alex(id)
				left.State, left.ArchivedAt = profile.Archived, changedAt
				if _, err := s.Save(t.Context(), profile.Batch{Entries: []profile.Entry{entry(alex(id)), entry(alex("7"))}}); err != nil {
					t.Error(err)
				}
				if i%5 == 0 {
					_, err := s.Save(t.Context(), profile.Batch{Entries: []profile.Entry{entry(left)}})
					if err == nil {
						err = s.Erase(t.Context(), string(id))
					}
					if err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		follow()
	}
	for follow() > 0 {
	}
	stored, err := openStore(t, postgres.Options{Address: address}).ClientsAfter(t.Context(), 0, 100_000)
	must(t, err)
	erased := 0
	for _, r := range stored {
		if c := copied[string(r.Ref)]; c.N != r.N || c.State != r.State || string(c.Head) != string(r.Head) {
			t.Errorf("the copy has %d, stored is %d", c.N, r.N)
		}
		if r.State == "erased" {
			erased++
			if r.Head != nil || r.Details != nil || r.Failure != nil {
				t.Error("something is left of who was erased")
			}
		}
	}
	if len(stored) != writers*each || len(copied) != len(stored) || erased != writers*each/5 {
		t.Errorf("%d stored, %d copied, %d erased", len(stored), len(copied), erased)
	}
}

// Once nobody knows any more who was erased, an older copy begins anew.
func TestACopyThatIsTooOld(t *testing.T) {
	db := openStore(t, postgres.Options{Address: server.Database(t)})
	now := changedAt
	s := db.Profiles(storetest.Clinic.AccountID, func() time.Time { return now })
	learn := func() {
		_, err := s.Learn(t.Context(), profile.Reading{Clinic: now, Here: now})
		must(t, err)
	}
	learn()
	left := alex("1")
	left.State, left.ArchivedAt = profile.Archived, changedAt
	save(t, s, 0, entry(alex("1")), entry(alex("2")))
	save(t, s, 0, entry(left))
	rows, err := db.ClientsAfter(t.Context(), 0, 100)
	must(t, err)
	old := rows[len(rows)-1].N
	must(t, s.Erase(t.Context(), "1"))
	erase := func(after int) {
		now = changedAt.AddDate(0, 0, after)
		learn()
		_, err := s.Purge(t.Context())
		must(t, err)
	}
	erase(89)
	if rows, err := db.ClientsAfter(t.Context(), old, 100); err != nil || len(rows) != 1 || rows[0].State != "erased" {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	erase(92)
	if _, err := db.ClientsAfter(t.Context(), old, 100); profile.CodeOf(err) != profile.Gone {
		t.Error(err)
	}
	if rows, err := db.ClientsAfter(t.Context(), 0, 100); err != nil || len(rows) != 1 || rows[0].State != "active" {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
