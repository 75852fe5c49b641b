package postgres

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
)

// maxPlaces is the most places that are read: more than any version of the
// program stores.
const maxPlaces = 1000

// Traffic is a profile.TrafficStore for all computers of a clinic.
type Traffic struct {
	db     *DB
	uptime func() time.Duration
	shared bool         // times are those of the database's clock
	offset atomic.Int64 // of that clock from uptime, in nanoseconds
}

var _ profile.TrafficStore = (*Traffic)(nil)

// Traffic returns the record of requests that all computers share. uptime is the
// time since this computer started, by which the database's clock is continued
// between two updates.
//
// The database has no clock that nobody can set. Where its administrator sets
// it, places become free too early or too late by as much, once.
func (db *DB) Traffic(uptime func() time.Duration) *Traffic {
	return &Traffic{db: db, uptime: uptime, shared: true}
}

// TrafficBy is Traffic by a clock that is the same for all who share it already,
// as it is on one computer.
func (db *DB) TrafficBy(now func() time.Duration) *Traffic { return &Traffic{db: db, uptime: now} }

// Now returns the time by the database's clock, as far as it is known.
func (t *Traffic) Now() time.Duration { return t.uptime() + time.Duration(t.offset.Load()) }

// Closing returns when Cliniko last asked to wait, and for how long.
func (t *Traffic) Closing(ctx context.Context) (profile.Closing, error) {
	var at, length int64
	err := t.db.pool.QueryRow(ctx, "SELECT closed_at, closed_for FROM traffic").Scan(&at, &length)
	return profile.Closing{At: time.Duration(at) * time.Microsecond, For: time.Duration(length) * time.Microsecond}, coded(err)
}

// UpdateTraffic changes what is known of the requests.
func (t *Traffic) UpdateTraffic(ctx context.Context, update func(now time.Duration, t *profile.Traffic)) error {
	return coded(pgx.BeginFunc(ctx, t.db.pool, func(tx pgx.Tx) error {
		traffic, err := readTraffic(ctx, tx)
		if err != nil {
			return err
		}
		if t.shared {
			if err := t.readClock(ctx, tx); err != nil {
				return err
			}
		}
		update(t.Now(), &traffic)
		_, err = tx.Exec(ctx, "UPDATE traffic SET closed_at = $1, closed_for = $2, person = $3, places = $4",
			traffic.At.Microseconds(), traffic.For.Microseconds(), traffic.Person.Microseconds(), encodePlaces(traffic.Places))
		return err
	}))
}

// readClock continues the database's clock from its answer. While that was on its
// way the clock went on, so what is continued is behind by less than a round
// trip, as are the times that are stored.
func (t *Traffic) readClock(ctx context.Context, tx pgx.Tx) error {
	var micro int64
	if err := tx.QueryRow(ctx, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint").Scan(&micro); err != nil {
		return err
	}
	t.offset.Store(int64(time.Duration(micro)*time.Microsecond - t.uptime()))
	return nil
}

func readTraffic(ctx context.Context, tx pgx.Tx) (t profile.Traffic, err error) {
	var at, length, person int64
	var places []int64
	if err := tx.QueryRow(ctx, "SELECT closed_at, closed_for, person, places FROM traffic FOR UPDATE").Scan(&at, &length, &person, &places); err != nil {
		return t, err
	}
	t.Closing = profile.Closing{At: time.Duration(at) * time.Microsecond, For: time.Duration(length) * time.Microsecond}
	t.Person, t.Places = time.Duration(person)*time.Microsecond, decodePlaces(places)
	return t, nil
}

// decodePlaces returns no place where the list is not ours: the requests before
// a change from outside are forgotten, no more.
func decodePlaces(list []int64) []profile.Place {
	if len(list)%2 != 0 {
		return nil
	}
	list = list[:min(len(list), 2*maxPlaces)]
	places := make([]profile.Place, len(list)/2)
	for i := range places {
		places[i] = profile.Place{Until: time.Duration(list[2*i]) * time.Microsecond, Holder: list[2*i+1]}
	}
	return places
}

// encodePlaces rounds up, so that no place is free too early.
func encodePlaces(places []profile.Place) []int64 {
	list := make([]int64, 0, 2*len(places))
	for _, p := range places {
		list = append(list, (p.Until + time.Microsecond - 1).Microseconds(), p.Holder)
	}
	return list
}
