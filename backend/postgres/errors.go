package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"telehab.io/desktop/backend/profile"
)

// PostgreSQL's codes of errors, by what a person can do about them.
const (
	diskFull         = "53100"
	readOnly         = "25006"
	undefinedTable   = "42P01"
	undefinedColumn  = "42703"
	notPrivileged    = "42501"
	idleTransaction  = "25P03" // this computer was silent for too long
	longTransaction  = "25P04"
	classConnection  = "08"
	classSignIn      = "28"
	classNoDatabase  = "3D"
	classResources   = "53" // too many connections, no memory
	classShutdown    = "57" // shut down, not started yet, or a time limit
	classSerialising = "40" // a deadlock
	classNotReady    = "55" // a lock was not given in time
	classDamaged     = "XX"
)

// coded turns errors of PostgreSQL and of the connection into errors for a
// person to read.
func coded(err error) error {
	var already *profile.Error
	var refused *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &already), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &refused):
		return codedRefusal(refused, err)
	case isUnreachable(err):
		return unreachable(err)
	}
	return err
}

func codedRefusal(refused *pgconn.PgError, err error) error {
	switch refused.Code {
	case diskFull:
		return because(profile.StoreFull, err, "The disk of the clinic's database is full, so nothing was saved. Tell whoever looks after it.")
	case readOnly, notPrivileged:
		return because(profile.StoreUnreadable, err, "The clinic's database does not let TeleHab write to it. Tell whoever looks after it.")
	case idleTransaction, longTransaction:
		return unreachable(err)
	case undefinedTable, undefinedColumn:
		return because(profile.StoreCorrupt, err, "The tables in the clinic's database are not those of TeleHab. Tell whoever looks after it; nothing in Cliniko is lost.")
	}
	switch class := refused.Code[:min(2, len(refused.Code))]; class {
	case classSignIn, classNoDatabase:
		return because(profile.StoreUnreadable, err, "The clinic's database refused TeleHab's sign-in. Tell whoever looks after it.")
	case classResources, classSerialising, classNotReady:
		return because(profile.StoreBusy, err, "The clinic's database is busy. Try again in a moment.")
	case classShutdown, classConnection:
		return unreachable(err)
	case classDamaged:
		return because(profile.StoreCorrupt, err, "The clinic's database is damaged. Tell whoever looks after it; nothing in Cliniko is lost.")
	}
	return err
}

func isUnreachable(err error) bool {
	var connecting *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connecting) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err) ||
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "closed pool") // pgx has no values for these
}

func unreachable(cause error) error {
	return profile.Because(profile.DatabaseUnreachable, cause)
}

func damaged(cause error) error { return profile.Because(profile.StoreDamaged, cause) }

func because(code profile.Code, cause error, sentence string) error {
	return &profile.Error{Code: code, Cause: cause, Message: sentence}
}

// errDisconnected says that no clinic is connected, or another one.
var errDisconnected = profile.Refuse(profile.NotConnected, "This clinic is no longer connected. Set up the Cliniko integration again.")

// errSuperseded says that another computer was elected since.
var errSuperseded = profile.Refuse(profile.SyncRunning,
	"Another computer of the clinic syncs now, so this one has stopped. What was saved stays saved.")

// orNone is err, unless it says that there is no such row.
func orNone(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return coded(err)
}
