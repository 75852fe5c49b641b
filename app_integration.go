package main

import (
	"context"
	"errors"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/runner"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/webview"
	"telehab.io/desktop/backend/workspace"
)

// Connect proves a pasted API key and keeps it.
func (a *App) Connect(key string) (ConnectionView, error) {
	return call(a, "Connect", func(ctx context.Context, d *desk) (ConnectionView, error) {
		needs := staff.ModifyLink
		if _, err := d.w.Clinic(ctx); profile.CodeOf(err) == profile.NotConnected {
			needs = staff.CreateLink
		}
		if err := d.may(needs); err != nil {
			return ConnectionView{}, err
		}
		var connection workspace.Connection
		err := d.w.Audited(ctx, d.event(staff.ConnectedClinic, ""), func(e *staff.Event) (err error) {
			connection, err = d.w.Connect(ctx, key)
			e.Subject = connection.Clinic.AccountID
			return err
		})
		if err != nil {
			return ConnectionView{}, err
		}
		d.background.Resume() // the problem was the old key's
		a.tellState(ctx, d)
		return ConnectionView{Clinic: clinicView(&connection.Clinic), Patients: connection.Patients}, nil
	})
}

// Erasure is what Disconnect removed from this computer, besides the API key,
// the store's old key and the log. What the web view keeps goes at the next start.
type Erasure struct {
	Clinic   string   `json:"clinic"`
	Profiles int      `json:"profiles"` // failed ones and those of clients who have left among them
	Changes  int      `json:"changes"`
	Syncs    int      `json:"syncs"`
	State    AppState `json:"state"`
}

// Disconnect erases the key and everything that came from Cliniko.
func (a *App) Disconnect() (Erasure, error) {
	return call(a, "Disconnect", func(ctx context.Context, d *desk) (Erasure, error) {
		separate, err := a.isSeparate(d)
		if err != nil {
			return Erasure{}, err
		}
		resume := d.background.Pause(runner.ErrCancelled)
		d.setListed(nil)
		d.runner.Forget()
		erased, err := a.erase(ctx, d)
		if err == nil && separate {
			erased.State, err = a.reopen(ctx, d, a.clinics().RemoveSeparate)
			return erased, err
		}
		resume()
		if err != nil {
			return Erasure{}, err
		}
		erased.State, err = d.state(ctx)
		return erased, err
	})
}

// erase removes what came from Cliniko, and what the program has written about
// it: the log now, the web view's files at the next start.
func (a *App) erase(ctx context.Context, d *desk) (Erasure, error) {
	clinic, err := d.w.Clinic(ctx)
	if profile.CodeOf(err) == profile.NotConnected {
		return Erasure{}, err
	} // one whose row does not open goes without its name
	var gone sqlite.Forgotten
	err = d.w.Audited(ctx, d.event(staff.Disconnected, clinic.AccountID), func(*staff.Event) (err error) {
		gone, err = d.w.Disconnect(ctx)
		return err
	})
	if err != nil {
		return Erasure{}, err
	}
	d.renew()
	erased := Erasure{Clinic: clinic.Name, Profiles: gone.Profiles, Changes: gone.Changes, Syncs: gone.Passes}
	if demo, _ := d.w.Demo(); demo {
		return erased, nil
	}
	return erased, errors.Join(a.eraseLogs(), webview.Mark(a.options.DataDir()))
}

// Failures lists the profiles that failed to sync, by name.
func (a *App) Failures() ([]FailureView, error) {
	return call(a, "Failures", func(_ context.Context, d *desk) ([]FailureView, error) {
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
	return call(a, "RetryFailure", func(ctx context.Context, d *desk) (*FailureView, error) {
		id, ok := profile.ParseID(ref)
		if !ok {
			return nil, profile.Refuse(profile.Invalid, "Cliniko's answer did not even say which client this is, so it cannot be checked alone. Sync all clients instead.")
		}
		people, err := d.w.Directory()
		if err != nil {
			return nil, err
		}
		if known, ok := people.One(ref); !ok || known.Failure == nil {
			return nil, profile.Refuse(profile.NotFound, "This profile is not in the list any more. Look at the list again.")
		}
		entry, err := d.one(ctx, id)
		if err != nil {
			return nil, err
		}
		a.tellState(ctx, d)
		if err := d.allows("RetryFailure"); err != nil {
			return nil, err // the window was locked meanwhile: no name
		}
		return failureView(&entry), nil
	})
}

// one refreshes one patient from Cliniko.
func (d *desk) one(ctx context.Context, id profile.ID) (profile.Entry, error) {
	engine, err := d.w.Engine(ctx)
	if err != nil {
		return profile.Entry{}, err
	}
	entry, err := engine.One(ctx, id)
	if err == nil {
		d.background.Reached()
	}
	return entry, err
}

// OpenInCliniko shows the client's page in the browser.
func (a *App) OpenInCliniko(id string) error {
	_, err := call(a, "OpenInCliniko", func(ctx context.Context, d *desk) (struct{}, error) {
		parsed, ok := profile.ParseID(id)
		if !ok {
			return struct{}{}, profile.Refuse(profile.Invalid, "This client has no Cliniko id, so there is no page to open. Look the client up in Cliniko.")
		}
		address, err := d.w.PatientURL(ctx, parsed)
		if err == nil {
			err = a.browse(ctx, address)
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
		return profile.Refuse(profile.Invalid, "There is no such guide. Contact support@vald.com.")
	}
	return a.browse(context.Background(), address)
}

// browse shows a page in the person's browser, and does not wait for that.
func (a *App) browse(ctx context.Context, address string) error {
	if err := a.openAddress(ctx, address); err != nil {
		return &profile.Error{Code: browserTrouble, Cause: err,
			Message: "The browser did not open. Check which browser is the default one on this computer, then try again."}
	}
	return nil
}

// browserTrouble: the operating system did not open an address.
const browserTrouble profile.Code = "browser_trouble"
