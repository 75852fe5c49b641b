package replica_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
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
		for err == nil {
			err = s.CatchUp(context.Background())
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
