// Package storetest holds the tests that every store of a clinic has to pass,
// whichever database it uses. They know a store by its interfaces alone, and
// expect literal values.
//
// It is for tests: no program imports it.
package storetest

import (
	"context"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Store is one process' access to a clinic's store.
type Store struct {
	Clients Clients
	Today   staff.TodayStore
	Audit   staff.AuditTrail
	People  staff.ClinicPeople
	// Traffic returns the record of requests; uptime is its clock.
	Traffic func(uptime func() time.Duration) profile.TrafficStore
}

// Clients is the part of a store that is about clients.
type Clients interface {
	profile.PassStore
	profile.EntryStore
	profile.DepartureStore
	profile.ReviewStore
	profile.ClockStore
	profile.DeliveryStore
	Shown
	Answers
	Settings
}

// Shown is what people are shown.
type Shown interface {
	// All calls each with everything that is stored, and returns the refs of rows
	// that do not open.
	All(ctx context.Context, each func([]profile.Entry)) (badRefs []string, err error)
	// Changes returns what changed of a client, the newest first.
	Changes(ctx context.Context, id profile.ID) ([]profile.Change, error)
	// Passes returns the newest passes first.
	Passes(ctx context.Context, most int) ([]profile.Pass, error)
	// LastGood returns the newest successful full or changes pass.
	LastGood(ctx context.Context) (profile.Pass, error)
	// Revision grows with each transaction that changes what All reads.
	Revision(ctx context.Context) (int64, error)
}

// Answers are those of a person about clients who are missing.
type Answers interface {
	Missing(ctx context.Context) ([]string, error)
	NewlyMissing(ctx context.Context) ([]string, error)
	ShowMissing(ctx context.Context, refs []string) error
	AcceptMissing(ctx context.Context, refs []string) error
	KeepMissing(ctx context.Context) (int, error)
	Decided(ctx context.Context) (staying, going []string, err error)
}

// Settings are what a person sets about clients, and who is erased by them.
type Settings interface {
	Retention(ctx context.Context) (profile.Retention, error)
	SetRetention(ctx context.Context, r profile.Retention) error
	Erase(ctx context.Context, ref string) error
}

// Open opens the store once more, as another process of the same computer does.
// now is that computer's clock.
type Open func(t *testing.T, now func() time.Time) Store

// Clinic is the one that has to be connected to the store.
var Clinic = profile.Clinic{AccountID: "4000001", Name: "Harbour Physio", Subdomain: "harbour-physio", Shard: "au1",
	Patients: "client", OwnerName: "Dana Smith", OwnerRole: "administrator", KeyEnds: "W0pd"}

// Run runs all tests, each on an empty store of its own, to which Clinic is
// connected.
func Run(t *testing.T, empty func(t *testing.T) Open) {
	for _, group := range [][]test{profileTests, newerTests, passTests, clockTests, departureTests, retentionTests, reviewTests, deliveryTests, todayTests, auditTests, peopleTests, trafficTests} {
		for _, each := range group {
			t.Run(each.name, func(t *testing.T) {
				c := &clock{now: changedAt}
				open := empty(t)
				each.run(&scene{T: t, open: open, clock: c, Store: open(t, c.time)})
			})
		}
	}
}

type test struct {
	name string
	run  func(*scene)
}

// scene is one test, with a store and the clock of its computer.
type scene struct {
	*testing.T
	Store
	open  Open
	clock *clock
}

// clock is a computer's clock that a test can set.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

const aDay = 24 * time.Hour

// changedAt is when all of these tests begin, and alex was changed last.
var changedAt = time.Date(2025, 8, 14, 5, 6, 7, 0, time.UTC)

const alexID = "836447129235883061"

func alex() profile.Profile {
	yes := true
	return profile.Profile{ID: alexID, State: profile.Active, Details: profile.Details{Title: "Ms", FirstName: "Alexandra", PreferredFirstName: "Alex",
		LastName: "Unmistakable-Canary", DateOfBirth: profile.Date{Year: 1988, Month: 2, Day: 29}, Sex: "Female", GenderIdentity: "woman",
		Pronouns: "she/her", Email: "canary@example.com", Phones: []profile.Phone{{Type: "Mobile", Number: "0491 570 156"}},
		AcceptedPrivacyPolicy: &yes}, CreatedAt: changedAt.AddDate(-1, 0, 0), UpdatedAt: changedAt}
}

// as is alex with another id.
func as(id profile.ID) profile.Profile {
	p := alex()
	p.ID = id
	return p
}

func archived(p profile.Profile) profile.Profile {
	p.State, p.ArchivedAt = profile.Archived, changedAt
	return p
}

func entry(p profile.Profile) profile.Entry { return profile.Entry{Ref: string(p.ID), Profile: p} }

// readAt is an entry that Cliniko told of at a time, of a client whom somebody
// opened.
func readAt(p profile.Profile, at time.Time) profile.Entry {
	e := entry(p)
	e.ReadAt, e.Opened = at, true
	return e
}

// incomplete is alex without an email.
func incomplete(id profile.ID) profile.Entry {
	p := as(id)
	p.Email = ""
	e := entry(p)
	e.Failure = &profile.Failure{ID: id, Ref: string(id), Code: profile.Incomplete,
		Problems: []profile.Problem{{Field: profile.FieldEmail, Kind: profile.Missing}}}
	return e
}

// unread is a record that could not be read.
func unread(ref string) profile.Entry {
	id, _ := profile.ParseID(ref)
	return profile.Entry{Ref: ref, Failure: &profile.Failure{ID: id, Ref: ref, Code: profile.Unreadable}}
}

// must ends the test if something failed that it is not about.
func (s *scene) must(err error) {
	if err != nil {
		s.Helper()
		s.Fatal(err)
	}
}

func (s *scene) save(passID int64, entries ...profile.Entry) []profile.Entry {
	s.Helper()
	changed, err := s.Clients.Save(s.Context(), profile.Batch{PassID: passID, Entries: entries})
	s.must(err)
	return changed
}

func (s *scene) begin(kind profile.Kind) profile.Pass {
	s.Helper()
	pass, _, err := s.Clients.BeginPass(s.Context(), profile.Pass{Kind: kind, StartedAt: changedAt})
	s.must(err)
	return pass
}

func (s *scene) end(pass profile.Pass, code profile.Code, cursors profile.Cursors) {
	s.Helper()
	pass.Err = code
	if pass.EndedAt.IsZero() {
		pass.EndedAt = s.clock.now
	}
	s.must(s.Clients.EndPass(s.Context(), pass, cursors))
}

// one is what is stored of a client.
func (s *scene) one(ref string) profile.Entry {
	s.Helper()
	e, err := s.Clients.One(s.Context(), ref)
	s.must(err)
	return e
}

// learn sets this computer's clock, and has Cliniko's show the same time.
func (s *scene) learn(now time.Time) {
	s.Helper()
	s.clock.now = now
	_, err := s.Clients.Learn(s.Context(), profile.Reading{Clinic: now, Here: now})
	s.must(err)
}

func (s *scene) purge() []string {
	s.Helper()
	refs, err := s.Clients.Purge(s.Context())
	s.must(err)
	return refs
}

func gone(ref string, at time.Time) profile.Departure {
	return profile.Departure{Ref: ref, NotFoundAt: at}
}
