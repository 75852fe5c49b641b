package command_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
)

// prediction is what sync --dry-run --json prints, as programs read it.
type prediction struct {
	Created []struct {
		ID string `json:"id"`
	} `json:"created"`
	Changed []struct {
		ID     string   `json:"id"`
		Fields []string `json:"fields"`
	} `json:"changed"`
	Archived       []string `json:"archived"`
	Merged         []string `json:"merged"`
	Deleted        []string `json:"deleted"`
	NeedsAttention []struct {
		ID     string   `json:"id"`
		Code   string   `json:"code"`
		Fields []string `json:"fields"`
	} `json:"needs_attention"`
	Counts struct {
		Read int `json:"read"`
	} `json:"counts"`
	Requests int  `json:"requests"`
	Asks     int  `json:"asks"`
	Stops    bool `json:"stops"`
}

// tables are the rows of every table of the store, and of the traffic alone.
func (c *computer) tables() (all, traffic string) {
	c.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(c.data, "telehab.db")+"?mode=ro&_busy_timeout=5000")
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	names := lines(c.t, db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
	if len(names) < 14 || !slices.Contains(names, "traffic ") {
		c.t.Fatalf("tables: %v", names)
	}
	var rows strings.Builder
	for _, name := range names {
		if name == "traffic " {
			traffic = strings.Join(lines(c.t, db, "SELECT * FROM traffic"), "\n")
			continue
		}
		fmt.Fprintln(&rows, name, strings.Join(lines(c.t, db, "SELECT * FROM "+name), "\n"))
	}
	return rows.String(), traffic
}

func lines(t *testing.T, db *sql.DB, query string) (lines []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var line strings.Builder
		for _, v := range values {
			fmt.Fprintf(&line, "%s ", v)
		}
		lines = append(lines, line.String())
	}
	return lines
}

// unchanged runs what may not change the store beside its traffic, nor Cliniko.
func (c *computer) unchanged(do func()) {
	c.t.Helper()
	before, _ := c.tables()
	sent := c.clinic.RequestCount()
	do()
	if after, _ := c.tables(); after != before {
		c.t.Error("a dry run changed the store")
	}
	for _, request := range c.clinic.Requests()[sent:] {
		if request.Method != http.MethodGet {
			c.t.Errorf("a dry run sent %s %s", request.Method, request.Path)
		}
	}
}

// dryRun runs sync --dry-run --json.
func (c *computer) dryRun(wantCode int, args ...string) (p prediction, said string) {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), "telehab", append([]string{"sync", "--dry-run", "--json"}, args...)...)
	cmd.Env = c.environment
	var errs strings.Builder
	cmd.Stderr = &errs
	out, _ := cmd.Output()
	if code := cmd.ProcessState.ExitCode(); code != wantCode {
		c.t.Fatalf("exit %d, want %d: %s", code, wantCode, errs.String())
	}
	if err := json.Unmarshal(out, &p); err != nil {
		c.t.Fatalf("%v: %q", err, out)
	}
	return p, errs.String()
}

func (c *computer) create(id string, change func(*fakeclinic.Patient)) {
	c.t.Helper()
	p := fakeclinic.Patient{ID: id, FirstName: new("Sam"), LastName: new("Example"), Sex: new("Male"), DateOfBirth: new("1980-02-29"), Email: new("sam@example.com")}
	change(&p)
	if _, err := c.clinic.Create(p); err != nil {
		c.t.Fatal(err)
	}
}

// A dry run says what the next sync would do, to programs and to people, counts
// its requests, and changes nothing.
func TestADryRunSaysWhatASyncWouldDo(t *testing.T) {
	c := newComputer(t, 60)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	plain := func(*fakeclinic.Patient) {}
	for _, id := range []string{"11", "12", "13", "14"} {
		c.create(id, plain)
	}
	c.must("", "sync")
	c.create("21", plain)
	c.create("22", func(p *fakeclinic.Patient) { p.Email = nil })
	must(c.clinic.Edit("11", func(p *fakeclinic.Patient) { p.Email, p.Title = new("new@example.com"), new("Dr") }))
	must(c.clinic.Archive("12"))
	must(c.clinic.Merge("13", "14"))
	_, traffic := c.tables()
	c.unchanged(func() {
		sent := c.clinic.RequestCount()
		p, _ := c.dryRun(3) // some of the 60 need attention as it is
		if len(p.Created) != 2 || p.Created[0].ID != "21" || p.Created[1].ID != "22" {
			t.Errorf("created: %v", p.Created)
		}
		if len(p.Changed) != 1 || p.Changed[0].ID != "11" || !slices.Equal(p.Changed[0].Fields, []string{"title", "email"}) {
			t.Errorf("changed: %v", p.Changed)
		}
		if !slices.Equal(p.Archived, []string{"12"}) || !slices.Equal(p.Merged, []string{"13"}) || p.Deleted == nil || len(p.Deleted) != 0 {
			t.Errorf("archived %v, merged %v, deleted %v", p.Archived, p.Merged, p.Deleted)
		}
		if len(p.NeedsAttention) != 1 || p.NeedsAttention[0].ID != "22" || p.NeedsAttention[0].Code != "incomplete" || !slices.Equal(p.NeedsAttention[0].Fields, []string{"email"}) {
			t.Errorf("needs attention: %v", p.NeedsAttention)
		}
		if p.Stops || p.Asks != 0 || p.Requests != c.clinic.RequestCount()-sent || p.Requests != 3 {
			t.Errorf("%+v, and Cliniko was asked %d times", p, c.clinic.RequestCount()-sent)
		}
	})
	if _, now := c.tables(); now == traffic {
		t.Error("the requests of a dry run do not count towards the limit")
	}
	const want = `Harbour Physio
What the next sync would do:
  2  profiles created
  1  profile changed
  1  profile archived
  1  profile merged
  1  profile newly in need of attention

Changed would be:
  1  Email
  1  Title

Newly in need of attention because of:
  1  Email

In need of attention after it: N profiles.

N seconds, 3 requests. This was a dry run: nothing was changed.
`
	c.unchanged(func() {
		code, said := c.run("", "sync", "--dry-run")
		said = regexp.MustCompile(`[0-9.]+( profiles\.| seconds)`).ReplaceAllString(said, "N$1")
		if code != 3 || said != want {
			t.Errorf("exit %d, %s", code, said)
		}
	})
	c.must("", "sync")
	c.unchanged(func() {
		_, said := c.run("", "sync", "--dry-run", "--full")
		if !strings.HasPrefix(said, "Harbour Physio\nThe next sync would change no profile.\n\nIn need of attention after it: ") {
			t.Errorf("after the sync: %s", said)
		}
	})
}

