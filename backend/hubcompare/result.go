package hubcompare

import (
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// Kind is where a client or a profile belongs, each in exactly one.
type Kind string

// The kinds.
const (
	Linked     Kind = "linked"       // the profile's sync ID is the client's id in Cliniko
	Likely     Kind = "likely"       // same name and birth date
	EmailInUse Kind = "email_in_use" // another profile there has the client's email
	Merging    Kind = "being_merged" // the profile is being merged there
	OnlyHere   Kind = "only_here"
	OnlyThere  Kind = "only_there"
)

// Reason says why.
type Reason string

// The reasons, and what they are about.
const (
	SameSyncID       Reason = "same_sync_id"
	OtherName        Reason = "same_sync_id_other_name"
	OtherBirthDate   Reason = "same_sync_id_other_birth_date"
	OtherPerson      Reason = "same_sync_id_other_person"
	SameName         Reason = "same_name_and_birth_date"
	OfAnotherSystem  Reason = "same_name_other_sync_id"
	OfAnotherClient  Reason = "same_name_linked_to_another_client"
	OfFormerClient   Reason = "same_name_linked_to_former_client"
	SecondProfile    Reason = "second_profile"
	SameEmail        Reason = "same_email"
	MergeUnderWay    Reason = "merge_under_way"
	NotThere         Reason = "not_there"
	NeedsAttention   Reason = "needs_attention"
	SharedEmail      Reason = "email_shared_here"
	NotHere          Reason = "not_here"
	NotHereWithID    Reason = "not_here_other_sync_id"
	FormerClientOnly Reason = "linked_to_former_client"
)

var sentences = map[Reason]string{
	SameSyncID:       "The sync ID there is this client's id in Cliniko.",
	OtherName:        "The sync ID there is this client's id in Cliniko, but the name is another one. Check which is right.",
	OtherBirthDate:   "The sync ID there is this client's id in Cliniko, but the birth date is another one. Check which is right.",
	OtherPerson:      "The sync ID there is this client's id in Cliniko, but name and birth date are of somebody else: perhaps another system sent it. Check before anything is sent.",
	SameName:         "Same name and birth date. Check whether it is the same person.",
	OfAnotherSystem:  "Same name and birth date, and the sync ID of another system. Check whether it is the same person.",
	OfAnotherClient:  "Same name and birth date, but linked to another client here. Check whether Cliniko has the client twice.",
	OfFormerClient:   "Same name and birth date, but linked to a client who has left Cliniko. Check whether it is the same person.",
	SecondProfile:    "The client is linked, and this is another profile with the same name and birth date. Check whether VALD Hub has the client twice.",
	SameEmail:        "Another person's profile has this email, and VALD Hub takes an email once. Decide who keeps it.",
	MergeUnderWay:    "VALD Hub is merging this profile. Compare again when that has ended.",
	NotThere:         "VALD Hub has nobody like this.",
	NeedsAttention:   "VALD Hub has nobody like this, and the profile needs attention here first.",
	SharedEmail:      "VALD Hub has nobody like this. Other clients here have the same email, which VALD Hub takes once.",
	NotHere:          "No client here is like this.",
	NotHereWithID:    "No client here is like this. The profile has a sync ID, of another system or of a client who is not on this computer.",
	FormerClientOnly: "It is linked to a client who has left Cliniko.",
}

// Sentence is what a person reads.
func (r Reason) Sentence() string { return sentences[r] }

// Line is one finding: a client, a profile in VALD Hub, or both.
type Line struct {
	Kind    Kind
	Reason  Reason
	Client  *profile.Entry  // nil: only there
	Profile *valdhub.Detail // nil: only here; its Email and Sex only where emails were read
}

// Counts are of clients, or of profiles: each is in one of them.
type Counts struct {
	All        int `json:"all"`
	Linked     int `json:"linked"`
	Likely     int `json:"likely"`
	EmailInUse int `json:"email_in_use"`
	Merging    int `json:"being_merged"`
	Only       int `json:"only"` // only here, or only there
}

// Sums says that nobody is left out or counted twice.
func (c Counts) Sums() bool {
	return c.All == c.Linked+c.Likely+c.EmailInUse+c.Merging+c.Only
}

func (c *Counts) add(k Kind) {
	c.All++
	switch k {
	case Linked:
		c.Linked++
	case Likely:
		c.Likely++
	case EmailInUse:
		c.EmailInUse++
	case Merging:
		c.Merging++
	default:
		c.Only++
	}
}

// Result is a whole comparison.
type Result struct {
	Clients    Counts // the active ones here, those that need attention among them
	Profiles   Counts // those there
	Lines      []Line // clients by name, then the profiles that are only there
	EmailsRead bool   // otherwise nobody is known to be EmailInUse
}
