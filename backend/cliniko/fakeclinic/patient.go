package fakeclinic

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrUnknownPatient is returned, wrapped, for an id that the clinic does not
// have.
var ErrUnknownPatient = errors.New("no such patient")

// Patient is one patient of the clinic. A nil pointer is sent as null, so that
// null, "" and white space differ. A clinic returns copies: changing them
// changes nothing in the clinic.
type Patient struct {
	// ID is a decimal number of up to 19 digits without leading zeros.
	ID                   string
	CreatedAt, UpdatedAt time.Time
	ArchivedAt, MergedAt *time.Time
	// MergedWith is the id of the patient that this one was merged into, or "".
	MergedWith string
	// TimeStyle is how this patient's times are written.
	TimeStyle TimeStyle

	Title, FirstName, PreferredFirstName, LastName *string
	// DateOfBirth is text, since clinics have dates that do not exist.
	DateOfBirth                 *string
	Sex, Gender, GenderIdentity *string
	Pronouns                    *Pronouns
	Email                       *string
	Phones                      []Phone
	AcceptedPrivacyPolicy       *bool
	OldReferenceID              *string

	// TeleHab must not store what follows; it is filled in so that tests can
	// search for it where it must not be.
	Address1, City, State, PostCode *string
	Occupation, EmergencyContact    *string
	Medicare                        *string
	Notes, AppointmentNotes         *string
	// CustomFields is JSON that is sent unchanged; nil is sent as null.
	CustomFields json.RawMessage

	// Raw, if set, is sent instead of the whole patient: one that cannot be
	// decoded until an edit clears Raw. Lists are still filtered and sorted by
	// the other fields.
	Raw json.RawMessage
}

// Pronouns are sent as one object, or null.
type Pronouns struct {
	Nominative            string `json:"nominative"`
	Accusative            string `json:"accusative"`
	PronominalPossessive  string `json:"pronominal_possessive"`
	PredicativePossessive string `json:"predicative_possessive"`
	Reflexive             string `json:"reflexive"`
}

// Phone is one number. Type is Fax, Home, Mobile, Other or Work.
type Phone struct {
	Type, Number string
}

// TimeStyle is one of the formats of times that have been seen in Cliniko's
// answers.
type TimeStyle uint8

// The styles. All but BlankEmpty send null for a missing time.
const (
	PlainUTC    TimeStyle = iota // 2013-03-26T14:00:00Z
	Fraction                     // 2013-03-26T14:00:00.250Z
	Offset                       // 2013-03-27T01:00:00+11:00
	ShortOffset                  // 2013-03-27T01:00:00+1100
	BlankEmpty                   // as PlainUTC, and "" for a missing time
)

// Name is the first and last name, as far as they are known. The API sends it
// as the label.
func (p Patient) Name() string {
	return strings.TrimSpace(value(p.FirstName) + " " + value(p.LastName))
}

func (p Patient) numericID() (uint64, error) {
	number, err := strconv.ParseUint(p.ID, 10, 63)
	if err != nil || strconv.FormatUint(number, 10) != p.ID {
		return 0, fmt.Errorf("patient id %q is not a plain number of up to 19 digits", p.ID)
	}
	return number, nil
}

func (p Patient) clone() Patient {
	for _, field := range []**string{
		&p.Title, &p.FirstName, &p.PreferredFirstName, &p.LastName, &p.DateOfBirth, &p.Sex, &p.Gender, &p.GenderIdentity,
		&p.Email, &p.OldReferenceID, &p.Address1, &p.City, &p.State, &p.PostCode, &p.Occupation, &p.EmergencyContact,
		&p.Medicare, &p.Notes, &p.AppointmentNotes,
	} {
		*field = copied(*field)
	}
	p.ArchivedAt, p.MergedAt = copied(p.ArchivedAt), copied(p.MergedAt)
	p.Pronouns = copied(p.Pronouns)
	p.AcceptedPrivacyPolicy = copied(p.AcceptedPrivacyPolicy)
	p.Phones = slices.Clone(p.Phones)
	p.CustomFields = slices.Clone(p.CustomFields)
	p.Raw = slices.Clone(p.Raw)
	return p
}

func copied[T any](pointer *T) *T {
	if pointer == nil {
		return nil
	}
	return new(*pointer)
}

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
