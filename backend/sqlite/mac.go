package sqlite

import (
	"bytes"
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"telehab.io/desktop/backend/seal"
)

// clearColumns are what a profile's row holds in clear. Details are sealed, and
// could be left alone while a time or a state beside them is changed: so the
// whole row has a keyed hash.
type clearColumns struct {
	state                                                    string
	created, updated, archived, added, synced, read, deleted sql.NullInt64
	merged                                                   sql.NullString
	fingerprint                                              []byte
}

// rowMAC returns the keyed hash of a row, with the sealed column by its tag,
// which authenticates it.
func (s *sealer) rowMAC(account, id string, c *clearColumns, tag []byte) []byte {
	buffer := make([]byte, 0, 256)
	for _, text := range [][]byte{[]byte("profile row 1"), []byte(account), []byte(id), []byte(c.state), []byte(c.merged.String), c.fingerprint, tag} {
		buffer = binary.AppendUvarint(buffer, uint64(len(text)))
		buffer = append(buffer, text...)
	}
	for _, t := range []sql.NullInt64{c.created, c.updated, c.archived, c.added, c.synced, c.read, c.deleted} {
		if !t.Valid {
			buffer = append(buffer, 0)
			continue
		}
		buffer = binary.BigEndian.AppendUint64(append(buffer, 1), uint64(t.Int64)) // #nosec G115 -- its bits
	}
	return s.keyedHash(buffer)
}

// authentic says that the row is as it was written here.
func (db *DB) authentic(account string, p *storedProfile) bool {
	return hmac.Equal(p.mac, db.sealer.rowMAC(account, string(p.ID), &p.clear, seal.Tag(p.sealed)))
}

// rewrite stores a row that was changed in p, and authenticates it.
func (s *Profiles) rewrite(ctx context.Context, tx *sql.Tx, p *storedProfile) error {
	c := &p.clear
	_, err := tx.ExecContext(ctx, `UPDATE profile SET state = ?, created_at = ?, updated_at = ?, archived_at = ?, merged_into = ?, added_at = ?,
			synced_at = ?, read_at = ?, deleted_at = ?, fingerprint = ?, sealed = ?, mac = ? WHERE account_id = ? AND cliniko_id = ?`,
		c.state, c.created, c.updated, c.archived, c.merged, c.added, c.synced, c.read, c.deleted, c.fingerprint, p.sealed,
		s.db.sealer.rowMAC(s.account, string(p.ID), c, seal.Tag(p.sealed)), s.account, p.ID)
	return err
}

// rewriteEach changes columns in clear of some rows. A row that is not as it was
// written here stays so: any reading replaces it.
func (s *Profiles) rewriteEach(ctx context.Context, tx *sql.Tx, refs []string, change func(*clearColumns)) error {
	bound := s.db.statements.bind(ctx, tx)
	for _, ref := range refs {
		var row storedProfile
		err := scanProfile(bound.profile.QueryRowContext(ctx, s.account, ref), &row)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !s.db.authentic(s.account, &row) {
			continue
		}
		if err != nil {
			return err
		}
		change(&row.clear)
		if err := s.rewrite(ctx, tx, &row); err != nil {
			return err
		}
	}
	return nil
}

// authenticateRows gives the rows of an earlier version their keyed hashes, once.
// A row that does not open is left without: it is read again.
func (db *DB) authenticateRows(ctx context.Context) error {
	if done, err := db.rowsAuthenticated(ctx, db.write); err != nil || done {
		return coded(err) // without a lock, as at nearly every start
	}
	return db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if done, err := db.rowsAuthenticated(ctx, tx); err != nil || done {
			return err
		}
		accounts, err := textsOf(ctx, tx, "SELECT account_id FROM clinic")
		if err != nil {
			return err
		}
		for _, account := range accounts {
			if err := db.authenticateOf(ctx, tx, account); err != nil {
				return fmt.Errorf("authenticate the rows: %w", err)
			}
		}
		_, err = tx.ExecContext(ctx, "UPDATE store SET proof = ?", db.sealer.keys.Load().sealProof(proofOfRows))
		return err
	})
}

func (db *DB) rowsAuthenticated(ctx context.Context, in rowQuerier) (bool, error) {
	text, err := db.readProof(ctx, in)
	return text == proofOfRows, err
}

// authenticateOf goes through a clinic's rows in portions.
func (db *DB) authenticateOf(ctx context.Context, tx *sql.Tx, account string) error {
	for last := ""; ; {
		rows, err := portionAfter(ctx, tx, account, last)
		if err != nil || len(rows) == 0 {
			return err
		}
		for i := range rows {
			p := &rows[i]
			last = string(p.ID)
			if !db.openedBefore(account, p) {
				continue
			}
			if _, err := tx.ExecContext(ctx, "UPDATE profile SET mac = ? WHERE account_id = ? AND cliniko_id = ?",
				db.sealer.rowMAC(account, last, &p.clear, seal.Tag(p.sealed)), account, last); err != nil {
				return err
			}
		}
	}
}

func portionAfter(ctx context.Context, tx *sql.Tx, account, last string) (portion []storedProfile, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT "+profileColumns+" FROM profile WHERE account_id = ? AND cliniko_id > ? ORDER BY cliniko_id LIMIT ?",
		account, last, portionSize)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		portion = append(portion, storedProfile{})
		if err := scanProfile(rows, &portion[len(portion)-1]); err != nil {
			return nil, err
		}
	}
	return portion, rows.Err()
}

// openedBefore says that an earlier version would have opened the row.
func (db *DB) openedBefore(account string, p *storedProfile) bool {
	plain, err := db.sealer.open(p.sealed, profileRow(account, string(p.ID)))
	return err == nil && (len(p.fingerprint) == 0 || bytes.Equal(p.fingerprint, db.fingerprint(plain, &p.Profile)))
}
