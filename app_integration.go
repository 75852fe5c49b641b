package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"time"

	"telehab.io/desktop/backend/export"
	"telehab.io/desktop/backend/profile"
)

// Connect proves a pasted API key and keeps it.
func (a *App) Connect(key string) (ConnectionView, error) {
	return call(a, pmsLink, "connect a clinic", func(ctx context.Context, d *desk) (ConnectionView, error) {
		connection, err := d.w.Connect(ctx, key)
		if err != nil {
			return ConnectionView{}, err
		}
		d.mu.Lock()
		d.problem = nil // it was the old key's
		d.mu.Unlock()
		d.keeper.Resume()
		a.tellState(ctx, d)
		return ConnectionView{Clinic: clinicView(&connection.Clinic), Patients: connection.Patients}, nil
	})
}

// Disconnect erases the key and everything that came from Cliniko.
func (a *App) Disconnect() (AppState, error) {
	return call(a, pmsLink, "disconnect the clinic", func(ctx context.Context, d *desk) (AppState, error) {
		separate, err := a.isSeparate(d)
		if err != nil {
			return AppState{}, err
		}
		resume := d.pause(errCancelledByPerson)
		d.mu.Lock()
		d.list, d.phase, d.problem, d.past = nil, phaseIdle, nil, past{}
		d.mu.Unlock()
		err = d.w.Disconnect(ctx)
		if err == nil && separate {
			return a.leaveSeparate(ctx, d)
		}
		resume()
		if err != nil {
			return AppState{}, err
		}
		return d.state(ctx)
	})
}

// Failures lists the profiles that failed to sync, by name.
func (a *App) Failures() ([]FailureView, error) {
	return call(a, pmsLink, "list the failed profiles", func(_ context.Context, d *desk) ([]FailureView, error) {
		people, err := d.w.Directory()
		if err != nil {
			return nil, err
		}
		views := []FailureView{}
		for _, entry := range people.Failures() {
			views = append(views, *failureView(&entry))
		}
		return views, nil
	})
}

// RetryFailure reads one failed profile again. It returns nil when the profile
// is complete now.
func (a *App) RetryFailure(ref string) (*FailureView, error) {
	return call(a, pmsLink, "check a failed profile again", func(ctx context.Context, d *desk) (*FailureView, error) {
		id, ok := profile.ParseID(ref)
		if !ok {
			return nil, profile.Errorf(profile.Invalid, "Cliniko's answer did not even say which client this is, so it cannot be checked alone. Sync all clients instead.")
		}
		entry, err := d.one(ctx, id)
		if err != nil {
			return nil, err
		}
		a.tellState(ctx, d)
		return failureView(&entry), nil
	})
}

// one refreshes one patient from Cliniko.
func (d *desk) one(ctx context.Context, id profile.ID) (profile.Entry, error) {
	engine, err := d.w.Engine(ctx)
	if err != nil {
		return profile.Entry{}, err
	}
	return engine.One(ctx, id)
}

// ExportFailures asks where to save the list of failed profiles and writes it
// as CSV. It returns the file's path, or "" when the person cancelled.
func (a *App) ExportFailures() (string, error) {
	return call(a, pmsLink, "export the failed profiles", func(ctx context.Context, d *desk) (string, error) {
		people, err := d.w.Directory()
		if err != nil {
			return "", err
		}
		path, err := a.system.AskWhereToSave("Export failed profiles", "telehab-failed-"+time.Now().Format(time.DateOnly)+".csv")
		if err != nil || path == "" {
			return "", err
		}
		var out bytes.Buffer
		var addressErr error
		err = export.FailuresCSV(&out, people.Failures(), func(id profile.ID) string {
			address, err := d.w.PatientURL(ctx, id)
			addressErr = errors.Join(addressErr, err)
			return address
		})
		if err := errors.Join(err, addressErr); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			return "", &profile.Error{Code: profile.Invalid, Cause: errors.New("the file could not be written"),
				Message: "The file could not be saved there. Choose another folder and try again."}
		}
		return path, nil
	})
}

// OpenInCliniko shows the client's page in the browser.
func (a *App) OpenInCliniko(id string) error {
	_, err := call(a, either, "open a client in Cliniko", func(ctx context.Context, d *desk) (struct{}, error) {
		parsed, ok := profile.ParseID(id)
		if !ok {
			return struct{}{}, profile.Errorf(profile.Invalid, "This client has no Cliniko id, so there is no page to open. Look the client up in Cliniko.")
		}
		address, err := d.w.PatientURL(ctx, parsed)
		if err == nil {
			a.system.OpenAddress(address)
		}
		return struct{}{}, err
	})
	return err
}

// guides are the help pages that the window may open.
var guides = map[string]string{
	"cliniko-api-key": "https://help.cliniko.com/en/articles/1023957-generate-a-cliniko-api-key",
}

// OpenGuide shows a help page in the browser.
func (a *App) OpenGuide(name string) error {
	address, ok := guides[name]
	if !ok {
		return profile.Errorf(profile.Invalid, "There is no such guide. Contact support@vald.com.")
	}
	a.system.OpenAddress(address)
	return nil
}

// CopyText puts text on the clipboard.
func (a *App) CopyText(text string) error {
	_, err := call(a, either, "copy", func(context.Context, *desk) (struct{}, error) {
		return struct{}{}, a.system.CopyText(text)
	})
	return err
}
