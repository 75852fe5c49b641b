package directory

import (
	"strings"

	"telehab.io/desktop/backend/profile"
)

// row is an entry with its search texts and sort keys, folded once.
type row struct {
	entry      profile.Entry
	name       string // "last, first"
	words      string // every word of the names, each following its mark
	email      string
	otherNames []string // of a name with letters such as ü
	phones     string   // the forms of the phone numbers, each after its mark
}

func newRow(e *profile.Entry) *row {
	r := &row{entry: *e}
	p := &r.entry.Profile
	p.Limit()
	listed := spellings(prepare(p.ListName()))
	r.name, r.words, r.email = listed[0], namesOf(p), fold(p.Email)
	if len(listed) > 1 {
		r.otherNames = listed[1:]
	}
	for _, phone := range p.Phones {
		r.phones += phoneForms(phone.Number)
	}
	return r
}

func (r *row) in(f Filter) bool {
	state := r.entry.Profile.State
	switch f {
	case Attention:
		return r.entry.Failure != nil
	case Archived:
		return state == profile.Archived || state == profile.Merged
	}
	return state == profile.Active
}

// sortableTime is a layout whose texts are in the order of their times.
const sortableTime = "2006-01-02T15:04:05.000000000"

// key is what the row is sorted by; "" means no value.
func (r *row) key(by Sort) string {
	p := &r.entry.Profile
	switch by {
	case ByBorn:
		return p.DateOfBirth.String()
	case BySex:
		return strings.ToLower(p.Sex)
	case ByEmail:
		return r.email
	case ByPhone:
		return digitsOf(fold(p.MainPhone()))
	case ByUpdated:
		if p.UpdatedAt.IsZero() {
			return ""
		}
		return p.UpdatedAt.Format(sortableTime)
	case ByReason:
		if r.entry.Failure == nil {
			return ""
		}
		return strings.ToLower(r.entry.Failure.Reason())
	case BySince:
		if r.entry.Failure == nil || r.entry.Failure.FirstFailedAt.IsZero() {
			return ""
		}
		return r.entry.Failure.FirstFailedAt.UTC().Format(sortableTime)
	}
	return r.sortedName()
}

// sortedName leaves apostrophes out: d'Angelo comes after Dang.
func (r *row) sortedName() string { return strings.ReplaceAll(r.name, "'", "") }

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