// Where a sync would stop and ask, the dry run says so, and so does its exit
// code; the question is not asked by it.
func TestADryRunOfAMassDisappearance(t *testing.T) {
	c := newComputer(t, 100)
	gone := 0
	for _, p := range c.clinic.Patients() {
		if gone < 20 && p.ArchivedAt == nil && p.Raw == nil {
			if err := c.clinic.Delete(p.ID); err != nil {
				t.Fatal(err)
			}
			gone++
		}
	}
	c.unchanged(func() {
		p, said := c.dryRun(1)
		if p.Asks != 20 || !p.Stops || len(p.Deleted) != 0 {
			t.Errorf("asks %d, stops %v, deleted %v", p.Asks, p.Stops, p.Deleted)
		}
		const want = "telehab: This was a dry run: a sync would stop here. Run telehab sync, then decide with telehab missing. (mass_disappearance)\n"
		if !strings.HasSuffix(said, want) {
			t.Errorf("%q", said)
		}
	})
	c.unchanged(func() {
		_, said := c.run("", "sync", "--dry-run")
		if !strings.Contains(said, "\nNo longer in Cliniko: 20 clients. The sync would stop, ask a person about them, and remove none of them.\n") {
			t.Errorf("%s", said)
		}
	})
	if _, said := c.run("", "missing"); said != "Nobody is missing. There is nothing to decide.\n" {
		t.Errorf("a dry run asked: %s", said)
	}
}

// Killed or interrupted in the middle it leaves nothing, and the next one works.
func TestADryRunThatIsCutOff(t *testing.T) {
	for name, test := range map[string]struct {
		signal os.Signal
		code   int
	}{"killed": {syscall.SIGKILL, -1}, "interrupted": {syscall.SIGINT, 130}} {
		t.Run(name, func(t *testing.T) {
			c := newComputer(t, 450)
			ids := c.clinic.IDs()
			if err := c.clinic.BulkEdit(ids, func(p *fakeclinic.Patient) { p.Title = new("Dr") }); err != nil {
				t.Fatal(err)
			}
			middle, once, ended := make(chan struct{}), sync.Once{}, make(chan struct{})
			end := sync.OnceFunc(func() { close(ended) })
			t.Cleanup(end) // or the clinic would wait for its answers
			c.clinic.BeforeResponse(func(r fakeclinic.Request) {
				if strings.Contains(r.RawQuery, "page=4") {
					once.Do(func() { close(middle) })
					<-ended // what was read before is in the copy
				}
			})
			c.unchanged(func() {
				cmd := exec.CommandContext(t.Context(), "telehab", "sync", "--dry-run", "--full")
				cmd.Env = c.environment
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				<-middle
				if err := cmd.Process.Signal(test.signal); err != nil {
					t.Fatal(err)
				}
				_ = cmd.Wait()
				end()
				if code := cmd.ProcessState.ExitCode(); code != test.code {
					t.Errorf("exit %d", code)
				}
			})
			c.clinic.BeforeResponse(nil)
			c.unchanged(func() {
				if p, _ := c.dryRun(3, "--full"); p.Counts.Read != len(ids) {
					t.Errorf("the next one reads %d of %d", p.Counts.Read, len(ids))
				}
			})
		})
	}
}

// No two processes read everybody at once.
func TestADryRunBesideASync(t *testing.T) {
	c := newComputer(t, 20)
	lock := flock.New(filepath.Join(c.data, "sync.lock"))
	if held, err := lock.TryLock(); err != nil || !held {
		t.Fatal(held, err)
	}
	defer func() { _ = lock.Unlock() }()
	sent := c.clinic.RequestCount()
	if code, said := c.run("", "sync", "--dry-run"); code != 1 || !strings.Contains(said, "(sync_running)") {
		t.Errorf("exit %d, %s", code, said)
	}
	if n := c.clinic.RequestCount() - sent; n != 0 {
		t.Errorf("%d requests", n)
	}
}
