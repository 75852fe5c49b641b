package postgres_test

import (
	"bytes"
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/postgres/postgrestest"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storetest"
)

var server *postgrestest.Server

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Run(m, prepare, &server))
}

var keys = map[uint16][]byte{1: bytes.Repeat([]byte{42}, postgres.KeySize)}

var changedAt = time.Date(2025, 8, 14, 5, 6, 7, 0, time.UTC)

// prepare makes a store with a clinic, and the person who has connected it.
func prepare(address string) error {
	db, err := postgres.Open(context.Background(), postgres.Options{Address: address, Keys: keys})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := keep(context.Background(), db, staff.Person{ID: "dana", Name: "Dana Canary", Email: "dana@clinic.example", PasswordHash: "$argon2id$canary",
		CreatedAt: changedAt.AddDate(0, 0, -1)}); err != nil {
		return err
	}
	return db.Connect(context.Background(), storetest.Clinic, changedAt)
}

// keep stores a person, whoever is there.
func keep(ctx context.Context, db *postgres.DB, p staff.Person) error {
	return db.ChangePeople(ctx, func([]staff.Person) (staff.Person, error) { return p, nil })
}

func openStore(t *testing.T, o postgres.Options) *postgres.DB {
	t.Helper()
	if o.Keys == nil {
		o.Keys = keys
	}
	db, err := postgres.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// raw is a connection of somebody else.
func raw(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address+" search_path=telehab")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// The tests that every store has to pass.
func TestStoreContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Open {
		address := server.Database(t)
		return func(t *testing.T, now func() time.Time) storetest.Store {
			db := openStore(t, postgres.Options{Address: address})
			s := db.Profiles(storetest.Clinic.AccountID, now)
			return storetest.Store{Clients: s, Today: s, Audit: db, People: db,
				Traffic: func(uptime func() time.Duration) profile.TrafficStore { return db.TrafficBy(uptime) }}
		}
	})
}
