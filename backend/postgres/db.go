package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"telehab.io/desktop/backend/profile"
)

//go:embed migrations/*.sql
var migrations embed.FS

// schema is the one that the tables are in, so that a database may have others.
const schema = "telehab"

// Options are what a store is opened with.
type Options struct {
	// Address is the database's, as postgres://… or as key=value.
	Address string
	// Keys are the versions of the clinic's key, from 1. The latest seals. Where there
	// are none, Identity unwraps them: see NewIdentity.
	Keys     map[uint16][]byte
	Identity string
	// Computer names this computer among those of the clinic: an opaque name
	// that stays.
	Computer string
	// Dial replaces how connections are made; nil for the usual way.
	Dial pgconn.DialFunc
}

// DB is the store of a clinic in PostgreSQL. It is safe for concurrent use, by
// several computers too.
type DB struct {
	pool     *pgxpool.Pool
	config   *pgx.ConnConfig
	keys     *keyring
	computer string
	options  Options
}

// The server ends what a computer that sleeps, or was cut off, would hold on to.
// Other computers wait for it no longer.
var limits = map[string]string{
	"search_path":                         schema,
	"application_name":                    "telehab",
	"statement_timeout":                   "60s",
	"lock_timeout":                        "30s",
	"idle_in_transaction_session_timeout": "10s",
	"tcp_keepalives_idle":                 "10",
	"tcp_keepalives_interval":             "5",
	"tcp_keepalives_count":                "3",
	"timezone":                            "UTC",
}

const (
	connectTimeout = 10 * time.Second
	maxConnections = 4
)

