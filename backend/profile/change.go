package profile

import "time"

// Change is what one reading changed in a stored profile.
type Change struct {
	At        time.Time // when it was stored here
	UpdatedAt time.Time // Cliniko's updated_at in that reading
	PassID    int64     // 0: a person opened the client
	Fields    []FieldChange
}

// FieldChange is one field before and after. The parts of a list are separated
// by ", "; "" means no value.
type FieldChange struct {
	Field  Field  `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Diff returns the fields that differ between two copies of a profile, in the
// order in which they are shown. Times are not compared.
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
