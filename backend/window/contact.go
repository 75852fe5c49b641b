package window

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/window/host"
)

// Call passes one of a client's phone numbers, as it is displayed, to the
// program that the person uses for calls. Any other number is refused: what is
// dialled comes from the profile, not from the page.
func (p *Profiles) Call(id, number string) error {
	return p.reach(id, func(shown *profile.Profile) string {
		at := slices.IndexFunc(shown.Phones, func(phone profile.Phone) bool { return phone.Number == number })
		if at < 0 {
			return ""
		}
		return dialAddress(shown.Phones[at])
	})
}

// Mail begins an email to a client in the program that the person uses for it.
func (p *Profiles) Mail(id string) error {
	return p.reach(id, func(shown *profile.Profile) string { return mailAddress(shown.Email) })
}

// reach opens an address of a client, "" for one that cannot be opened.
func (p *Profiles) reach(id string, addressOf func(shown *profile.Profile) string) error {
	_, err := host.Do(p.parts.access, session.MayViewProfiles, func(ctx context.Context, c *host.Call) (none, error) {
		profiles, err := c.Clinic.Workspace.Directory()
		if err != nil {
			return none{}, err
		}
		entry, _ := profiles.One(id)
		shown := entry.Profile.Displayed()
		address := addressOf(&shown)
		if address == "" {
			return none{}, profile.Refuse(profile.Invalid, "The client does not have this number or email any more. Open the profile again.")
		}
		return none{}, c.Session.Recorded(ctx, session.MayViewProfiles, staff.ContactedClient, id, func() error {
			return p.parts.computer.contact(ctx, address)
		})
	})
	return err
}

// dialAddress returns the tel: address of a phone number; "" for a fax, and for
// what is not surely a number.
func dialAddress(phone profile.Phone) string {
	number := directory.Dialable(phone.Number)
	if number == "" || phone.Type == "Fax" {
		return ""
	}
	return "tel:" + number
}

// plainEmail has no character that a mail program, or a script on the way to it,
// could take for anything other than a part of the address.
var plainEmail = regexp.MustCompile(`^[A-Za-z0-9._~=+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)

// mailAddress returns the mailto: address of an email; "" for one that cannot
// safely be made into one.
func mailAddress(email string) string {
	if !plainEmail.MatchString(email) {
		return ""
	}
	return "mailto:" + strings.ReplaceAll(email, "'", "%27")
}
