package sqlite

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/chacha20poly1305"
)

// KeySize is the length in bytes of the store's key.
const KeySize = chacha20poly1305.KeySize

const fingerprintSize = 16

// sealVersion is the first byte of every sealed value. A later format gets
// another one.
const sealVersion = 1

var errSeal = errors.New("a sealed value does not open")

// sealer encrypts values, each bound to its row: in another row it cannot be
// decrypted. Its keys can be replaced.
type sealer struct{ keys atomic.Pointer[keys] }

// keys are derived from the store's key and from its generation, which its first
// person began: what was sealed before that does not open any more.
type keys struct {
	root       []byte
	generation string // "" where nobody was added yet, or by an earlier version
	proof      cipher.AEAD
	aead       cipher.AEAD
	hashes     sync.Pool // of keyed hash.Hash, to detect changed details
}

func newSealer(key []byte) (*sealer, error) {
	k, err := newKeys(key, "")
	if err != nil {
		return nil, err
	}
	s := &sealer{}
	s.keys.Store(k)
	return s, nil
}

func newKeys(root []byte, generation string) (*keys, error) {
	proof, err := chacha20poly1305.NewX(root)
	if err != nil {
		return nil, fmt.Errorf("use the store key: %w", err)
	}
	key := root
	if generation != "" {
		if key, err = hkdf.Expand(sha256.New, root, "telehab generation "+generation, KeySize); err != nil {
			return nil, fmt.Errorf("derive the key of this generation: %w", err)
		}
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("use the key of this generation: %w", err)
	}
	fingerprint, err := hkdf.Expand(sha256.New, key, "telehab fingerprint 1", blake2b.Size256)
	if err != nil {
		return nil, fmt.Errorf("derive the fingerprint key: %w", err)
	}
	k := &keys{root: slices.Clone(root), generation: generation, proof: proof, aead: aead}
	k.hashes.New = func() any {
		hash, err := blake2b.New(fingerprintSize, fingerprint)
		if err != nil {
			panic(err) // the sizes are constants
		}
		return hash
	}
	return k, nil
}

// seal returns version, nonce and ciphertext in one piece.
func (s *sealer) seal(plain []byte, row string) []byte { return s.keys.Load().seal(plain, row) }

func (k *keys) seal(plain []byte, row string) []byte { return sealWith(k.aead, plain, row) }

func sealWith(aead cipher.AEAD, plain []byte, row string) []byte {
	out := make([]byte, 1+chacha20poly1305.NonceSizeX, 1+chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	out[0] = sealVersion
	nonce := out[1:]
	_, _ = rand.Read(nonce) // never fails: it would end the program
	return aead.Seal(out, nonce, plain, associated(row))
}

// open is the inverse of seal. It returns errSeal if anything does not match.
func (s *sealer) open(sealed []byte, row string) ([]byte, error) {
	return openWith(s.keys.Load().aead, sealed, row)
}

func openWith(aead cipher.AEAD, sealed []byte, row string) ([]byte, error) {
	if len(sealed) < 1+chacha20poly1305.NonceSizeX || sealed[0] != sealVersion {
		return nil, errSeal
	}
	nonce, body := sealed[1:1+chacha20poly1305.NonceSizeX], sealed[1+chacha20poly1305.NonceSizeX:]
	plain, err := aead.Open(nil, nonce, body, associated(row))
	if err != nil {
		return nil, errSeal
	}
	return plain, nil
}

func associated(row string) []byte { return append([]byte{sealVersion}, row...) }

// keyedHash returns a hash that reveals nothing without the key.
func (s *sealer) keyedHash(parts ...[]byte) []byte {
	k := s.keys.Load()
	hash, _ := k.hashes.Get().(hash.Hash)
	defer k.hashes.Put(hash)
	hash.Reset()
	for _, part := range parts {
		_, _ = hash.Write(part)
		_, _ = hash.Write([]byte{0})
	}
	return hash.Sum(nil)
}

// The rows that values are bound to.
func profileRow(account, id string) string { return "profile/" + account + "/" + id }
func clinicRow(account string) string      { return "clinic/" + account }
func personRow(id string) string           { return "person/" + id }
