package postgres

import (
	"context"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"telehab.io/desktop/backend/profile"
)

const (
	// LeaderIdle is after how long without a word from it the server ends the
	// session of the computer that syncs, and with it the lock: of a computer that
	// sleeps, is stopped, or was cut off.
	LeaderIdle = 30 * time.Second
	// ConfirmEvery is how often a Leader has to be confirmed: more often.
	ConfirmEvery = 10 * time.Second
)

const idleLimit = "idle_session_timeout"

// lockOf returns the number of an advisory lock of ours.
func lockOf(name string) int64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte("telehab " + name))
	return int64(hash.Sum64()) // #nosec G115 -- its bits
}

// Leader is the election of this computer as the one that syncs. It holds a lock
// of a session of its own, which the server lets go when the session ends, for
// whatever reason; and an epoch, which the next election raises. So what this
// computer writes late, because it slept, is refused: see Profiles.
type Leader struct {
	db    *DB
	conn  *pgx.Conn
	epoch int64
}

// Elect makes this computer the one that syncs, if no other one is. SyncRunning:
// another one is.
func (db *DB) Elect(ctx context.Context) (*Leader, error) {
	config := db.config.Copy()
	if _, given := config.RuntimeParams[idleLimit]; !given { // in the address
		config.RuntimeParams[idleLimit] = strconv.FormatInt(LeaderIdle.Milliseconds(), 10)
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, coded(err)
	}
	l := &Leader{db: db, conn: conn}
	if err := l.win(ctx); err != nil {
		_ = conn.Close(context.WithoutCancel(ctx)) // whoever did not win holds nothing
		return nil, err
	}
	return l, nil
}

func (l *Leader) win(ctx context.Context) error {
	if err := l.db.requireNotRemoved(ctx); err != nil {
		return err
	}
	var won bool
	if err := l.conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", lockOf("sync")).Scan(&won); err != nil {
		return coded(err)
	}
	if !won {
		return profile.Refuse(profile.SyncRunning, "Another computer syncs this clinic for all of them. What it brings is here within seconds.")
	}
	return coded(l.conn.QueryRow(ctx, "UPDATE clinic SET epoch = epoch + 1, leader = $1 RETURNING epoch", l.db.computer).Scan(&l.epoch))
}

// Epoch is the number of this election. Later ones have higher numbers.
func (l *Leader) Epoch() int64 { return l.epoch }

// Confirm tells the server that this computer is still there, and returns an
// error once it is not elected any more. It is to be called every ConfirmEvery,
// and not by several goroutines at once.
func (l *Leader) Confirm(ctx context.Context) error {
	var now int64
	var removed bool
	if err := l.conn.QueryRow(ctx, "SELECT epoch, "+removedNow+" FROM clinic", l.db.computer).Scan(&now, &removed); err != nil {
		return coded(err)
	}
	if removed {
		return errRemoved
	}
	if now != l.epoch {
		return errSuperseded
	}
	return nil
}

// Resign lets another computer sync.
func (l *Leader) Resign(ctx context.Context) error { return coded(l.conn.Close(ctx)) }

// Profiles is DB.Profiles for the passes of this election. Once another computer
// is elected, whatever it would write is refused with SyncRunning.
func (l *Leader) Profiles(account string, now func() time.Time) *Profiles {
	p := l.db.Profiles(account, now)
	p.epoch = l.epoch
	return p
}
