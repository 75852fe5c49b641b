package sqlite_test

import (
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// The columns in clear can be changed from outside too: that must not hide an
// active client, nor lead from one person to another, nor keep a client as they
// are here whatever Cliniko says.
func TestChangedStateIsNoticedAndMended(t *testing.T) {
	for name, statement := range map[string]string{
		"archived":                 "UPDATE profile SET state = 'archived', archived_at = 1000000",
		"merged into another":      "UPDATE profile SET state = 'merged', merged_into = '1'",
		"a state that is none":     "UPDATE profile SET state = 'banana'",
		"the time of archiving":    "UPDATE profile SET archived_at = 1000000",
		"whom it was merged into":  "UPDATE profile SET merged_into = '1'",
		"the hash of the details":  "UPDATE profile SET fingerprint = x'00'",
		"archived, hash forgotten": "UPDATE profile SET state = 'archived', fingerprint = x''",
		"the hash forgotten":       "UPDATE profile SET fingerprint = x''",
		"the row's hash forgotten": "UPDATE profile SET mac = x''",
		"changed in 2099":          "UPDATE profile SET updated_at = 4070908800000000",
		"read in 2099":             "UPDATE profile SET read_at = 4070908800000000",
		"changed and read in 2099": "UPDATE profile SET read_at = 4070908800000000, updated_at = 4070908800000000",
		"never changed":            "UPDATE profile SET updated_at = NULL",
		"another day of creation":  "UPDATE profile SET created_at = 1000000",
		"synced later":             "UPDATE profile SET synced_at = synced_at + 1",
		"added earlier":            "UPDATE profile SET added_at = 1000000",
		"deleted, of an active":    "UPDATE profile SET deleted_at = 1000000",
	} {
		t.Run(name, func(t *testing.T) {
			db, s := newStore(t)
			save(t, s, 0, entry(alex()))
			raw(t, db.Path(), statement)
			badRefs, err := s.All(t.Context(), func([]profile.Entry) {})
			if err != nil || !slices.Equal(badRefs, []string{string(alex().ID)}) {
				t.Errorf("not noticed: %v, %v", badRefs, err)
			}
			mended := alex()
			mended.LastName = "Mended" // at the same second
			changed := save(t, s, 0, entry(mended))
			if len(changed) != 1 || changed[0].Profile.State != profile.Active {
				t.Errorf("the next reading does not mend it: %d changed", len(changed))
			}
			got, err := s.One(t.Context(), string(alex().ID))
			if err != nil || got.Profile.LastName != "Mended" || !got.Profile.UpdatedAt.Equal(changedAt) || got.Profile.AddedAt.Year() < 2020 ||
				!got.Profile.DeletedAt.IsZero() || got.Profile.State != profile.Active || got.Profile.MergedInto != "" || !got.Profile.ArchivedAt.IsZero() {
				t.Errorf("afterwards: %v, %v", got.Profile.State, err)
			}
		})
	}
}

// A row that was changed, of a client whom Cliniko does not have any more, is
// erased in the end like any other.
func TestChangedRowOfWhoIsGone(t *testing.T) {
	for name, statement := range map[string]string{
		"a time": "UPDATE profile SET updated_at = 4070908800000000, added_at = 4070908800000000", "the details": "UPDATE profile SET sealed = zeroblob(60)",
	} {
		t.Run(name, func(t *testing.T) {
			db, s := newStore(t)
			save(t, s, 0, entry(alex()))
			raw(t, db.Path(), statement)
			changed, _, err := s.MarkDeleted(t.Context(), 0, []profile.Departure{{Ref: string(alex().ID), NotFoundAt: changedAt}})
			if err != nil || len(changed) != 1 || changed[0].Ref != string(alex().ID) || changed[0].Profile.State != profile.Deleted {
				t.Fatalf("%+v, %v", changed, err)
			}
			if err := s.Erase(t.Context(), string(alex().ID)); err != nil {
				t.Error(err)
			}
		})
	}
}

// Rows of an earlier version are authenticated when the store is opened, once:
// whoever removes the hashes later does not get others for what they changed.
func TestRowsOfAnEarlierVersion(t *testing.T) {
	db, s := newStore(t)
	changed, gone := alex(), alex()
	changed.ID, gone.ID = "2", "3"
	save(t, s, 0, entry(alex()), entry(changed), entry(gone))
	if _, _, err := s.MarkDeleted(t.Context(), 0, []profile.Departure{{Ref: "3", NotFoundAt: changedAt}}); err != nil {
		t.Fatal(err)
	}
	if err := db.ForgetRowHashes(t.Context()); err != nil {
		t.Fatal(err)
	}
	raw(t, db.Path(), "UPDATE profile SET state = 'merged', merged_into = '1' WHERE cliniko_id = '2'")
	for range 2 {
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = openStore(t, db.Path())
		badRefs, err := db.Profiles(clinic.AccountID, time.Now).All(t.Context(), func([]profile.Entry) {})
		if err != nil || !slices.Equal(badRefs, []string{"2"}) {
			t.Errorf("do not open: %v, %v", badRefs, err)
		}
	}
	raw(t, db.Path(), "UPDATE profile SET mac = x'', updated_at = 4070908800000000")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openStore(t, db.Path())
	badRefs, err := db.Profiles(clinic.AccountID, time.Now).All(t.Context(), func([]profile.Entry) {})
	if err != nil || len(badRefs) != 3 {
		t.Errorf("do not open: %v, %v", badRefs, err)
	}
}

// The fields that a profile lacks are stored in clear. If they cannot be read,
// all other clients are still shown.
func TestBrokenReasonOfAFailure(t *testing.T) {
	for _, problems := range []string{"", "{", "{}", "null", `[{"Field":1}]`} {
		db, s := newStore(t)
		failed := entry(alex())
		failed.Failure = &profile.Failure{ID: alex().ID, Ref: string(alex().ID), Code: profile.Incomplete,
			Problems: []profile.Problem{{Field: profile.FieldEmail, Kind: profile.Missing}}}
		save(t, s, 0, failed)
		raw(t, db.Path(), "UPDATE failure SET problems = '"+problems+"'")
		n := 0
		badRefs, err := s.All(t.Context(), func(some []profile.Entry) {
			for _, e := range some {
				if e.Failure != nil {
					n++
				}
			}
		})
		if err != nil || len(badRefs) != 0 || n != 1 {
			t.Errorf("%q: %d failures, damaged %v, %v", problems, n, badRefs, err)
		}
		save(t, s, 0, failed)
		if got, err := s.One(t.Context(), failed.Ref); err != nil || len(got.Failure.Problems) != 1 {
			t.Errorf("%q is not mended: %v", problems, err)
		}
	}
}

// Without this rule, whoever deletes the people from the file would become the
// first person, and be shown all clients.
func TestNobodyBecomesTheFirstBesideAClinic(t *testing.T) {
	db, _ := newStore(t)
	somebody := staff.Person{ID: "p1", Name: "Dana", Email: "dana@example.com", CreatedAt: changedAt}
	if err := keep(t, db, somebody); profile.CodeOf(err) != profile.StoreDamaged {
		t.Errorf("%v", err)
	}
	fresh := openStore(t, t.TempDir()+"/telehab.db")
	if err := keep(t, fresh, somebody); err != nil {
		t.Fatal(err)
	}
	if err := fresh.Connect(t.Context(), clinic, time.Now()); err != nil {
		t.Fatal(err)
	}
	somebody.ID = "p2"
	if err := keep(t, fresh, somebody); err != nil {
		t.Error(err)
	}
}
