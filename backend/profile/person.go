package profile

import (
	"context"
	"slices"
	"time"
)

// Permission is what a person may do here, named as TeleHab names it.
type Permission string

// The permissions.
const (
	Practitioner Permission = "practitioner" // TeleHab Practitioner: open profiles
	PMSLink      Permission = "pms_link"     // TeleHab PMS/EMR link: Software integration, sync, failed profiles
	ManagePeople Permission = "people"       // add and change people
)

// AllPermissions is what the first person gets.
var AllPermissions = []Permission{Practitioner, PMSLink, ManagePeople}

// Person is someone who may sign in on this computer.
type Person struct {
	ID           string // random, opaque
	Name         string
	Email        string // compared without regard to case
	PasswordHash string // argon2id in PHC form
	Permissions  []Permission
	CreatedAt    time.Time
}

// May says whether the person has the permission.
func (p *Person) May(permission Permission) bool { return slices.Contains(p.Permissions, permission) }

// PersonStore keeps the people of this computer. There are few of them.
type PersonStore interface {
	People(ctx context.Context) ([]Person, error)
	// AddPerson stores a person; the caller has checked that the email is free.
	AddPerson(ctx context.Context, p Person) error
}
