package sqlite

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"

	"telehab.io/desktop/backend/profile"
)

// The store's proof is a text sealed with the store's key. That it opens proves
// the key. It says what was done to the store once, which a setting in clear
// could deny, and of which generation its rows are.

const proofRow = "store/proof"

// proofOfRows is the text once every row has its keyed hash, and everybody the
// permissions that replace those of before. Earlier versions wrote another one,
// which only proves the key.
const proofOfRows = "telehab, rows 1"

// generationMark stands between the text and the generation.
const generationMark = ", generation "

// sealProof returns a proof of these keys with this text.
func (k *keys) sealProof(text string) []byte {
	if k.generation != "" {
		text += generationMark + k.generation
	}
	return k.proof.Seal([]byte(text), proofRow)
}

// openProof returns a proof's text and its generation.
func (k *keys) openProof(sealed []byte) (text, generation string, err error) {
	plain, err := k.proof.Open(sealed, proofRow)
	text, generation, _ = strings.Cut(string(plain), generationMark)
	return text, generation, err
}

// newGeneration returns keys with which nothing was sealed yet.
func (k *keys) newGeneration() (*keys, error) {
	generation := make([]byte, 16)
	_, _ = rand.Read(generation) // never fails: it would end the program
	return newKeys(k.root, hex.EncodeToString(generation))
}

type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// readProof returns the text of the store's proof, and makes the keys those of
// its generation. StoreKeyLost: it is not of this store's key.
func (db *DB) readProof(ctx context.Context, in rowQuerier) (text string, err error) {
	var sealed []byte
	if err := in.QueryRowContext(ctx, "SELECT proof FROM store").Scan(&sealed); err != nil {
		return "", coded(err)
	}
	now := db.sealer.keys.Load()
	text, generation, err := now.openProof(sealed)
	if err == nil {
		err = db.sameMode(ctx, in)
	}
	if err != nil {
		return "", profile.Because(profile.StoreKeyLost, err)
	}
	if generation == now.generation {
		return text, nil
	}
	next, err := newKeys(now.root, generation)
	if err == nil {
		db.sealer.keys.CompareAndSwap(now, next)
	}
	return text, err
}

// requireKey refuses to write to a store whose key another process has replaced
// since it was opened: what is sealed with the key of before would open for
// nobody.
func (db *DB) requireKey(ctx context.Context, tx *sql.Tx) error {
	_, err := db.readProof(ctx, tx)
	if profile.CodeOf(err) == profile.StoreKeyLost {
		return Replaced(err)
	}
	return err
}

// Replaced returns the error for what was not written because another process
// has erased or replaced the store.
func Replaced(cause error) error {
	return &profile.Error{Code: profile.StoreMissing, Cause: cause,
		Message: "TeleHab's data was erased from this computer meanwhile, so nothing of this was kept. Start again if that was not meant."}
}

// checkKey checks that the key is the one that the store was sealed with.
func (db *DB) checkKey(ctx context.Context) error {
	_, err := db.readProof(ctx, db.write)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = db.write.ExecContext(ctx, "INSERT INTO store (one, proof) VALUES (1, ?)", db.sealer.keys.Load().sealProof(proofOfRows))
		return coded(err)
	}
	return err
}

// CheckKey checks that the store is still sealed with the key that it was opened
// with: another process may have replaced it. StoreKeyLost: it was.
func (db *DB) CheckKey(ctx context.Context) error {
	_, err := db.readProof(ctx, db.read)
	return err
}

// HasKey says whether this is the key that the store is sealed with, as far as
// this process knows.
func (db *DB) HasKey(key []byte) bool { return bytes.Equal(key, db.sealer.keys.Load().root) }

// followGeneration is for reading: another process may have begun a generation.
// Whether this is still the store's key is for the rows to say.
func (db *DB) followGeneration(ctx context.Context) { _, _ = db.readProof(ctx, db.read) }

// useKeys makes these the store's keys. It is the last step of a transaction.
func (db *DB) useKeys(ctx context.Context, tx *sql.Tx, next *keys) error {
	if _, err := tx.ExecContext(ctx, "UPDATE store SET proof = ?", next.sealProof(proofOfRows)); err != nil {
		return err
	}
	// Before the next transaction can begin, which needs them.
	db.sealer.keys.Store(next)
	return nil
}
