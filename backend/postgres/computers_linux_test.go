package postgres_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/storecopy"
	"telehab.io/desktop/backend/storetest"
)

// emptyDatabase is one that no TeleHab has seen.
func emptyDatabase(t *testing.T) string {
	t.Helper()
	address := server.Database(t)
	execute(t, address, "DROP SCHEMA telehab CASCADE")
	return address
}

func execute(t *testing.T, address, statement string, values ...any) {
	t.Helper()
	c := raw(t, address)
	if _, err := c.Exec(t.Context(), statement, values...); err != nil {
		t.Fatal(err)
	}
}

// ofThisComputer is what a computer has of a clinic: some of everything.
func ofThisComputer() *storecopy.Changes {
	failing, left := entry(alex("2")), entry(alex("3"))
	failing.Failure = &profile.Failure{ID: "2", Ref: "2", Code: profile.Incomplete, Problems: []profile.Problem{{Field: profile.FieldEmail, Kind: profile.Missing}},
		FirstFailedAt: changedAt, LastFailedAt: changedAt, Attempts: 2}
	left.Profile.State, left.Profile.DeletedAt = profile.Deleted, changedAt
	clinic := storetest.Clinic
	clinic.Connected = changedAt
	return &storecopy.Changes{
		Settings: storecopy.Settings{Clinic: clinic, Cursors: profile.Cursors{Changed: changedAt, Archived: changedAt, FullAt: changedAt, ActiveInCliniko: 2, Judged: "7"},
			Retention: profile.Retention{ArchivedDays: 30, DeletedDays: 9}, QuickUnlockForbidden: true, IdleMinutes: 20,
			Clock: profile.Clock{Believed: changedAt, Latest: changedAt}},
		Clients: []storecopy.Client{
			{Entry: entry(alex("1")), HasProfile: true},
			{Entry: failing, HasProfile: true},
			{Entry: left, HasProfile: true, Distrusted: true},
			{Entry: profile.Entry{Ref: "4", Profile: profile.Profile{ID: "4", State: profile.Active}, Failure: &profile.Failure{ID: "4", Ref: "4", Code: profile.Unreadable,
				FirstFailedAt: changedAt, LastFailedAt: changedAt, Attempts: 1}}},
		},
		History: []storecopy.Change{{Row: []byte("1"), Change: profile.Change{PassID: 7, At: changedAt, UpdatedAt: changedAt,
			Fields: []profile.FieldChange{{Field: profile.FieldEmail, Before: "before@example.com", After: "canary@example.com"}}}}},
		Passes: []storecopy.Pass{{Pass: profile.Pass{ID: 7, Kind: profile.FullPass, StartedAt: changedAt, EndedAt: changedAt, Requests: 3, Counts: profile.Counts{Read: 3, Synced: 3}},
			Added: 3, Failing: 1}},
		People: []storecopy.Person{{Person: staff.Person{ID: "dana", Name: "Dana", Email: "dana@clinic.example", PasswordHash: "$argon2id$canary",
			Permissions: staff.AllPermissions, CreatedAt: changedAt}}},
		Today:   []storecopy.Today{{Person: "dana", Kept: staff.Today{Pinned: []string{"1"}}}},
		Missing: []storecopy.Missing{{Ref: "3", Answer: 1}},
		Events: []storecopy.Event{{Event: staff.Event{ID: 3, Here: changedAt, Person: "dana", Action: staff.SignedIn}, Estimate: changedAt, KnownBy: changedAt},
			{Event: staff.Event{ID: 5, Here: changedAt, Person: "dana", Action: staff.SharedClinic, Outcome: staff.NotFinished}, Estimate: changedAt}},
		Outbox: storecopy.Outbox{Sending: profile.Sending{On: true, Tenant: "tenant", OtherSex: "Unknown", Compared: changedAt, Deviations: 2},
			Deliveries: []profile.Delivery{{Ref: "1", State: profile.DeliveryConfirmed, Version: 4, Since: changedAt, DeliveryDetails: profile.DeliveryDetails{ProfileID: "there", Sent: "hash", SentAt: changedAt}},
				{Ref: "4", State: profile.DeliveryHeld, Reason: "why", Version: 1, Due: changedAt, Tries: 3}}},
		MissingChanged: true, Unfinished: []int64{5},
	}
}

