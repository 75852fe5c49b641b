package syncer_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/replica"
)

// The histories on the clinic's shared store as a computer uses it: the engine
// writes to PostgreSQL, and what is compared with Cliniko is the copy. Programs beside
// each other share one.
func TestHistoriesOnACopy(t *testing.T) {
	disks := replicaDisks(t)
	rapidFlags(t, max(histories()/10, 1))
	rapid.Check(t, func(rt *rapid.T) { runHistory(rt, outside(disks), realEngine) })
}

func TestHistoriesOnACopyInNoTime(t *testing.T) {
	disks := replicaDisks(t)
	rapidFlags(t, max(histories()/10, 1))
	rapid.Check(t, func(rt *rapid.T) {
		inBubble(t, rt, disks, func(rt *rapid.T, w world) { runHistory(rt, w, realEngine) })
	})
}

// replicaDisk has the store of a clinic on a server, and the copy of a computer.
type replicaDisk struct {
	*postgresDisk
	path string
}

func replicaDisks(t *testing.T) func(string) (disk, error) {
	t.Helper()
	servers := postgresDisks(t)
	return func(folder string) (disk, error) {
		there, err := servers(folder)
		if err != nil {
			return nil, err
		}
		return &replicaDisk{postgresDisk: there.(*postgresDisk), path: filepath.Join(folder, "telehab.db")}, nil
	}
}

func (d *replicaDisk) open(ctx context.Context) (database, error) {
	wires := &wires{}
	store, err := replica.Open(ctx, replica.Options{Path: d.path, Key: testKey,
		Database: postgres.Options{Address: d.address, Keys: postgresKeys, Dial: wires.dial}})
	if err != nil {
		return nil, err
	}
	return &replicaDatabase{store, wires}, nil
}

type replicaDatabase struct {
	*replica.Store
	wires *wires
}

func (db *replicaDatabase) traffic(now func() time.Duration) profile.TrafficStore {
	return db.TrafficBy(now)
}

func (db *replicaDatabase) clients(account string, now func() time.Time) clients {
	return db.Profiles(account, now)
}

// end cuts the connections, as a kill or a network does.
func (db *replicaDatabase) end() {
	db.wires.cut()
	_ = db.Close()
}
