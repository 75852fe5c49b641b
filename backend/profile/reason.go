package profile

import "strings"

var labels = func() map[Field]string {
	labels := make(map[Field]string, len(allFields))
	for _, field := range allFields {
		labels[field.name] = field.label
	}
	return labels
}()

// Label returns the field's name as Cliniko shows it.
func (f Field) Label() string { return labels[f] }

var faults = map[string]string{
	Missing: "is missing", NotADate: "is not a real date", InTheFuture: "is in the future", LongAgo: "is too long ago",
	NotAnEmail: "is not a valid email address", NotPrintable: "has no readable letters",
	TooLong: "is too long, so only its beginning is kept", TooMany: "are too many, so only the first are kept",
}

// Text says what is wrong, such as "Email is missing". It never contains the
// value.
func (p Problem) Text() string {
	if p.Kind == TooLong && (p.Field == FieldPronouns || p.Field == FieldPhones) {
		return p.Field.Label() + " are too long, so only their beginnings are kept"
	}
	return p.Field.Label() + " " + faults[p.Kind]
}

// longestQuoted is how much of a wrong value is repeated, in characters.
const longestQuoted = 60

// Value returns what is wrong in these details: of a birth date and an email
// alone; "" for anything else, and for what is missing. It is cut where it is
// long.
func (p Problem) Value(d *Details) string {
	value := ""
	switch p.Kind {
	case NotADate, InTheFuture, LongAgo:
		value = d.ImpossibleBirthDate
	case NotAnEmail:
		value = d.Email
	}
	if runes := []rune(value); len(runes) > longestQuoted {
		value = string(runes[:longestQuoted]) + "…"
	}
	return value
}

// TextIn is Text with the value that is wrong, as these details have it:
// `Date of Birth "2099-01-01" is in the future`.
func (p Problem) TextIn(d *Details) string {
	if value := p.Value(d); value != "" {
		return p.Field.Label() + ` "` + value + `" ` + faults[p.Kind]
	}
	return p.Text()
}

// Reason says in one sentence why a profile needs attention. It never contains
// a value.
func (f *Failure) Reason() string { return f.reason(Problem.Text) }

// ReasonIn is Reason with the values that are wrong, as these details have
// them.
func (f *Failure) ReasonIn(d *Details) string {
	return f.reason(func(p Problem) string { return p.TextIn(d) })
}

func (f *Failure) reason(text func(Problem) string) string {
	if f.Code == Unreadable {
		return "Cliniko's answer about this client could not be understood."
	}
	var missing, texts []string
	for _, p := range f.Problems {
		if p.Kind == Missing {
			missing = append(missing, p.Field.Label())
		} else {
			texts = append(texts, text(p))
		}
	}
	switch len(missing) {
	case 0:
	case 1:
		texts = append([]string{missing[0] + " is missing"}, texts...)
	default:
		last := len(missing) - 1
		texts = append([]string{strings.Join(missing[:last], ", ") + " and " + missing[last] + " are missing"}, texts...)
	}
	return strings.Join(texts, "; ") + "."
}
