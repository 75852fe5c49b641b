package profile

import "time"

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
	for _, field := range allFields {
		value := field.value
		if value == nil {
			value = func(p *Profile) string { return *field.text(&p.Details) }
		}
		if was, is := value(before), value(after); was != is {
			changes = append(changes, FieldChange{field.name, was, is})
		}
	}
	return changes
}
