// Package seal encrypts the values of a store, each bound to its row: in
// another row it does not open. A sealed value is a version byte, a random
// nonce and what XChaCha20-Poly1305 makes of the value.
package seal

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"sync"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/chacha20poly1305"
)

const (
	// KeySize is the length in bytes of a key.
	KeySize = chacha20poly1305.KeySize
	// HashSize is the length in bytes of what Hash returns.
	HashSize = 16
)

// version is the first byte of every sealed value. A later format gets another
// one.
const version = 1

// ErrOpen says that a value is not as it was sealed, not in its row, or sealed
// with another key.
var ErrOpen = errors.New("a sealed value does not open")

// Keys are made from one key. They never change, and may be used by several
// goroutines.
type Keys struct {
	aead   cipher.AEAD
	hashes sync.Pool // of keyed hash.Hash
}

// New returns the keys that are made from a key of KeySize bytes.
func New(key []byte) (*Keys, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("use the key: %w", err)
	}
	fingerprint, err := hkdf.Expand(sha256.New, key, "telehab fingerprint 1", blake2b.Size256)
	if err != nil {
		return nil, fmt.Errorf("derive the fingerprint key: %w", err)
	}
	k := &Keys{aead: aead}
	k.hashes.New = func() any {
		hash, err := blake2b.New(HashSize, fingerprint)
		if err != nil {
			panic(err) // the sizes are constants
		}
		return hash
	}
	return k, nil
}

// Seal encrypts a value of the named row.
func (k *Keys) Seal(plain []byte, row string) []byte {
	out := make([]byte, 1+chacha20poly1305.NonceSizeX, 1+chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	out[0] = version
	nonce := out[1:]
	_, _ = rand.Read(nonce) // never fails: it would end the program
	return k.aead.Seal(out, nonce, plain, associated(row))
}

// Open is the inverse of Seal. It returns ErrOpen if anything does not match.
func (k *Keys) Open(sealed []byte, row string) ([]byte, error) {
	if len(sealed) < 1+chacha20poly1305.NonceSizeX || sealed[0] != version {
		return nil, ErrOpen
	}
	nonce, body := sealed[1:1+chacha20poly1305.NonceSizeX], sealed[1+chacha20poly1305.NonceSizeX:]
	plain, err := k.aead.Open(nil, nonce, body, associated(row))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// Hash returns a hash of HashSize bytes that reveals nothing without the key.
func (k *Keys) Hash(parts ...[]byte) []byte {
	hash, _ := k.hashes.Get().(hash.Hash)
	defer k.hashes.Put(hash)
	hash.Reset()
	for _, part := range parts {
		_, _ = hash.Write(part)
		_, _ = hash.Write([]byte{0})
	}
	return hash.Sum(nil)
}

// Tag returns the end of a sealed value, which authenticates it, and which no
// other value has.
func Tag(sealed []byte) []byte { return sealed[max(0, len(sealed)-chacha20poly1305.Overhead):] }

func associated(row string) []byte { return append([]byte{version}, row...) }
