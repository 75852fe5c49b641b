package command_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/keyring"
)

const asDana = "dana@example.com"

// computer is a data folder, a clinic, and a terminal for both.
type computer struct {
	t           *testing.T
	environment []string
	data        string
	clinic      *fakeclinic.Clinic
}

func newComputer(t *testing.T, patients int) *computer {
	t.Helper()
	c := newConnected(t, patients)
	c.must("", "sync")
	return c
}

// newConnected is newComputer before its first sync.
func newConnected(t *testing.T, patients int) *computer {
	t.Helper()
	clinic := fakeclinic.New(fakeclinic.Options{Seed: 8, Patients: patients})
	server, err := clinic.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	data := filepath.Join(t.TempDir(), "data")
	c := &computer{t, append(os.Environ(), "HOME="+t.TempDir(), "TELEHAB_DATA_DIR="+data, "TELEHAB_CLINIKO_URL="+server.URL()), data, clinic}
	c.must(clinic.Key(), "people", "add", "--email", asDana, "--name", "Dana")
	c.must(clinic.Key(), "connect", "--as", asDana)
	return c
}

// at returns the same computer whose data folder is called by another path.
func (c computer) at(data string) *computer {
	c.environment = append(slices.Clone(c.environment), "TELEHAB_DATA_DIR="+data)
	return &c
}

func (c *computer) run(input string, args ...string) (code int, said string) {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), "telehab", args...)
	cmd.Env, cmd.Stdin = withPassword(c.environment), strings.NewReader(input)
	out, _ := cmd.CombinedOutput()
	return cmd.ProcessState.ExitCode(), string(out)
}

// must runs a command that has to end well; some clients may need attention.
func (c *computer) must(input string, args ...string) {
	c.t.Helper()
	if code, said := c.run(input, args...); code != 0 && code != 3 {
		c.t.Fatalf("%v: exit %d\n%s", args, code, said)
	}
}

// endingOf returns the end of the names that the keys of a data folder with this
// path have.
func endingOf(folder string) string {
	sum := sha256.Sum256([]byte(folder))
	return hex.EncodeToString(sum[:6])
}

// keysOf returns the keys in the system keyring of data folders with these
// paths.
func keysOf(t *testing.T, folders ...string) (keys []string) {
	t.Helper()
	ring := keyring.Open("TeleHab")
	for _, folder := range folders {
		for _, secret := range []string{"store key", "next store key", "Cliniko API key"} {
			if _, found, err := ring.Get(t.Context(), secret+" "+endingOf(folder)); err != nil {
				t.Fatal(err)
			} else if found {
				keys = append(keys, filepath.Base(folder)+": "+secret)
			}
		}
	}
	return keys
}

// connect waits for the key; meanwhile another process disconnects, and perhaps
// connects again.
func TestAConnectThatWaitedBesideADisconnect(t *testing.T) {
	for name, again := range map[string]bool{"disconnected": false, "connected again": true} {
		t.Run(name, func(t *testing.T) {
			c := newComputer(t, 30)
			p := onTerminal(t, withPassword(c.environment), "connect", "--as", asDana)
			p.waitFor("Paste the API key and press Enter:")
			c.must("", "disconnect", "--as", asDana, "--yes")
			if again {
				c.must(c.clinic.Key(), "connect", "--as", asDana)
			}
			if _, err := p.keyboard.Write([]byte(c.clinic.Key() + "\n")); err != nil {
				t.Fatal(err)
			}
			if code := p.end(); code == 0 || !strings.Contains(p.output(), "store_missing") {
				t.Errorf("exit %d\n%s", code, p.output())
			}
			if keys := keysOf(t, c.data); slices.Contains(keys, "data: Cliniko API key") != again {
				t.Errorf("keys: %v", keys)
			}
			c.must("", "status")
			c.must(c.clinic.Key(), "connect", "--as", asDana)
			c.must("", "sync")
		})
	}
}

