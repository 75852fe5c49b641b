package syncer_test

import (
	"database/sql"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// Rows that another program changed, truncated or exchanged are reported, and
// read again from Cliniko.
func TestDamagedRowsAreMended(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 40, Patients: 50, Shares: &fakeclinic.Shares{}})
	c.full()
	ids := activeIDs(c)
	other, err := sql.Open("sqlite3", c.path)
	must(t, err)
	defer func() { _ = other.Close() }()
	for i, statement := range []string{
		"UPDATE profile SET sealed = zeroblob(60), updated_at = 9000000000000000 WHERE cliniko_id = ?",
		"UPDATE profile SET sealed = substr(sealed, 1, 30) WHERE cliniko_id = ?",
		"UPDATE profile SET sealed = (SELECT sealed FROM profile p WHERE p.cliniko_id <> profile.cliniko_id LIMIT 1) WHERE cliniko_id = ?",
	} {
		_, err := other.Exec(statement, ids[i])
		must(t, err)
	}
	broken, err := c.store.All(t.Context(), func([]profile.Entry) {})
	if err != nil || len(broken) != 3 {
		t.Fatalf("broken rows %v, %v", broken, err)
	}
	pass, err := c.engine.Mend(t.Context(), broken)
	must(t, err)
	if pass.Counts.Synced != 3 || pass.Requests != 1 {
		t.Errorf("%+v", pass)
	}
	c.equal(nil)
	before := time.Now().Add(-time.Minute)
	if one, err := c.store.One(t.Context(), ids[0]); err != nil || one.Profile.SyncedAt.Before(before) {
		t.Errorf("%v", err)
	}
}
