package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// channel is what every writing transaction notifies when it commits.
const channel = "telehab"

// ListenerName is what a Listener's connection calls itself.
const ListenerName = "telehab listen"

// Listener is told at once that something was changed, by a connection of its
// own.
type Listener struct{ conn *pgx.Conn }

// Listen begins to listen. What was committed before may go unnoticed: whoever
// listens looks once afterwards.
func (db *DB) Listen(ctx context.Context) (*Listener, error) {
	config := db.config.Copy()
	config.RuntimeParams["application_name"] = ListenerName
	config.RuntimeParams[idleLimit] = "0" // it says nothing for hours
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, coded(err)
	}
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return nil, errors.Join(coded(err), conn.Close(ctx))
	}
	return &Listener{conn: conn}, nil
}

// Wait returns when something was changed, or after the limit: a connection that
// was cut on the way says nothing. An error ends the Listener.
func (l *Listener) Wait(ctx context.Context, limit time.Duration) error {
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_, err := l.conn.WaitForNotification(within)
	if err == nil || ctx.Err() == nil && within.Err() != nil && !l.conn.IsClosed() {
		return nil
	}
	return coded(err)
}

// Close ends it.
func (l *Listener) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = l.conn.Close(ctx) // whoever does not answer is gone
}
