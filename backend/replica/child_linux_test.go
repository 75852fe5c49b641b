package replica_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/replica"
	"telehab.io/desktop/backend/staff"
)

// childVariable has the address for the process of another computer, whose copy is
// at childPath.
const (
	childVariable = "TELEHAB_REPLICA_CHILD"
	childPath     = "TELEHAB_REPLICA_PATH"
)

// child follows until it is killed.
func child() {
	for {
		s, err := replica.Open(context.Background(), options(os.Getenv(childPath), os.Getenv(childVariable)))
		events, _ := s.Events(context.Background(), 0, 100_000)
		n := 0
		for _, e := range events {
			if e.Person == "child" {
				n++
			}
		}
		for ; err == nil; n++ {
			_, err = s.AddEvent(context.Background(), staff.Event{Here: changedAt, Person: "child", Action: staff.OpenedProfile, Subject: fmt.Sprint(n)})
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// However often the process that copies is killed, the copy has what the database
// has.
func TestKilledWhileCopying(t *testing.T) {
	address, path := server.Database(t), newPath(t)
	here := newComputer(t, address)
	w := here.worker(3)
	random := rand.New(rand.NewPCG(5, 6))
	for range 6 {
		killed := exec.Command(os.Args[0])
		killed.Env = append(os.Environ(), childVariable+"="+address, childPath+"="+path)
		var said bytes.Buffer
		killed.Stderr = &said
		must(t, killed.Start())
		for until := time.Now().Add(time.Duration(100+random.IntN(400)) * time.Millisecond); time.Now().Before(until); {
			w.step()
		}
		must(t, killed.Process.Kill())
		_ = killed.Wait()
		if said.Len() > 0 {
			t.Fatal(said.String())
		}
		copied := start(t, options(path, address))
		copied.same(address)
		must(t, copied.Close())
	}
	// Each of its events was delivered once, in order.
	events, err := here.Events(t.Context(), 0, 100_000)
	must(t, err)
	slices.Reverse(events)
	n := 0
	for _, e := range events {
		if e.Person != "child" {
			continue
		}
		if e.Subject != fmt.Sprint(n) {
			t.Fatalf("event %s after %d", e.Subject, n-1)
		}
		n++
	}
	if n < 6 {
		t.Errorf("%d events prove nothing", n)
	}
}

// enroll sets a quick unlock up.
func (c *computer) enroll(id, kept string) error {
	return c.ChangePeople(c.Context(), func(people []staff.Person) (staff.Person, error) {
		for _, p := range people {
			if p.ID == id {
				p.QuickUnlock = staff.Enrollment{Kept: kept}
				return p, nil
			}
		}
		return staff.Person{}, os.ErrNotExist
	})
}
