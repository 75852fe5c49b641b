package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"

	"telehab.io/desktop/backend/profile"
)

// Copy returns a store in memory that has what this one has now, still sealed
// with the same keys. What is written to it is written nowhere else, and is gone
// when it is closed. It has one connection, so that a reader waits for a writer.
//
// Errors: StoreMissing when another process has replaced the store's key.
func (db *DB) Copy(ctx context.Context) (*DB, error) {
	memory, err := connect(":memory:", 1, "_foreign_keys=on&_txlock=immediate")
	if err != nil {
		return nil, coded(err)
	}
	copied := &DB{path: ":memory:", write: memory, read: memory, sealer: &sealer{}}
	copied.sealer.keys.Store(db.sealer.keys.Load())
	if err = backUp(ctx, db.read, memory); err == nil {
		err = copied.CheckKey(ctx)
	}
	if profile.CodeOf(err) == profile.StoreKeyLost {
		err = Replaced(err)
	}
	if err == nil {
		err = copied.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(coded(err), copied.statements.close(), memory.Close())
	}
	return copied, nil
}

// backUp copies all pages of one database to another one, as of one moment.
func backUp(ctx context.Context, from, to *sql.DB) (err error) {
	source, err := from.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := to.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	return source.Raw(func(source any) error {
		return target.Raw(func(target any) error {
			return backUpConnection(source.(*sqlite3.SQLiteConn), target.(*sqlite3.SQLiteConn))
		})
	})
}

func backUpConnection(source, target *sqlite3.SQLiteConn) error {
	backup, err := target.Backup("main", source, "main")
	if err != nil {
		return fmt.Errorf("copy the store: %w", err)
	}
	const allPages = -1
	done, err := backup.Step(allPages)
	if err == nil && !done { // it has waited for as long as any reader does
		err = profile.Because(profile.StoreBusy, errors.New("another process has locked the store"))
	}
	return errors.Join(err, backup.Finish())
}
