package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// statements are those of Save, prepared once for the write connection.
type statements struct {
	stored, profile, upsertProfile, touch, upsertFailure, deleteFailure, recordOutcomes, insertChange *sql.Stmt
}

func (db *DB) prepare(ctx context.Context) error {
	for _, statement := range []struct {
		into **sql.Stmt
		text string
	}{
		{&db.statements.stored, `SELECT k.value, coalesce(p.state, ''), p.created_at, p.updated_at, p.archived_at, p.merged_into, p.added_at, p.synced_at, p.read_at, p.deleted_at,
				p.fingerprint, substr(p.sealed, -16), p.mac, f.code, f.problems, f.first_failed_at, f.attempts, s.outcome
			FROM json_each(?3) k
			LEFT JOIN profile p ON p.account_id = ?1 AND p.cliniko_id = k.value
			LEFT JOIN failure f ON f.account_id = ?1 AND f.ref = k.value
			LEFT JOIN seen s ON s.pass_id = ?2 AND s.ref = k.value
			WHERE p.cliniko_id IS NOT NULL OR f.ref IS NOT NULL`},
		{&db.statements.profile, `SELECT ` + profileColumns + ` FROM profile WHERE account_id = ? AND cliniko_id = ?`},
		{&db.statements.upsertProfile, `INSERT INTO profile (account_id, cliniko_id, state, created_at, updated_at, archived_at, merged_into,
				synced_at, read_at, added_at, deleted_at, fingerprint, sealed, mac)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET state = excluded.state, created_at = excluded.created_at, updated_at = excluded.updated_at,
				archived_at = excluded.archived_at, merged_into = excluded.merged_into, synced_at = excluded.synced_at,
				read_at = excluded.read_at, added_at = excluded.added_at, deleted_at = excluded.deleted_at,
				fingerprint = excluded.fingerprint, sealed = excluded.sealed, mac = excluded.mac`},
		{&db.statements.touch, `UPDATE profile SET synced_at = ?, updated_at = ?, read_at = ?, mac = ? WHERE account_id = ? AND cliniko_id = ?`},
		{&db.statements.upsertFailure, `INSERT INTO failure (account_id, ref, code, problems, first_failed_at, last_failed_at, attempts)
			VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET code = excluded.code, problems = excluded.problems,
				last_failed_at = excluded.last_failed_at, attempts = excluded.attempts`},
		{&db.statements.deleteFailure, `DELETE FROM failure WHERE account_id = ? AND ref = ?`},
		// A pass may see a patient twice, where two pages share a second.
		// Unchanged the second time does not undo synced the first time.
		{&db.statements.recordOutcomes, `INSERT INTO seen (pass_id, ref, outcome) SELECT ?1, key, value FROM json_each(?2) WHERE true
			ON CONFLICT DO UPDATE SET outcome = excluded.outcome
			WHERE NOT (outcome = 'synced' AND excluded.outcome = 'unchanged')`},
		{&db.statements.insertChange, `INSERT INTO change (account_id, cliniko_id, pass_id, at, updated_at, fields, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)`},
	} {
		prepared, err := db.write.PrepareContext(ctx, statement.text) //nolint:sqlclosecheck // closed with the store
		if err != nil {
			return coded(fmt.Errorf("prepare a statement: %w", err))
		}
		*statement.into = prepared
	}
	return nil
}

// bind returns the statements bound to a transaction, which closes them.
func (s *statements) bind(ctx context.Context, tx *sql.Tx) *statements {
	bound := &statements{}
	for i, into := range bound.all() {
		*into = tx.StmtContext(ctx, *s.all()[i])
	}
	return bound
}

func (s *statements) all() []**sql.Stmt {
	return []**sql.Stmt{&s.stored, &s.profile, &s.upsertProfile, &s.touch, &s.upsertFailure, &s.deleteFailure, &s.recordOutcomes, &s.insertChange}
}

func (s *statements) close() error {
	var errs []error
	for _, statement := range s.all() {
		if *statement != nil {
			errs = append(errs, (*statement).Close())
		}
	}
	return errors.Join(errs...)
}
