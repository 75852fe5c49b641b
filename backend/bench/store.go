package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // its driver is the floor
)

func store50000(ctx context.Context, rounds int) ([]line, error) {
	const patients = 50_000
	from, err := fetchPages(ctx, patients)
	if err != nil {
		return nil, err
	}
	tables, err := sealedRows(ctx, from)
	if err != nil {
		return nil, err
	}
	times, err := inTurn(ctx, rounds, storeAll(from),
		func(context.Context) (time.Duration, error) { return decodePlainly(from) },
		func(ctx context.Context) (time.Duration, error) { return insertPlainly(ctx, tables) })
	if err != nil {
		return nil, err
	}
	floor := make([]time.Duration, rounds)
	for i := range floor {
		floor[i] = times[1][i] + times[2][i]
	}
	result := ratioLine("store-50000", times[0], floor, 1.0)
	result.Note = fmt.Sprintf("%.0f patients a second; the floor decodes for %s and inserts for %s",
		patients/median(times[0]).Seconds(), rounded(median(times[1])), rounded(median(times[2])))
	return []line{result}, nil
}

// storeAll decodes, checks, seals and stores all patients, as a full pass does.
func storeAll(from *pages) run {
	return func(ctx context.Context) (time.Duration, error) {
		in, err := installOn(ctx, from)
		if err != nil {
			return 0, err
		}
		defer func() { _ = in.remove() }()
		return in.full(ctx, from.patients)
	}
}

// decodePlainly reads the same fields with encoding/json and discards them.
func decodePlainly(from *pages) (time.Duration, error) {
	started := time.Now()
	for _, body := range from.bodies {
		var page struct {
			Patients []struct {
				ID                 string `json:"id"`
				Title              string `json:"title"`
				FirstName          string `json:"first_name"`
				PreferredFirstName string `json:"preferred_first_name"`
				LastName           string `json:"last_name"`
				DateOfBirth        string `json:"date_of_birth"`
				Sex                string `json:"sex"`
				Gender             string `json:"gender"`
				GenderIdentity     string `json:"gender_identity"`
				Pronouns           *struct {
					Nominative string `json:"nominative"`
					Accusative string `json:"accusative"`
				} `json:"pronouns"`
				Email  string `json:"email"`
				Phones []struct {
					Number string `json:"number"`
					Type   string `json:"phone_type"`
				} `json:"patient_phone_numbers"`
				AcceptedPrivacyPolicy *bool  `json:"accepted_privacy_policy"`
				CreatedAt             string `json:"created_at"`
				UpdatedAt             string `json:"updated_at"`
				ArchivedAt            string `json:"archived_at"`
				MergedAt              string `json:"merged_at"`
				DeletedAt             string `json:"deleted_at"`
				MergedWith            *struct {
					Links struct {
						Self string `json:"self"`
					} `json:"links"`
				} `json:"merged_with_patient"`
			} `json:"patients"`
			Total int `json:"total_entries"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return 0, err
		}
	}
	return time.Since(started), nil
}

// table is a table of the store with its rows after a first full pass.
type table struct {
	create string
	insert string
	rows   [][]any
}

// sealedRows returns all profiles and failures as the engine stores them, in
// the order of reading.
func sealedRows(ctx context.Context, from *pages) (tables []table, err error) {
	in, err := installOn(ctx, from)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.remove()) }()
	if _, err := in.full(ctx, from.patients); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite3", fileName(in.path())+"?_query_only=1")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for name, order := range map[string]string{"profile": "created_at", "failure": "ref"} {
		t := table{}
		if err := db.QueryRowContext(ctx, "SELECT sql FROM sqlite_schema WHERE name = ?", name).Scan(&t.create); err != nil {
			return nil, err
		}
		if err := t.read(ctx, db, name, order); err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

func (t *table) read(ctx context.Context, db *sql.DB, name, order string) (err error) {
	rows, err := db.QueryContext(ctx, "SELECT * FROM "+name+" ORDER BY "+order) // #nosec G202 -- both are ours
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	t.insert = "INSERT INTO " + name + " VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")"
	for rows.Next() {
		row := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		t.rows = append(t.rows, row)
	}
	return rows.Err()
}

// insertPlainly inserts the rows into a new file, all in one transaction.
func insertPlainly(ctx context.Context, tables []table) (took time.Duration, err error) {
	dir, err := os.MkdirTemp("", "telehab-bench-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	db, err := sql.Open("sqlite3", fileName(filepath.Join(dir, "plain.db"))+"?_journal_mode=WAL&_synchronous=NORMAL&_txlock=immediate")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	for _, t := range tables {
		if _, err := db.ExecContext(ctx, t.create); err != nil {
			return 0, err
		}
	}
	started := time.Now()
	err = insertAll(ctx, db, tables)
	return time.Since(started), err
}

func insertAll(ctx context.Context, db *sql.DB, tables []table) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	for _, t := range tables {
		if err := t.insertInto(ctx, tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (t *table) insertInto(ctx context.Context, tx *sql.Tx) error {
	insert, err := tx.PrepareContext(ctx, t.insert)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for _, row := range t.rows {
		if _, err := insert.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return nil
}

func fileName(path string) string {
	return (&url.URL{Scheme: "file", Opaque: url.PathEscape(filepath.ToSlash(path))}).String()
}
