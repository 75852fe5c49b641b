package window

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/window/host"
)

// ProfileView is a whole profile.
type ProfileView struct {
	ID              string       `json:"id"`
	State           string       `json:"state"`
	Title           string       `json:"title"`
	FirstName       string       `json:"firstName"`
	Preferred       string       `json:"preferred"`
	LastName        string       `json:"lastName"`
	Born            string       `json:"born"`
	ImpossibleBorn  string       `json:"impossibleBorn"` // what Cliniko has instead of a birth date that can be
	Age             int          `json:"age"`            // -1: not known
	Sex             string       `json:"sex"`
	GenderIdentity  string       `json:"genderIdentity"`
	Pronouns        string       `json:"pronouns"`
	Email           string       `json:"email"`
	EmailSharedWith int          `json:"emailSharedWith"` // how many other clients have the same email
	Phones          []PhoneView  `json:"phones"`
	PrivacyPolicy   string       `json:"privacyPolicy"` // accepted, refused, "" for no answer
	UpdatedAt       string       `json:"updatedAt"`     // changed in Cliniko
	CreatedAt       string       `json:"createdAt"`
	SyncedAt        string       `json:"syncedAt"` // this copy was Cliniko's then
	ArchivedAt      string       `json:"archivedAt"`
	MergedInto      string       `json:"mergedInto"`
	Merged          []MergedView `json:"merged"`     // who was merged into this client
	ErasedAt        string       `json:"erasedAt"`   // for a deleted one: when it is erased here
	MergedFrom      string       `json:"mergedFrom"` // FollowLink was asked for this client, who is now part of this one
	Failure         *FailureView `json:"failure"`    // null for a complete profile
}

// PhoneView is a telephone number.
type PhoneView struct {
	Type   string `json:"type"`
	Number string `json:"number"`
}

// MergedView is a client who is now part of another one.
type MergedView struct {
	ID   string `json:"id"`
	Name string `json:"name"` // "Last, First"
}

func profileView(e *profile.Entry, now time.Time) ProfileView {
	p := e.Profile.Displayed()
	view := ProfileView{ID: e.Ref, State: string(p.State), Title: p.Title, FirstName: p.FirstName, Preferred: p.PreferredFirstName,
		LastName: p.LastName, Born: p.DateOfBirth.String(), ImpossibleBorn: p.ImpossibleBirthDate, Age: -1, Sex: p.Sex, GenderIdentity: p.GenderIdentity, Pronouns: p.Pronouns,
		Email: p.Email, Phones: []PhoneView{}, UpdatedAt: instant(p.UpdatedAt), CreatedAt: instant(p.CreatedAt), SyncedAt: instant(p.SyncedAt),
		ArchivedAt: instant(p.ArchivedAt), MergedInto: string(p.MergedInto), Merged: []MergedView{}, Failure: failureView(e)}
	if !p.DateOfBirth.IsZero() {
		view.Age = p.DateOfBirth.AgeOn(profile.DateOf(now.Local()))
	}
	for _, phone := range p.Phones {
		view.Phones = append(view.Phones, PhoneView(phone))
	}
	if p.AcceptedPrivacyPolicy != nil {
		view.PrivacyPolicy = "refused"
		if *p.AcceptedPrivacyPolicy {
			view.PrivacyPolicy = "accepted"
		}
	}
	return view
}

// wholeProfile returns one profile as it is kept here. NotFound: it is not.
func wholeProfile(ctx context.Context, c *host.Clinic, ref string) (ProfileView, error) {
	directory, err := c.Workspace.Directory()
	if err != nil {
		return ProfileView{}, err
	}
	entry, ok := directory.One(ref)
	if !ok {
		return ProfileView{}, profile.Refuse(profile.NotFound, "This client is not on this computer yet. Sync, or look the client up in Cliniko.")
	}
	view := profileView(&entry, c.Time(ctx))
	view.EmailSharedWith = directory.SharingEmail(&entry)
	store, err := c.Workspace.Store(ctx)
	if err != nil {
		return ProfileView{}, err
	}
	keep, err := store.Retention(ctx)
	if err != nil {
		return ProfileView{}, err
	}
	view.ErasedAt = instant(keep.ErasedAt(&entry.Profile))
	for _, merged := range directory.MergedInto(entry.Profile.ID) {
		view.Merged = append(view.Merged, MergedView{ID: merged.Ref, Name: profile.Display(merged.Profile.ListName())})
	}
	return view, nil
}

// recordOpened adds to the audit trail that somebody looks at a client. A trail
// that cannot be written keeps nobody from a client in the room; the log says so.
func recordOpened(ctx context.Context, c *host.Call, log zerolog.Logger, ref string) {
	if err := c.Session.OpenedProfile(ctx, ref); err != nil {
		logging.Failure(log, "record who opened a profile", err)
	}
}

// requireCreate checks that a client who was never seen here may be fetched.
func requireCreate(c *host.Call, ref string) error {
	directory, err := c.Clinic.Workspace.Directory()
	if err != nil {
		return err
	}
	if _, known := directory.One(ref); known {
		return nil
	}
	return c.Session.Require(session.AnyOf(staff.CreateProfiles))
}
