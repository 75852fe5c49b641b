package command_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"telehab.io/desktop/backend/keyring"
)

// A folder that is moved takes its keys along: none is left under the name of
// its place before once they are erased.
func TestAMovedFolderLeavesNoKeys(t *testing.T) {
	// A folder that was moved to another disk looks like a copy of one that was
	// moved as well, whose keys must stay.
	const toAnotherDisk = "to another disk"
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
		toAnotherDisk: func(t *testing.T, c *computer) string {
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
				c := newComputer(t, 30)
				before := c.data
				moved := move(t, c)
				there := c.at(moved)
				places := []string{before, filepath.Join(filepath.Dir(before), "between"), moved}
				var left []string
				if name == toAnotherDisk {
					left = []string{"data: store key", "data: Cliniko API key"}
				}
				if opened {
					there.must("", "status")
					there.must("", "sync")
					there.must("", "disconnect", "--as", asDana, "--yes")
					if keys := keysOf(t, places...); !slices.Equal(keys, append(slices.Clone(left), filepath.Base(moved)+": store key")) {
						t.Errorf("after disconnect: %v", keys)
					}
				}
				there.must("", "purge", "--yes")
				if keys := keysOf(t, places...); !slices.Equal(keys, left) {
					t.Errorf("after purge: %v", keys)
				}
			})
		}
	}
}

// Where the keyring does not run, purge leaves what the next one needs to find
// the keys.
func TestAPurgeWithoutAKeyringFindsTheKeysLater(t *testing.T) {
	c := newComputer(t, 30)
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
	c := newComputer(t, 30)
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

// A folder is copied, and the original is moved before it was opened again: it
// has its keys only under the name of its place before, where the copy cannot
// see it any more.
func TestErasingACopyLeavesTheKeysOfTheMovedOriginal(t *testing.T) {
	for _, erase := range [][]string{{"disconnect", "--as", asDana, "--yes"}, {"purge", "--yes"}} {
		t.Run(erase[0], func(t *testing.T) {
			c := newComputer(t, 30)
			copied, moved := filepath.Join(filepath.Dir(c.data), "copied"), filepath.Join(filepath.Dir(c.data), "moved")
			copyFolder(t, c.data, copied)
			there := c.at(copied)
			there.must("", "status")
			if err := os.Rename(c.data, moved); err != nil {
				t.Fatal(err)
			}
			there.must("", erase...)
			c.at(moved).must("", "sync")
		})
	}
}

// keyring.json may say anything, as in a folder that somebody hands over: the
// keys of another store stay whatever it calls them.
func TestAForgedKeyFileDeletesNoOthersKeys(t *testing.T) {
	for name, forge := range map[string]func(own, folder, ending string) string{
		"as an earlier name": func(own, folder, ending string) string {
			return strings.TrimSuffix(strings.TrimSpace(own), "}") + `,"earlier":[{"ending":"` + ending + `","folder":"` + folder + `"}]}`
		},
		"as the name": func(_, folder, ending string) string {
			return `{"place":"","ending":"` + ending + `","folder":"` + folder + `"}`
		},
		"as the name in another place": func(_, _, ending string) string {
			return `{"place":"","ending":"` + ending + `","folder":"/nowhere/data"}`
		},
	} {
		t.Run(name, func(t *testing.T) {
			other, c := newComputer(t, 30), newComputer(t, 30)
			sum := sha256.Sum256([]byte(other.data))
			file := filepath.Join(c.data, "keyring.json")
			own, err := os.ReadFile(file)
			if err == nil {
				err = os.WriteFile(file, []byte(forge(string(own), c.data, " "+hex.EncodeToString(sum[:6]))), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			c.must("", "purge", "--yes")
			other.must("", "sync")
		})
	}
}

// Two folders change places: each continues with its own keys.
func TestFoldersThatChangePlaces(t *testing.T) {
	a, b := newComputer(t, 30), newComputer(t, 30)
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
	c := newComputer(t, 30)
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
			c := newComputer(t, 30)
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
