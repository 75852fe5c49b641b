package window

import (
	"time"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/profile"
)

// ProfileView is a whole profile.
type ProfileView struct {
	ID             string       `json:"id"`
	State          string       `json:"state"`
	Title          string       `json:"title"`
	FirstName      string       `json:"firstName"`
	Preferred      string       `json:"preferred"`
	LastName       string       `json:"lastName"`
	FamilyFirst    string       `json:"familyFirst"` // the whole name, where the family name stands first; "" for others
	Born           string       `json:"born"`
	ImpossibleBorn string       `json:"impossibleBorn"` // what Cliniko has instead of a birth date that can be
	Age            int          `json:"age"`            // -1: not known
	Sex            string       `json:"sex"`
	GenderIdentity string       `json:"genderIdentity"`
	Pronouns       string       `json:"pronouns"`
	Email          string       `json:"email"`
	Mailable       bool         `json:"mailable"`     // Profiles.Mail can write to the email
	Shared         []SharedView `json:"shared"`       // others with the same email or phone, possible duplicates first; at most 6
	SharedMore     int          `json:"sharedMore"`   // how many more there are
	SharedByMany   []ManyView   `json:"sharedByMany"` // an email or phone that is also that of many
	Phones         []PhoneView  `json:"phones"`
	PrivacyPolicy  string       `json:"privacyPolicy"` // accepted, refused, "" for no answer
	UpdatedAt      string       `json:"updatedAt"`     // changed in Cliniko
	CreatedAt      string       `json:"createdAt"`
	SyncedAt       string       `json:"syncedAt"` // this copy was Cliniko's then
	ArchivedAt     string       `json:"archivedAt"`
	MergedInto     string       `json:"mergedInto"`
	Merged         []MergedView `json:"merged"`     // who was merged into this client; at most 50
	ErasedAt       string       `json:"erasedAt"`   // for a deleted one: when it is erased here
	MergedFrom     string       `json:"mergedFrom"` // Links.Follow was asked for this client, who is now part of this one
	Pinned         bool         `json:"pinned"`     // on the Today screen of whoever is signed in
	Failure        *FailureView `json:"failure"`    // null for a complete profile
	// Hub is how far it is on the way to VALD Hub; null where it is not to be sent.
	Hub *DeliveryView `json:"hub"`
}

// PhoneView is a telephone number.
type PhoneView struct {
	Type     string `json:"type"`
	Number   string `json:"number"`
	Dialable bool   `json:"dialable"` // Profiles.Call can dial it
}

// SharedView is a client who has the same email or phone as another one.
type SharedView struct {
	ID    string `json:"id"`
	Name  string `json:"name"` // "Last, First"
	Born  string `json:"born"` // YYYY-MM-DD
	State string `json:"state"`
	Email bool   `json:"email"` // is the same
	Phone string `json:"phone"` // the first number that is the same; "" for none
	// Duplicate: the birth date is the same too, so the two may be one person.
	Duplicate bool `json:"duplicate"`
}

// ManyView is an email or a phone number that so many have that it says nothing
// of them.
type ManyView struct {
	Email  bool   `json:"email"`  // otherwise a phone number
	Text   string `json:"text"`   // to search for those who have it
	Others int    `json:"others"` // who have it; at least one
}

// MergedView is a client who is now part of another one.
type MergedView struct {
	ID   string `json:"id"`
	Name string `json:"name"` // as lists show it
}

func profileView(e *profile.Entry, now time.Time) ProfileView {
	p := e.Profile.Displayed()
	view := ProfileView{ID: e.Ref, State: string(p.State), Title: p.Title, FirstName: p.FirstName, Preferred: p.PreferredFirstName,
		LastName: p.LastName, FamilyFirst: p.FamilyFirstName(), Born: p.DateOfBirth.String(), ImpossibleBorn: p.ImpossibleBirthDate, Age: -1, Sex: p.Sex, GenderIdentity: p.GenderIdentity, Pronouns: p.Pronouns,
		Email: p.Email, Mailable: mailAddress(p.Email) != "", Shared: []SharedView{}, SharedByMany: []ManyView{}, Phones: []PhoneView{}, UpdatedAt: instant(p.UpdatedAt), CreatedAt: instant(p.CreatedAt), SyncedAt: instant(p.SyncedAt),
		ArchivedAt: instant(p.ArchivedAt), MergedInto: string(p.MergedInto), Merged: []MergedView{}, Failure: failureView(e)}
	if !p.DateOfBirth.IsZero() {
		view.Age = p.DateOfBirth.AgeOn(profile.DateOf(now.Local()))
	}
	for _, phone := range p.Phones {
		view.Phones = append(view.Phones, PhoneView{phone.Type, phone.Number, dialAddress(phone) != ""})
	}
	if p.AcceptedPrivacyPolicy != nil {
		view.PrivacyPolicy = "refused"
		if *p.AcceptedPrivacyPolicy {
			view.PrivacyPolicy = "accepted"
		}
	}
	return view
}

// addShared says who has the same email or phone.
func (v *ProfileView) addShared(all []directory.Shared, many []directory.Many) {
	for _, m := range many {
		if m.Others > 0 {
			v.SharedByMany = append(v.SharedByMany, ManyView{m.Email, profile.Display(m.Text), m.Others})
		}
	}
	for i := range all[:min(len(all), maxShared)] {
		p := all[i].Entry.Profile.Displayed()
		v.Shared = append(v.Shared, SharedView{ID: all[i].Entry.Ref, Name: p.ShownName(), Born: p.DateOfBirth.String(), State: string(p.State),
			Email: all[i].Email, Phone: profile.Display(all[i].Phone), Duplicate: all[i].Born})
	}
	v.SharedMore = len(all) - len(v.Shared)
}
