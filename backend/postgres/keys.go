package postgres

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"telehab.io/desktop/backend/seal"
)

// KeySize is the length in bytes of a clinic's key.
const KeySize = seal.KeySize

// keyring has the versions of the clinic's key. What is written is sealed with
// the latest; each sealed value begins with the version that opens it.
type keyring struct {
	versions map[uint16]*seal.Keys
	latest   uint16
	// index keys the hashes of refs. It has no versions: a row's ref stays when
	// the row is sealed anew.
	index *seal.Keys
}

// newKeyring makes a keyring of the versions of a clinic's key, which begin at
// 1. index comes with the first connection.
func newKeyring(versions map[uint16][]byte) (*keyring, error) {
	k := &keyring{versions: make(map[uint16]*seal.Keys, len(versions))}
	for version, key := range versions {
		keys, err := seal.New(key)
		if err != nil {
			return nil, fmt.Errorf("version %d of the clinic's key: %w", version, err)
		}
		k.versions[version] = keys
		k.latest = max(k.latest, version)
	}
	if k.latest == 0 {
		return nil, errors.New("no version of the clinic's key")
	}
	return k, nil
}

const versionSize = 2

// seal seals a value of the named row with the latest key. The version of the
// key is a part of what the value is bound to.
func (k *keyring) seal(plain []byte, row string) []byte {
	sealed := k.versions[k.latest].Seal(plain, bound(row, k.latest))
	return append(binary.BigEndian.AppendUint16(make([]byte, 0, versionSize+len(sealed)), k.latest), sealed...)
}

// open is the inverse of seal, for all versions of the key.
func (k *keyring) open(sealed []byte, row string) ([]byte, error) {
	if len(sealed) < versionSize {
		return nil, seal.ErrOpen
	}
	version := binary.BigEndian.Uint16(sealed)
	keys, ok := k.versions[version]
	if !ok {
		return nil, seal.ErrOpen
	}
	return keys.Open(sealed[versionSize:], bound(row, version))
}

func bound(row string, version uint16) string { return fmt.Sprintf("%s/key %d", row, version) }

// unnamed begins the ref of a row that does not open, so that nobody knows whose
// it is. No patient's ref does.
const unnamed = "row:"

// ref returns the name of a client's row.
func (k *keyring) ref(account, ref string) []byte {
	if text, ok := strings.CutPrefix(ref, unnamed); ok {
		if hash, err := hex.DecodeString(text); err == nil && len(hash) == seal.HashSize {
			return hash
		}
	}
	return k.hash("ref", account, ref)
}

func (k *keyring) refs(account string, refs []string) [][]byte {
	hashes := make([][]byte, len(refs))
	for i, ref := range refs {
		hashes[i] = k.ref(account, ref)
	}
	return hashes
}

// hash returns a hash of texts that says nothing to whoever lacks the key.
func (k *keyring) hash(texts ...string) []byte {
	parts := make([][]byte, len(texts))
	for i, text := range texts {
		parts[i] = []byte(text)
	}
	return k.index.Hash(parts...)
}

// The rows that values are bound to.
func clientRow(account string, ref []byte, column string) string {
	return "client/" + account + "/" + hex.EncodeToString(ref) + "/" + column
}

func changeRow(account string, ref []byte, at int64) string {
	return fmt.Sprintf("change/%s/%x/%d", account, ref, at)
}

func missingRow(account string, ref []byte) string  { return fmt.Sprintf("missing/%s/%x", account, ref) }
func todayRow(account string, person string) string { return "today/" + account + "/" + person }
func clinicRow(account []byte) string               { return "clinic/" + hex.EncodeToString(account) }
func personRow(id string) string                    { return "person/" + id }
func auditRow(id int64) string                      { return fmt.Sprintf("audit/%d", id) }

const indexKeyRow = "clinic/index key"

// newIndexKey returns a random key, sealed.
func (k *keyring) newIndexKey() []byte {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails: it would end the program
	return k.seal(key, indexKeyRow)
}

// useIndexKey opens a sealed index key, which proves the clinic's key.
func (k *keyring) useIndexKey(sealed []byte) error {
	key, err := k.open(sealed, indexKeyRow)
	if err != nil {
		return err
	}
	k.index, err = seal.New(key)
	return err
}
