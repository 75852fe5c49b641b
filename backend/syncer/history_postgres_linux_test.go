package syncer_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"pgregory.net/rapid"

	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/postgres/postgrestest"
	"telehab.io/desktop/backend/profile"
)

var postgresKeys = map[uint16][]byte{1: testKey}

// postgresDisks starts a server for this test, and returns what makes a store on
// it.
func postgresDisks(t *testing.T) func(string) (disk, error) {
	t.Helper()
	server, err := postgrestest.Start(func(address string) error {
		db, err := postgres.Open(context.Background(), postgres.Options{Address: address, Keys: postgresKeys})
		if err == nil {
			db.Close()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return func(string) (disk, error) {
		address, drop, err := server.NewDatabase()
		if err != nil {
			return nil, err
		}
		raw, err := sql.Open("pgx", address+" search_path=telehab")
		return &postgresDisk{address: address, drop: drop, raw: raw, back: map[bool]string{}}, err
	}
}

// The histories on the clinic's shared store: the promises do not depend on the
// database. A history takes several times as long as on SQLite, so `make test`
// runs one of each kind, and `make nightly` many.
func TestHistoriesOnPostgreSQL(t *testing.T) {
	disks := postgresDisks(t)
	rapidFlags(t, max(histories()/10, 1))
	rapid.Check(t, func(rt *rapid.T) { runHistory(rt, outside(disks), realEngine) })
}

func TestHistoriesOnPostgreSQLInNoTime(t *testing.T) {
	disks := postgresDisks(t)
	rapidFlags(t, max(histories()/10, 1))
	rapid.Check(t, func(rt *rapid.T) {
		inBubble(t, rt, disks, func(rt *rapid.T, w world) { runHistory(rt, w, realEngine) })
	})
}

// Two of the wrong engines, which the first histories catch; all of them in
// `make nightly`.
func TestHistoriesOnPostgreSQLCatchWrongEngines(t *testing.T) {
	disks := postgresDisks(t)
	if _, nightly := os.LookupEnv("TELEHAB_HISTORIES"); nightly {
		catchWrongEngines(t, disks)
		return
	}
	for _, name := range []string{"numbered pages in the order of change", "no count for a person who asks"} {
		catchWrongEngine(t, disks, name)
	}
}

// postgresDisk has the store of a clinic on a server.
type postgresDisk struct {
	address string
	drop    func() error
	raw     *sql.DB // sees the database as it is
	beside  *postgres.DB
	back    map[bool]string // by honest: a row that went back in time
}

func (d *postgresDisk) open(ctx context.Context) (database, error) {
	wires := &wires{}
	db, err := postgres.Open(ctx, postgres.Options{Address: d.address, Keys: postgresKeys, Dial: wires.dial})
	return &postgresDatabase{db, wires}, err
}

func (d *postgresDisk) close() {
	if d.beside != nil {
		d.beside.Close()
	}
	_ = errors.Join(d.raw.Close(), d.drop())
}

// reader is the store as a program beside the others reads it.
func (d *postgresDisk) reader() (*postgres.Profiles, error) {
	if d.beside == nil {
		db, err := postgres.Open(context.Background(), postgres.Options{Address: d.address, Keys: postgresKeys})
		if err != nil {
			return nil, err
		}
		d.beside = db
	}
	clinic, err := d.beside.Clinic(context.Background())
	return d.beside.Profiles(clinic.AccountID, time.Now), err
}

// The times are sealed, so both copies of each row are kept, to be opened
// afterwards.
func (d *postgresDisk) watch() error {
	_, err := d.raw.Exec(`CREATE TABLE watch_back (id bigint GENERATED ALWAYS AS IDENTITY, ref bytea, old_state text, old_head bytea, old_details bytea,
			new_state text, new_head bytea, new_details bytea);
		CREATE FUNCTION watch_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			INSERT INTO watch_back (ref, old_state, old_head, old_details, new_state, new_head, new_details)
				VALUES (OLD.ref, OLD.state, OLD.head, OLD.details, NEW.state, NEW.head, NEW.details);
			RETURN NULL;
		END $$;
		CREATE TRIGGER watch_back AFTER UPDATE ON client FOR EACH ROW WHEN (OLD.head IS DISTINCT FROM NEW.head AND OLD.head IS NOT NULL AND NEW.head IS NOT NULL)
			EXECUTE FUNCTION watch_back()`)
	return err
}

// Each row is opened once: a history that opened all of them after every pass
// took longer the longer it was.
func (d *postgresDisk) wentBack(honest bool) (ref string, err error) {
	s, err := d.reader()
	if err != nil {
		return "", err
	}
	rows, err := d.raw.Query(`WITH seen AS (DELETE FROM watch_back RETURNING *)
		SELECT ref, old_state, old_head, old_details, new_state, new_head, new_details FROM seen ORDER BY id`)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, rows.Close(), rows.Err()) }()
	for rows.Next() {
		var before, after postgres.SealedClient
		if err := rows.Scan(&before.Ref, &before.State, &before.Head, &before.Details, &after.State, &after.Head, &after.Details); err != nil {
			return "", err
		}
		after.Ref = before.Ref
		was, err := s.OpenCopy(&before)
		if err != nil {
			return "", err
		}
		is, err := s.OpenCopy(&after)
		if err != nil {
			return "", err
		}
		for _, honest := range []bool{false, true} {
			if earlier(&was, &is, honest) {
				d.back[honest] = is.Ref
			}
		}
	}
	return d.back[honest], nil
}

// earlier says that one copy of a profile went back in time.
func earlier(was, is *profile.Entry, honest bool) bool {
	updated, before := is.Profile.UpdatedAt, was.Profile.UpdatedAt
	switch {
	case updated.IsZero() || before.IsZero():
		return false // it was distrusted
	case updated.Before(before):
		return true
	}
	return honest && updated.Equal(before) && !is.ReadAt.IsZero() && is.ReadAt.Before(was.ReadAt) && is.Profile.State != profile.Deleted
}

func (d *postgresDisk) missing() (refs map[string]bool, err error) {
	s, err := d.reader()
	if err != nil {
		return nil, err
	}
	open, err := s.Missing(context.Background())
	staying, going, decided := s.Decided(context.Background())
	refs = map[string]bool{}
	for _, ref := range slices.Concat(open, staying, going) {
		refs[ref] = true
	}
	return refs, errors.Join(err, decided)
}

func (d *postgresDisk) dump(ctx context.Context, w io.Writer) error {
	for _, table := range []string{"clinic", "client", "change", "pass", "page", "seen", "missing", "clock", "person", "today", "audit", "traffic"} {
		var text sql.NullString
		if err := d.raw.QueryRowContext(ctx, "SELECT json_agg(t ORDER BY t::text)::text FROM "+table+" t").Scan(&text); err != nil { // #nosec G202 -- a constant
			return err
		}
		if _, err := fmt.Fprintf(w, "%s %s\n", table, text.String); err != nil {
			return err
		}
	}
	return nil
}

type postgresDatabase struct {
	*postgres.DB
	wires *wires
}

func (db *postgresDatabase) traffic(now func() time.Duration) profile.TrafficStore {
	return db.TrafficBy(now)
}

func (db *postgresDatabase) clients(account string, now func() time.Time) clients {
	return db.Profiles(account, now)
}

// end cuts the connections, as a kill or a network does, and the server ends
// what was under way.
func (db *postgresDatabase) end() {
	db.wires.cut()
	db.Close()
}

// wires are the connections of a program.
type wires struct {
	mu   sync.Mutex
	open []net.Conn
	gone bool
}

func (w *wires) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone {
		return nil, errors.Join(net.ErrClosed, c.Close())
	}
	w.open = append(w.open, c)
	return c, nil
}

func (w *wires) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = true
	for _, c := range w.open {
		_ = c.Close()
	}
}
