package session

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/export"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/staff"
)

// Exports are what takes data out.
type Exports struct{ session *Session }

// Exports returns what takes data out.
func (s *Session) Exports() Exports { return Exports{s} }

// Export is one export of profiles: what it needs is checked in Run.
type Export struct {
	session *Session
	needs   Needs
	action  staff.Action
	// prepare checks what is asked for, before the person is asked anything.
	prepare func(ctx context.Context) (write func(io.Writer) error, err error)
}

// AskWhere asks where an export goes. It returns what saves it there; nil when
// the person has cancelled.
type AskWhere func() (save func(content []byte) error, err error)

// Profiles is all kept fields of all clients, as "json" or "csv".
func (x Exports) Profiles(format string) Export {
	s := x.session
	return Export{s, MayExportProfiles, staff.ExportedProfiles, func(ctx context.Context) (func(io.Writer) error, error) {
		write, err := writerOf(format)
		if err != nil {
			return nil, err
		}
		if _, err := s.workspace.Store(ctx); err != nil {
			return nil, err
		}
		return func(w io.Writer) error {
			var entries []profile.Entry
			if err := s.readAll(ctx, func(some []profile.Entry) { entries = append(entries, some...) }); err != nil {
				return err
			}
			return write(w, entries)
		}, nil
	}}
}

// Selected is all kept fields of the clients with these refs, and nobody
// if one of them is gone.
func (x Exports) Selected(refs []string, format string) Export {
	s := x.session
	return Export{s, MayExportProfiles, staff.ExportedSelected, func(context.Context) (func(io.Writer) error, error) {
		write, err := writerOf(format)
		if err != nil {
			return nil, err
		}
		profiles, err := s.workspace.Directory()
		if err != nil {
			return nil, err
		}
		some, gone := profiles.Some(refs)
		if gone > 0 || len(some) == 0 {
			return nil, profile.Refuse(profile.NotFound, "Some of the selected profiles are not on this computer any more. Clear the selection and select again.")
		}
		return func(w io.Writer) error { return write(w, some) }, nil
	}}
}

// Attention is the profiles that need attention and match the query, as CSV.
func (x Exports) Attention(q directory.Query) Export {
	s := x.session
	q.Filter = directory.Attention
	return Export{s, MayExportAttention, staff.ExportedFailures, func(ctx context.Context) (func(io.Writer) error, error) {
		profiles, err := s.workspace.Directory()
		if err != nil {
			return nil, err
		}
		return func(w io.Writer) error {
			if err := s.requireReadable(ctx); err != nil {
				return err
			}
			var addressErr error
			err := export.FailuresCSV(w, profiles.Everybody(q), func(id profile.ID) string {
				address, err := s.workspace.PatientURL(ctx, id)
				if profile.CodeOf(err) != profile.NotFound { // Cliniko did not say its web address
					addressErr = errors.Join(addressErr, err)
				}
				return address
			})
			return errors.Join(err, addressErr)
		}, nil
	}}
}

// CallSheet is who needs attention and matches the query, as "html" to print or
// as "csv", for calling them.
func (x Exports) CallSheet(q directory.Query, format string) Export {
	q.Filter = directory.Attention
	return x.callSheet(MayExportAttention, q, format, x.session.requireReadable)
}

// ProfileCallSheet is the same of the profile list.
func (x Exports) ProfileCallSheet(q directory.Query, format string) Export {
	return x.callSheet(MayExportProfiles, q, format, x.session.requireAllReadable)
}

func (x Exports) callSheet(needs Needs, q directory.Query, format string, requireReadable func(context.Context) error) Export {
	s := x.session
	return Export{s, needs, staff.MadeCallSheet, func(ctx context.Context) (func(io.Writer) error, error) {
		write := (*export.CallSheet).HTML
		switch format {
		case "html":
		case "csv":
			write = (*export.CallSheet).CSV
		default:
			return nil, profile.Refuse(profile.Invalid, "Choose a page to print or CSV.")
		}
		profiles, err := s.workspace.Directory()
		if err != nil {
			return nil, err
		}
		clinic, err := s.workspace.Clinic(ctx)
		if err != nil {
			return nil, err
		}
		if profiles.Find(q).Matched == 0 {
			return nil, profile.Refuse(profile.NotFound, "Nobody is in this list any more. Look at the list again.")
		}
		return func(w io.Writer) error {
			if err := requireReadable(ctx); err != nil {
				return err
			}
			return write(&export.CallSheet{Clinic: clinic.Name, At: q.Now, Entries: profiles.Everybody(q)}, w)
		}, nil
	}}
}

