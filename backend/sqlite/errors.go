package sqlite

import (
	"errors"
	"strings"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"telehab.io/desktop/backend/profile"
)

// coded turns SQLite's result codes into errors for a person to read.
func coded(err error) error {
	var already *profile.Error
	var result sqlite3.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &already), !errors.As(err, &result):
		return err
	}
	switch result.Code {
	case sqlite3.ErrFull:
		return profile.Because(profile.StoreFull, err)
	case sqlite3.ErrIoErr:
		// What SQLite says where it extends a file, and not where it writes.
		if result.SystemErrno == syscall.ENOSPC || result.SystemErrno == syscall.EDQUOT {
			return profile.Because(profile.StoreFull, err)
		}
	case sqlite3.ErrReadonly:
		return readOnly(err)
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return profile.Because(profile.StoreBusy, err)
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return profile.Because(profile.StoreCorrupt, err)
	case sqlite3.ErrError:
		// Our statements fit our schema, so it was changed from outside.
		if strings.Contains(result.Error(), "no such table") || strings.Contains(result.Error(), "no such column") {
			return profile.Because(profile.StoreCorrupt, err)
		}
	}
	return unreadable(err)
}

func readOnly(cause error) error {
	return &profile.Error{Code: profile.StoreUnreadable, Cause: cause,
		Message: "The disk with TeleHab's data is read-only, so nothing can be changed or saved. Make it writable, then try again."}
}

func unreadable(cause error) error {
	return profile.Because(profile.StoreUnreadable, cause)
}

func damaged(cause error) error {
	return profile.Because(profile.StoreDamaged, cause)
}
