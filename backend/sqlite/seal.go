package sqlite

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync/atomic"

	"telehab.io/desktop/backend/seal"
)

// KeySize is the length in bytes of the store's key.
const KeySize = seal.KeySize

// sealer encrypts values, each bound to its row. Its keys can be replaced.
type sealer struct{ keys atomic.Pointer[keys] }

// keys are derived from the store's key and from its generation, which its first
// person began: what was sealed before that does not open any more.
type keys struct {
	*seal.Keys
	root       []byte
	generation string // "" where nobody was added yet, or by an earlier version
	proof      *seal.Keys
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
	proof, err := seal.New(root)
	if err != nil {
		return nil, fmt.Errorf("the store's key: %w", err)
	}
	k := &keys{Keys: proof, root: slices.Clone(root), generation: generation, proof: proof}
	if generation == "" {
		return k, nil
	}
	key, err := hkdf.Expand(sha256.New, root, "telehab generation "+generation, KeySize)
	if err == nil {
		k.Keys, err = seal.New(key)
	}
	if err != nil {
		return nil, fmt.Errorf("derive the key of this generation: %w", err)
	}
	return k, nil
}

// Seal returns version, nonce and ciphertext in one piece.
func (s *sealer) Seal(plain []byte, row string) []byte { return s.keys.Load().Seal(plain, row) }

// open is the inverse of Seal.
func (s *sealer) open(sealed []byte, row string) ([]byte, error) {
	return s.keys.Load().Open(sealed, row)
}

// keyedHash returns a hash that reveals nothing without the key.
func (s *sealer) keyedHash(parts ...[]byte) []byte { return s.keys.Load().Hash(parts...) }

// The rows that values are bound to.
func profileRow(account, id string) string { return "profile/" + account + "/" + id }
func clinicRow(account string) string      { return "clinic/" + account }
func personRow(id string) string           { return "person/" + id }
