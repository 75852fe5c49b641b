package postgres

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/storerules"
)

// departing is a stored client of whom it is asked whether Cliniko still has
// them.
type departing struct {
	row
	answer *int16
}

func scanDeparting(from pgx.CollectableRow) (d departing, err error) {
	err = from.Scan(&d.hash, &d.state, &d.head, &d.tag, &d.failure, &d.answer)
	return d, err
}

// departingColumns is the order in which scanDeparting reads.
const departingColumns = "c.ref, c.state, c.head, substring(c.details FROM octet_length(c.details) - 15), c.failure, m.answer"

// storedAt returns whose row it is, when it was last stored and, of a profile,
// last read. Of a row that does not open nothing but its own name is known.
func (s *Profiles) storedAt(r *row) (ref string, stored, read time.Time) {
	ref = unnamed + hex.EncodeToString(r.hash)
	if failure, err := s.openFailure(r); err == nil && failure != nil {
		ref, stored = failure.Ref, failure.LastFailedAt
	}
	if !r.hasProfile() {
		return ref, stored, read
	}
	h, err := s.openHead(r)
	if err != nil {
		return ref, stored, read
	}
	if h.profile.State != profile.Deleted {
		read = h.readAt
		if h.profile.SyncedAt.After(stored) {
			stored = h.profile.SyncedAt
		}
	}
	return h.ref, stored, read
}

// Unseen returns what is stored and was not read in the pass.
func (s *Profiles) Unseen(ctx context.Context, passID int64) ([]profile.Departure, error) {
	rows, err := collect(ctx, s.db.pool, scanDeparting, "SELECT "+departingColumns+` FROM client c LEFT JOIN missing m ON m.ref = c.ref
		WHERE (c.state NOT IN ('deleted', 'erased') OR c.failure IS NOT NULL)
			AND NOT EXISTS (SELECT 1 FROM seen s WHERE s.pass_id = $1 AND s.ref = c.ref)`, passID)
	if err != nil {
		return nil, err
	}
	var unseen []profile.Departure
	for i := range rows {
		r := &rows[i]
		d := profile.Departure{}
		d.Ref, d.StoredAt, _ = s.storedAt(&r.row)
		if r.answer != nil {
			d.Accepted, d.Kept = *r.answer == mayGo, *r.answer == stays
			d.Asked = !d.Accepted
		}
		unseen = append(unseen, d)
	}
	slices.SortFunc(unseen, func(a, b profile.Departure) int { return cmp.Compare(a.Ref, b.Ref) })
	return unseen, nil
}

// MarkDeleted records that Cliniko no longer has these patients.
func (s *Profiles) MarkDeleted(ctx context.Context, passID int64, gone []profile.Departure) (changed []profile.Entry, kept []profile.Departure, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *transaction) error {
		changed, kept = nil, nil
		clock, err := s.db.clockIn(ctx, tx)
		if err != nil {
			return err
		}
		// Their retention counts from then on.
		d := &deletion{writer: writer{Profiles: s, Moment: storerules.Moment{PassID: passID, At: clock.AtMost(s.now())}, tx: tx}}
		if err := d.read(ctx, gone); err != nil {
			return err
		}
		for _, one := range gone {
			if err := d.mark(one); err != nil {
				return err
			}
		}
		changed, kept = d.changed, d.kept
		d.rows.queue(&d.batch, tx.n)
		queueErased(&d.batch, tx.n, d.At.UnixMicro(), d.emptied)
		d.batch.Queue("DELETE FROM missing WHERE ref = ANY ($1)", d.marked)
		d.batch.Queue(missingChanged)
		if err := run(ctx, tx, &d.batch); err != nil {
			return err
		}
		return tx.revise(ctx)
	})
	if err != nil {
		return nil, nil, err
	}
	return changed, kept, nil
}

// deletion is one transaction of MarkDeleted.
type deletion struct {
	writer
	stored  map[string]*row
	staying map[string]bool // by the hash of the ref: whom a person has kept

	batch   pgx.Batch
	rows    rowsToWrite
	emptied [][]byte // of whom nothing is left
	marked  [][]byte
	changed []profile.Entry
	kept    []profile.Departure
}

