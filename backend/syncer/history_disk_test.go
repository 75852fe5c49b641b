package syncer_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
)

// disk is where the store of a history lies, and what shows it as it is.
type disk interface {
	// open opens the store for one more program.
	open(ctx context.Context) (database, error)
	// watch makes the database itself record every row whose details go back in
	// time, however briefly and whichever program does it: to an earlier
	// updated_at or, if that is equal, to an earlier reading.
	watch() error
	// wentBack returns a row whose details went back in time, or "". Where a Date
	// may have been wrong, so may be the times of readings, and only the times of
	// changes count.
	wentBack(honest bool) (ref string, err error)
	// missing returns the patients about whom a person has to decide, or has
	// decided.
	missing() (refs map[string]bool, err error)
	// dump writes out every table of the database.
	dump(ctx context.Context, w io.Writer) error
	close()
}

// database is a program's connection to the store.
type database interface {
	Clinic(ctx context.Context) (profile.Clinic, error)
	Connect(ctx context.Context, c profile.Clinic, now time.Time) error
	traffic(now func() time.Duration) profile.TrafficStore
	clients(account string, now func() time.Time) clients
	// end ends the connection in the middle of whatever it does.
	end()
}

// clients are the clients of a store.
type clients interface {
	Store() profile.Store
	profile.PassStore
	All(ctx context.Context, each func([]profile.Entry)) (badRefs []string, err error)
	Missing(ctx context.Context) ([]string, error)
	AcceptMissing(ctx context.Context, refs []string) error
	KeepMissing(ctx context.Context) (int, error)
}

// sqliteDisk has the store of one computer, in a file.
type sqliteDisk struct {
	path string
	raw  *sql.DB // sees the database as it is
}

func newSQLiteDisk(folder string) (disk, error) {
	return &sqliteDisk{path: filepath.Join(folder, "telehab.db")}, nil
}

func (c *sqliteDisk) open(ctx context.Context) (database, error) {
	db, err := sqlite.Open(ctx, c.path, testKey)
	return &sqliteDatabase{db}, err
}

func (c *sqliteDisk) close() {
	if c.raw != nil {
		_ = c.raw.Close()
	}
}

type sqliteDatabase struct{ *sqlite.DB }

func (db *sqliteDatabase) traffic(now func() time.Duration) profile.TrafficStore {
	return db.Traffic(now)
}

func (db *sqliteDatabase) clients(account string, now func() time.Time) clients {
	return db.Profiles(account, now)
}

func (db *sqliteDatabase) end() { _ = db.Close() }

func (c *sqliteDisk) watch() error {
	var err error
	if c.raw, err = sql.Open("sqlite3", "file:"+c.path+"?_busy_timeout=5000"); err != nil {
		return err
	}
	_, err = c.raw.Exec(`CREATE TABLE watch_back (ref TEXT, earlier INTEGER);
		CREATE TRIGGER watch_back AFTER UPDATE ON profile WHEN NEW.updated_at < OLD.updated_at
			OR NEW.updated_at = OLD.updated_at AND NEW.read_at < OLD.read_at AND NEW.state <> 'deleted'
		BEGIN INSERT INTO watch_back VALUES (OLD.cliniko_id, NEW.updated_at < OLD.updated_at); END`)
	return err
}

func (c *sqliteDisk) wentBack(honest bool) (ref string, err error) {
	err = c.raw.QueryRow("SELECT coalesce(min(ref), '') FROM watch_back WHERE earlier OR ?", honest).Scan(&ref)
	return ref, err
}

func (c *sqliteDisk) missing() (refs map[string]bool, err error) {
	var list sql.NullString
	if err := c.raw.QueryRow("SELECT group_concat(ref) FROM missing").Scan(&list); err != nil {
		return nil, err
	}
	refs = map[string]bool{}
	for ref := range strings.SplitSeq(list.String, ",") {
		refs[ref] = true
	}
	return refs, nil
}

func (c *sqliteDisk) dump(ctx context.Context, w io.Writer) (err error) {
	tables, err := c.raw.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tables.Close(), tables.Err()) }()
	for tables.Next() {
		var name string
		if err := tables.Scan(&name); err != nil {
			return err
		}
		if err := c.dumpTable(ctx, w, name); err != nil {
			return err
		}
	}
	return nil
}

func (c *sqliteDisk) dumpTable(ctx context.Context, w io.Writer, name string) (err error) {
	rows, err := c.raw.QueryContext(ctx, "SELECT * FROM "+name) // #nosec G202 -- a table's own name
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close(), rows.Err()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for _, v := range values {
			if _, err := fmt.Fprintf(w, "%d %s ", len(v), v); err != nil {
				return err
			}
		}
	}
	return nil
}
