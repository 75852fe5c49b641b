package keyring

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	system "github.com/99designs/keyring"

	"telehab.io/desktop/backend/profile"
)

// "Locked" and "not available" are different from "not found".
func TestWhatSystemsSayOfTheirKeyrings(t *testing.T) {
	for text, want := range map[string]state{
		"User interaction is not allowed. (-25308)":                                 stateLocked,
		"The user name or passphrase you entered is not correct. (-25293)":          stateLocked,
		"The user canceled the operation. (-128)":                                   stateLocked,
		"Failed to query keychain: User interaction is not allowed. (-25308)":       stateLocked,
		"The specified keychain could not be found. (-25294)":                       stateMissing,
		"No keychain is available. You may need to restart your computer. (-25291)": stateMissing,
		"The specified item already exists in the keychain. (-25299)":               stateOther,
		"The specified item could not be found in the keychain. (-25300)":           stateOther,
		"(-25308) stands at the front":                                              stateOther,
		"something else":                                                            stateOther,
	} {
		if got := keychainState(keychainStatus(errors.New(text))); got != want {
			t.Errorf("%s: %d", text, got)
		}
	}
	for code, want := range map[uint32]state{5: stateLocked, 1312: stateLocked, 0x8009000B: stateLocked, 1062: stateMissing, 1722: stateMissing,
		1168: stateOther, 0: stateOther, 87: stateOther} {
		if got := credentialsState(code); got != want {
			t.Errorf("Windows' code %d: %d", code, got)
		}
	}
}

func TestLockedSentencesSayHowToUnlock(t *testing.T) {
	for goos, word := range map[string]string{"linux": "Unlock your password manager, then try again.", "windows": "then try again.", "darwin": "Keychain Access"} {
		if sentence := lockedSentence(goos); !strings.Contains(sentence, word) || !strings.Contains(sentence, "Nothing is lost.") {
			t.Errorf("%s: %q", goos, sentence)
		}
	}
}

// failing is a keyring in memory that fails as a system's keyring may.
type failing struct {
	system.Keyring
	getErr, setErr error
}

func (f failing) Get(key string) (system.Item, error) {
	if f.getErr != nil {
		return system.Item{}, f.getErr
	}
	return f.Keyring.Get(key)
}

func (f failing) Set(item system.Item) error {
	if f.setErr != nil {
		return f.setErr
	}
	return f.Keyring.Set(item)
}

// A system's store proves an absence by storing another value, and only if it
// is the store where the value was.
func TestAbsenceIsProvedByAStoreThatKeepsAValue(t *testing.T) {
	refused := errors.New("access denied")
	for name, test := range map[string]struct {
		getErr, setErr error
		place          string
		absent         bool
	}{
		"not found, and it keeps another": {place: "vault", absent: true},
		"not found, by an older version":  {absent: true},
		"not found, and it keeps nothing": {setErr: refused, place: "vault"},
		"it does not say":                 {getErr: refused, place: "vault"},
		"it was in another store":         {place: "other"},
	} {
		l := &library{ring: failing{system.NewArrayKeyring(nil), test.getErr, test.setErr}, place: "vault"}
		k := &Keyring{gate: newGate(time.Second), openers: []opener{{kind: "vault", open: func() (store, error) { return l, nil }}}}
		_, _, err := k.Find(t.Context(), "key", test.place)
		if errors.Is(err, ErrAbsent) != test.absent || !test.absent && profile.CodeOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A value in a store that is no longer tried first is found, and deleted.
func TestOlderStoreIsSearchedToo(t *testing.T) {
	first := &library{ring: system.NewArrayKeyring(nil), place: "first"}
	older := &library{ring: system.NewArrayKeyring(nil), place: "older"}
	if err := older.set("key", []byte("value")); err != nil {
		t.Fatal(err)
	}
	var runs bool
	open := func(l *library) opener {
		return opener{kind: l.place, open: func() (store, error) { return l, nil }, running: func() bool { return runs }}
	}
	k := &Keyring{gate: newGate(time.Second), openers: []opener{open(first), open(older)}}
	if _, _, err := k.Find(t.Context(), "key", "older"); profile.CodeOf(err) != profile.KeyringLocked {
		t.Errorf("while it does not run: %v", err)
	}
	runs = true
	for _, place := range []string{"", "older"} {
		value, where, err := k.Find(t.Context(), "key", place)
		if err != nil || string(value) != "value" || where != "older" {
			t.Errorf("%q in %q, %v", value, where, err)
		}
	}
	if err := k.Delete(t.Context(), "key"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Find(t.Context(), "key", "older"); !errors.Is(err, ErrAbsent) {
		t.Errorf("after Delete: %v", err)
	}
	if err := fmt.Sprint(older.get("key", "")); strings.Contains(err, "value") {
		t.Error("it is still there")
	}
}