// ErrNotCompared says that there is no comparison of this session.
var ErrNotCompared = profile.Refuse(profile.NotFound, "The comparison is not here any more. Compare again.")

// Comparison is what a comparison with VALD Hub has found, as CSV.
func (x Exports) Comparison(c *HubComparison) Export {
	return Export{x.session, MayExportComparison, staff.ExportedHub, func(context.Context) (func(io.Writer) error, error) {
		if c == nil {
			return nil, ErrNotCompared
		}
		return c.CSV, nil
	}}
}

// requireAllReadable refuses where any profile cannot be read: a list would
// leave it out.
func (s *Session) requireAllReadable(ctx context.Context) error {
	return s.readAll(ctx, func([]profile.Entry) {})
}

// readAll gives all stored profiles to use, and refuses afterwards where one
// cannot be read.
func (s *Session) readAll(ctx context.Context, use func([]profile.Entry)) error {
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return err
	}
	broken, err := store.All(ctx, use)
	if err != nil {
		return err
	}
	return s.refuseUnreadable(ctx, broken)
}

// requireReadable refuses where a profile that needs attention cannot be read:
// the list would have it without a name.
func (s *Session) requireReadable(ctx context.Context) error {
	store, err := s.workspace.Store(ctx)
	if err != nil {
		return err
	}
	broken, err := store.All(ctx, func([]profile.Entry) {})
	if err != nil || len(broken) == 0 {
		return err
	}
	failures, err := store.Failures(ctx)
	if err != nil {
		return err
	}
	return s.refuseUnreadable(ctx, slices.DeleteFunc(broken, func(ref string) bool {
		return !slices.ContainsFunc(failures, func(f profile.Failure) bool { return f.Ref == ref })
	}))
}

// refuseUnreadable refuses an export that would leave out these profiles, and
// has them read from Cliniko again.
func (s *Session) refuseUnreadable(ctx context.Context, refs []string) error {
	if len(refs) == 0 {
		return nil
	}
	s.options.Reread(ctx, refs)
	profiles := "saved profiles"
	if len(refs) == 1 {
		profiles = "saved profile"
	}
	return profile.Errorf(profile.StoreDamaged,
		"%d %s cannot be read, so nothing was exported. They are being read from Cliniko again: export once that is done.", len(refs), profiles)
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

var errLockedBeforeExport = profile.Refuse(profile.SignedOut, "The window was locked meanwhile, so nothing was exported. Unlock it and export again.")

// Run asks for the password once more and for the destination, and then
// writes. The audit trail has how that ended. Whoever asked must still be
// signed in when the file is written: the window may have locked while a dialog
// was open, or the store waited for. saved is false when the person has
// cancelled.
//
// Errors: SignedOut, NotPermitted, SignInRefused, StoreDamaged, Invalid,
// NotFound, and those of where.
func (x Export) Run(ctx context.Context, password string, where AskWhere) (saved bool, err error) {
	s := x.session
	if err := s.Require(x.needs); err != nil {
		return false, err
	}
	write, err := x.prepare(ctx)
	if err != nil {
		return false, err
	}
	event := s.event(x.action, "")
	if err := s.confirmed(ctx, x.needs, event, password); err != nil {
		return false, err
	}
	save, err := where()
	if err != nil || save == nil {
		return false, err
	}
	if s.Ended() {
		return false, errLockedBeforeExport
	}
	if err := s.requireNow(ctx, x.needs); err != nil {
		return false, err
	}
	err = s.recordAround(ctx, event, func(*staff.Event) error {
		var content bytes.Buffer
		err := write(&content)
		if s.Ended() { // the audit trail, or the store, may have been waited for
			return errLockedBeforeExport
		}
		if err != nil {
			return err
		}
		return save(content.Bytes())
	})
	return err == nil, err
}
