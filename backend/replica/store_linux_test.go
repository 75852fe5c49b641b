package replica_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/postgres/postgrestest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/replica"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storetest"
)

var server *postgrestest.Server

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(workingVariable) != "":
		work()
		return
	case os.Getenv(childVariable) != "":
		child()
		return
	case os.Getenv(leadingVariable) != "":
		lead()
		return
	}
	os.Exit(postgrestest.Run(m, prepare, &server))
}

var (
	clinicKeys = map[uint16][]byte{1: bytes.Repeat([]byte{42}, postgres.KeySize)}
	localKey   = bytes.Repeat([]byte{7}, sqlite.KeySize)
	changedAt  = time.Date(2025, 8, 14, 5, 6, 7, 0, time.UTC)
)

func now() time.Time { return changedAt }

// prepare makes a store with a clinic, and the person who has connected it.
func prepare(address string) error {
	ctx := context.Background()
	db, err := postgres.Open(ctx, postgres.Options{Address: address, Keys: clinicKeys})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.ChangePeople(ctx, func([]staff.Person) (staff.Person, error) { return person("dana"), nil }); err != nil {
		return err
	}
	return db.Connect(ctx, storetest.Clinic, changedAt)
}

func person(id string) staff.Person {
	return staff.Person{ID: id, Name: id, Email: id + "@clinic.example", PasswordHash: "$argon2id$canary", CreatedAt: changedAt.AddDate(0, 0, -1)}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for limit := time.Now().Add(2 * time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("%s has not come true", what)
		}
	}
}

// computer is one of a clinic's, with its copy.
type computer struct {
	*testing.T
	*replica.Store
	clients *replica.Profiles
	path    string
}

func options(path, address string) replica.Options {
	return replica.Options{Path: path, Key: localKey, Now: now, Poll: time.Hour,
		Database: postgres.Options{Address: address, Keys: clinicKeys, Computer: path}}
}

func start(t *testing.T, o replica.Options) *computer {
	t.Helper()
	s, err := replica.Open(t.Context(), o)
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return &computer{T: t, Store: s, clients: s.Profiles(storetest.Clinic.AccountID, now), path: o.Path}
}

func newComputer(t *testing.T, address string) *computer {
	t.Helper()
	return start(t, options(newPath(t), address))
}

func newPath(t *testing.T) string { return filepath.Join(t.TempDir(), "data", "telehab.db") }

// follow keeps the copy equal until the test ends.
func (c *computer) follow() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { c.Follow(ctx); close(ended) }()
	c.Cleanup(func() { cancel(); <-ended })
}

func client(id string) profile.Entry {
	return profile.Entry{Ref: id, Profile: profile.Profile{ID: profile.ID(id), State: profile.Active, CreatedAt: changedAt, UpdatedAt: changedAt,
		Details: profile.Details{FirstName: "Alexandra", LastName: "Unmistakable-Canary", Email: "canary@example.com"}}}
}

func (c *computer) save(ids ...string) {
	c.Helper()
	var batch []profile.Entry
	for _, id := range ids {
		batch = append(batch, client(id))
	}
	_, err := c.clients.Save(c.Context(), profile.Batch{Entries: batch})
	must(c.T, err)
}

func (c *computer) has(id string) bool {
	c.Helper()
	_, err := c.clients.One(c.Context(), id)
	if err != nil && profile.CodeOf(err) != profile.NotFound {
		c.Fatal(err)
	}
	return err == nil
}

// raw is a connection of somebody else.
func raw(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address+" search_path=telehab")
	must(t, err)
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// The tests that every store has to pass.
func TestStoreContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Open {
		o := options(newPath(t), server.Database(t))
		return func(t *testing.T, now func() time.Time) storetest.Store {
			c := start(t, o)
			clients := c.Profiles(storetest.Clinic.AccountID, now)
			return storetest.Store{Clients: clients, Today: clients, Audit: c.Store, People: c.Store,
				Traffic: func(uptime func() time.Duration) profile.TrafficStore { return c.TrafficBy(uptime) }}
		}
	})
}
