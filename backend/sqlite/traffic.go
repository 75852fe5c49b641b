package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"telehab.io/desktop/backend/profile"
)

// maxPlaces is the most places that are read: more than any version of the
// program stores.
const maxPlaces = 1000

// Traffic is a profile.TrafficStore.
type Traffic struct {
	db  *DB
	now func() time.Duration
}

var _ profile.TrafficStore = (*Traffic)(nil)

// Traffic returns the record of requests that all processes of this store
// share. now is the time since the computer started.
func (db *DB) Traffic(now func() time.Duration) *Traffic { return &Traffic{db, now} }

// Now returns the time since the computer started.
func (t *Traffic) Now() time.Duration { return t.now() }

// Closing returns when Cliniko last asked to wait, and for how long.
func (t *Traffic) Closing(ctx context.Context) (profile.Closing, error) {
	var at, length int64
	err := t.db.read.QueryRowContext(ctx, "SELECT closed_at, closed_for FROM traffic").Scan(&at, &length)
	if errors.Is(err, sql.ErrNoRows) {
		return profile.Closing{}, nil
	}
	return profile.Closing{At: time.Duration(at) * time.Microsecond, For: time.Duration(length) * time.Microsecond}, coded(err)
}

// UpdateTraffic changes what is known of the requests.
func (t *Traffic) UpdateTraffic(ctx context.Context, update func(now time.Duration, t *profile.Traffic)) error {
	return t.db.inClear(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var at, length, person int64
		var places string
		err := tx.QueryRowContext(ctx, "SELECT closed_at, closed_for, person, places FROM traffic").Scan(&at, &length, &person, &places)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		traffic := profile.Traffic{
			Places:  decodePlaces(places),
			Closing: profile.Closing{At: time.Duration(at) * time.Microsecond, For: time.Duration(length) * time.Microsecond},
			Person:  time.Duration(person) * time.Microsecond,
		}
		update(t.now(), &traffic)
		after, err := encodePlaces(traffic.Places)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO traffic (one, closed_at, closed_for, person, places) VALUES (1, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET closed_at = excluded.closed_at, closed_for = excluded.closed_for, person = excluded.person,
			places = excluded.places`, traffic.At.Microseconds(), traffic.For.Microseconds(), traffic.Person.Microseconds(), after)
		return err
	})
}

// decodePlaces returns no place where the text is not ours: the requests before
// a change from outside are forgotten, no more.
func decodePlaces(text string) []profile.Place {
	var rows [][2]int64
	if text == "" || json.Unmarshal([]byte(text), &rows) != nil {
		return nil
	}
	rows = rows[:min(len(rows), maxPlaces)]
	places := make([]profile.Place, len(rows))
	for i, row := range rows {
		places[i] = profile.Place{Until: time.Duration(row[0]) * time.Microsecond, Holder: row[1]}
	}
	return places
}

// encodePlaces rounds up, so that no place is free too early.
func encodePlaces(places []profile.Place) (string, error) {
	rows := make([][2]int64, len(places))
	for i, p := range places {
		rows[i] = [2]int64{(p.Until + time.Microsecond - 1).Microseconds(), p.Holder}
	}
	text, err := json.Marshal(rows)
	return string(text), err
}
