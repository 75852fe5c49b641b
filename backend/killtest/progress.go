package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	_ "github.com/mattn/go-sqlite3" // to read the database from outside

	"telehab.io/desktop/backend/profile"
)

// progress is how far an import is, by its database.
type progress struct {
	ended  bool
	counts profile.Counts // once it has ended
	stored int            // patients, before that
}

// progress checks a copy of the database, so that the program finds its own
// unchanged, and reads how far the import is.
func (p *program) progress(ctx context.Context) (l progress, err error) {
	dir, err := os.MkdirTemp("", "killed")
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.CopyFS(dir, os.DirFS(p.data)); err != nil {
		return l, err
	}
	db, err := sql.Open("sqlite3", "file:"+dir+"/telehab.db")
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := check(ctx, db); err != nil {
		return l, err
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM seen").Scan(&l.stored); err != nil {
		return l, err
	}
	c := &l.counts
	err = db.QueryRowContext(ctx, "SELECT synced, unchanged, failed, archived FROM pass WHERE kind = 'full' AND ended_at IS NOT NULL").
		Scan(&c.Synced, &c.Unchanged, &c.Failed, &c.Archived)
	if errors.Is(err, sql.ErrNoRows) {
		return l, nil
	}
	c.Read = c.Synced + c.Unchanged + c.Failed + c.Archived
	l.ended = true
	return l, err
}

func check(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&verdict); err != nil {
		return err
	}
	var orphans int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&orphans); err != nil {
		return err
	}
	if verdict != "ok" || orphans > 0 {
		return fmt.Errorf("the database is broken: %s, %d rows without their parents", verdict, orphans)
	}
	return nil
}
