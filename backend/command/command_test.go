package command_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/command"
	"telehab.io/desktop/backend/keyring/keyringtest"
	"telehab.io/desktop/backend/leaktest"
	"telehab.io/desktop/backend/workspace"
)

// The commands run as a program of their own, under a real keyring.
func TestMain(m *testing.M) {
	if os.Getenv("TELEHAB_VALD_URL") == "" { // no test reaches VALD
		if err := os.Setenv("TELEHAB_VALD_URL", nobody); err != nil {
			panic(err)
		}
	}
	testscript.Main(keyed{m}, map[string]func(){
		"telehab": func() {
			ctx, stop := command.UntilSignal(context.Background())
			code := command.Run(ctx, os.Args[1:], command.Terminal{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Workspace: quick(),
				Window: func(_ context.Context, demo bool, link string) error {
					_, err := fmt.Printf("window, demo %v, link %q\n", demo, link)
					return err
				}})
			stop()
			os.Exit(code)
		},
	})
}

// nobody is an address of this computer where nothing answers.
const nobody = "http://127.0.0.1:1"

// quick is the workspace of the environment with passwords that are cheap to
// hash: the tests check hundreds.
func quick() workspace.Options {
	o := workspace.FromEnvironment("1.2.3")
	o.HashCost = account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}
	return o
}

// runHere runs a command in this process, where the environment says.
func runHere(t *testing.T, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var said, complained bytes.Buffer
	code = command.Run(t.Context(), args, command.Terminal{In: strings.NewReader(in), Out: &said, Err: &complained, Workspace: quick()})
	return code, said.String(), complained.String()
}

// runsTo returns runHere for commands that have to end with the code want. It
// returns all that they print.
func runsTo(t *testing.T) func(want int, in string, args ...string) string {
	return func(want int, in string, args ...string) string {
		t.Helper()
		code, out, errs := runHere(t, in, args...)
		if code != want {
			t.Fatalf("%s: %d, %s%s", args, code, out, errs)
		}
		return out + errs
	}
}

// keyed runs the tests in a private session with an unlocked keyring.
type keyed struct{ m *testing.M }

func (k keyed) Run() int {
	keyringtest.Main(k.m)
	return 0
}

const password = "correct horse battery"

type clinicValue struct{}

// vanish deletes patients in Cliniko: from and how many, of those who are
// active, in the order of their creation.
func vanish(ts *testscript.TestScript, _ bool, args []string) {
	fake := ts.Value(clinicValue{}).(*fakeclinic.Clinic)
	from, err := strconv.Atoi(args[0])
	ts.Check(err)
	many, err := strconv.Atoi(args[1])
	ts.Check(err)
	for _, p := range fake.Patients()[from:] {
		if many > 0 && p.ArchivedAt == nil {
			ts.Check(fake.Delete(p.ID))
			many--
		}
	}
	if many > 0 {
		ts.Fatalf("%d too few", many)
	}
}

// later leaves the store as it is after a minute without requests, so that those
// of before do not count towards the limit.
func later(ts *testscript.TestScript, _ bool, _ []string) {
	db, err := sql.Open("sqlite3", ts.Getenv("TELEHAB_DATA_DIR")+"/telehab.db")
	ts.Check(err)
	_, err = db.Exec("DELETE FROM traffic")
	ts.Check(errors.Join(err, db.Close()))
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"vanish": vanish, "later": later},
		Condition: func(name string) (bool, error) {
			if name != "mounts" {
				return false, fmt.Errorf("no condition %q", name)
			}
			return exec.Command("unshare", "-m", "true").Run() == nil, nil
		},
		Setup: func(env *testscript.Env) error {
			fake := fakeclinic.New(fakeclinic.Options{Seed: 1, Patients: 400})
			server, err := fake.Start("127.0.0.1:0")
			if err != nil {
				return err
			}
			env.Defer(func() { _ = server.Close() })
			for _, name := range []string{"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"} {
				env.Setenv(name, os.Getenv(name))
			}
			env.Setenv("TELEHAB_CLINIKO_URL", server.URL())
			env.Setenv("TELEHAB_VALD_URL", nobody)
			env.Setenv("TELEHAB_DATA_DIR", env.WorkDir+"/data")
			kept := leaktest.Dir(t, fake, password)
			env.Defer(func() {
				if err := os.CopyFS(kept, os.DirFS(env.WorkDir+"/data")); err != nil && !errors.Is(err, fs.ErrNotExist) {
					t.Error(err)
				}
			})
			env.Setenv("TELEHAB_PASSWORD", password)
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("KEY", fake.Key())
			env.Values[clinicValue{}] = fake
			// A complete and an incomplete patient, for the scripts to name.
			for _, p := range fake.Patients() {
				if p.ArchivedAt == nil && p.Email == nil {
					env.Setenv("INCOMPLETE", p.ID)
				}
				if p.ArchivedAt == nil && p.Email != nil && p.LastName != nil && strings.Trim(*p.LastName, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == "" && *p.LastName != "" {
					env.Setenv("COMPLETE", p.ID)
					env.Setenv("SURNAME", *p.LastName)
				}
			}
			return nil
		},
	})
}
