package staff

import (
	"slices"
	"strings"
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
	ModifyLink Permission = "pms_link.modify" // sync those who are listed, replace the key
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
