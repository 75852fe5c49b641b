package profile

import (
	"cmp"
	"strconv"
	"strings"
)

// Details are what TeleHab stores about a client besides ids, states and times.
// A Patient has them as Cliniko sent them, a Profile as they are stored.
//
// A field of Details also has a line in allFields; with both, it is checked,
// sealed, compared and shown. The JSON names are those in the sealed rows of
// stores. Neither they nor their order ever change: rows of earlier versions
// use them, and with another text every row would count as changed.
type Details struct {
	Title                 string  `json:"t,omitempty"`
	FirstName             string  `json:"f,omitempty"`
	PreferredFirstName    string  `json:"p,omitempty"`
	LastName              string  `json:"l,omitempty"`
	DateOfBirth           Date    `json:"b,omitzero"`  // zero when missing or impossible
	ImpossibleBirthDate   string  `json:"i,omitempty"` // the text that Cliniko has, if it is not a possible date
	Sex                   string  `json:"s,omitempty"` // Cliniko's sex, or the older gender field if that is empty
	GenderIdentity        string  `json:"g,omitempty"`
	Pronouns              string  `json:"n,omitempty"` // such as "she/her"
	Email                 string  `json:"e,omitempty"`
	Phones                []Phone `json:"h,omitempty"`
	AcceptedPrivacyPolicy *bool   `json:"c,omitempty"` // nil: not answered
}

// Phone is one telephone number of a patient.
type Phone struct {
	Type   string `json:"type"` // Mobile, Home, Work, Fax or Other
	Number string `json:"number"`
}

// Field names a field of a profile.
type Field string

// The fields.
const (
	FieldState          Field = "state"
	FieldMergedInto     Field = "merged_into"
	FieldTitle          Field = "title"
	FieldFirstName      Field = "first_name"
	FieldPreferred      Field = "preferred_first_name"
	FieldLastName       Field = "last_name"
	FieldDateOfBirth    Field = "date_of_birth"
	FieldSex            Field = "sex"
	FieldGenderIdentity Field = "gender_identity"
	FieldPronouns       Field = "pronouns"
	FieldEmail          Field = "email"
	FieldPhones         Field = "phones"
	FieldPrivacyPolicy  Field = "accepted_privacy_policy"
)

// Fields are the required fields in the order in which they are shown.
var Fields = []Field{FieldFirstName, FieldLastName, FieldDateOfBirth, FieldSex, FieldEmail}

// LimitedFields are the fields that are not required but may be too long, in
// the order in which they are shown.
var LimitedFields = []Field{FieldTitle, FieldPreferred, FieldGenderIdentity, FieldPronouns, FieldPhones}

// allFields are all fields of a profile that can change, in the order in which
// they are shown.
var allFields = []struct {
	name  Field
	label string // as Cliniko shows it
	// text is set for a field that is one text, value for any other: what two
	// copies are compared by.
	text  func(*Details) *string
	value func(*Profile) string
}{
	{FieldState, "State", nil, func(p *Profile) string { return string(p.State) }},
	{FieldMergedInto, "Merged into", nil, func(p *Profile) string { return string(p.MergedInto) }},
	{FieldTitle, "Title", func(d *Details) *string { return &d.Title }, nil},
	{FieldFirstName, "First Name", func(d *Details) *string { return &d.FirstName }, nil},
	{FieldPreferred, "Preferred First Name", func(d *Details) *string { return &d.PreferredFirstName }, nil},
	{FieldLastName, "Last Name", func(d *Details) *string { return &d.LastName }, nil},
	{FieldDateOfBirth, "Date of Birth", nil, func(p *Profile) string { return cmp.Or(p.DateOfBirth.String(), p.ImpossibleBirthDate) }},
	{FieldSex, "Sex", func(d *Details) *string { return &d.Sex }, nil},
	{FieldGenderIdentity, "Gender Identity", func(d *Details) *string { return &d.GenderIdentity }, nil},
	{FieldPronouns, "Pronouns", func(d *Details) *string { return &d.Pronouns }, nil},
	{FieldEmail, "Email", func(d *Details) *string { return &d.Email }, nil},
	{FieldPhones, "Phone Numbers", nil, func(p *Profile) string { return phoneList(p.Phones) }},
	{FieldPrivacyPolicy, "Privacy Policy", nil, func(p *Profile) string {
		if p.AcceptedPrivacyPolicy == nil {
			return ""
		}
		return strconv.FormatBool(*p.AcceptedPrivacyPolicy)
	}},
}

func phoneList(phones []Phone) string {
	texts := make([]string, len(phones))
	for i, phone := range phones {
		texts[i] = strings.TrimSpace(phone.Number + " " + phone.Type)
	}
	return strings.Join(texts, ", ")
}

// mapTexts replaces the value of each field that is one text.
func (d *Details) mapTexts(change func(string) string) {
	for i := range allFields {
		if allFields[i].text != nil {
			text := allFields[i].text(d)
			*text = change(*text)
		}
	}
}
