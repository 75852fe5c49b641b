package postgres_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"testing"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/postgres"
)

// A dump has no key, no identity, no join code, and no computer's name.
func TestNoKeyInADump(t *testing.T) {
	s := share(t)
	second, _ := s.join("second")
	secrets := map[string]string{"the clinic's key": string(keys[1]), "the API key": "MS-canary-au1", "an identity": s.first.Identity, "another one": second.Identity,
		"a code": s.invite(), "a computer's name": "Front desk", "a person": "dana@clinic.example"}
	dump, err := server.Program("pg_dump", "--dbname", s.address).Output()
	if err != nil {
		t.Fatal(err)
	}
	for what, secret := range secrets {
		if bytes.Contains(dump, []byte(secret)) || bytes.Contains(dump, []byte(hex.EncodeToString([]byte(secret)))) {
			t.Errorf("the dump has %s", what)
		}
	}
	if !bytes.Contains(dump, []byte(hex.EncodeToString([]byte("age-encryption.org/v1")))) {
		t.Error("not even wrapped keys are there")
	}
}

// What docs/SHARED-CLINIC.md has an administrator type is all that TeleHab needs.
func TestARoleOfItsOwn(t *testing.T) {
	address := server.Database(t)
	execute(t, address, "CREATE ROLE clinic LOGIN CONNECTION LIMIT 200")
	execute(t, address, "CREATE DATABASE clinic OWNER clinic ENCODING 'UTF8' TEMPLATE template0")
	execute(t, address, "REVOKE ALL ON DATABASE clinic FROM PUBLIC")
	t.Cleanup(func() {
		c, err := pgx.Connect(context.Background(), address)
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{"DROP DATABASE clinic WITH (FORCE)", "DROP ROLE clinic"} {
			if _, err := c.Exec(context.Background(), statement); err != nil {
				t.Error(err)
			}
		}
		_ = c.Close(context.Background())
	})
	s := &shared{T: t, address: address + " user=clinic dbname=clinic"}
	s.first = s.computer("first")
	o := s.first
	o.Keys = keys
	db, err := postgres.Share(t.Context(), o, &postgres.Upload{Everything: ofThisComputer(), APIKey: []byte("key"), Name: "Front desk"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	s.db = db
	_, second := s.join("second")
	leader, err := second.Elect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := db.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	computers, err := db.Computers(t.Context())
	if err != nil || len(computers) != 2 || !computers[1].Syncs || len(s.everything(second).Clients) != 4 {
		t.Errorf("%+v, %v", computers, err)
	}
	if err := leader.Resign(t.Context()); err != nil {
		t.Error(err)
	}
}
