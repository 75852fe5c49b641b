package profile

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// Change is what one reading changed of a kept profile.
type Change struct {
	At        time.Time // when it was stored here
	UpdatedAt time.Time // when Cliniko last changed the patient, as that reading said
	PassID    int64     // 0: somebody opened the client
	Fields    []FieldChange
}

// FieldChange is one field before and after. Lists are texts with ", " between
// their parts; "" is none.
type FieldChange struct {
	Field  Field  `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Diff returns what differs between two copies of a profile, in the order in
// which fields are shown. Times are not compared.
func Diff(before, after *Profile) []FieldChange {
	var changes []FieldChange
	for _, field := range kept {
		was, is := field.value(before), field.value(after)
		if was != is {
			changes = append(changes, FieldChange{field.name, was, is})
		}
	}
	return changes
}

// kept are all fields of a profile that can change.
var kept = []struct {
	name  Field
	value func(*Profile) string
}{
	{FieldState, func(p *Profile) string { return string(p.State) }},
	{FieldMergedInto, func(p *Profile) string { return string(p.MergedInto) }},
	{FieldTitle, func(p *Profile) string { return p.Title }},
	{FieldFirstName, func(p *Profile) string { return p.FirstName }},
	{FieldPreferred, func(p *Profile) string { return p.PreferredFirstName }},
	{FieldLastName, func(p *Profile) string { return p.LastName }},
	{FieldDateOfBirth, func(p *Profile) string { return cmp.Or(p.DateOfBirth.String(), p.ImpossibleBirthDate) }},
	{FieldSex, func(p *Profile) string { return p.Sex }},
	{FieldGenderIdentity, func(p *Profile) string { return p.GenderIdentity }},
	{FieldPronouns, func(p *Profile) string { return p.Pronouns }},
	{FieldEmail, func(p *Profile) string { return p.Email }},
	{FieldPhones, func(p *Profile) string { return phoneList(p.Phones) }},
	{FieldPrivacyPolicy, func(p *Profile) string {
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