func (d *deletion) read(ctx context.Context, gone []profile.Departure) error {
	refs := make([]string, len(gone))
	for i := range gone {
		refs[i] = gone[i].Ref
	}
	rows, err := collect(ctx, d.tx, scanRow, "SELECT "+rowColumns+" FROM client c WHERE c.ref = ANY ($1) AND c.state <> 'erased'", d.db.keys.refs(d.account, refs))
	if err != nil {
		return err
	}
	d.stored = map[string]*row{}
	for i := range rows {
		d.stored[string(rows[i].hash)] = &rows[i]
	}
	kept, err := collect(ctx, d.tx, pgx.RowTo[[]byte], "SELECT ref FROM missing WHERE answer = $1", stays)
	d.staying = map[string]bool{}
	for _, hash := range kept {
		d.staying[string(hash)] = true
	}
	return err
}

func (d *deletion) mark(gone profile.Departure) error {
	hash := d.db.keys.ref(d.account, gone.Ref)
	r := d.stored[string(hash)]
	if r != nil {
		_, stored, read := d.storedAt(r)
		if r.failure != nil && gone.NotFoundAt.After(read) {
			read = gone.NotFoundAt
		}
		if storerules.IsBack(gone, stored, read) {
			return nil
		}
	} else if storerules.IsBack(gone, time.Time{}, time.Time{}) {
		return nil
	}
	if d.staying[string(hash)] {
		d.kept = append(d.kept, gone)
		return nil
	}
	d.marked = append(d.marked, hash)
	e := profile.Entry{Ref: gone.Ref, Profile: profile.Profile{State: profile.Deleted}}
	e.Profile.ID, _ = profile.ParseID(gone.Ref)
	switch {
	case r == nil:
	case !r.hasProfile():
		d.emptied = append(d.emptied, hash) // a failure without a profile, of which nothing is left
	default:
		var err error
		if e, err = d.markProfile(r, gone); err != nil {
			return err
		}
	}
	d.changed = append(d.changed, e)
	return nil
}

// markProfile marks one profile as deleted. Its fingerprint then matches no
// details, so that it is restored in full if Cliniko has it after all.
func (d *deletion) markProfile(r *row, gone profile.Departure) (profile.Entry, error) {
	e, err := d.open(r)
	opens := err == nil
	h, err := d.openHead(r)
	if err != nil { // what it says is nobody's
		h = head{ref: gone.Ref, profile: profile.Profile{AddedAt: d.At, SyncedAt: d.At}, tag: r.tag}
		h.profile.ID, _ = profile.ParseID(gone.Ref)
	}
	h.profile.State, h.profile.DeletedAt, h.readAt, h.fingerprint = profile.Deleted, d.At, gone.NotFoundAt, nil
	after := h.profile
	if opens {
		after.Details = e.Profile.Details
		if err := d.queueChange(&d.batch, r.hash, &e.Profile, &after); err != nil {
			return e, err
		}
	}
	d.rows.add(written{hash: r.hash, state: string(profile.Deleted), head: d.sealHead(r.hash, &h)}, d.db.keys.latest())
	return profile.Entry{Ref: gone.Ref, Profile: after}, nil
}

// Distrust makes the next reading of these patients replace what is stored: any
// counts as newer and different. A row that is not as it was written here stays
// so: any reading replaces it.
func (s *Profiles) Distrust(ctx context.Context, refs []string) error {
	return s.write(ctx, func(ctx context.Context, tx *transaction) error {
		rows, err := collect(ctx, tx, scanRow, "SELECT "+rowColumns+" FROM client c WHERE c.ref = ANY ($1) AND c.head IS NOT NULL", s.db.keys.refs(s.account, refs))
		if err != nil {
			return err
		}
		return s.rewriteHeads(ctx, tx, rows, func(h *head) {
			h.fingerprint, h.profile.UpdatedAt, h.readAt = nil, time.Time{}, time.Time{}
		})
	})
}

// rewriteHeads changes the heads of those rows that are as they were written
// here.
func (s *Profiles) rewriteHeads(ctx context.Context, tx *transaction, rows []row, change func(*head)) error {
	batch := &pgx.Batch{}
	for i := range rows {
		r := &rows[i]
		h, err := s.openHead(r)
		if err != nil {
			continue
		}
		change(&h)
		batch.Queue("UPDATE client SET n = $1, head = $2, key = least(key, $3) WHERE ref = $4", tx.n, s.sealHead(r.hash, &h), s.db.keys.latest(), r.hash)
	}
	return run(ctx, tx, batch)
}
