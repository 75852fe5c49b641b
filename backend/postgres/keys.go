package postgres

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"

	"telehab.io/desktop/backend/seal"
)

// KeySize is the length in bytes of a clinic's key.
const KeySize = seal.KeySize

// keyring has the versions of the clinic's key. What is written is sealed with
// the latest; each sealed value begins with the version that opens it.
type keyring struct {
	mu       sync.RWMutex // of what follows: versions are added while the store is open
	versions map[uint16]version
	newest   uint16
	// index keys the hashes of refs. It has no versions: a row's ref stays when
	// the row is sealed anew.
	index *seal.Keys
}

// version is one version of the clinic's key.
type version struct {
	*seal.Keys
	key []byte
}

var errNoKey = errors.New("no version of the clinic's key")

// newKeyring makes a keyring of the versions of a clinic's key, which begin at
// 1. index comes with the first connection.
func newKeyring(versions map[uint16][]byte) (*keyring, error) {
	k := &keyring{versions: make(map[uint16]version, len(versions))}
	if err := k.add(versions); err != nil {
		return nil, err
	}
	if k.newest == 0 {
		return nil, errNoKey
	}
	return k, nil
}

// add adds versions of the key.
func (k *keyring) add(versions map[uint16][]byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for number, key := range versions {
		keys, err := seal.New(key)
		if err != nil {
			return fmt.Errorf("version %d of the clinic's key: %w", number, err)
		}
		k.versions[number] = version{keys, key}
		k.newest = max(k.newest, number)
	}
	return nil
}

// latest is the version that seals.
func (k *keyring) latest() uint16 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.newest
}

// all returns every version.
func (k *keyring) all() map[uint16][]byte {
	k.mu.RLock()
	defer k.mu.RUnlock()
	all := make(map[uint16][]byte, len(k.versions))
	for number, v := range k.versions {
		all[number] = v.key
	}
	return all
}

func (k *keyring) version(number uint16) (version, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	v, ok := k.versions[number]
	return v, ok
}

const versionSize = 2

// seal seals a value of the named row with the latest key. The version of the
// key is a part of what the value is bound to.
func (k *keyring) seal(plain []byte, row string) []byte {
	latest := k.latest()
	keys, _ := k.version(latest) // which is there
	sealed := keys.Seal(plain, bound(row, latest))
	return append(binary.BigEndian.AppendUint16(make([]byte, 0, versionSize+len(sealed)), latest), sealed...)
}

// open is the inverse of seal, for all versions of the key.
func (k *keyring) open(sealed []byte, row string) ([]byte, error) {
	if len(sealed) < versionSize {
		return nil, seal.ErrOpen
	}
	number := binary.BigEndian.Uint16(sealed)
	keys, ok := k.version(number)
	if !ok {
		return nil, seal.ErrOpen
	}
	return keys.Open(sealed[versionSize:], bound(row, number))
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
func apiKeyRow(account []byte) string               { return "clinic/api key/" + hex.EncodeToString(account) }
func computerRow(id string) string                  { return "computer/" + id }
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
