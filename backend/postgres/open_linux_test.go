package postgres_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storetest"
)

func TestOnlyPrivateConnections(t *testing.T) {
	for address, private := range map[string]bool{
		"postgres://u@db.clinic.example/telehab":                                   false,
		"postgres://u@db.clinic.example/telehab?sslmode=disable":                   false,
		"postgres://u@db.clinic.example/telehab?sslmode=prefer":                    false,
		"postgres://u@db.clinic.example/telehab?sslmode=require":                   false,
		"postgres://u@db.clinic.example/telehab?sslmode=verify-ca":                 false,
		"postgres://u@db.clinic.example/telehab?sslmode=verify-full":               true,
		"postgres://u@127.0.0.1/telehab?sslmode=disable":                           true,
		"postgres://u@[::1]/telehab":                                               true,
		"postgres://u@localhost/telehab":                                           true,
		"host=/var/run/postgresql dbname=telehab":                                  true,
		"host=10.0.0.7 dbname=telehab":                                             false,
		"postgres://u@127.0.0.1,db.clinic.example/telehab?sslmode=disable":         false,
		"postgres://u@127.0.0.1:1,db.clinic.example:2/telehab?sslmode=verify-full": true,
		"postgres://u@127.0.0.1.clinic.example/telehab":                            false,
		"nonsense": false,
	} {
		if postgres.IsPrivate(address) != private {
			t.Errorf("%s: %v", address, !private)
		}
	}
	_, err := postgres.Open(t.Context(), postgres.Options{Address: "postgres://u:Sesame-Canary@db.clinic.example/telehab", Keys: keys})
	if profile.CodeOf(err) != profile.Invalid {
		t.Error(err)
	}
}

func TestNewerSchemaIsLeftAlone(t *testing.T) {
	address := server.Database(t)
	_, err := raw(t, address).Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
	must(t, err)
	if _, err := postgres.Open(t.Context(), postgres.Options{Address: address, Keys: keys}); profile.CodeOf(err) != profile.StoreTooNew {
		t.Error(err)
	}
}

// Computers that begin at once agree on the tables, and on the key of the
// hashes.
func TestManyOpenAnEmptyDatabase(t *testing.T) {
	address := server.Database(t)
	_, err := raw(t, address).Exec(t.Context(), "DROP SCHEMA telehab CASCADE")
	must(t, err)
	stores := make([]*postgres.DB, 6)
	var group sync.WaitGroup
	for i := range stores {
		group.Go(func() {
			var err error
			if stores[i], err = postgres.Open(t.Context(), postgres.Options{Address: address, Keys: keys}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for i, db := range stores {
		if db == nil {
			t.FailNow()
		}
		defer db.Close()
		if i == 0 {
			must(t, keep(t.Context(), db, worker("dana")))
			must(t, db.Connect(t.Context(), storetest.Clinic, changedAt))
		}
		if c, err := db.Clinic(t.Context()); err != nil || c.Name != "Harbour Physio" {
			t.Error(err)
		}
	}
	other := storetest.Clinic
	other.AccountID = "4000002"
	if err := stores[1].Connect(t.Context(), other, changedAt); profile.CodeOf(err) != profile.OtherClinic {
		t.Error(err)
	}
}

// What cannot be reached is said to be that, and not to be lost.
func TestUnreachable(t *testing.T) {
	address := server.Database(t)
	var cut sync.Once
	closed := make(chan struct{})
	var mu sync.Mutex // of what follows
	var connections []net.Conn
	dial := func(ctx context.Context, network, to string) (net.Conn, error) {
		select {
		case <-closed:
			return nil, errors.New("no route")
		default:
		}
		c, err := (&net.Dialer{}).DialContext(ctx, network, to)
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			connections = append(connections, c)
		}
		return c, err
	}
	db := openStore(t, postgres.Options{Address: address, Dial: dial})
	s := db.Profiles(storetest.Clinic.AccountID, time.Now)
	save(t, s, 0, entry(alex("1")))
	cut.Do(func() { close(closed) })
	mu.Lock()
	for _, c := range connections {
		_ = c.Close()
	}
	mu.Unlock()
	for name, ask := range map[string]func() error{
		"read": func() error { _, err := s.One(t.Context(), "1"); return err },
		"write": func() error {
			_, err := s.Save(t.Context(), profile.Batch{Entries: []profile.Entry{entry(alex("2"))}})
			return err
		},
		"elect": func() error { _, err := db.Elect(t.Context()); return err },
	} {
		if err := ask(); profile.CodeOf(err) != profile.DatabaseUnreachable {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.One(ctx, "1"); profile.CodeOf(err) != profile.Cancelled {
		t.Errorf("cancelled: %v", err)
	}
}

// A server that ends and starts again is reached again, by the same store and
// with nothing done about it.
func TestAStoreConnectsAnew(t *testing.T) {
	address := server.Database(t)
	db := openStore(t, postgres.Options{Address: address})
	s := db.Profiles(storetest.Clinic.AccountID, time.Now)
	save(t, s, 0, entry(alex("1")))
	server.Halt()
	_, read := s.One(t.Context(), "1")
	_, write := s.Save(t.Context(), profile.Batch{Entries: []profile.Entry{entry(alex("2"))}})
	_, opened := postgres.Open(t.Context(), postgres.Options{Address: address, Keys: keys})
	for what, err := range map[string]error{"read": read, "write": write, "open": opened} {
		if profile.CodeOf(err) != profile.DatabaseUnreachable || profile.MessageOf(err) != "The clinic's database cannot be reached right now, so nothing can be changed; "+
			"what is on this computer can still be read. Check the network: TeleHab goes on automatically. If that takes long, tell whoever looks after the database." {
			t.Errorf("%s: %v, %s", what, err, profile.MessageOf(err))
		}
	}
	must(t, server.Resume())
	if _, err := s.One(t.Context(), "1"); err != nil {
		t.Error(err)
	}
	save(t, s, 0, entry(alex("2")))
}

// The clock of the database is the same for computers that were started at other
// times.
func TestComputersShareTheDatabasesClock(t *testing.T) {
	address := server.Database(t)
	started := time.Now()
	uptime := func() time.Duration { return time.Since(started) }
	one := openStore(t, postgres.Options{Address: address}).Traffic(uptime)
	other := openStore(t, postgres.Options{Address: address}).Traffic(func() time.Duration { return uptime() + 1000*time.Hour })
	var first, second time.Duration
	must(t, one.UpdateTraffic(t.Context(), func(now time.Duration, known *profile.Traffic) {
		first = now
		known.Places = []profile.Place{{Until: now + time.Minute, Holder: 7}}
	}))
	must(t, other.UpdateTraffic(t.Context(), func(now time.Duration, known *profile.Traffic) {
		second = now
		if len(known.Places) != 1 || known.Places[0].Holder != 7 || known.Places[0].Until < now || known.Places[0].Until > now+time.Minute+time.Microsecond {
			t.Errorf("%v at %v", known.Places, now)
		}
	}))
	if second < first || second-first > 5*time.Minute || other.Now() < second {
		t.Errorf("%v, then %v", first, second)
	}
}