// shared is a clinic whose first computer has shared it.
type shared struct {
	*testing.T
	address string
	first   postgres.Options
	db      *postgres.DB
}

func share(t *testing.T) *shared {
	t.Helper()
	s := &shared{T: t, address: emptyDatabase(t)}
	s.first = s.computer("first")
	o := s.first
	o.Keys = keys
	db, err := postgres.Share(t.Context(), o, &postgres.Upload{Everything: ofThisComputer(), APIKey: []byte("MS-canary-au1"), Name: "Front desk", Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	s.db = db
	return s
}

func (s *shared) computer(id string) postgres.Options {
	s.Helper()
	identity, err := postgres.NewIdentity()
	if err != nil {
		s.Fatal(err)
	}
	return postgres.Options{Address: s.address, Computer: id, Identity: identity}
}

func (s *shared) invite() string {
	s.Helper()
	code, err := s.db.Invite(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return code
}

func (s *shared) join(id string) (postgres.Options, *postgres.DB) {
	s.Helper()
	o := s.computer(id)
	if err := postgres.Join(s.Context(), o, s.invite(), id, "1.2.3"); err != nil {
		s.Fatal(err)
	}
	return o, s.open(o)
}

func (s *shared) open(o postgres.Options) *postgres.DB {
	s.Helper()
	db, err := postgres.Open(s.Context(), o)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(db.Close)
	return db
}

// everything is what a copy of nothing gets.
func (s *shared) everything(db *postgres.DB) *storecopy.Changes {
	s.Helper()
	all, err := db.ChangesSince(s.Context(), storecopy.Position{})
	if err != nil {
		s.Fatal(err)
	}
	return all
}

// sameOutbox checks that what is on the way to VALD Hub is what the first computer had.
func (s *shared) sameOutbox(db *postgres.DB) {
	s.Helper()
	clients, want := db.Profiles(storetest.Clinic.AccountID, now), ofThisComputer().Outbox
	sending, err := clients.Sending(s.Context())
	deliveries, listErr := clients.Deliveries(s.Context(), profile.DeliveryQuery{States: profile.DeliveryStates})
	deliveries = slices.DeleteFunc(deliveries, func(d profile.Delivery) bool { return d.Ref == "5" }) // whom a test adds
	if err := errors.Join(err, listErr); err != nil || !reflect.DeepEqual(sending, want.Sending) || !reflect.DeepEqual(deliveries, want.Deliveries) {
		s.Errorf("to VALD Hub: %+v, %+v, %v", sending, deliveries, err)
	}
}

func requireCode(t *testing.T, what string, err error, want profile.Code) {
	t.Helper()
	if profile.CodeOf(err) != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

// What one computer has shared is what the next one gets.
func TestShared(t *testing.T) {
	s := share(t)
	_, second := s.join("second")
	got, want := s.everything(second), ofThisComputer()
	if got.Settings.Clock = want.Settings.Clock; got.Settings.Revision != 1 {
		t.Errorf("revision %d", got.Settings.Revision)
	}
	got.Settings.Revision = 0
	if !reflect.DeepEqual(got.Settings, want.Settings) {
		t.Errorf("settings %+v", got.Settings)
	}
	for i := range got.Clients {
		c := &got.Clients[i]
		c.Row, c.New = nil, false
		var match *storecopy.Client
		for n := range want.Clients {
			if want.Clients[n].Entry.Ref == c.Entry.Ref {
				match = &want.Clients[n]
			}
		}
		if match == nil || !reflect.DeepEqual(c, match) {
			t.Errorf("client %+v, want %+v", c, match)
		}
	}
	for i := range got.History {
		got.History[i].ID, got.History[i].Row = 0, []byte("1")
	}
	for what, pair := range map[string][2]any{
		"clients": {len(got.Clients), len(want.Clients)}, "history": {got.History, want.History}, "passes": {got.Passes, want.Passes}, "people": {got.People, want.People},
		"today": {got.Today, want.Today}, "missing": {got.Missing, want.Missing}, "events": {got.Events, want.Events}, "unfinished": {got.Unfinished, want.Unfinished},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: %+v, want %+v", what, pair[0], pair[1])
		}
	}
	s.sameOutbox(second)
	if key, err := second.APIKey(t.Context()); err != nil || key != "MS-canary-au1" {
		t.Errorf("API key %q, %v", key, err)
	}
	if begun, _, err := second.Profiles(storetest.Clinic.AccountID, now).BeginPass(t.Context(), profile.Pass{Kind: profile.ChangesPass, StartedAt: changedAt}); err != nil || begun.ID != 8 {
		t.Errorf("the next pass is %d, %v", begun.ID, err)
	}
	if id, err := second.AddEvent(t.Context(), staff.Event{Here: changedAt, Person: "dana", Action: staff.SignedIn}); err != nil || id != 6 {
		t.Errorf("the next event is %d, %v", id, err)
	}
}

// A computer that was ended before it knew that it has shared its clinic shares it
// again, as long as nobody else is there; and no database is overwritten.
func TestShareAgain(t *testing.T) {
	s := share(t)
	again := func(o postgres.Options) error {
		o.Keys = map[uint16][]byte{1: keys[1]}
		everything := ofThisComputer()
		everything.Clients = everything.Clients[:2]
		db, err := postgres.Share(t.Context(), o, &postgres.Upload{Everything: everything, APIKey: []byte("key"), Name: "Front desk"})
		if err == nil {
			db.Close()
		}
		return err
	}
	requireCode(t, "the same computer", again(s.first), "")
	if got := s.everything(s.open(s.first)); len(got.Clients) != 2 || len(got.People) != 1 {
		t.Errorf("%d clients, %d people", len(got.Clients), len(got.People))
	}
	requireCode(t, "another computer", again(s.computer("other")), profile.Invalid)
	s.db = s.open(s.first)
	s.join("second")
	requireCode(t, "once another one has joined", again(s.first), profile.Invalid)
	o := s.computer("other")
	o.Address = server.Database(t) // a clinic of an earlier time
	requireCode(t, "a database with a clinic", again(o), profile.Invalid)
}

// A code is good once, for a day, and not after a removal.
func TestJoinCodes(t *testing.T) {
	s := share(t)
	join := func(code string) error {
		s.Helper()
		return postgres.Join(t.Context(), s.computer(fmt.Sprint("c", time.Now().UnixNano())), code, "Second", "1.2.3")
	}
	once := s.invite()
	requireCode(t, "the first", join(once), "")
	requireCode(t, "the second", join(once), profile.Invalid)
	late := s.invite()
	var lasts float64
	if err := raw(t, s.address).QueryRow(t.Context(), "SELECT extract(epoch FROM expires_at - now()) / 3600 FROM invitation").Scan(&lasts); err != nil || lasts < 23.9 || lasts > 24 {
		t.Errorf("%f hours, %v", lasts, err)
	}
	execute(t, s.address, "UPDATE invitation SET expires_at = now() - interval '1 second'")
	requireCode(t, "after a day", join(late), profile.Invalid)
	unused := s.invite()
	s.join("gone")
	requireCode(t, "remove", s.db.Remove(t.Context(), "gone"), "")
	requireCode(t, "after a removal", join(unused), profile.Invalid)
	requireCode(t, "no code", join("AGE-SECRET-KEY-1"), profile.Invalid)
	requireCode(t, "this computer", s.db.Remove(t.Context(), "first"), profile.Invalid)
	requireCode(t, "nobody", s.db.Remove(t.Context(), "nobody"), profile.NotFound)
}

// sealed are the columns that hold sealed values.
var sealed = map[string][]string{
	"clinic": {"index_key", "sealed", "api_key"}, "client": {"head", "details", "failure"}, "change": {"sealed"}, "missing": {"sealed"},
	"person": {"sealed"}, "today": {"sealed"}, "hub": {"sealed"}, "delivery": {"sealed"}, "audit": {"sealed"}, "computer": {"sealed"},
}

// A computer that was removed writes nothing, gets no key, and its own opens no row once
// everything was sealed anew; the others notice nothing.
func TestRemoved(t *testing.T) {
	s := share(t)
	gone, goneDB := s.join("gone")
	_, stays := s.join("stays")
	before := s.everything(stays)
	lastLeader := elect(t, goneDB)
	// The database's owner adds a computer of their own.
	execute(t, s.address, "INSERT INTO computer (id, key, sealed) SELECT 'theirs', key, sealed FROM computer WHERE id = 'gone'")
	ready, err := stays.Profiles(storetest.Clinic.AccountID, now).Prepare(profile.Batch{Entries: []profile.Entry{entry(alex("5"))}})
	if err != nil {
		t.Fatal(err)
	}
	requireCode(t, "remove", s.db.Remove(t.Context(), "gone"), "")

	_, err = goneDB.Profiles(storetest.Clinic.AccountID, now).Save(t.Context(), profile.Batch{Entries: []profile.Entry{entry(alex("6"))}})
	requireCode(t, "a late write", err, profile.ComputerRemoved)
	_, err = goneDB.Elect(t.Context())
	requireCode(t, "an election", err, profile.ComputerRemoved)
	_, err = goneDB.ChangesSince(t.Context(), storecopy.Position{})
	requireCode(t, "a copy", err, profile.ComputerRemoved)
	_, err = postgres.Open(t.Context(), gone)
	requireCode(t, "open", err, profile.ComputerRemoved)

	if err := lastLeader.Confirm(t.Context()); profile.CodeOf(err) != profile.ComputerRemoved {
		t.Errorf("elected before: %v", err)
	}
	if err := lastLeader.Resign(t.Context()); err != nil {
		t.Fatal(err)
	}

	// Both versions are read side by side, and what was prepared before is written.
	if _, err := stays.Profiles(storetest.Clinic.AccountID, now).SavePrepared(t.Context(), 0, ready); err != nil {
		t.Fatal(err)
	}
	if got := s.everything(stays); len(got.Clients) != len(before.Clients)+1 {
		t.Errorf("%d clients", len(got.Clients))
	}
	leader := elect(t, stays)
	calls := 0
	for done := false; !done; calls++ {
		if done, err = leader.Reseal(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
	}
	if calls < 5 {
		t.Errorf("%d calls seal everything, two rows each", calls)
	}

	c := raw(t, s.address)
	for table, columns := range sealed {
		for _, column := range columns {
			var old, all int
			if err := c.QueryRow(t.Context(), "SELECT count(*) FILTER (WHERE substring("+column+" FROM 1 FOR 2) <> '\\x0002' AND id_of <> 'theirs' AND id_of <> 'gone'), count("+column+") FROM (SELECT *, "+
				map[bool]string{true: "id", false: "''"}[table == "computer"]+" AS id_of FROM "+table+") AS rows").Scan(&old, &all); err != nil || old > 0 || all == 0 {
				t.Errorf("%s.%s: of %d values %d have the key of before, %v", table, column, all, old, err)
			}
		}
	}
	var wrapped, theirs int
	if err := c.QueryRow(t.Context(), "SELECT count(*) FILTER (WHERE version < 2), count(*) FILTER (WHERE computer IN ('gone', 'theirs')) FROM wrapped_key").Scan(&wrapped, &theirs); err != nil || wrapped+theirs > 0 {
		t.Errorf("%d keys of before, %d of others, %v", wrapped, theirs, err)
	}
	old := openedWith(t, postgres.Options{Address: s.address, Keys: keys, Computer: "another"})
	requireCode(t, "the key of before", old, profile.StoreKeyLost)
	if got := s.everything(s.open(s.first)); len(got.Clients) != len(before.Clients)+1 || !reflect.DeepEqual(got.People, before.People) || !reflect.DeepEqual(got.Events, before.Events) ||
		!reflect.DeepEqual(got.Today, before.Today) || !reflect.DeepEqual(got.Missing, before.Missing) || !reflect.DeepEqual(got.History, before.History) {
		t.Errorf("afterwards there is %+v", got)
	}
	s.sameOutbox(stays)
	for _, client := range s.everything(stays).Clients {
		if client.Broken {
			t.Errorf("%s does not open", client.Entry.Ref)
		}
	}
	if key, err := stays.APIKey(t.Context()); err != nil || key != "MS-canary-au1" {
		t.Errorf("API key %q, %v", key, err)
	}
	computers, err := stays.Computers(t.Context())
	if err != nil || len(computers) != 3 || !computers[1].Syncs || computers[0].Name != "Front desk" || computers[2].Name != "" {
		t.Errorf("computers %+v, %v", computers, err)
	}
}

func openedWith(t *testing.T, o postgres.Options) error {
	t.Helper()
	db, err := postgres.Open(t.Context(), o)
	if err == nil {
		db.Close()
	}
	return err
}
