package profile

import "time"

// State is a client's state in the practice system.
type State string

// The four states. Only Active clients can fail to become a profile.
const (
	Active   State = "active"
	Archived State = "archived"
	Merged   State = "merged"
	Deleted  State = "deleted"
)

// Profile is what TeleHab stores of a client. Times are in UTC, in whole or
// fractional seconds as Cliniko gave them; the zero time means none.
type Profile struct {
	ID    ID
	State State
	Details
	CreatedAt  time.Time
	UpdatedAt  time.Time // when Cliniko last changed it
	ArchivedAt time.Time
	MergedInto ID
	AddedAt    time.Time // when it was first stored here
	SyncedAt   time.Time // when this copy was last known to equal Cliniko's
	DeletedAt  time.Time // when it was found to be deleted in Cliniko
}

// MainPhone is the number to show if there is room for only one: the mobile
// number, otherwise the first; "" if there is none.
func (p *Profile) MainPhone() string {
	for _, phone := range p.Phones {
		if phone.Type == "Mobile" {
			return phone.Number
		}
	}
	if len(p.Phones) > 0 {
		return p.Phones[0].Number
	}
	return ""
}

// Failure says why a patient is not a complete profile.
type Failure struct {
	ID            ID     // "" if not even the id could be read
	Ref           string // the row's name in the store; the id if there is one
	Code          FailureCode
	Problems      []Problem // what is wrong, in the order of Fields, then LimitedFields; none when unreadable
	FirstFailedAt time.Time
	LastFailedAt  time.Time
	Attempts      int // how many times it was read and failed
}

// RetryAt returns when a record that could not be read, last at this time, is
// due to be read again in the background, or the zero time if it waits for the
// next pass. A profile with incomplete details is not read again before they
// are changed in Cliniko.
func RetryAt(last time.Time, attempts int) time.Time {
	switch attempts {
	case 1:
		return last.Add(time.Minute)
	case 2:
		return last.Add(10 * time.Minute)
	case 3:
		return last.Add(time.Hour)
	}
	return time.Time{}
}

// FailureCode groups failures by what a person has to do.
type FailureCode string

// Why a patient failed.
const (
	Incomplete FailureCode = "incomplete" // a required field is missing
	Impossible FailureCode = "impossible" // all are there, but one cannot be true or is too long
	Unreadable FailureCode = "unreadable" // Cliniko's answer could not be understood
)

// Problem is one field and what is wrong with it.
type Problem struct {
	Field Field  `json:"field"`
	Kind  string `json:"kind"` // Missing, or one of the impossible kinds below
}

// What can be wrong with a field.
const (
	Missing      = "missing"
	NotADate     = "not_a_date"   // such as 30 February
	InTheFuture  = "in_future"    // that day has not begun anywhere
	LongAgo      = "long_ago"     // more than MaxAge years ago
	NotAnEmail   = "not_an_email" // such as "n/a", or two addresses in one field
	NotPrintable = "not_printable"
	TooLong      = "too_long" // more than MaxText; only the beginning is stored
	TooMany      = "too_many" // more than MaxPhones; only the first ones are stored
)

// FieldNames returns the fields of the problems, in their order.
func (f *Failure) FieldNames() []string {
	names := make([]string, len(f.Problems))
	for i, p := range f.Problems {
		names[i] = string(p.Field)
	}
	return names
}
