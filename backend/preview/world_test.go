package preview_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/leaktest"
	"telehab.io/desktop/backend/preview"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/syncer"
)

// world is the simulated Cliniko with complete patients, whose ids count up from
// 1001, and a real store that has synced them.
type world struct {
	t      *testing.T
	fake   *fakeclinic.Clinic
	client *cliniko.Client
	db     *sqlite.DB
	store  *sqlite.Profiles
	raw    *sql.DB // sees the file as it is

	mu    sync.Mutex
	clock time.Time // Cliniko's and this computer's
}

func newWorld(t *testing.T, patients int) *world {
	t.Helper()
	w := unsynced(t, patients)
	w.sync()
	w.later(time.Hour)
	return w
}

func unsynced(t *testing.T, patients int) *world {
	t.Helper()
	w := &world{t: t, clock: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	w.fake = fakeclinic.New(fakeclinic.Options{Seed: 1, Patients: fakeclinic.NoPatients, Clock: w.now})
	for i := range patients {
		w.create(1001+i, nil)
	}
	w.later(time.Hour)
	server, err := w.fake.Start("127.0.0.1:0")
	w.must(err)
	t.Cleanup(func() { _ = server.Close() })
	key, err := cliniko.ParseKey(w.fake.Key())
	w.must(err)
	w.client, err = cliniko.New(key, cliniko.Options{BaseURL: server.URL(), Pause: time.Millisecond})
	w.must(err)
	t.Cleanup(w.client.Close)
	path := filepath.Join(leaktest.Dir(t, w.fake), "telehab.db")
	w.db, err = sqlite.Open(t.Context(), path, bytes.Repeat([]byte{7}, sqlite.KeySize))
	w.must(err)
	t.Cleanup(func() { _ = w.db.Close() })
	w.raw, err = sql.Open("sqlite3", "file:"+path+"?_busy_timeout=5000")
	w.must(err)
	t.Cleanup(func() { _ = w.raw.Close() })
	clinic, err := w.client.Clinic(t.Context())
	w.must(err)
	w.must(w.db.Connect(t.Context(), clinic, w.now()))
	w.store = w.db.Profiles(clinic.AccountID, w.now)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

// create adds a complete patient, but for what change does.
func (w *world) create(id int, change func(*fakeclinic.Patient)) {
	w.t.Helper()
	p := fakeclinic.Patient{ID: strconv.Itoa(id), FirstName: new("Sam"), LastName: new(fmt.Sprint("Example ", id)), Sex: new("Male"),
		DateOfBirth: new("1980-02-29"), Email: new("sam@example.com")}
	if change != nil {
		change(&p)
	}
	_, err := w.fake.Create(p)
	w.must(err)
}

func (w *world) edit(id int, change func(*fakeclinic.Patient)) {
	w.t.Helper()
	w.must(w.fake.Edit(strconv.Itoa(id), change))
}

// sync is a real sync.
func (w *world) sync() {
	w.t.Helper()
	_, err := syncer.New(w.client, w.store.Store(), syncer.Options{Now: w.now}).Sync(w.t.Context(), nil)
	w.must(err)
}

// preview previews a sync that succeeds. No table of the store may change, and
// Cliniko is only asked to tell.
func (w *world) preview(full bool) *preview.Result {
	w.t.Helper()
	r, err := w.try(w.t.Context(), full)
	w.must(err)
	return r
}

func (w *world) try(ctx context.Context, full bool) (*preview.Result, error) {
	w.t.Helper()
	before, sent := w.dump(), w.fake.RequestCount()
	copied, err := w.db.Copy(w.t.Context())
	w.must(err)
	r, err := preview.Of(ctx, w.client, copied.Profiles(w.fake.AccountID(), w.now), preview.Options{Full: full, Now: w.now})
	w.must(copied.Close())
	if w.dump() != before {
		w.t.Error("a preview changed the store")
	}
	for _, request := range w.fake.Requests()[sent:] {
		if request.Method != http.MethodGet {
			w.t.Errorf("a preview sent %s %s", request.Method, request.Path)
		}
	}
	if err == nil && r.Requests != w.fake.RequestCount()-sent {
		w.t.Errorf("%d requests, Cliniko was asked %d times", r.Requests, w.fake.RequestCount()-sent)
	}
	return r, err
}

// dump is every row of every table.
func (w *world) dump() string {
	w.t.Helper()
	var names []string
	w.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", func(row string) { names = append(names, strings.TrimSpace(row)) })
	if len(names) < 10 {
		w.t.Fatalf("only %d tables", len(names))
	}
	var all strings.Builder
	for _, name := range names {
		fmt.Fprintln(&all, name)
		w.rows("SELECT * FROM "+name, func(row string) { fmt.Fprintln(&all, row) })
	}
	return all.String()
}

func (w *world) rows(query string, each func(row string)) {
	w.t.Helper()
	rows, err := w.raw.QueryContext(w.t.Context(), query)
	w.must(err)
	defer func() { w.must(errors.Join(rows.Err(), rows.Close())) }()
	columns, err := rows.Columns()
	w.must(err)
	for rows.Next() {
		values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		w.must(rows.Scan(into...))
		var row strings.Builder
		for _, v := range values {
			fmt.Fprintf(&row, "%s ", v)
		}
		each(row.String())
	}
}

// short is a result in one line, without what a test of its own is about.
func short(r *preview.Result) string {
	var parts []string
	add := func(what string, ids ...string) {
		if len(ids) > 0 {
			parts = append(parts, what+" "+strings.Join(ids, " "))
		}
	}
	attention := func(what string, failures []profile.Failure) {
		for _, f := range failures {
			add(what, f.Ref, string(f.Code), strings.Join(f.FieldNames(), ","))
		}
	}
	add("created", r.Created...)
	for _, c := range r.Changed {
		var fields []string
		for _, f := range c.Fields {
			fields = append(fields, string(f))
		}
		add("changed", c.Ref, strings.Join(fields, ","))
	}
	add("archived", r.Archived...)
	add("merged", r.Merged...)
	add("deleted", r.Deleted...)
	add("restored", r.Restored...)
	add("erased", r.Erased...)
	attention("needs attention", r.NeedsAttention)
	attention("needs attention otherwise", r.AttentionChanged)
	add("cleared", r.Cleared...)
	add("asks about", r.Undecided...)
	if r.Stops {
		parts = append(parts, "stops")
	}
	return strings.Join(parts, "; ")
}

func (w *world) syncFails() {
	w.t.Helper()
	if _, err := syncer.New(w.client, w.store.Store(), syncer.Options{Now: w.now}).Sync(w.t.Context(), nil); err == nil {
		w.t.Fatal("a sync that has to fail did not")
	}
}
