package sqlite

import (
	"errors"

	"github.com/mattn/go-sqlite3"

	"telehab.io/desktop/backend/profile"
)

// coded turns SQLite's result codes into errors that a person may read.
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
		return &profile.Error{Code: profile.StoreFull, Cause: err,
			Message: "This computer's disk is full, so nothing more could be saved. Free some space and sync again; what was saved stays."}
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return &profile.Error{Code: profile.StoreBusy, Cause: err,
			Message: "Another program holds TeleHab's data on this computer. Close other TeleHab windows or commands and try again."}
	}
	return unreadable(err)
}

func unreadable(cause error) error {
	return &profile.Error{Code: profile.StoreUnreadable, Cause: cause,
		Message: "TeleHab's data on this computer cannot be read or written. Check that the disk works and is yours to write to, then start TeleHab again."}
}

func damaged(cause error) error {
	return &profile.Error{Code: profile.StoreDamaged, Cause: cause,
		Message: "A saved row was changed outside TeleHab and does not open any more. Sync again to fetch it from Cliniko."}
}