// Nothing is connected, and disconnect says so. If somebody connects while it
// asks, it erases nothing, since nobody was asked about those clients.
func TestDisconnectWhereNothingIsConnected(t *testing.T) {
	c := newComputer(t, 5)
	c.must("", "disconnect", "--yes", "--as", asDana)
	if code, said := c.run("", "disconnect", "--yes", "--as", asDana); code != 0 || said != "Nothing was connected. What an earlier disconnect left is erased.\n" {
		t.Errorf("exit %d: %s", code, said)
	}
	p := onTerminal(t, withPassword(c.environment), "disconnect", "--as", asDana)
	p.waitFor("This erases what an earlier disconnect has left from this computer.")
	c.must(c.clinic.Key(), "connect", "--as", asDana)
	c.must("", "sync")
	if _, err := p.keyboard.Write([]byte("yes\n")); err != nil {
		t.Fatal(err)
	}
	if code := p.end(); code == 0 || !strings.Contains(p.output(), "Somebody connected a clinic meanwhile, so nothing was erased.") {
		t.Errorf("exit %d\n%s", code, p.output())
	}
	if left, keys := c.count("SELECT count(*) FROM profile"), keysOf(t, c.data); left != 5 || !slices.Contains(keys, "data: Cliniko API key") {
		t.Errorf("%d profiles and %v are left", left, keys)
	}
	c.must("", "disconnect", "--yes", "--as", asDana)
}

// connect waits for the key; meanwhile everything is erased, and perhaps set up
// anew. The key does not stay behind.
func TestAConnectThatWaitedBesideAPurge(t *testing.T) {
	for name, want := range map[string][]string{"erased": nil, "set up anew": {"data: store key"}} {
		t.Run(name, func(t *testing.T) {
			c := newComputer(t, 30)
			p := onTerminal(t, withPassword(c.environment), "connect", "--as", asDana)
			p.waitFor("Paste the API key and press Enter:")
			c.must("", "purge", "--yes")
			if want != nil {
				c.must("", "people", "add", "--email", asDana, "--name", "Dana")
			}
			if _, err := p.keyboard.Write([]byte(c.clinic.Key() + "\n")); err != nil {
				t.Fatal(err)
			}
			if code := p.end(); code == 0 || !strings.Contains(p.output(), "store_missing") {
				t.Errorf("exit %d\n%s", code, p.output())
			}
			if keys := keysOf(t, c.data); !slices.Equal(keys, want) {
				t.Errorf("keys: %v", keys)
			}
		})
	}
}

// slowProof is a clinic that answers a new key only once release is called.
type slowProof struct {
	*httptest.Server
	asked   chan struct{}
	release func()
}

func newSlowProof(t *testing.T, clinic *fakeclinic.Clinic) *slowProof {
	t.Helper()
	open := make(chan struct{})
	s := &slowProof{asked: make(chan struct{}, 100), release: sync.OnceFunc(func() { close(open) })}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/patients") && r.URL.Query().Get("per_page") == "1" {
			s.asked <- struct{}{}
			<-open
		}
		clinic.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { s.release(); s.Close() })
	return s
}

// Two clinics are connected at the same moment: one of them wins, with its own
// key.
func TestTwoClinicsConnectAtOnce(t *testing.T) {
	for range 4 {
		data, home := filepath.Join(t.TempDir(), "data"), t.TempDir()
		var both [2]*computer
		var slow [2]*slowProof
		var codes [2]int
		var ended sync.WaitGroup
		for i, account := range []string{"4000776", "4000777"} {
			clinic := fakeclinic.New(fakeclinic.Options{Seed: 8, Patients: 10, AccountID: account, Name: account})
			slow[i] = newSlowProof(t, clinic)
			environment := append(os.Environ(), "HOME="+home, "TELEHAB_DATA_DIR="+data, "TELEHAB_CLINIKO_URL="+slow[i].URL+"/v1")
			both[i] = &computer{t, environment, data, clinic}
		}
		both[0].must("", "people", "add", "--email", asDana, "--name", "Dana")
		for i := range both {
			ended.Go(func() { codes[i], _ = both[i].run(both[i].clinic.Key(), "connect", "--as", asDana) })
			<-slow[i].asked
		}
		slow[0].release()
		slow[1].release()
		ended.Wait()
		if (codes[0] == 0) == (codes[1] == 0) {
			t.Fatalf("exits %v", codes)
		}
		both[slices.Index(codes[:], 0)].must("", "sync")
	}
}
