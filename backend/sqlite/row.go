package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"telehab.io/desktop/backend/profile"
)

// details is the content of a profile's sealed column: profile.Details without
// its methods, which would redact it.
type details profile.Details

// sealedProfile is what a profile's row takes from its details.
type sealedProfile struct {
	sealed      []byte
	fingerprint []byte
}

func (db *DB) sealProfile(account string, p *profile.Profile) (sealedProfile, error) {
	plain, err := json.Marshal(details(p.Details))
	if err != nil {
		return sealedProfile{}, fmt.Errorf("write a profile's details: %w", err)
	}
	return sealedProfile{
		sealed:      db.sealer.Seal(plain, profileRow(account, string(p.ID))),
		fingerprint: db.fingerprint(plain, p),
	}, nil
}

// fingerprint is a keyed hash of everything in a profile that comes from
// Cliniko, including the state, by which a changed copy is told from the same.
func (db *DB) fingerprint(plain []byte, p *profile.Profile) []byte {
	return db.sealer.keyedHash(plain, fmt.Appendf(nil, "%s %d %s", p.State, p.ArchivedAt.UnixMicro(), p.MergedInto))
}

// profileColumns is the order in which scanProfile reads.
const profileColumns = "cliniko_id, state, created_at, updated_at, archived_at, merged_into, added_at, synced_at, read_at, deleted_at, fingerprint, sealed, mac"

type scanner interface{ Scan(...any) error }

// storedProfile is a profile's row with its details still sealed.
type storedProfile struct {
	profile.Profile
	sealedProfile
	clear clearColumns // as the file has them
	mac   []byte
}

func scanProfile(row scanner, p *storedProfile) error {
	c := &p.clear
	if err := row.Scan(&p.ID, &c.state, &c.created, &c.updated, &c.archived, &c.merged,
		&c.added, &c.synced, &c.read, &c.deleted, &c.fingerprint, &p.sealed, &p.mac); err != nil {
		return err
	}
	p.Profile, p.fingerprint = c.profile(p.ID), c.fingerprint
	return nil
}

// profile is what a row has in clear of a profile.
func (c *clearColumns) profile(id profile.ID) profile.Profile {
	return profile.Profile{ID: id, State: profile.State(c.state), MergedInto: profile.ID(c.merged.String),
		CreatedAt: at(c.created), UpdatedAt: at(c.updated), ArchivedAt: at(c.archived),
		AddedAt: at(c.added), SyncedAt: at(c.synced), DeletedAt: at(c.deleted)}
}

// unseal decrypts the details and fills them in.
func (db *DB) unseal(account string, p *storedProfile) (profile.Profile, error) {
	if !db.authentic(account, p) {
		return profile.Profile{}, damaged(errors.New("a profile's row was changed"))
	}
	plain, err := db.sealer.open(p.sealed, profileRow(account, string(p.ID)))
	if err != nil {
		return profile.Profile{}, damaged(err)
	}
	var d details
	if err := json.Unmarshal(plain, &d); err != nil {
		return profile.Profile{}, damaged(fmt.Errorf("read a profile's details"))
	}
	out := p.Profile
	out.Details = profile.Details(d)
	return out, nil
}

// failureColumns is the order in which scanFailure reads.
const failureColumns = "ref, code, problems, first_failed_at, last_failed_at, attempts"

func scanFailure(row scanner) (profile.Failure, error) {
	var f profile.Failure
	var problems string
	var first, last sql.NullInt64
	if err := row.Scan(&f.Ref, &f.Code, &problems, &first, &last, &f.Attempts); err != nil {
		return profile.Failure{}, err
	}
	f.ID, _ = profile.ParseID(f.Ref)
	f.FirstFailedAt, f.LastFailedAt = at(first), at(last)
	f.Problems = problemsOf(problems)
	return f, nil
}

// problemsOf reads the problems of a failure. The row may have been changed from
// outside. The next reading writes it again; until then one unknown reason must
// not hide all other clients.
func problemsOf(text string) (problems []profile.Problem) {
	if json.Unmarshal([]byte(text), &problems) != nil {
		return nil
	}
	return problems
}

// stamp and at convert times; the zero time is NULL.
func stamp(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}

func at(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.UnixMicro(n.Int64).UTC()
}

func orNull(id profile.ID) sql.NullString {
	return sql.NullString{String: string(id), Valid: id != ""}
}

// eachRow calls do with each row of a query. It ends at the first error.
func (db *DB) eachRow(ctx context.Context, query string, do func(*sql.Rows) error, args ...any) (err error) {
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		if err := do(rows); err != nil {
			return coded(err)
		}
	}
	return coded(rows.Err())
}
