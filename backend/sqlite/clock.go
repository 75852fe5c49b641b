package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"telehab.io/desktop/backend/profile"
)

const clockQuery = "SELECT believed, latest, anchor_clinic, anchor_here, reached, doubted_clinic, doubted_here FROM clock"

// Clock returns what is known of Cliniko's time.
func (db *DB) Clock(ctx context.Context) (profile.Clock, error) {
	return clockOf(db.read.QueryRowContext(ctx, clockQuery))
}

func clockOf(row scanner) (profile.Clock, error) {
	var believed, latest, anchorClinic, anchorHere, reached, doubtedClinic, doubtedHere sql.NullInt64
	err := row.Scan(&believed, &latest, &anchorClinic, &anchorHere, &reached, &doubtedClinic, &doubtedHere)
	if errors.Is(err, sql.ErrNoRows) {
		return profile.Clock{}, nil
	}
	return profile.Clock{Believed: at(believed), Latest: at(latest),
		Anchor: profile.Reading{Clinic: at(anchorClinic), Here: at(anchorHere)}, Reached: at(reached),
		Doubted: profile.Reading{Clinic: at(doubtedClinic), Here: at(doubtedHere)}}, coded(err)
}

// Learn stores a reading of the two clocks, and returns what is then known.
func (s *Profiles) Learn(ctx context.Context, r profile.Reading) (clock profile.Clock, err error) {
	err = s.db.inTransaction(ctx, func(ctx context.Context, tx *sql.Tx) error {
		before, err := clockOf(tx.QueryRowContext(ctx, clockQuery))
		if err != nil {
			return err
		}
		clock = before.Learn(r)
		if err := saveClock(ctx, tx, clock); err != nil {
			return err
		}
		if !clock.Believed.After(before.Believed) {
			return nil
		}
		_, err = tx.ExecContext(ctx, "UPDATE audit SET known_by = ? WHERE known_by IS NULL", stamp(clock.Believed))
		return err
	})
	return clock, err
}

func saveClock(ctx context.Context, tx *sql.Tx, clock profile.Clock) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO clock (one, believed, latest, anchor_clinic, anchor_here, reached, doubted_clinic, doubted_here)
		VALUES (1, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET believed = excluded.believed, latest = excluded.latest,
		anchor_clinic = excluded.anchor_clinic, anchor_here = excluded.anchor_here, reached = excluded.reached,
		doubted_clinic = excluded.doubted_clinic, doubted_here = excluded.doubted_here`,
		stamp(clock.Believed), stamp(clock.Latest), stamp(clock.Anchor.Clinic), stamp(clock.Anchor.Here),
		stamp(clock.Reached), stamp(clock.Doubted.Clinic), stamp(clock.Doubted.Here))
	return err
}

// clinicTime is the best estimate of Cliniko's time now.
func (s *Profiles) clinicTime(ctx context.Context, tx *sql.Tx) (time.Time, error) {
	clock, err := clockOf(tx.QueryRowContext(ctx, clockQuery))
	return clock.Estimate(s.now()), err
}

// Clock returns what is known of Cliniko's time.
func (s *Profiles) Clock(ctx context.Context) (profile.Clock, error) { return s.db.Clock(ctx) }
