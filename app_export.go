package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"telehab.io/desktop/backend/atomicfile"
	"telehab.io/desktop/backend/export"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// ExportFailures asks where to save the list of failed profiles and writes it
// as CSV, after the password was given once more. It returns the file's path, or
// "" when the person cancelled.
func (a *App) ExportFailures(password string) (string, error) {
	return call(a, "ExportFailures", func(ctx context.Context, d *desk) (string, error) {
		people, err := d.w.Directory()
		if err != nil {
			return "", err
		}
		var addressErr error
		path, err := a.export(ctx, d, password, staff.ExportedFailures, "failed profiles", "failed", "csv", func(w io.Writer) error {
			return export.FailuresCSV(w, people.Failures(), func(id profile.ID) string {
				address, err := d.w.PatientURL(ctx, id)
				addressErr = errors.Join(addressErr, err)
				return address
			})
		})
		return path, errors.Join(err, addressErr)
	})
}

// ExportProfiles writes all kept fields of all clients, as json or csv. It asks
// and returns as ExportFailures.
func (a *App) ExportProfiles(format, password string) (string, error) {
	return call(a, "ExportProfiles", func(ctx context.Context, d *desk) (string, error) {
		write, err := writerOf(format)
		if err != nil {
			return "", err
		}
		store, err := d.w.Store(ctx)
		if err != nil {
			return "", err
		}
		return a.export(ctx, d, password, staff.ExportedProfiles, "profiles", "profiles", format, func(w io.Writer) error {
			var entries []profile.Entry
			broken, err := store.All(ctx, func(some []profile.Entry) { entries = append(entries, some...) })
			if err != nil {
				return err
			}
			if len(broken) > 0 {
				d.mend(ctx, broken)
				return profile.Refuse(profile.StoreDamaged, "Some saved profiles do not open, so nothing was exported. They are being read from Cliniko again: export once that is done.")
			}
			return write(w, entries)
		})
	})
}

// ExportSelected writes all kept fields of the clients with these ids. It asks
// and returns as ExportFailures, and writes nobody if one of them is gone.
func (a *App) ExportSelected(ids []string, format, password string) (string, error) {
	return call(a, "ExportSelected", func(ctx context.Context, d *desk) (string, error) {
		write, err := writerOf(format)
		if err != nil {
			return "", err
		}
		people, err := d.w.Directory()
		if err != nil {
			return "", err
		}
		some, gone := people.Some(ids)
		if gone > 0 || len(some) == 0 {
			return "", profile.Refuse(profile.NotFound, "Some of the selected profiles are not on this computer any more. Clear the selection and select again.")
		}
		return a.export(ctx, d, password, staff.ExportedSelected, "selected profiles", "selected", format, func(w io.Writer) error {
			return write(w, some)
		})
	})
}

func writerOf(format string) (func(io.Writer, []profile.Entry) error, error) {
	switch format {
	case "json":
		return export.JSON, nil
	case "csv":
		return export.CSV, nil
	}
	return nil, profile.Refuse(profile.Invalid, "Choose JSON or CSV.")
}

// export confirms the password, asks for the place and writes the file, for this
// user alone. The audit trail has how that ended. Whoever asked must still be
// there: the window may have locked itself while the dialog was open.
func (a *App) export(ctx context.Context, d *desk, password string, action staff.Action, what, name, format string, write func(io.Writer) error) (string, error) {
	event := d.event(action, "")
	person := event.Person
	if demo, _ := d.w.Demo(); !demo {
		if err := d.w.People.Confirm(ctx, person, password); err != nil {
			return "", cmp.Or(d.w.Failed(ctx, event, err), err)
		}
	}
	path, err := a.system.AskWhereToSave("Export "+what, "telehab-"+name+"-"+d.clinicTime(ctx).Format(time.DateOnly)+"."+format)
	if err != nil || path == "" {
		return "", err
	}
	if person == "" || d.whoIsSignedIn().ID != person {
		return "", profile.Refuse(profile.SignedOut, "The window was locked meanwhile, so nothing was exported. Unlock it and export again.")
	}
	err = d.w.Audited(ctx, event, func(*staff.Event) error {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			return err
		}
		if err := atomicfile.Write(path, out.Bytes(), 0o600); err != nil {
			return &profile.Error{Code: profile.Invalid, Cause: errors.New("the file could not be written"),
				Message: "The file could not be saved there. Choose another folder and try again."}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return path, nil
}