// Open opens the clinic's store, creates its tables where there are none, and
// brings them up to date.
//
// Errors: StoreKeyLost when no version of the key is the one that it was sealed
// with, StoreTooNew when a newer program has changed the tables, Invalid for an
// address that leads to another computer without verified TLS, ComputerRemoved,
// DatabaseUnreachable when the database does not answer, StoreUnreadable when it refuses.
func Open(ctx context.Context, o Options) (*DB, error) {
	db, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := db.useKeys(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// connect connects to the database and brings its tables up to date. Nothing is
// opened yet.
func connect(ctx context.Context, o Options) (*DB, error) {
	config, err := parse(o)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, coded(err)
	}
	db := &DB{pool: pool, config: config.ConnConfig, computer: o.Computer, options: o}
	if err := db.migrate(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

// useKeys takes the versions of the clinic's key, or unwraps them, and proves them.
func (db *DB) useKeys(ctx context.Context) (err error) {
	keys := db.options.Keys
	if keys == nil {
		if err := db.requireNotRemoved(ctx); err != nil {
			return err
		}
		if keys, err = readKeys(ctx, db.pool, &db.options); err != nil {
			return err
		}
	}
	if db.keys, err = newKeyring(keys); errors.Is(err, errNoKey) {
		return because(profile.StoreKeyLost, err, keyLost)
	}
	if err != nil {
		return err
	}
	return db.checkKey(ctx)
}

func (db *DB) requireNotRemoved(ctx context.Context) error {
	var removed bool
	if err := db.pool.QueryRow(ctx, "SELECT "+removedNow, db.computer).Scan(&removed); err != nil {
		return coded(err)
	}
	if removed {
		return errRemoved
	}
	return nil
}

func parse(o Options) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(o.Address)
	if err != nil {
		// Its own text may repeat the password.
		return nil, profile.Refuse(profile.Invalid, "The address of the database is not complete. Copy it once more.")
	}
	if !isPrivate(&config.ConnConfig.Config) {
		return nil, profile.Refuse(profile.Invalid, "The connection to the database would not be secure. Use an address that ends with sslmode=verify-full.")
	}
	config.MaxConns = maxConnections
	config.MinConns = 0
	config.ConnConfig.ConnectTimeout = connectTimeout
	for name, value := range limits {
		if _, given := config.ConnConfig.RuntimeParams[name]; !given { // in the address
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	if o.Dial != nil {
		config.ConnConfig.DialFunc = o.Dial
	}
	return config, nil
}

// isPrivate says that nobody on the way reads along: the connection stays on
// this computer, or is by TLS with a server that is verified by its name.
func isPrivate(c *pgconn.Config) bool {
	private := func(host string, verified bool) bool {
		network, _ := pgconn.NetworkAddress(host, c.Port)
		return verified || network == "unix" || host == "localhost" || net.ParseIP(host).IsLoopback()
	}
	if !private(c.Host, c.TLSConfig != nil && !c.TLSConfig.InsecureSkipVerify) {
		return false
	}
	for _, other := range c.Fallbacks {
		if !private(other.Host, other.TLSConfig != nil && !other.TLSConfig.InsecureSkipVerify) {
			return false
		}
	}
	return true
}

// migrate brings the tables up to date. One computer does; the others wait for
// it.
func (db *DB) migrate(ctx context.Context) (err error) {
	through := stdlib.OpenDBFromPool(db.pool)
	defer func() { err = errors.Join(err, through.Close()) }()
	var exists bool
	if err := db.pool.QueryRow(ctx, "SELECT to_regclass('goose_db_version') IS NOT NULL").Scan(&exists); err != nil {
		return coded(err)
	}
	if exists {
		if _, current, err := schemaOf(ctx, through); err != nil || current {
			return err
		}
	}
	one, err := db.pool.Acquire(ctx)
	if err != nil {
		return coded(err)
	}
	defer one.Release()
	if _, err := one.Exec(ctx, "SELECT pg_advisory_lock($1)", lockOf("migrate")); err != nil {
		return coded(err)
	}
	defer func() {
		_, unlock := one.Exec(ctx, "SELECT pg_advisory_unlock($1)", lockOf("migrate"))
		err = errors.Join(err, coded(unlock))
	}()
	if err := makeSchema(ctx, one.Conn()); err != nil {
		return err
	}
	provider, current, err := schemaOf(ctx, through)
	if err != nil || current {
		return err
	}
	_, err = provider.Up(ctx)
	return coded(err)
}

// newestSchema is the version of the tables that this program knows.
var newestSchema = func() (newest int64) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for _, file := range files {
		version, err := goose.NumericComponent(path.Base(file))
		if err != nil {
			panic(err) // so is the name
		}
		newest = max(newest, version)
	}
	return newest
}()

// schemaNow is the version that the tables have now: another computer may have
// changed them since this one has opened them.
const schemaNow = "(SELECT max(version_id) FROM goose_db_version)"

// errTooNew says that a newer program has changed the tables.
var errTooNew = profile.Refuse(profile.StoreTooNew,
	"The clinic's database was changed by a newer TeleHab. Update TeleHab on this computer; nothing was changed.")

// makeSchema makes the schema where whoever looks after the database has not.
func makeSchema(ctx context.Context, c *pgx.Conn) error {
	var exists bool
	err := c.QueryRow(ctx, "SELECT to_regnamespace($1) IS NOT NULL", schema).Scan(&exists)
	if err == nil && !exists {
		_, err = c.Exec(ctx, "CREATE SCHEMA "+schema)
	}
	return coded(err)
}

func schemaOf(ctx context.Context, through *sql.DB) (provider *goose.Provider, current bool, err error) {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, false, err
	}
	provider, err = goose.NewProvider(goose.DialectPostgres, through, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, false, coded(fmt.Errorf("read the migrations: %w", err))
	}
	has, knows, err := provider.GetVersions(ctx)
	if err != nil {
		return nil, false, coded(fmt.Errorf("ask for the schema's version: %w", err))
	}
	if has > knows {
		return nil, false, errTooNew
	}
	return provider, has == knows, nil
}

// checkKey proves the clinic's key, or makes it the store's where it has none.
func (db *DB) checkKey(ctx context.Context) error {
	if _, err := db.pool.Exec(ctx, "INSERT INTO clinic (index_key, key, newest_key) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING",
		db.keys.newIndexKey(), db.keys.latest()); err != nil {
		return coded(err)
	}
	var sealed []byte
	if err := db.pool.QueryRow(ctx, "SELECT index_key FROM clinic").Scan(&sealed); err != nil {
		return coded(err)
	}
	if err := db.keys.useIndexKey(sealed); err != nil {
		return because(profile.StoreKeyLost, err, keyLost)
	}
	return nil
}

// Close closes all connections, once what they do has ended.
func (db *DB) Close() { db.pool.Close() }
