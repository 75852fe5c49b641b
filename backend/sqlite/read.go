package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"telehab.io/desktop/backend/profile"
)

// One returns what is stored of a patient, or NotFound.
func (s *Profiles) One(ctx context.Context, ref string) (profile.Entry, error) {
	entry := profile.Entry{Ref: ref}
	var p storedProfile
	err := scanProfile(s.db.read.QueryRowContext(ctx, "SELECT "+profileColumns+" FROM profile WHERE account_id = ? AND cliniko_id = ?", s.account, ref), &p)
	known := err == nil
	if known {
		if entry.Profile, err = s.db.unseal(s.account, &p); err != nil {
			return entry, err
		}
	} else if !errors.Is(err, sql.ErrNoRows) {
		return entry, coded(err)
	}
	failure, err := scanFailure(s.db.read.QueryRowContext(ctx, "SELECT "+failureColumns+" FROM failure WHERE account_id = ? AND ref = ?", s.account, ref))
	switch {
	case err == nil:
		entry.Failure = &failure
		fillUnread(&entry)
	case !errors.Is(err, sql.ErrNoRows):
		return entry, coded(err)
	case !known:
		return entry, profile.Refuse(profile.NotFound, "This client is not on this computer yet. Sync, or look it up in Cliniko.")
	}
	return entry, nil
}

// fillUnread completes an entry without details.
func fillUnread(e *profile.Entry) {
	if e.Profile.State == "" {
		e.Profile.ID, e.Profile.State = e.Failure.ID, profile.Active
	}
}

