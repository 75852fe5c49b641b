package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
)

// A person's answers about a missing patient.
const (
	undecided int16 = 0
	mayGo     int16 = 1
	stays     int16 = 2 // for now: the next full pass asks again
	shown     int16 = 3 // undecided, and a person knows of it
)

// SetMissing records the patients about whom a person has to decide. Whether
// one was shown to a person stays known.
func (s *Profiles) SetMissing(ctx context.Context, missing []profile.Departure) error {
	hashes, sealed := make([][]byte, len(missing)), make([][]byte, len(missing))
	var keptBefore [][]byte
	for i, d := range missing {
		hashes[i] = s.db.keys.ref(s.account, d.Ref)
		if d.Kept {
			keptBefore = append(keptBefore, hashes[i])
		}
	}
	return s.write(ctx, func(ctx context.Context, tx *transaction) error {
		for i, d := range missing {
			sealed[i] = s.db.keys.seal([]byte(d.Ref), missingRow(s.account, hashes[i]))
		}
		batch := &pgx.Batch{}
		batch.Queue("DELETE FROM missing WHERE NOT EXISTS (SELECT 1 FROM unnest($1::bytea[]) AS now (ref) WHERE now.ref = missing.ref)", hashes)
		// Whom an earlier answer has kept until now was shown. An answer that
		// was given meanwhile stays.
		batch.Queue("UPDATE missing SET answer = $1 WHERE answer = $2 AND ref = ANY ($3)", shown, stays, keptBefore)
		batch.Queue(`INSERT INTO missing (ref, key, sealed) SELECT ref, $1, sealed FROM unnest($2::bytea[], $3::bytea[]) AS now (ref, sealed)
			ON CONFLICT DO NOTHING`, s.db.keys.latest(), hashes, sealed)
		batch.Queue(missingChanged)
		return run(ctx, tx, batch)
	})
}

// missingChanged is a statement that tells those who follow of it.
const missingChanged = "UPDATE clinic SET missing_n = n"

// Missing returns the refs of the patients about whom a person has to decide.
func (s *Profiles) Missing(ctx context.Context) ([]string, error) {
	return s.missingRefs(ctx, "answer = ANY ($1)", []int16{undecided, shown})
}

// NewlyMissing returns the refs of the patients about whom a person has to
// decide and of whom nobody was told yet, although others were shown before
// them.
func (s *Profiles) NewlyMissing(ctx context.Context) ([]string, error) {
	return s.missingRefs(ctx, "answer = ANY ($1) AND EXISTS (SELECT 1 FROM missing WHERE answer <> ALL ($1))", []int16{undecided})
}

// Decided returns the refs of the missing patients about whom a person has
// decided since the last full pass: those who stay for now, and those who may
// be removed.
func (s *Profiles) Decided(ctx context.Context) (staying, going []string, err error) {
	if staying, err = s.missingRefs(ctx, "answer = ANY ($1)", []int16{stays}); err != nil {
		return nil, nil, err
	}
	going, err = s.missingRefs(ctx, "answer = ANY ($1)", []int16{mayGo})
	return staying, going, err
}

func (s *Profiles) missingRefs(ctx context.Context, condition string, answers []int16) ([]string, error) {
	refs, err := collect(ctx, s.db.pool, func(from pgx.CollectableRow) (string, error) {
		var hash, sealed []byte
		if err := from.Scan(&hash, &sealed); err != nil {
			return "", err
		}
		ref, err := s.db.keys.open(sealed, missingRow(s.account, hash))
		if err != nil {
			return "", damaged(err)
		}
		return string(ref), nil
	}, "SELECT ref, sealed FROM missing WHERE "+condition, answers)
	slices.Sort(refs)
	return refs, err
}

// ShowMissing records that a person was shown these patients, or told how many
// they are: see NewlyMissing.
func (s *Profiles) ShowMissing(ctx context.Context, refs []string) error {
	return s.answer(ctx, shown, refs, undecided)
}

// AcceptMissing records that a person, who was shown these patients, accepts
// that they are removed. The next full pass removes those whom Cliniko still
// does not have.
func (s *Profiles) AcceptMissing(ctx context.Context, refs []string) error {
	return s.answer(ctx, mayGo, refs, undecided, shown, stays)
}

// answer changes the answer about those of whom one of the given ones is
// recorded.
func (s *Profiles) answer(ctx context.Context, to int16, refs []string, from ...int16) error {
	return s.write(ctx, func(ctx context.Context, tx *transaction) error {
		batch := &pgx.Batch{}
		batch.Queue("UPDATE missing SET answer = $1 WHERE ref = ANY ($2) AND answer = ANY ($3)", to, s.db.keys.refs(s.account, refs), from)
		batch.Queue(missingChanged)
		return run(ctx, tx, batch)
	})
}

// KeepMissing records that a person wants all missing patients to stay,
// including those accepted before and not yet removed, and returns how many they
// are.
func (s *Profiles) KeepMissing(ctx context.Context) (kept int, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *transaction) error {
		result, err := tx.Exec(ctx, "UPDATE missing SET answer = $1", stays)
		if err != nil {
			return err
		}
		kept = int(result.RowsAffected())
		_, err = tx.Exec(ctx, missingChanged)
		return err
	})
	return kept, err
}
