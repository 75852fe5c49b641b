package sqlite_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/staff"
)

var (
	key      = bytes.Repeat([]byte{42}, sqlite.KeySize)
	otherKey = bytes.Repeat([]byte{43}, sqlite.KeySize)
)

var clinic = profile.Clinic{AccountID: "4000001", Name: "Harbour Physio", Subdomain: "harbour-physio", Shard: "au1",
	Patients: "client", OwnerName: "Dana Smith", OwnerRole: "administrator", KeyEnds: "W0pd"}

func openStore(t *testing.T, path string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func newStore(t *testing.T) (*sqlite.DB, *sqlite.Profiles) {
	t.Helper()
	db := openStore(t, filepath.Join(t.TempDir(), "data", "telehab.db"))
	if err := db.Connect(t.Context(), clinic, time.Now()); err != nil {
		t.Fatal(err)
	}
	return db, db.Profiles(clinic.AccountID, time.Now)
}

var changedAt = time.Date(2025, 8, 14, 5, 6, 7, 0, time.UTC)

func alex() profile.Profile {
	yes := true
	return profile.Profile{ID: "836447129235883061", State: profile.Active, Details: profile.Details{Title: "Ms", FirstName: "Alexandra", PreferredFirstName: "Alex",
		LastName: "Unmistakable-Canary", DateOfBirth: profile.Date{Year: 1988, Month: 2, Day: 29}, Sex: "Female", GenderIdentity: "woman",
		Pronouns: "she/her", Email: "canary@example.com", Phones: []profile.Phone{{Type: "Mobile", Number: "0491 570 156"}},
		AcceptedPrivacyPolicy: &yes}, CreatedAt: changedAt.AddDate(-1, 0, 0), UpdatedAt: changedAt}
}

func entry(p profile.Profile) profile.Entry { return profile.Entry{Ref: string(p.ID), Profile: p} }

func save(t *testing.T, s *sqlite.Profiles, passID int64, entries ...profile.Entry) []profile.Entry {
	t.Helper()
	changed, err := s.Save(t.Context(), profile.Batch{PassID: passID, Entries: entries})
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func begin(t *testing.T, s *sqlite.Profiles, kind profile.Kind) profile.Pass {
	t.Helper()
	pass, _, err := s.BeginPass(t.Context(), profile.Pass{Kind: kind, StartedAt: changedAt})
	if err != nil {
		t.Fatal(err)
	}
	return pass
}

// keep stores a person, whoever is there.
func keep(t *testing.T, db *sqlite.DB, p staff.Person) error {
	t.Helper()
	return db.ChangePeople(t.Context(), func([]staff.Person) (staff.Person, error) { return p, nil })
}

func TestNothingPersonalInTheFiles(t *testing.T) {
	db := openStore(t, filepath.Join(t.TempDir(), "data", "telehab.db"))
	if err := keep(t, db, staff.Person{ID: "p1", Name: "Robin Canary", Email: "robin@example.org", PasswordHash: "$argon2id$hash", CreatedAt: changedAt}); err != nil {
		t.Fatal(err)
	}
	if err := db.Connect(t.Context(), clinic, time.Now()); err != nil {
		t.Fatal(err)
	}
	s := db.Profiles(clinic.AccountID, time.Now)
	pass := begin(t, s, profile.FullPass)
	save(t, s, pass.ID, entry(alex()))
	secrets := []string{"Alexandra", "Canary", "canary", "example.com", "0491", "1988-02-29", "she/her", "woman", "robin", "argon2id",
		"Harbour", "harbour-physio", "Dana"}
	search := func(when string) {
		t.Helper()
		files := 0
		err := filepath.WalkDir(filepath.Dir(db.Path()), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files++
			for _, secret := range secrets {
				if bytes.Contains(content, []byte(secret)) {
					t.Errorf("%s: %s holds %q", when, filepath.Base(path), secret)
				}
			}
			if info, err := d.Info(); err == nil && runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v", path, info.Mode())
			}
			return nil
		})
		if err != nil || files == 0 {
			t.Fatalf("searched %d files: %v", files, err)
		}
	}
	search("while open, with its log")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	search("closed")
	// The search itself must be able to find something.
	if content, err := os.ReadFile(db.Path()); err != nil || !bytes.Contains(content, []byte("836447129235883061")) {
		t.Errorf("not even the id is there: %v", err)
	}
}

