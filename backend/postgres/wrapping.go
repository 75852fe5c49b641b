package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
)

// The database has each version of the clinic's key wrapped for each computer, by
// age: only who has the computer's identity can unwrap it.

// NewIdentity returns the secret by which a computer unwraps the clinic's key.
func NewIdentity() (string, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return "", fmt.Errorf("make an identity: %w", err)
	}
	return identity.String(), nil
}

// recipientOf returns the public part of an identity.
func recipientOf(identity string) (string, error) {
	parsed, err := age.ParseX25519Identity(identity)
	if err != nil {
		return "", errors.New("this is no identity of a computer") // its own text may repeat it
	}
	return parsed.Recipient().String(), nil
}

func wrap(plain []byte, recipient string) ([]byte, error) {
	to, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		return nil, fmt.Errorf("wrap the clinic's key: %w", err)
	}
	var wrapped bytes.Buffer
	out, err := age.Encrypt(&wrapped, to)
	if err == nil {
		_, err = out.Write(plain)
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("wrap the clinic's key: %w", err)
	}
	return wrapped.Bytes(), nil
}

func unwrap(wrapped []byte, identity string) ([]byte, error) {
	by, err := age.ParseX25519Identity(identity)
	if err != nil {
		return nil, errors.New("this is no identity of a computer")
	}
	in, err := age.Decrypt(bytes.NewReader(wrapped), by)
	if err != nil {
		return nil, fmt.Errorf("unwrap the clinic's key: %w", err)
	}
	return io.ReadAll(io.LimitReader(in, maxWrapped))
}

// maxWrapped is more than all versions of a key.
const maxWrapped = 1 << 20

// wrapAll wraps all versions of a key in one.
func wrapAll(versions map[uint16][]byte, recipient string) ([]byte, error) {
	plain, err := json.Marshal(versions)
	if err != nil {
		return nil, err
	}
	return wrap(plain, recipient)
}

func unwrapAll(wrapped []byte, identity string) (versions map[uint16][]byte, err error) {
	plain, err := unwrap(wrapped, identity)
	if err == nil {
		err = json.Unmarshal(plain, &versions)
	}
	return versions, err
}

// readKeys returns the versions of the clinic's key that are wrapped for this
// computer.
func readKeys(ctx context.Context, in querier, o *Options) (map[uint16][]byte, error) {
	type row struct {
		Version uint16
		Wrapped []byte
	}
	rows, err := collect(ctx, in, pgx.RowToStructByPos[row], "SELECT version, wrapped FROM wrapped_key WHERE computer = $1", o.Computer)
	if err != nil {
		return nil, err
	}
	keys := map[uint16][]byte{}
	for _, r := range rows {
		if keys[r.Version], err = unwrap(r.Wrapped, o.Identity); err != nil {
			return nil, because(profile.StoreKeyLost, err, keyLost)
		}
	}
	return keys, nil
}

const keyLost = "This computer's key does not open the clinic's database. Join the clinic again."

// withNewestKey does something, and once more where the clinic's key was changed since
// this computer has read it.
func (db *DB) withNewestKey(ctx context.Context, do func() error) error {
	err := do()
	if !errors.Is(err, errNewKey) {
		return err
	}
	keys, err := readKeys(ctx, db.pool, &db.options)
	if err == nil {
		err = db.keys.add(keys)
	}
	if err == nil {
		err = do()
	}
	if errors.Is(err, errNewKey) {
		return because(profile.StoreKeyLost, err, keyLost)
	}
	return err
}
