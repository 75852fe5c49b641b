package profile

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Permission is what a person may do here. TeleHab names two areas, each with
// four levels; whoever may create, modify or delete in an area may view it too.
// Two more stand by themselves: to take data out, and to manage people.
type Permission string

// The permissions.
const (
	// TeleHab Practitioner: profiles.
	Practitioner   Permission = "practitioner"        // view them
	CreateProfiles Permission = "practitioner.create" // open a client who was never seen here
	ModifyProfiles Permission = "practitioner.modify" // refresh and sync them
	DeleteProfiles Permission = "practitioner.delete" // erase one who has left

	// TeleHab PMS/EMR link: Software integration.
	PMSLink    Permission = "pms_link"        // view the connection, failed profiles and syncs
	CreateLink Permission = "pms_link.create" // connect a clinic
	ModifyLink Permission = "pms_link.modify" // import, sync, replace the key
	DeleteLink Permission = "pms_link.delete" // disconnect and erase

	Export       Permission = "export" // write what they may view to a file
	ManagePeople Permission = "people" // add and change people, auto-lock and retention, read the audit trail
)

// AllPermissions is what the first person gets, in the order in which
// permissions are shown.
var AllPermissions = []Permission{
	Practitioner, CreateProfiles, ModifyProfiles, DeleteProfiles,
	PMSLink, CreateLink, ModifyLink, DeleteLink, Export, ManagePeople,
}

// Regranted returns the permissions of somebody who was given these before
// exporting had one of its own: whoever may modify the TeleHab PMS/EMR link may
// export, as before.
func Regranted(before []Permission) []Permission {
	if !slices.Contains(before, ModifyLink) || slices.Contains(before, Export) {
		return before
	}
	return append(slices.Clone(before), Export)
}

// View returns the permission to view the area that p belongs to.
func (p Permission) View() Permission {
	area, _, _ := strings.Cut(string(p), ".")
	return Permission(area)
}

// Person is someone who may sign in on this computer.
type Person struct {
	ID           string // random, opaque
	Name         string
	Email        string // compared without regard to case
	PasswordHash string // argon2id in PHC form
	Permissions  []Permission
	CreatedAt    time.Time
	Deactivated  time.Time // may not sign in since then; zero: may
}

// May says whether the person has the permission.
func (p *Person) May(permission Permission) bool { return slices.Contains(p.Permissions, permission) }

// Active says whether the person may sign in.
func (p *Person) Active() bool { return p.Deactivated.IsZero() }

// PersonStore keeps the people of this computer. There are few of them.
type PersonStore interface {
	People(ctx context.Context) ([]Person, error)
	// AddPerson stores a person; the caller has checked that the email is free.
	AddPerson(ctx context.Context, p Person) error
	// ChangePerson replaces the person with p's id. NotFound: there is none.
	ChangePerson(ctx context.Context, p Person) error
	// CountTries replaces the wrong tries of an email by what count makes of them,
	// while no other process counts. The zero value forgets them, as does a last
	// try more than forgetAfter before now. Both are times since the computer
	// started; a last try that lies ahead was before a restart, and counts as now.
	CountTries(ctx context.Context, email string, now, forgetAfter time.Duration, count func(Tries) Tries) error
}

// Tries are the wrong tries of one email until now.
type Tries struct {
	Wrong int
	Last  time.Duration // since the computer started
}
