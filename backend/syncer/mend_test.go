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

// Times that somebody wrote into the file hold back no later reading, though
// nothing has changed in Cliniko since.
func TestForgedTimesHoldNothingBack(t *testing.T) {
	for name, forged := range map[string]string{
		"changed in 2099": "updated_at = 4070908800000000", "read in 2099": "read_at = 4070908800000000",
		"both, and no hash": "updated_at = 4070908800000000, read_at = 4070908800000000, fingerprint = x''",
		"archived":          "state = 'archived', archived_at = 1000000", "another's": "merged_into = '1', state = 'merged'",
	} {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t, fakeclinic.Options{Seed: 41, Patients: 20, Shares: &fakeclinic.Shares{}})
			c.full()
			edited := activeIDs(c)[0]
			other, err := sql.Open("sqlite3", c.path)
			must(t, err)
			defer func() { _ = other.Close() }()
			_, err = other.Exec("UPDATE profile SET " + forged)
			must(t, err)
			must(t, c.fake.Edit(edited, func(p *fakeclinic.Patient) { p.LastName = new("Changed") }))
			c.full()
			c.equal(nil)
		})
	}
}
