package profile

import (
	"fmt"
	"io"
)

// Redacted is what a value shows instead of itself where it holds somebody's
// details.
const Redacted = "[redacted]"

// What holds personal details does not print itself, whatever the verb, not
// even inside another value: a log line or an error that was written in a hurry
// says nothing. Reading a field is the only way to it.
//
// fmt calls no methods of what lies in unexported fields, so types of other
// packages that keep such values in theirs have the same method.

func redact(f fmt.State) { _, _ = io.WriteString(f, Redacted) }

// Format writes Redacted.
func (Patient) Format(f fmt.State, _ rune) { redact(f) }

// Format writes Redacted.
func (Profile) Format(f fmt.State, _ rune) { redact(f) }

// Format writes Redacted.
func (Details) Format(f fmt.State, _ rune) { redact(f) }

// Format writes Redacted.
func (Phone) Format(f fmt.State, _ rune) { redact(f) }

// Format writes Redacted.
func (Clinic) Format(f fmt.State, _ rune) { redact(f) }

// Format writes Redacted.
func (FieldChange) Format(f fmt.State, _ rune) { redact(f) }

// Format writes the entry's ref, which may be in a log.
func (e Entry) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.Ref+" "+Redacted) }

// Format writes the record's ref, which may be in a log.
func (r Record) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.Ref+" "+Redacted) }

// MarshalJSON writes Redacted: loggers print what they do not know as JSON. Who
// has to write a profile names its fields.
func (Patient) MarshalJSON() ([]byte, error) { return []byte(`"` + Redacted + `"`), nil }

// MarshalJSON writes Redacted.
func (Profile) MarshalJSON() ([]byte, error) { return []byte(`"` + Redacted + `"`), nil }

// MarshalJSON writes Redacted. The store seals a type of its own with the same
// fields.
func (Details) MarshalJSON() ([]byte, error) { return []byte(`"` + Redacted + `"`), nil }
