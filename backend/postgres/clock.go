package postgres

import (
	"context"

	"telehab.io/desktop/backend/profile"
)

const clockColumns = "latest, anchor_clinic, anchor_here, reached, doubted_clinic, doubted_here"

// Clock returns what this computer knows of Cliniko's time.
func (s *Profiles) Clock(ctx context.Context) (profile.Clock, error) {
	return s.db.clockIn(ctx, s.db.pool)
}

// clockIn returns what this computer has learnt by its own clock, which says
// nothing of another one's. What any computer has believed is believed by all.
func (db *DB) clockIn(ctx context.Context, in querier) (c profile.Clock, err error) {
	var believed, latest, anchorClinic, anchorHere, reached, doubtedClinic, doubtedHere *int64
	err = in.QueryRow(ctx, "SELECT (SELECT max(believed) FROM clock), "+clockColumns+" FROM (VALUES (1)) AS one LEFT JOIN clock ON computer = $1", db.computer).
		Scan(&believed, &latest, &anchorClinic, &anchorHere, &reached, &doubtedClinic, &doubtedHere)
	return profile.Clock{Believed: at(believed), Latest: at(latest),
		Anchor: profile.Reading{Clinic: at(anchorClinic), Here: at(anchorHere)}, Reached: at(reached),
		Doubted: profile.Reading{Clinic: at(doubtedClinic), Here: at(doubtedHere)}}, coded(err)
}

// Learn stores a reading of the two clocks, and returns what is then known.
func (s *Profiles) Learn(ctx context.Context, r profile.Reading) (clock profile.Clock, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *transaction) error {
		before, err := s.db.clockIn(ctx, tx)
		if err != nil {
			return err
		}
		clock = before.Learn(r)
		if _, err := tx.Exec(ctx, "INSERT INTO clock (computer, believed, "+clockColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (computer) DO UPDATE SET believed = excluded.believed, latest = excluded.latest, anchor_clinic = excluded.anchor_clinic,
				anchor_here = excluded.anchor_here, reached = excluded.reached, doubted_clinic = excluded.doubted_clinic, doubted_here = excluded.doubted_here`,
			s.db.computer, stamp(clock.Believed), stamp(clock.Latest), stamp(clock.Anchor.Clinic), stamp(clock.Anchor.Here),
			stamp(clock.Reached), stamp(clock.Doubted.Clinic), stamp(clock.Doubted.Here)); err != nil {
			return err
		}
		if !clock.Believed.After(before.Believed) {
			return nil
		}
		_, err = tx.Exec(ctx, "UPDATE audit SET known_by = $1, n = $2 WHERE known_by IS NULL", stamp(clock.Believed), tx.n)
		return err
	})
	return clock, err
}
