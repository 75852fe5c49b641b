package hubsend

import (
	"slices"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
)

// What a person decides about a delivery that needs attention, for
// profile.DeliveryStore.DecideDelivery.

// IsDifferent says that none of the profiles there is the client's: the client is
// sent as somebody new, and one that was linked is not any more.
func IsDifferent(d *profile.Delivery) error {
	if d.Reason == GoneThere || d.Reason == UnlinkedThere {
		d.ProfileID, d.Sent, d.Since = "", "", time.Time{}
	}
	for _, id := range d.Candidates {
		if !slices.Contains(d.Different, id) {
			d.Different = append(d.Different, id)
		}
	}
	d.Same = ""
	return nil
}

// Same says that a profile there is the client's.
func Same(id string) func(*profile.Delivery) error {
	return func(d *profile.Delivery) error {
		if strings.HasPrefix(id, ofSync) {
			return profile.Refuse(profile.Invalid, "This profile is another client's in Cliniko. Merge the two clients in Cliniko, or say that they are different.")
		}
		if !slices.Contains(d.Candidates, id) {
			return profile.Refuse(profile.Invalid, "This profile is not among those that are likely the client's. List them again with telehab hub matches.")
		}
		d.Same = id
		d.Different = slices.DeleteFunc(d.Different, func(other string) bool { return other == id })
		return nil
	}
}

// SendWithoutEmail says that the client is sent without an email, because somebody
// else's profile has it.
func SendWithoutEmail(d *profile.Delivery) error {
	d.WithoutEmail = true
	return nil
}

// Accepts says that a delivery that needs attention for a reason takes an answer:
// same, different or without_email.
func Accepts(reason, answer string) bool {
	return slices.Contains(map[string][]string{
		Likely: {"same", "different"}, OtherPerson: {"same"}, OtherSystem: {"different"}, NoEmailThere: {"different"},
		EmailInUse: {"without_email"}, UnlinkedThere: {"different"}, GoneThere: {"different"},
	}[reason], answer)
}

// RefOf returns the client whom a candidate is, where that is a client of this
// clinic and not known by VALD's id.
func RefOf(candidate string) (ref string, ok bool) { return strings.CutPrefix(candidate, ofSync) }
