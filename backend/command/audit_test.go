package command_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/command"
)

// fullDisk is an output that takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// The audit trail says what was done, and not what somebody only began.
func TestTheAuditTrailSaysHowItEnded(t *testing.T) {
	fake := fakeclinic.New(fakeclinic.Options{Seed: 2, Patients: 30})
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	data := t.TempDir()
	t.Setenv("TELEHAB_CLINIKO_URL", server.URL())
	t.Setenv("TELEHAB_DATA_DIR", data)
	t.Setenv("TELEHAB_PASSWORD", password)
	run := runsTo(t)
	refused := "MS0xMjM0NTY3ODkwMTIzNDU2Nzg5LWFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6-au1"
	as := []string{"--as", "dana@example.com"}
	run(0, "", "people", "add", "--email", "dana@example.com", "--name", "Dana")
	run(1, refused, append([]string{"connect"}, as...)...)
	run(0, fake.Key(), append([]string{"connect"}, as...)...)
	run(3, "", "sync")
	run(1, "no\n", append([]string{"disconnect"}, as...)...)
	run(0, "", append([]string{"export"}, as...)...)
	var errs bytes.Buffer
	code := command.Run(t.Context(), append([]string{"export"}, as...), command.Terminal{In: strings.NewReader(""), Out: fullDisk{}, Err: &errs, Workspace: quick()})
	if want := "telehab: The export could not be written to standard output, so it is not complete. Check that the disk it goes to has room, then try again. (invalid)\n"; code != 1 || errs.String() != want {
		t.Fatalf("an export that could not be written: %d, %s", code, errs.String())
	}
	run(0, "yes\n", append([]string{"disconnect"}, as...)...)

	db, err := sql.Open("sqlite3", filepath.Join(data, "telehab.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.Query("SELECT action, subject, outcome FROM audit ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var got []string
	for rows.Next() {
		var action, subject, outcome string
		if err := rows.Scan(&action, &subject, &outcome); err != nil {
			t.Fatal(err)
		}
		if action == "added_person" {
			subject = "somebody"
		}
		got = append(got, fmt.Sprintf("%s %q %q", action, subject, outcome))
	}
	want := []string{
		`added_person "somebody" ""`,
		`signed_in "" ""`,
		`connected_clinic "" "key_refused"`,
		`signed_in "" ""`,
		`connected_clinic "4000001" ""`,
		`signed_in "" ""`,
		`signed_in "" ""`,
		`exported_profiles "" ""`,
		`signed_in "" ""`,
		`exported_profiles "" "invalid"`,
		`signed_in "" ""`,
		`disconnected "4000001" ""`,
	}
	if err := rows.Err(); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Opening profiles does not mean taking all of them out.
func TestExportNeedsAPermissionOfItsOwn(t *testing.T) {
	fake := fakeclinic.New(fakeclinic.Options{Seed: 3, Patients: 30, Shares: new(fakeclinic.CleanShares())})
	server, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	t.Setenv("TELEHAB_CLINIKO_URL", server.URL())
	t.Setenv("TELEHAB_DATA_DIR", t.TempDir())
	run := func(want int, passwords, in string, args ...string) string {
		t.Helper()
		t.Setenv("TELEHAB_PASSWORD", passwords)
		code, out, errs := runHere(t, in, args...)
		if code != want {
			t.Fatalf("%s: %d, %s", args, code, errs)
		}
		return out + errs
	}
	run(0, password, "", "people", "add", "--email", "dana@example.com", "--name", "Dana")
	run(0, password+"\nanother battery horse", "", "people", "add", "--email", "sam@example.com", "--name", "Sam", "--as", "dana@example.com")
	run(0, password, fake.Key(), "connect", "--as", "dana@example.com")
	run(0, password, "", "sync")
	if said := run(1, "another battery horse", "", "export", "--as", "sam@example.com"); !strings.Contains(said, "(not_permitted)") || strings.Contains(said, "@example") {
		t.Errorf("%q", said)
	}
	if said := run(0, password, "", "export", "--as", "dana@example.com"); !strings.Contains(said, `"email"`) {
		t.Errorf("%.80q", said)
	}
}
