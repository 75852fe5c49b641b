package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storetest"
)

// The tests that every store has to pass.
func TestStoreContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Open {
		path := filepath.Join(t.TempDir(), "data", "telehab.db")
		db := openStore(t, path)
		// Somebody connects the clinic, and they have to be there before it.
		if err := keep(t, db, staff.Person{ID: "dana", Name: "Dana Smith", Email: "dana@clinic.example", CreatedAt: changedAt.Add(-aDay)}); err != nil {
			t.Fatal(err)
		}
		if err := db.Connect(t.Context(), storetest.Clinic, changedAt); err != nil {
			t.Fatal(err)
		}
		return func(t *testing.T, now func() time.Time) storetest.Store {
			db := openStore(t, path)
			s := db.Profiles(storetest.Clinic.AccountID, now)
			return storetest.Store{Clients: s, Today: s, Audit: db, People: db,
				Traffic: func(uptime func() time.Duration) profile.TrafficStore { return db.Traffic(uptime) }}
		}
	})
}
