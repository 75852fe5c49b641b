package sqlite_test

import (
	"errors"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storecopy"
)

// publish is what another store has once everything was put there.
func publish(everything *storecopy.Changes) (*storecopy.Changes, error) {
	everything.To = storecopy.Position{Lineage: "there", N: 1}
	everything.Settings.Revision = 1
	return everything, nil
}

// someOfEverything has a person with a PIN, a client, and who did what.
func someOfEverything(t *testing.T, path string) *sqlite.DB {
	t.Helper()
	db := openStore(t, path)
	add := func([]staff.Person) (staff.Person, error) {
		return staff.Person{ID: "dana", Name: "Dana", Email: "dana@clinic.example", CreatedAt: changedAt, QuickUnlock: staff.Enrollment{Kept: "a PIN"}}, nil
	}
	err := errors.Join(db.ChangePeople(t.Context(), add), db.Connect(t.Context(), clinic, changedAt), db.SetIdleMinutes(t.Context(), 25))
	if err != nil {
		t.Fatal(err)
	}
	s := db.Profiles(clinic.AccountID, time.Now)
	save(t, s, 0, entry(alex()))
	if _, err := db.AddEvent(t.Context(), staff.Event{Here: changedAt, Person: "dana", Action: staff.SignedIn}); err != nil {
		t.Fatal(err)
	}
	return db
}

// seen is what a store shows.
func seen(t *testing.T, db *sqlite.DB) (all []any) {
	t.Helper()
	s := db.Profiles(clinic.AccountID, time.Now)
	one, err := s.One(t.Context(), string(alex().ID))
	people, peopleErr := db.People(t.Context())
	events, eventsErr := db.EventsHere(t.Context(), 0, 100)
	minutes, idleErr := db.IdleMinutes(t.Context())
	if err := errors.Join(err, peopleErr, eventsErr, idleErr); err != nil {
		t.Fatal(err)
	}
	return []any{one, people, events, minutes}
}

// A store that becomes a copy, and one of its own again, loses nothing.
func TestBecomesACopyAndBack(t *testing.T) {
	db := someOfEverything(t, filepath.Join(t.TempDir(), "data", "telehab.db"))
	before := seen(t, db)
	broken := errors.New("the network is gone")
	if err := db.BecomeCopy(t.Context(), changedAt, func(*storecopy.Changes) (*storecopy.Changes, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	if now := seen(t, db); !reflect.DeepEqual(now, before) {
		t.Errorf("after an error %+v, before %+v", now, before)
	}
	if err := db.BecomeCopy(t.Context(), changedAt, publish); err != nil {
		t.Fatal(err)
	}
	if now := seen(t, db); !reflect.DeepEqual(now, before) {
		t.Errorf("as a copy %+v, before %+v", now, before)
	}
	if err := db.BecomeCopy(t.Context(), changedAt, publish); profile.CodeOf(err) != profile.Invalid {
		t.Errorf("again: %v", err)
	}
	n, err := db.QueueEvent(t.Context(), []byte("ticket"), staff.Event{Here: changedAt, Person: "dana", Action: staff.ReadAudit})
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
	outbox := storecopy.Outbox{Sending: profile.Sending{On: true, Tenant: "tenant", OtherSex: "Unknown"}, Deliveries: []profile.Delivery{
		{Ref: string(alex().ID), State: profile.DeliveryConfirmed, Version: 3, Since: changedAt, DeliveryDetails: profile.DeliveryDetails{ProfileID: "there"}}}}
	if err := db.StopCopying(t.Context(), &outbox); err != nil {
		t.Fatal(err)
	}
	s := db.Profiles(clinic.AccountID, time.Now)
	sending, err := s.Sending(t.Context())
	if outbox.Sending.On = false; err != nil || !reflect.DeepEqual(sending, outbox.Sending) {
		t.Errorf("sends %+v, %v", sending, err)
	}
	if kept, err := s.Deliveries(t.Context(), profile.DeliveryQuery{States: profile.DeliveryStates}); err != nil || !reflect.DeepEqual(kept, outbox.Deliveries) {
		t.Errorf("deliveries %+v, %v", kept, err)
	}
	events, err := db.Events(t.Context(), 0, 10)
	if err != nil || len(events) != 2 || events[0].Action != staff.ReadAudit {
		t.Errorf("events %+v, %v", events, err)
	}
	save(t, db.Profiles(clinic.AccountID, time.Now), 0, entry(alex()))
}

// What another process would still write to a store that became a copy meanwhile is
// refused, as it would be lost; and the other way round.
func TestAnotherProcessMadeItACopy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "telehab.db")
	db := someOfEverything(t, path)
	service := openStore(t, path)
	write := func(db *sqlite.DB) profile.Code {
		return profile.CodeOf(db.Connect(t.Context(), clinic, changedAt))
	}
	if err := db.BecomeCopy(t.Context(), changedAt, publish); err != nil {
		t.Fatal(err)
	}
	if got := write(service); got != profile.StoreMissing {
		t.Errorf("the service of before: %q", got)
	}
	if err := service.CheckKey(t.Context()); profile.CodeOf(err) != profile.StoreKeyLost {
		t.Errorf("the service of before: %v", err)
	}
	again := openStore(t, path)
	if got := write(again); got != "" {
		t.Errorf("the service that opened it since: %q", got)
	}
	if err := db.StopCopying(t.Context(), &storecopy.Outbox{}); err != nil {
		t.Fatal(err)
	}
	if got := write(again); got != profile.StoreMissing {
		t.Errorf("once it is none any more: %q", got)
	}
	if got := write(db); got != "" {
		t.Errorf("this process: %q", got)
	}
}
