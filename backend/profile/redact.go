package profile

import (
	"fmt"
	"io"
)

// Redacted is printed in place of a value that contains personal details.
const Redacted = "[redacted]"

// A type that contains personal details does not print them, whatever the verb
// and even inside another value: a careless log line or error reveals nothing.
// They can only be had by reading a field.
//
// fmt calls no methods on unexported fields, so types of other packages that
// have such values in theirs need the same method.

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

// MarshalJSON writes Redacted, since loggers print unknown types as JSON. Code
// that has to write a profile names its fields.
func (Patient) MarshalJSON() ([]byte, error) { return []byte(`"` + Redacted + `"`), nil }

// MarshalJSON writes Redacted.
func (Profile) MarshalJSON() ([]byte, error) { return []byte(`"` + Redacted + `"`), nil }

// MarshalJSON writes Redacted. The store seals a type of its own with the same
// fields.
func (Details) MarshalJSON() ([]byte, error) { return []byte(`"` + Redacted + `"`), nil }
