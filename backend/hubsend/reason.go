package hubsend

import "telehab.io/desktop/backend/profile"

// Why a client is held, or needs attention: the codes of profile.Delivery.Reason.
const (
	// Held.
	ConsentUnset = "consent_not_decided"
	SexUnset     = "sex_not_decided"
	Privacy      = "privacy_refused"
	Incomplete   = "profile_needs_attention"
	Unreadable   = "cannot_be_read"
	Merging      = "being_merged"

	// Needs attention.
	Likely        = "likely_the_same"
	OtherPerson   = "sync_id_of_another_person"
	OtherSystem   = "linked_by_another_system"
	NoEmailThere  = "no_email_there"
	NotLinked     = "second_profile_made"
	EmailInUse    = "email_in_use"
	UnlinkedThere = "sync_id_changed_there"
	GoneThere     = "gone_there"
	Refused       = "refused"
	NotVisible    = "not_visible"
)

var sentences = map[string]string{
	ConsentUnset: "The clinic has not answered the three questions about consent. Answer them with telehab hub send.",
	SexUnset:     "The sex is neither Male nor Female, and the clinic has not decided what is sent then. Decide it with telehab hub send.",
	Privacy:      "The client has refused the privacy policy in Cliniko, so nothing is sent.",
	Incomplete:   "The profile needs attention here first. Correct it in Cliniko.",
	Unreadable:   "The saved profile cannot be read. Sync again to fetch it from Cliniko.",
	Merging:      "VALD Hub is merging this profile. It is looked at again every hour.",

	Likely:        "VALD Hub has somebody with the same name and birth date. Decide with telehab hub matches whether it is the same person.",
	OtherPerson:   "The profile in VALD Hub with this client's id has another name or birth date. Decide with telehab hub matches whether it is the same person.",
	OtherSystem:   "The profile in VALD Hub was linked by another system, so TeleHab cannot link it. Ask support@vald.com.",
	NoEmailThere:  "The profile in VALD Hub has no email, by which alone VALD Hub would link it. Enter the client's email there; it is looked at again every hour.",
	NotLinked:     "VALD Hub has made a second profile in place of linking the one that was chosen. Merge the two in VALD Hub.",
	EmailInUse:    "Another profile in VALD Hub has this email, and VALD Hub takes an email once. Correct it in Cliniko or there, or send this client without it: telehab hub matches.",
	UnlinkedThere: "Somebody has changed the sync ID of the profile in VALD Hub. Decide with telehab hub matches.",
	GoneThere:     "The profile is not in VALD Hub any more: somebody has archived, merged or deleted it. Decide with telehab hub matches.",
	Refused:       "VALD Hub did not accept the profile. Correct what it names in Cliniko.",
	NotVisible:    "VALD Hub has taken the profile, but has not shown it for a day. It is sent again tomorrow; if that does not help, write to support@vald.com.",
}

// Explain is what a person reads beside a client about a delivery that is not
// confirmed; "" for one that is, or for none.
func Explain(d *profile.Delivery) string {
	switch d.State {
	case profile.DeliveryPending:
		return "It is sent to VALD Hub after the next sync."
	case profile.DeliveryUnsure, profile.DeliveryAccepted:
		return "It was sent to VALD Hub, which does not show it yet."
	case profile.DeliveryLeft:
		return "The client has left Cliniko and may still be in VALD Hub, from where TeleHab deletes nobody."
	}
	return sentences[d.Reason]
}

// Sentence is what a person reads about a reason.
func Sentence(reason string) string { return sentences[reason] }
