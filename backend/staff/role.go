package staff

import "slices"

// Role is a name for permissions that go together. People have permissions, not
// roles: a role is what is chosen for somebody, and what theirs are called where
// they are exactly those of one.
type Role struct {
	Name        string
	Permissions []Permission // in the order of AllPermissions
}

// Roles are all roles, in the order in which they are shown.
var Roles = []Role{
	{"front_desk", []Permission{Practitioner, CreateProfiles, ModifyProfiles, PMSLink, ModifyLink, Export}},
	{"practitioner", []Permission{Practitioner, CreateProfiles, ModifyProfiles}},
	{"owner", AllPermissions},
}

// RoleNamed returns the role with this name.
func RoleNamed(name string) (Role, bool) {
	i := slices.IndexFunc(Roles, func(r Role) bool { return r.Name == name })
	if i < 0 {
		return Role{}, false
	}
	return Roles[i], true
}

// RoleOf returns the name of the role that has exactly these permissions, in
// any order; "" if there is none.
func RoleOf(permissions []Permission) string {
	for _, role := range Roles {
		if len(permissions) == len(role.Permissions) &&
			!slices.ContainsFunc(role.Permissions, func(p Permission) bool { return !slices.Contains(permissions, p) }) {
			return role.Name
		}
	}
	return ""
}
