package sqlite_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// downgrade undoes the newest migration, as if an earlier version had created
// the store.
func downgrade(t *testing.T, path string, statements ...string) {
	t.Helper()
	raw, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	for _, statement := range statements {
		if _, err := raw.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// before7 undoes the seventh migration.
var before7 = append(slices.Clone(before17),
	"DROP TABLE queued_event", "DROP TABLE copied", "DROP TABLE copied_client", "ALTER TABLE pass DROP COLUMN service", "ALTER TABLE store DROP COLUMN quick_unlock_forbidden", "DROP TABLE today", "ALTER TABLE pass DROP COLUMN added", "DROP TABLE traffic",
	"ALTER TABLE profile DROP COLUMN mac", "ALTER TABLE clinic DROP COLUMN revision",
	"ALTER TABLE store DROP COLUMN permissions", "DROP INDEX audit_open", "ALTER TABLE audit DROP COLUMN outcome",
	"ALTER TABLE audit DROP COLUMN known_by", "ALTER TABLE audit DROP COLUMN clinic_at", "CREATE INDEX audit_by_age ON audit (at)",
	"DROP TABLE clock", "DELETE FROM goose_db_version WHERE version_id >= 7")

// before17 undoes the seventeenth.
var before17 = []string{
	"DROP TRIGGER deliver_after_failure", "DROP TRIGGER deliver_failure", "DROP TRIGGER deliver_erased_profile", "DROP TRIGGER deliver_profile", "DROP TRIGGER deliver_new_profile",
	"DROP VIEW changed_client", "DROP VIEW eligible", "DROP TABLE delivery", "DROP TABLE hub",
	"DELETE FROM goose_db_version WHERE version_id >= 17",
}

func TestWhoCouldExportStillCan(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telehab.db")
	db := openStore(t, path)
	had := map[string][]staff.Permission{
		"owner":    {"practitioner", "practitioner.create", "practitioner.modify", "practitioner.delete", "pms_link", "pms_link.create", "pms_link.modify", "pms_link.delete", "people"},
		"desk":     {"practitioner", "pms_link", "pms_link.modify"},
		"therapy":  {"practitioner", "practitioner.create", "practitioner.modify"},
		"observer": {"pms_link"},
		"manager":  {"people"},
	}
	for id, permissions := range had {
		if err := keep(t, db, staff.Person{ID: id, Name: id, Email: id + "@clinic.example", Permissions: permissions, CreatedAt: changedAt}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(db.ForgetRowHashes(t.Context()), db.Close()); err != nil {
		t.Fatal(err)
	}
	downgrade(t, path, before7...)
	for _, wants := range []struct {
		exporters []string
		revoke    string
	}{{[]string{"desk", "owner"}, "desk"}, {[]string{"owner"}, ""}} { // what is revoked later stays revoked
		db = openStore(t, path)
		people, err := db.People(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var exporters []string
		for _, p := range people {
			if p.May("export") {
				exporters = append(exporters, p.ID)
			}
			kept := slices.DeleteFunc(slices.Clone(p.Permissions), func(each staff.Permission) bool { return each == "export" })
			if !slices.Equal(kept, had[p.ID]) {
				t.Errorf("%s has %v", p.ID, p.Permissions)
			}
			if p.ID == wants.revoke {
				p.Permissions = kept
				if err := keep(t, db, p); err != nil {
					t.Fatal(err)
				}
			}
		}
		if slices.Sort(exporters); !slices.Equal(exporters, wants.exporters) {
			t.Errorf("%v may export, want %v", exporters, wants.exporters)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// The audit events of an earlier version stay, with their times.
func TestTheAuditTrailOfAnEarlierVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telehab.db")
	db := openStore(t, path)
	if err := db.Connect(t.Context(), clinic, changedAt); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	downgrade(t, path, append(before7, "INSERT INTO audit (at, person, action, subject) VALUES (1755147967000000, 'p1', 'signed_in', '')")...)
	db = openStore(t, path)
	s := db.Profiles(clinic.AccountID, time.Now)
	now := changedAt.AddDate(2, 0, 0) // but no time is believed, so it may have been yesterday
	if _, err := s.Learn(t.Context(), profile.Reading{Clinic: now, Here: now}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	events, err := db.Events(t.Context(), 0, 10)
	if err != nil || len(events) != 1 || !events[0].At.Equal(changedAt) || events[0].Outcome != "" {
		t.Fatalf("%+v, %v", events, err)
	}
}