func TestForgetLeavesNoTraceOfClients(t *testing.T) {
	db, s := newStore(t)
	save(t, s, 0, entry(alex()))
	if gone, err := db.Forget(t.Context(), otherKey); err != nil || gone != (sqlite.Forgotten{Profiles: 1}) {
		t.Fatalf("%+v, %v", gone, err)
	}
	if _, err := db.Clinic(t.Context()); profile.CodeOf(err) != profile.NotConnected {
		t.Error(err)
	}
	for _, suffix := range []string{"", "-wal"} {
		if content, err := os.ReadFile(db.Path() + suffix); err == nil && bytes.Contains(content, []byte("836447129235883061")) {
			t.Errorf("%q still holds the id", suffix)
		}
	}
}

func TestAnotherKeyDoesNotOpenIt(t *testing.T) {
	db, _ := newStore(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), db.Path(), bytes.Repeat([]byte{1}, sqlite.KeySize)); profile.CodeOf(err) != profile.StoreKeyLost {
		t.Error(err)
	}
}

// raw changes the file as another program could.
func raw(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(statement)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestTamperedRowsAreNoticed(t *testing.T) {
	for name, statement := range map[string]string{
		"a changed byte": "UPDATE profile SET sealed = zeroblob(length(sealed))",
		"cut":            "UPDATE profile SET sealed = substr(sealed, 1, 20)",
		"swapped": `CREATE TABLE was AS SELECT cliniko_id, sealed FROM profile;
			UPDATE profile SET sealed = (SELECT was.sealed FROM was WHERE was.cliniko_id <> profile.cliniko_id)`,
	} {
		t.Run(name, func(t *testing.T) {
			db, s := newStore(t)
			other := alex()
			other.ID = "12345"
			save(t, s, 0, entry(alex()), entry(other))
			raw(t, db.Path(), statement)
			n := 0
			badRefs, err := s.All(t.Context(), func(some []profile.Entry) { n += len(some) })
			if err != nil || len(badRefs) != 2 || n != 0 {
				t.Errorf("%d rows open, damaged %v, %v", n, badRefs, err)
			}
			if _, err := s.One(t.Context(), "12345"); profile.CodeOf(err) != profile.StoreDamaged {
				t.Error(err)
			}
		})
	}
}

func TestNewerSchemaIsLeftAlone(t *testing.T) {
	db, _ := newStore(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw(t, db.Path(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	if _, err := sqlite.Open(t.Context(), db.Path(), key); profile.CodeOf(err) != profile.StoreTooNew {
		t.Error(err)
	}
}

func TestNotOurFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	raw(t, path, "PRAGMA application_id = 77; CREATE TABLE x (y)")
	if _, err := sqlite.Open(t.Context(), path, key); profile.CodeOf(err) != profile.StoreUnreadable {
		t.Errorf("another program's database: %v", err)
	}
	text := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), text, key); profile.CodeOf(err) != profile.StoreCorrupt {
		t.Errorf("no database at all: %v", err)
	}
}

func TestAnotherClinicIsRefused(t *testing.T) {
	db, _ := newStore(t)
	other := clinic
	other.AccountID, other.Name = "4000002", "Other"
	if err := db.Connect(t.Context(), other, time.Now()); profile.CodeOf(err) != profile.OtherClinic {
		t.Error(err)
	}
	if c, err := db.Clinic(t.Context()); err != nil || c.Name != "Harbour Physio" {
		t.Errorf("%s, %v", c.Name, err)
	}
}

func TestPathWithOddCharacters(t *testing.T) {
	db := openStore(t, filepath.Join(t.TempDir(), "Zoë's data #1 50% ?x=1", "telehab.db"))
	if _, err := os.Stat(db.Path()); err != nil {
		t.Error(err)
	}
}

func TestForgetReplacesTheKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telehab.db")
	db := openStore(t, path)
	dana := staff.Person{ID: "p1", Name: "Dana Example", Email: "dana@clinic.example", PasswordHash: "hash", CreatedAt: changedAt}
	if err := keep(t, db, dana); err != nil {
		t.Fatal(err)
	}
	if err := db.Connect(t.Context(), clinic, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Forget(t.Context(), otherKey); err != nil {
		t.Fatal(err)
	}
	if err := db.Connect(t.Context(), clinic, time.Now()); err != nil { // works with the other key
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), path, key); profile.CodeOf(err) != profile.StoreKeyLost {
		t.Errorf("with the key from before: %v", err)
	}
	db, err := sqlite.Open(t.Context(), path, otherKey)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	people, err := db.People(t.Context())
	if err != nil || len(people) != 1 || people[0].Email != dana.Email {
		t.Errorf("%d people, %v", len(people), err)
	}
	if c, err := db.Clinic(t.Context()); err != nil || c.Name != clinic.Name {
		t.Errorf("%v", err)
	}
}
