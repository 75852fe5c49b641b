package profile

import "time"

// Patient is a patient as Cliniko has it, reduced to the fields that TeleHab
// stores. Texts are as Cliniko sent them, without surrounding white space; null
// and the empty text are both "".
type Patient struct {
	ID ID
	Details
	// DateOfBirth is the text that Cliniko sent, since it may be an impossible
	// date. It shadows the field of Details, which Check fills in.
	DateOfBirth string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	ArchivedAt  time.Time // zero: not archived
	MergedAt    time.Time
	DeletedAt   time.Time
	MergedInto  ID // the survivor of a merge
}

// State returns the patient's state in Cliniko.
func (p *Patient) State() State {
	if !p.DeletedAt.IsZero() {
		return Deleted
	}
	if !p.MergedAt.IsZero() || p.MergedInto != "" {
		return Merged
	}
	if !p.ArchivedAt.IsZero() {
		return Archived
	}
	return Active
}

// Record is one element of what Cliniko sent: a patient, or the reason why it
// could not be read. An unreadable record has an ID if that could be read, and
// always a Ref.
type Record struct {
	Patient Patient
	Err     error  // not nil: unreadable, and only Patient.ID may be set
	Ref     string // names the record in the store: the id, or without one a hash of its bytes
}

// Page is one answer with patients, in the order in which Cliniko sent them.
type Page struct {
	Records []Record
	Total   int       // how many match the query, as Cliniko counts: 0 to MaxPatients, and it may be wrong
	Date    time.Time // the server's clock when it answered; zero if not given
}
