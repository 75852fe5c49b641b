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

func newComputer(t *testing.T) *computer {
	t.Helper()
	clinic := fakeclinic.New(fakeclinic.Options{Seed: 8, Patients: 30})
	server, err := clinic.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	data := filepath.Join(t.TempDir(), "data")
	c := &computer{t, append(os.Environ(), "HOME="+t.TempDir(), "TELEHAB_DATA_DIR="+data, "TELEHAB_CLINIKO_URL="+server.URL()), data, clinic}
	c.must(clinic.Key(), "people", "add", "--email", asDana, "--name", "Dana")
	c.must(clinic.Key(), "connect", "--as", asDana)
	c.must("", "sync")
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

// keysOf returns the keys in the system keyring of data folders with these
// paths.
func keysOf(t *testing.T, folders ...string) (keys []string) {
	t.Helper()
	ring := keyring.Open("TeleHab")
	for _, folder := range folders {
		sum := sha256.Sum256([]byte(folder))
		for _, secret := range []string{"store key", "next store key", "Cliniko API key"} {
			if _, found, err := ring.Get(t.Context(), secret+" "+hex.EncodeToString(sum[:6])); err != nil {
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
			c := newComputer(t)
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

// A folder that is moved takes its keys along: none is left under the name of
// its place before once they are erased.
func TestAMovedFolderLeavesNoKeys(t *testing.T) {
	for name, move := range map[string]func(t *testing.T, c *computer) string{
		"the folder": func(t *testing.T, c *computer) string {
			t.Helper()
			moved := filepath.Join(filepath.Dir(c.data), "moved")
			if err := os.Rename(c.data, moved); err != nil {
				t.Fatal(err)
			}
			return moved
		},
		"the folder above": func(t *testing.T, c *computer) string {
			t.Helper()
			above := filepath.Join(t.TempDir(), "above")
			if err := os.Rename(filepath.Dir(c.data), above); err != nil {
				t.Fatal(err)
			}
			return filepath.Join(above, "data")
		},
		"twice": func(t *testing.T, c *computer) string {
			t.Helper()
			between, moved := filepath.Join(filepath.Dir(c.data), "between"), filepath.Join(filepath.Dir(c.data), "moved")
			if err := os.Rename(c.data, between); err != nil {
				t.Fatal(err)
			}
			c.at(between).must("", "status")
			if err := os.Rename(between, moved); err != nil {
				t.Fatal(err)
			}
			return moved
		},
		"to another disk": func(t *testing.T, c *computer) string {
			t.Helper()
			moved := filepath.Join(filepath.Dir(c.data), "moved")
			copyFolder(t, c.data, moved)
			if err := os.RemoveAll(c.data); err != nil {
				t.Fatal(err)
			}
			return moved
		},
	} {
		for _, opened := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				c := newComputer(t)
				before := c.data
				moved := move(t, c)
				there := c.at(moved)
				places := []string{before, filepath.Join(filepath.Dir(before), "between"), moved}
				if opened {
					there.must("", "status")
					there.must("", "sync")
					there.must("", "disconnect", "--as", asDana, "--yes")
					if keys := keysOf(t, places...); !slices.Equal(keys, []string{filepath.Base(moved) + ": store key"}) {
						t.Errorf("after disconnect: %v", keys)
					}
				}
				there.must("", "purge", "--yes")
				if keys := keysOf(t, places...); len(keys) > 0 {
					t.Errorf("after purge: %v", keys)
				}
			})
		}
	}
}

// Where the keyring does not run, purge leaves what the next one needs to find
// the keys.
func TestAPurgeWithoutAKeyringFindsTheKeysLater(t *testing.T) {
	c := newComputer(t)
	moved := filepath.Join(filepath.Dir(c.data), "moved")
	if err := os.Rename(c.data, moved); err != nil {
		t.Fatal(err)
	}
	there := c.at(moved)
	there.must("", "status")
	bare := c.at(moved)
	bare.environment = append(bare.environment, "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(t.TempDir(), "none"))
	if code, said := bare.run("", "purge", "--yes"); code == 0 || !strings.Contains(said, "keyring_missing") {
		t.Fatalf("exit %d: %s", code, said)
	}
	if _, err := os.Stat(filepath.Join(moved, "telehab.db")); !os.IsNotExist(err) {
		t.Errorf("the store: %v", err)
	}
	there.must("", "purge", "--yes")
	if keys := keysOf(t, c.data, moved); len(keys) > 0 {
		t.Error(keys)
	}
	if _, err := os.Stat(moved); !os.IsNotExist(err) {
		t.Errorf("the folder: %v", err)
	}
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(to, 0o700); err != nil { // #nosec G302 -- a folder
		t.Fatal(err)
	}
}

// Erasing a copy leaves the keys to the folder that it was made of.
func TestACopiedFolderLeavesTheKeysOfTheOther(t *testing.T) {
	c := newComputer(t)
	copied := filepath.Join(filepath.Dir(c.data), "copied")
	copyFolder(t, c.data, copied)
	there := c.at(copied)
	there.must("", "status")
	there.must("", "disconnect", "--as", asDana, "--yes")
	there.must("", "purge", "--yes")
	if keys := keysOf(t, copied); len(keys) > 0 {
		t.Errorf("of the copy: %v", keys)
	}
	c.must("", "sync")
}

// Two folders change places: each goes on with its own keys.
func TestFoldersThatChangePlaces(t *testing.T) {
	a, b := newComputer(t), newComputer(t)
	aside := a.data + "-aside"
	for _, move := range [][2]string{{a.data, aside}, {b.data, a.data}, {aside, b.data}} {
		if err := os.Rename(move[0], move[1]); err != nil {
			t.Fatal(err)
		}
	}
	b.environment = append(slices.Clone(b.environment), "TELEHAB_DATA_DIR="+a.data)
	a.environment = append(slices.Clone(a.environment), "TELEHAB_DATA_DIR="+b.data)
	for range 2 {
		b.must("", "sync")
		a.must("", "sync")
	}
	b.must("", "purge", "--yes")
	a.must("", "sync")
	a.must("", "purge", "--yes")
	if keys := append(keysOf(t, a.data), keysOf(t, b.data)...); len(keys) > 0 {
		t.Error(keys)
	}
}

// One folder by two paths, one of which has a link above the folder.
func TestOneFolderByTwoPaths(t *testing.T) {
	c := newComputer(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Dir(c.data), link); err != nil {
		t.Fatal(err)
	}
	linked := filepath.Join(link, "data")
	other := c.at(linked)
	other.must("", "status")
	c.must("", "disconnect", "--as", asDana, "--yes")
	other.must("", "status")
	other.must(c.clinic.Key(), "connect", "--as", asDana)
	c.must("", "sync")
	other.must("", "purge", "--yes")
	if keys := keysOf(t, c.data, linked); len(keys) > 0 {
		t.Errorf("after purge: %v", keys)
	}
}

// An earlier version named the keys after the path as it was typed, and did not
// write where the folder was.
func TestAnEarlierVersionsFolderByALink(t *testing.T) {
	for name, written := range map[string]bool{"where the key is": true, "nothing": false} {
		t.Run(name, func(t *testing.T) {
			c := newComputer(t)
			link := filepath.Join(t.TempDir(), "link")
			if err := os.Symlink(filepath.Dir(c.data), link); err != nil {
				t.Fatal(err)
			}
			linked := filepath.Join(link, "data")
			renameKeys(t, c.data, linked, written)
			other := c.at(linked)
			other.must("", "sync")
			other.must("", "disconnect", "--as", asDana, "--yes")
			if keys := keysOf(t, c.data, linked); !slices.Equal(keys, []string{"data: store key"}) {
				t.Errorf("after disconnect: %v", keys)
			}
			c.must("", "status")
		})
	}
}

// renameKeys gives the keys of the folder at one path the names of another.
func renameKeys(t *testing.T, from, to string, written bool) {
	t.Helper()
	ring := keyring.Open("TeleHab")
	old, renamed := sha256.Sum256([]byte(from)), sha256.Sum256([]byte(to))
	var where string
	for _, secret := range []string{"store key ", "Cliniko API key "} {
		value, place, err := ring.Find(t.Context(), secret+hex.EncodeToString(old[:6]), "")
		where = place
		if err == nil {
			err = ring.Set(t.Context(), secret+hex.EncodeToString(renamed[:6]), value)
		}
		if err == nil {
			err = ring.Delete(t.Context(), secret+hex.EncodeToString(old[:6]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(from, "keyring.json")
	err := os.Remove(file)
	if written {
		err = os.WriteFile(file, []byte(`{"place":"`+where+`","ending":" `+hex.EncodeToString(renamed[:6])+`"}`), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
