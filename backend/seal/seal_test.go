package seal_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"telehab.io/desktop/backend/seal"
)

func keysOf(t *testing.T, b byte) *seal.Keys {
	t.Helper()
	k, err := seal.New(bytes.Repeat([]byte{b}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAValueOpensInItsRowAlone(t *testing.T) {
	k := keysOf(t, 1)
	sealed := k.Seal([]byte("Unmistakable-Canary"), "profile/1/2")
	if bytes.Contains(sealed, []byte("Canary")) || len(sealed) != 1+24+19+16 {
		t.Errorf("%d bytes: %q", len(sealed), sealed)
	}
	if plain, err := k.Open(sealed, "profile/1/2"); err != nil || string(plain) != "Unmistakable-Canary" {
		t.Errorf("%q, %v", plain, err)
	}
	if bytes.Equal(sealed, k.Seal([]byte("Unmistakable-Canary"), "profile/1/2")) {
		t.Error("the same value is sealed to the same bytes")
	}
	flipped := bytes.Clone(sealed)
	flipped[30]++
	other := bytes.Clone(sealed)
	other[0] = 2
	for name, open := range map[string]func() ([]byte, error){
		"another row":     func() ([]byte, error) { return k.Open(sealed, "profile/1/3") },
		"another key":     func() ([]byte, error) { return keysOf(t, 2).Open(sealed, "profile/1/2") },
		"a changed byte":  func() ([]byte, error) { return k.Open(flipped, "profile/1/2") },
		"another version": func() ([]byte, error) { return k.Open(other, "profile/1/2") },
		"cut":             func() ([]byte, error) { return k.Open(sealed[:24], "profile/1/2") },
		"the nonce alone": func() ([]byte, error) { return k.Open(sealed[:25], "profile/1/2") },
		"nothing":         func() ([]byte, error) { return k.Open(nil, "profile/1/2") },
	} {
		if plain, err := open(); !errors.Is(err, seal.ErrOpen) || plain != nil {
			t.Errorf("%s opens: %q, %v", name, plain, err)
		}
	}
	if tag := seal.Tag(sealed); !bytes.Equal(tag, sealed[len(sealed)-16:]) || len(seal.Tag([]byte{1, 2})) != 2 {
		t.Errorf("%x", tag)
	}
}

// Stores have these hashes in their rows, so they never change.
func TestHashes(t *testing.T) {
	k := keysOf(t, 1)
	hash := func(parts ...string) string {
		var each [][]byte
		for _, part := range parts {
			each = append(each, []byte(part))
		}
		return hex.EncodeToString(k.Hash(each...))
	}
	if got := hash("tries", "dana@clinic.example"); got != "4133ed11f29a0d8b7761b37540b9510e" {
		t.Errorf("%s", got)
	}
	if hash("ab", "c") == hash("a", "bc") || hash("a") == hash("a", "") {
		t.Error("what is between the parts does not count")
	}
	if bytes.Equal(k.Hash([]byte("a")), keysOf(t, 2).Hash([]byte("a"))) {
		t.Error("the key does not count")
	}
}

func TestShortKeysAreRefused(t *testing.T) {
	if _, err := seal.New([]byte("short")); err == nil {
		t.Error("taken")
	}
}
