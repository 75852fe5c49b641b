package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"sync/atomic"

	"github.com/gofrs/flock"
	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/profile"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks our files ("THab"), so that another program's database is
// never mistaken for ours.
const applicationID = 0x54486162

const driver = "telehab-sqlite3"

func init() {
	sql.Register(driver, &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		_, err := c.Exec("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192", nil)
		return err
	}})
}

// DB is the store of one computer. It is safe for concurrent use, by several
// processes too.
type DB struct {
	path   string
	write  *sql.DB // one connection
	read   *sql.DB
	sealer *sealer
	mode   atomic.Int32 // see sameMode

	statements statements // of write
}

// Open opens the store at path, or creates it, and brings its schema up to
// date.
//
// Errors: StoreKeyLost when the key is not the one it was sealed with,
// StoreTooNew, StoreFull; StoreBusy when another process has been opening it for
// half a minute; StoreCorrupt when the file was read and is not a database;
// StoreUnreadable when it could not be read or belongs to another program.
func Open(ctx context.Context, path string, key []byte) (*DB, error) {
	return OpenWaiting(ctx, path, key, nil)
}

// OpenWaiting is Open. It calls onWait, once, if another process has been
// opening the store for a second.
func OpenWaiting(ctx context.Context, path string, key []byte, onWait func()) (*DB, error) {
	sealer, err := newSealer(key)
	if err != nil {
		return nil, err
	}
	lock, err := prepareFiles(path)
	if datafolder.IsReadOnly(err) {
		return openReadOnly(ctx, path, sealer)
	}
	if err != nil {
		return nil, unreadable(err)
	}
	if err := lockOpening(ctx, lock, onWait); err != nil {
		return nil, err
	}
	defer func() { _ = lock.Unlock() }()

	db := &DB{path: path, sealer: sealer}
	if db.write, err = openConnections(path, 1, "_txlock=immediate"); err != nil {
		return nil, coded(err)
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.write.Close())
	}
	if err := db.checkKey(ctx); err != nil {
		return nil, errors.Join(err, db.write.Close())
	}
	if err := db.regrant(ctx); err != nil {
		return nil, errors.Join(err, db.write.Close())
	}
	if err := db.authenticateRows(ctx); err != nil {
		return nil, errors.Join(err, db.write.Close())
	}
	if err := db.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.statements.close(), db.write.Close())
	}
	if db.read, err = openConnections(path, 4, "_query_only=1"); err != nil {
		return nil, errors.Join(coded(err), db.statements.close(), db.write.Close())
	}
	return db, nil
}

// prepareFiles creates the folder and the file for the owner alone, and revokes
// access that others were given since. SQLite gives the files beside it the
// same mode. It returns the lock on opening, not held yet.
//
// SQLite itself opens by path, and follows links. So all files that it may open
// are looked at before; then nobody but the same user, or an administrator, can
// put something else in their place, as the folder is closed to others.
func prepareFiles(path string) (*flock.Flock, error) {
	folder, err := datafolder.MakePlain(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	name := filepath.Base(path)
	err = errors.Join(folder.Touch(name), folder.CheckWritable(name))
	for _, suffix := range fileSuffixes {
		err = errors.Join(err, folder.CloseToOthers(name+suffix))
	}
	var lock *flock.Flock
	if err == nil {
		lock, err = folder.Flock(name + ".lock")
	}
	if err = errors.Join(err, folder.Close()); err != nil {
		return nil, fmt.Errorf("make the store: %w", err)
	}
	return lock, nil
}

// fileSuffixes are the endings of the store's file and of the files that SQLite
// puts beside it.
var fileSuffixes = []string{"", "-wal", "-shm", "-journal"}

func openConnections(path string, connections int, options string) (*sql.DB, error) {
	// synchronous=NORMAL with WAL: a power cut may lose the last commits but
	// never corrupts the file, and what is lost is read from Cliniko again.
	return connect(path, connections, "_journal_mode=WAL&_busy_timeout=5000&_foreign_keys=on&_synchronous=NORMAL&_secure_delete=on&"+options)
}

func connect(path string, connections int, options string) (*sql.DB, error) {
	name := (&url.URL{Scheme: "file", Opaque: url.PathEscape(filepath.ToSlash(path))}).String() + "?" + options
	db, err := sql.Open(driver, name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func (db *DB) migrate(ctx context.Context) error {
	var id int
	if err := db.write.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return coded(err)
	}
	if id != 0 && id != applicationID {
		return unreadable(errors.New("another program's database"))
	}
	provider, _, err := schemaOf(ctx, db.write)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return coded(fmt.Errorf("bring the schema up to date: %w", err))
	}
	_, err = db.write.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	return coded(err)
}

// schemaOf compares the schema with the one that this program knows. current:
// they are the same. StoreTooNew: it is a newer one.
func schemaOf(ctx context.Context, db *sql.DB) (provider *goose.Provider, current bool, err error) {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, false, err
	}
	provider, err = goose.NewProvider(goose.DialectSQLite3, db, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, false, coded(fmt.Errorf("read the migrations: %w", err))
	}
	has, knows, err := provider.GetVersions(ctx)
	if err != nil {
		return nil, false, coded(fmt.Errorf("ask for the schema's version: %w", err))
	}
	if has > knows {
		return nil, false, profile.Refuse(profile.StoreTooNew,
			"The data on this computer was written by a newer TeleHab. Update TeleHab; nothing was changed.")
	}
	return provider, has == knows, nil
}

// Close checkpoints the write-ahead log and closes all connections.
func (db *DB) Close() error {
	// If this fails, the next start does it.
	_, _ = db.write.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(db.read.Close(), db.statements.close(), db.write.Close())
}

// Path returns the path of the store's file.
func (db *DB) Path() string { return db.path }

// Remove deletes a store that is not open, with all files of SQLite beside it.
func Remove(folder *datafolder.Folder, name string) error {
	var errs []error
	for _, suffix := range fileSuffixes {
		errs = append(errs, folder.Remove(name+suffix))
	}
	return errors.Join(errs...)
}

// inTransaction runs do in one write transaction. ctx does not cancel it once
// it has begun: transactions are short, and watching a context costs more than
// most statements. StoreMissing: another process has replaced the store's key.
func (db *DB) inTransaction(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	return db.inClear(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := db.requireKey(ctx, tx); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// inClear is inTransaction for what is not sealed, whoever has the key.
func (db *DB) inClear(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return coded(err)
	}
	before := db.sealer.keys.Load()
	if err := do(ctx, tx); err != nil {
		return errors.Join(coded(err), rollback(tx))
	}
	err = tx.Commit()
	if err != nil {
		db.sealer.keys.Store(before)
	}
	return coded(err)
}

func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}
