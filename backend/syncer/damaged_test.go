package syncer_test

import (
	"database/sql"
	"errors"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/profile"
)

// A row is changed in the file while a person looks at the client: Refresh has
// to restore the client, as the message promises.
func TestOneReplacesARowThatDoesNotOpen(t *testing.T) {
	c := newClinic(t, fakeclinic.Options{Seed: 14, Patients: 5})
	c.full()
	id := profile.ID(c.fake.IDs()[0])
	db, err := sql.Open("sqlite3", c.path)
	must(t, err)
	_, err = db.Exec("UPDATE profile SET sealed = zeroblob(60) WHERE cliniko_id = ?", id)
	must(t, errors.Join(err, db.Close()))
	if _, err := c.store.One(t.Context(), string(id)); profile.CodeOf(err) != profile.StoreDamaged {
		t.Fatalf("the row opens: %v", err)
	}
	if entry, err := c.engine.One(t.Context(), id); err != nil || entry.Profile.LastName == "" {
		t.Errorf("%v", err)
	}
}
