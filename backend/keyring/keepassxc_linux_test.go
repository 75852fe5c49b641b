package keyring_test

import (
	"errors"
	"strings"
	"testing"

	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/keyring/keyringtest"
	"telehab.io/desktop/backend/profile"
)

// The real KeePassXC with one database whose name is not "login".
func TestKeePassXC(t *testing.T) {
	if !inTrouble(t, "keepassxc", onBareBus(t)) {
		return
	}
	kee := keyringtest.NewKeePassXC(t, "Practice", "Private")

	kee.Start(true, "Practice")
	k := keyring.Open("TeleHab test")
	if err := k.Probe(t.Context()); err != nil {
		t.Fatalf("the collection behind the alias default is not used: %v", err)
	}
	mustSet(t, k, "key", []byte{0, 1, 255})
	value, place, err := k.Find(t.Context(), "key", "")
	if err != nil || string(value) != "\x00\x01\xff" || !strings.HasSuffix(place, "/Practice") {
		t.Fatalf("%q in %q, %v", value, place, err)
	}
	if _, _, err := k.Find(t.Context(), "other", place); !errors.Is(err, keyring.ErrAbsent) {
		t.Errorf("searched in the open database: %v", err)
	}
	kee.Stop()

	hidden := func(when, word string) {
		t.Helper()
		_, _, err := k.Find(t.Context(), "key", place)
		if code := profile.CodeOf(err); code != profile.KeyringLocked && code != profile.KeyringMissing || !strings.Contains(profile.MessageOf(err), word) {
			t.Errorf("%s: code %q, sentence %q, error %v", when, code, profile.MessageOf(err), err)
		}
	}
	hidden("KeePassXC is closed", "Start it")
	kee.Start(false)
	hidden("no database is open", "Unlock your password manager")
	kee.Stop()
	kee.Start(true, "Private")
	hidden("another database is open", "Practice")
	kee.Stop()
	kee.Start(false, "Practice")
	hidden("the database is locked", "Unlock your password manager")
	kee.Stop() // while it still asks for the password

	kee.Start(true, "Practice")
	value, again, err := k.Find(t.Context(), "key", place)
	if err != nil || string(value) != "\x00\x01\xff" || again != place {
		t.Errorf("unlocked again: %q in %q, %v", value, again, err)
	}
	if err := k.Delete(t.Context(), "key"); err != nil {
		t.Errorf("Delete: %v", err)
	}
	if _, _, err := k.Find(t.Context(), "key", place); !errors.Is(err, keyring.ErrAbsent) {
		t.Errorf("deleted, and not proved absent: %v", err)
	}
}
