// Package export writes profiles, including those that need attention, for
// other programs. Its output contains personal data; callers ask the person
// first.
package export

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"telehab.io/desktop/backend/profile"
)

// column is one value of a client: a member in JSON, and a column in CSV.
type column struct {
	name string
	// late columns were added after the first version: in CSV they come last,
	// for programs that count columns.
	late  bool
	value func(*profile.Entry) any // nil for none
}

// ofProfile are the values of every client, in their order in JSON.
var ofProfile = []column{
	{"cliniko_id", false, func(e *profile.Entry) any { return text(string(e.Profile.ID)) }},
	{"state", false, func(e *profile.Entry) any { return string(e.Profile.State) }},
	{"title", false, func(e *profile.Entry) any { return text(e.Profile.Title) }},
	{"first_name", false, func(e *profile.Entry) any { return text(e.Profile.FirstName) }},
	{"preferred_first_name", false, func(e *profile.Entry) any { return text(e.Profile.PreferredFirstName) }},
	{"last_name", false, func(e *profile.Entry) any { return text(e.Profile.LastName) }},
	{"date_of_birth", false, func(e *profile.Entry) any { return text(e.Profile.DateOfBirth.String()) }},
	{"impossible_date_of_birth", true, func(e *profile.Entry) any { return text(e.Profile.ImpossibleBirthDate) }}, // the text that Cliniko has instead
	{"sex", false, func(e *profile.Entry) any { return text(e.Profile.Sex) }},
	{"gender_identity", false, func(e *profile.Entry) any { return text(e.Profile.GenderIdentity) }},
	{"pronouns", false, func(e *profile.Entry) any { return text(e.Profile.Pronouns) }},
	{"email", false, func(e *profile.Entry) any { return text(e.Profile.Email) }},
	{"phones", false, func(e *profile.Entry) any { return append([]profile.Phone{}, e.Profile.Phones...) }},
	{"accepted_privacy_policy", false, func(e *profile.Entry) any { return e.Profile.AcceptedPrivacyPolicy }},
	{"archived_at", false, func(e *profile.Entry) any { return at(e.Profile.ArchivedAt) }},
	{"merged_into", false, func(e *profile.Entry) any { return text(string(e.Profile.MergedInto)) }},
	{"source_updated_at", false, func(e *profile.Entry) any { return at(e.Profile.UpdatedAt) }},
	{"synced_at", false, func(e *profile.Entry) any { return at(e.Profile.SyncedAt) }},
}

// ofFailure are the additional values of a profile that needs attention.
var ofFailure = []column{
	{"code", false, func(e *profile.Entry) any { return string(e.Failure.Code) }},
	{"fields", false, func(e *profile.Entry) any { return e.Failure.FieldNames() }},
	{"first_failed_at", false, func(e *profile.Entry) any { return at(e.Failure.FirstFailedAt) }},
	{"attempts", false, func(e *profile.Entry) any { return e.Failure.Attempts }},
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func at(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// document is the JSON output. Empty values are null.
type document struct {
	Profiles []object `json:"profiles"`
	Failed   []object `json:"failed"`
}

// object is a client in JSON, with members in a fixed order.
type object struct{ *profile.Entry }

// MarshalJSON writes the details, which an entry's own MarshalJSON redacts.
func (o object) MarshalJSON() ([]byte, error) {
	columns := ofProfile
	if o.Failure != nil {
		columns = slices.Concat(ofProfile, ofFailure)
	}
	out := []byte{'{'}
	for i, c := range columns {
		if i > 0 {
			out = append(out, ',')
		}
		value, err := json.Marshal(c.value(o.Entry))
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, '"'), c.name...), `":`...)
		out = append(out, value...)
	}
	return append(out, '}'), nil
}

// JSON writes everything as one document.
func JSON(w io.Writer, entries []profile.Entry) error {
	doc := document{Profiles: []object{}, Failed: []object{}}
	for i := range entries {
		into := &doc.Profiles
		if entries[i].Failure != nil {
			into = &doc.Failed
		}
		*into = append(*into, object{&entries[i]})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(doc); err != nil {
		return fmt.Errorf("write the profiles: %w", err)
	}
	return nil
}

// CSV writes one line per client, with the code and the fields of those that
// need attention.
func CSV(w io.Writer, entries []profile.Entry) error {
	late := func(c column) bool { return c.late }
	first := slices.DeleteFunc(slices.Clone(ofProfile), late)
	last := slices.DeleteFunc(slices.Clone(ofProfile), func(c column) bool { return !c.late })
	columns := slices.Concat(first, ofFailure, last)

	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = c.name
	}
	lines := [][]string{header}
	for i := range entries {
		line := make([]string, len(columns))
		for n, c := range columns {
			failures := n >= len(first) && n < len(first)+len(ofFailure)
			if !failures || entries[i].Failure != nil {
				line[n] = cell(c.value(&entries[i]))
			}
		}
		lines = append(lines, line)
	}
	return write(w, lines)
}

// cell returns a value as one text.
func cell(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case int:
		return strconv.Itoa(value)
	case []string:
		return strings.Join(value, " ")
	case []profile.Phone:
		phones := make([]string, len(value))
		for i, phone := range value {
			phones[i] = phone.Type + ": " + phone.Number
		}
		return strings.Join(phones, "; ")
	case *bool:
		switch {
		case value == nil:
			return ""
		case *value:
			return "yes"
		}
		return "no"
	}
	return ""
}

// FailuresCSV writes the profiles that need attention, for people: the client,
// what is wrong, and the address of the client's page in Cliniko.
func FailuresCSV(w io.Writer, entries []profile.Entry, address func(profile.ID) string) error {
	lines := [][]string{{"Name", "Cliniko id", "What is wrong", "Since", "Times tried", "Fix it in Cliniko"}}
	for i := range entries {
		e := &entries[i]
		link := ""
		if e.Profile.ID != "" {
			link = address(e.Profile.ID)
		}
		shown := e.Profile.Displayed()
		lines = append(lines, []string{shown.ShownName(), string(e.Profile.ID), e.Failure.Reason(),
			e.Failure.FirstFailedAt.Local().Format(time.DateOnly), fmt.Sprint(e.Failure.Attempts), link})
	}
	return write(w, lines)
}
