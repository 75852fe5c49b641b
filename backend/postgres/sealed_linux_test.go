package postgres_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storetest"
)

func alex(id profile.ID) profile.Profile {
	yes := true
	return profile.Profile{ID: id, State: profile.Active, Details: profile.Details{Title: "Ms-Canary", FirstName: "Alexandra", PreferredFirstName: "Lexi-Canary",
		LastName: "Unmistakable-Canary", DateOfBirth: profile.Date{Year: 1988, Month: 2, Day: 29}, Sex: "Female-Canary", GenderIdentity: "woman-Canary",
		Pronouns: "she/her", Email: "canary@example.com", Phones: []profile.Phone{{Type: "Mobile", Number: "0491 570 156"}},
		AcceptedPrivacyPolicy: &yes}, CreatedAt: changedAt.AddDate(-1, 0, 0), UpdatedAt: changedAt}
}

func entry(p profile.Profile) profile.Entry { return profile.Entry{Ref: string(p.ID), Profile: p} }

func save(t *testing.T, s *postgres.Profiles, passID int64, entries ...profile.Entry) []profile.Entry {
	t.Helper()
	changed, err := s.Save(t.Context(), profile.Batch{PassID: passID, Entries: entries})
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func must(t *testing.T, err error) {
	if err != nil {
		t.Helper()
		t.Fatal(err)
	}
}

// fill has every kind of row that says something of somebody.
func fill(t *testing.T, db *postgres.DB) {
	t.Helper()
	s := db.Profiles(storetest.Clinic.AccountID, func() time.Time { return changedAt })
	_, err := s.Learn(t.Context(), profile.Reading{Clinic: changedAt, Here: changedAt})
	must(t, err)
	pass, _, err := s.BeginPass(t.Context(), profile.Pass{Kind: profile.FullPass, StartedAt: changedAt})
	must(t, err)
	incomplete := entry(alex("836447129235883062"))
	incomplete.Failure = &profile.Failure{ID: incomplete.Profile.ID, Ref: incomplete.Ref, Code: profile.Impossible,
		Problems: []profile.Problem{{Field: profile.FieldEmail, Kind: profile.NotAnEmail}}}
	unread := profile.Entry{Ref: "836447129235883063", Failure: &profile.Failure{ID: "836447129235883063", Ref: "836447129235883063", Code: profile.Unreadable}}
	save(t, s, pass.ID, entry(alex("836447129235883061")), incomplete, unread)
	after := alex("836447129235883061")
	after.FirstName, after.Email, after.UpdatedAt = "Sascha-Canary", "canary@example.org", changedAt.Add(time.Minute)
	save(t, s, pass.ID, entry(after))
	must(t, s.SetMissing(t.Context(), []profile.Departure{{Ref: "836447129235883062"}}))
	_, err = s.ChangeToday(t.Context(), "dana", func(kept *staff.Today) error { return kept.Pin("836447129235883061") })
	must(t, err)
	_, err = db.AddEvent(t.Context(), staff.Event{Here: changedAt, Person: "dana", Action: staff.OpenedProfile, Subject: "836447129235883061"})
	must(t, err)
}

// Whoever has the database, or a backup of it, can read no client.
func TestNothingPersonalInADump(t *testing.T) {
	address := server.Database(t)
	fill(t, openStore(t, postgres.Options{Address: address}))
	dump, err := server.Program("pg_dump", "--dbname", address).Output()
	must(t, err)
	secrets := []string{"Canary", "canary", "Alexandra", "Sascha", "example.com", "0491 570", "1988-02-29", "she/her", "clinic.example", "argon2id",
		"Harbour", "harbour-physio", "Dana", "8364471292358830", storetest.Clinic.AccountID, "opened_profile", "not_an_email", string(keys[1])}
	for _, secret := range secrets {
		// The dump shows bytes in hexadecimal.
		if bytes.Contains(dump, []byte(secret)) || bytes.Contains(dump, []byte(hex.EncodeToString([]byte(secret)))) {
			t.Errorf("the dump has %q", secret)
		}
	}
	// The search itself must be able to find something.
	for _, there := range []string{"dana\t", "COPY telehab.client ", `\\x0001`, fmt.Sprint(changedAt.UnixMicro())} {
		if !bytes.Contains(dump, []byte(there)) {
			t.Errorf("not even %q is there", there)
		}
	}
}

func TestAnotherKeyDoesNotOpenIt(t *testing.T) {
	address := server.Database(t)
	other := map[uint16][]byte{1: bytes.Repeat([]byte{43}, postgres.KeySize)}
	if _, err := postgres.Open(t.Context(), postgres.Options{Address: address, Keys: other}); profile.CodeOf(err) != profile.StoreKeyLost {
		t.Error(err)
	}
	if _, err := postgres.Open(t.Context(), postgres.Options{Address: address}); err == nil {
		t.Error("opened without a key")
	}
}

// Rows of an earlier version of the clinic's key are read beside those of the
// latest, and found by the same hashes.
func TestTwoVersionsOfTheKey(t *testing.T) {
	address := server.Database(t)
	fill(t, openStore(t, postgres.Options{Address: address}))
	both := map[uint16][]byte{1: keys[1], 2: bytes.Repeat([]byte{44}, postgres.KeySize)}
	now := func() time.Time { return changedAt }
	s := openStore(t, postgres.Options{Address: address, Keys: both}).Profiles(storetest.Clinic.AccountID, now)
	newer := alex("836447129235883062")
	newer.UpdatedAt, newer.FirstName = changedAt.Add(time.Hour), "Resealed"
	save(t, s, 0, entry(newer))
	names := map[string]string{}
	bad, err := s.All(t.Context(), func(some []profile.Entry) {
		for _, e := range some {
			names[e.Ref] = e.Profile.FirstName
		}
	})
	if err != nil || len(bad) != 0 || names["836447129235883061"] != "Sascha-Canary" || names["836447129235883062"] != "Resealed" || len(names) != 3 {
		t.Errorf("%v, %v, %v", names, bad, err)
	}
	// The version is a part of what a value is bound to: one that claims another
	// opens nowhere.
	c := raw(t, address)
	_, err = c.Exec(t.Context(), "UPDATE client SET head = set_byte(head, 1, 3 - get_byte(head, 1))")
	must(t, err)
	if bad, err = s.All(t.Context(), func([]profile.Entry) {}); err != nil || len(bad) != 2 {
		t.Errorf("%v, %v", bad, err)
	}
	// Whoever has the first version alone reads nothing of the second.
	before := openStore(t, postgres.Options{Address: address}).Profiles(storetest.Clinic.AccountID, now)
	if _, err := before.One(t.Context(), "836447129235883062"); profile.CodeOf(err) != profile.StoreDamaged {
		t.Error(err)
	}
}

// Whatever is changed in the database is noticed, and the next reading mends it.
func TestChangedRowsAreNoticedAndMended(t *testing.T) {
	for name, statement := range map[string]string{
		"another state":         "UPDATE client SET state = 'archived' WHERE state = 'active'",
		"a changed head":        "UPDATE client SET head = set_byte(head, 40, 255 - get_byte(head, 40))",
		"changed details":       "UPDATE client SET details = set_byte(details, 40, 255 - get_byte(details, 40))",
		"cut":                   "UPDATE client SET details = substring(details FROM 1 FOR 20)",
		"no details":            "UPDATE client SET details = NULL",
		"no head":               "UPDATE client SET head = NULL",
		"head of another":       "UPDATE client SET head = (SELECT head FROM client o WHERE o.ref <> client.ref)",
		"details of another":    "UPDATE client SET details = (SELECT details FROM client o WHERE o.ref <> client.ref)",
		"head and details both": "UPDATE client SET (head, details) = (SELECT head, details FROM client o WHERE o.ref <> client.ref)",
		"columns exchanged":     "UPDATE client SET (head, details) = (SELECT details, head FROM client o WHERE o.ref = client.ref)",
	} {
		t.Run(name, func(t *testing.T) {
			address := server.Database(t)
			s := openStore(t, postgres.Options{Address: address}).Profiles(storetest.Clinic.AccountID, func() time.Time { return changedAt })
			save(t, s, 0, entry(alex("1")), entry(alex("2")))
			c := raw(t, address)
			_, err := c.Exec(t.Context(), statement)
			must(t, err)
			bad, err := s.All(t.Context(), func(some []profile.Entry) {
				for _, e := range some {
					t.Errorf("%s opens", e.Ref)
				}
			})
			// Where the head opens, it is known whose row it is.
			if err != nil || len(bad) != 2 || strings.HasPrefix(bad[0], "row:") != (name != "changed details") {
				t.Errorf("%v, %v", bad, err)
			}
			if _, err := s.One(t.Context(), bad[0]); profile.CodeOf(err) != profile.StoreDamaged {
				t.Errorf("by the row's name: %v", err)
			}
			mended := alex("1")
			mended.LastName = "Mended" // at the same second
			if changed := save(t, s, 0, entry(mended)); len(changed) != 1 {
				t.Errorf("%d changed", len(changed))
			}
			if e, err := s.One(t.Context(), "1"); err != nil || e.Profile.LastName != "Mended" || e.Profile.State != profile.Active {
				t.Error(err)
			}
			// Nobody knows whose the other row is; Cliniko has nobody by that name.
			unseen, err := s.Unseen(t.Context(), 0)
			must(t, err)
			for _, d := range unseen {
				if d.Ref != "1" && d.Ref != "2" {
					d.NotFoundAt = changedAt
					if changed, _, err := s.MarkDeleted(t.Context(), 0, []profile.Departure{d}); err != nil || len(changed) != 1 {
						t.Errorf("%d changed, %v", len(changed), err)
					}
				}
			}
			if tally, err := s.Tally(t.Context()); err != nil || name != "changed details" && tally.Active != 1 {
				t.Errorf("%+v, %v", tally, err)
			}
		})
	}
}

// A PIN is of one computer, and nothing of it is stored for others.
func TestNoQuickUnlockIsStored(t *testing.T) {
	db := openStore(t, postgres.Options{Address: server.Database(t)})
	must(t, keep(t.Context(), db, staff.Person{ID: "eve", Name: "Eve", QuickUnlock: staff.Enrollment{Kept: "$argon2id$pin", Wrong: 2}, CreatedAt: changedAt}))
	people, err := db.People(t.Context())
	if err != nil || len(people) != 2 || people[1].ID != "eve" || people[1].QuickUnlock != (staff.Enrollment{}) {
		t.Errorf("%d people, %v", len(people), err)
	}
}

// Without this rule, whoever removes the people from the database would become
// the first person, and be shown all clients.
func TestNobodyBecomesTheFirstBesideAClinic(t *testing.T) {
	address := server.Database(t)
	db := openStore(t, postgres.Options{Address: address})
	_, err := raw(t, address).Exec(t.Context(), "DELETE FROM person")
	must(t, err)
	if err := keep(t.Context(), db, staff.Person{ID: "mallory", CreatedAt: changedAt}); profile.CodeOf(err) != profile.StoreDamaged {
		t.Error(err)
	}
}
