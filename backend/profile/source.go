package profile

import (
	"context"
	"time"
)

// PageSize is the most patients in one answer.
const PageSize = 100

// MaxPatients is the most patients that a clinic may have. No clinic comes near
// it; a Source takes a higher count for a mistake.
const MaxPatients = 10_000_000

// Source is a practice system to read patients from. All methods may be called
// from several goroutines, and wait for the request limit themselves.
//
// Errors carry one of the codes of the key, the connection or the proxy.
type Source interface {
	// Clinic returns the clinic that the key belongs to. It sends two requests.
	Clinic(ctx context.Context) (Clinic, error)

	// Patients returns at most PageSize patients that match the query, in
	// ascending order of the query's Order.
	Patients(ctx context.Context, q Query) (Page, error)

	// Patient returns a page with this one patient, archived or not, ahead of
	// all calls that wait in Patients. NotFound: this clinic has no such
	// patient, or the key's owner has no access to it.
	Patient(ctx context.Context, id ID) (Page, error)

	// Requests returns how many requests were sent so far, retries included.
	Requests() int
}

// Order is what a page is sorted by.
type Order string

// The orders. ByCreation is Cliniko's default.
const (
	ByCreation Order = ""
	ByChange   Order = "updated_at"
	ByArchival Order = "archived_at"
	ByID       Order = "id"
)

// Query selects patients. All conditions apply together; zero ones are left
// out. Times are compared in whole seconds, as Cliniko does.
type Query struct {
	Order         Order
	ActiveOnly    bool // leave out archived patients, as Cliniko does by default
	CreatedFrom   time.Time
	CreatedBefore time.Time
	ChangedFrom   time.Time
	ChangedBefore time.Time
	ArchivedFrom  time.Time
	ArchivedUntil time.Time // exclusive
	IDs           []ID
	IDAfter       ID  // ids greater than this one
	IDUpTo        ID  // and not greater than this one
	Number        int // which page, from 1; 0 is 1
	Size          int // patients a page; 0 is PageSize
}