// All calls each with everything that is stored, some entries at a time, one
// call after the other and in no particular order; each may keep the slice.
// Rows that can no longer be decrypted are left out, and their refs returned.
func (s *Profiles) All(ctx context.Context, each func([]profile.Entry)) (badRefs []string, err error) {
	failures, err := s.failuresByRef(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.read.QueryContext(ctx, "SELECT "+profileColumns+" FROM profile WHERE account_id = ?", s.account)
	if err != nil {
		return nil, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	// Decrypting a row takes longer than reading it, so several goroutines do
	// that.
	o := &unsealing{Profiles: s, failures: failures, each: each}
	o.workers.SetLimit(runtime.GOMAXPROCS(0))
	err = o.feed(rows)
	_ = o.workers.Wait() // they do not fail
	if err != nil {
		return o.badRefs, coded(err)
	}
	each(unread(failures))
	return o.badRefs, nil
}

// unread returns the entries of failures without a profile.
func unread(failures map[string]profile.Failure) []profile.Entry {
	entries := make([]profile.Entry, 0, len(failures))
	for ref, failure := range failures {
		entry := profile.Entry{Ref: ref, Failure: &failure}
		fillUnread(&entry)
		entries = append(entries, entry)
	}
	return entries
}

// unsealing is the state of one call of All.
type unsealing struct {
	*Profiles
	workers errgroup.Group

	mu       sync.Mutex // of what follows
	failures map[string]profile.Failure
	each     func([]profile.Entry)
	badRefs  []string
}

const portionSize = 256 // rows

func (o *unsealing) feed(rows *sql.Rows) error {
	portion := make([]storedProfile, 0, portionSize)
	for rows.Next() {
		portion = append(portion, storedProfile{})
		if err := scanProfile(rows, &portion[len(portion)-1]); err != nil {
			return err
		}
		if len(portion) == portionSize {
			ready := portion
			o.workers.Go(func() error { return o.unseal(ready) })
			portion = make([]storedProfile, 0, portionSize)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return o.unseal(portion)
}

func (o *unsealing) unseal(portion []storedProfile) error {
	entries := make([]profile.Entry, 0, len(portion))
	var badRefs []string
	for i := range portion {
		ref := string(portion[i].ID)
		opened, err := o.db.unseal(o.account, &portion[i])
		if err != nil {
			badRefs = append(badRefs, ref)
			continue
		}
		entries = append(entries, profile.Entry{Ref: ref, Profile: opened})
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.badRefs = append(o.badRefs, badRefs...)
	for i := range entries {
		if failure, ok := o.failures[entries[i].Ref]; ok {
			entries[i].Failure = &failure
			delete(o.failures, entries[i].Ref)
		}
	}
	o.each(entries)
	return nil
}

// Failures returns why profiles need attention, by their refs and without their
// details.
func (s *Profiles) Failures(ctx context.Context) ([]profile.Failure, error) {
	return s.failures(ctx, "WHERE account_id = ?", s.account)
}

// failures returns the failures that match a condition.
func (s *Profiles) failures(ctx context.Context, condition string, values ...any) (failures []profile.Failure, err error) {
	rows, err := s.db.read.QueryContext(ctx, "SELECT "+failureColumns+" FROM failure "+condition+" ORDER BY ref", values...) // #nosec G202 -- a constant
	if err != nil {
		return nil, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		f, err := scanFailure(rows)
		if err != nil {
			return nil, coded(err)
		}
		failures = append(failures, f)
	}
	return failures, coded(rows.Err())
}

func (s *Profiles) failuresByRef(ctx context.Context) (map[string]profile.Failure, error) {
	failures, err := s.Failures(ctx)
	byRef := make(map[string]profile.Failure, len(failures))
	for _, f := range failures {
		byRef[f.Ref] = f
	}
	return byRef, err
}

// Tally counts the stored clients.
func (s *Profiles) Tally(ctx context.Context) (profile.Tally, error) {
	var t profile.Tally
	err := s.db.read.QueryRowContext(ctx, `SELECT
			(SELECT count(*) FROM profile WHERE account_id = ?1)
			- (SELECT count(*) FROM profile WHERE account_id = ?1 AND state <> 'active')
			+ (SELECT count(*) FROM failure f WHERE account_id = ?1
				AND NOT EXISTS (SELECT 1 FROM profile p WHERE p.account_id = ?1 AND p.cliniko_id = f.ref)),
			(SELECT count(*) FROM failure WHERE account_id = ?1),
			(SELECT count(*) FROM profile WHERE account_id = ?1 AND state <> 'active' AND state IN ('archived', 'merged')),
			(SELECT count(*) FROM profile WHERE account_id = ?1 AND state <> 'active' AND state = 'deleted'),
			(SELECT count(*) FROM missing m WHERE account_id = ?1
				AND (EXISTS (SELECT 1 FROM profile p WHERE p.account_id = ?1 AND p.cliniko_id = m.ref AND p.state = 'active')
					OR EXISTS (SELECT 1 FROM failure f WHERE f.account_id = ?1 AND f.ref = m.ref)))`, s.account).
		Scan(&t.Active, &t.Failed, &t.Archived, &t.Deleted, &t.Missing)
	return t, coded(err)
}

const passColumns = "id, kind, started_at, ended_at, error, requests, expected, total, synced, unchanged, failed, archived, service"

func scanPass(row scanner) (profile.Pass, error) {
	var p profile.Pass
	var started, ended sql.NullInt64
	c := &p.Counts
	if err := row.Scan(&p.ID, &p.Kind, &started, &ended, &p.Err, &p.Requests, &p.Expected, &p.Total, &c.Synced, &c.Unchanged, &c.Failed, &c.Archived, &p.Service); err != nil {
		return profile.Pass{}, err
	}
	p.StartedAt, p.EndedAt = at(started), at(ended)
	c.Read = c.Synced + c.Unchanged + c.Failed + c.Archived
	return p, nil
}

// Passes returns the newest passes first, unfinished ones included.
func (s *Profiles) Passes(ctx context.Context, most int) (passes []profile.Pass, err error) {
	rows, err := s.db.read.QueryContext(ctx, "SELECT "+passColumns+" FROM pass WHERE account_id = ? ORDER BY id DESC LIMIT ?", s.account, most)
	if err != nil {
		return nil, coded(err)
	}
	defer func() { err = errors.Join(err, coded(rows.Close())) }()
	for rows.Next() {
		p, err := scanPass(rows)
		if err != nil {
			return nil, coded(err)
		}
		passes = append(passes, p)
	}
	return passes, coded(rows.Err())
}

// LastFull returns the newest full pass, or the zero Pass.
func (s *Profiles) LastFull(ctx context.Context) (profile.Pass, error) {
	return s.onePass(ctx, "SELECT "+passColumns+" FROM pass WHERE account_id = ? AND kind = ? ORDER BY id DESC LIMIT 1", profile.FullPass)
}

// LastGood returns the newest successful full or changes pass, or the zero
// Pass.
func (s *Profiles) LastGood(ctx context.Context) (profile.Pass, error) {
	return s.onePass(ctx, "SELECT "+passColumns+` FROM pass WHERE account_id = ? AND kind <> ? AND ended_at IS NOT NULL AND error = ''
		ORDER BY id DESC LIMIT 1`, profile.RetryPass)
}

func (s *Profiles) onePass(ctx context.Context, query string, kind profile.Kind) (profile.Pass, error) {
	p, err := scanPass(s.db.read.QueryRowContext(ctx, query, s.account, kind))
	if errors.Is(err, sql.ErrNoRows) {
		return profile.Pass{}, nil
	}
	return p, coded(err)
}
