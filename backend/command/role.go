package command

import (
	"errors"
	"strings"

	"telehab.io/desktop/backend/staff"
)

// roleFlag is a flag that takes the name of a role.
type roleFlag staff.Role

func (f *roleFlag) String() string { return f.Name }
func (f *roleFlag) Type() string   { return "role" }

func (f *roleFlag) Set(name string) error {
	role, ok := staff.RoleNamed(name)
	if !ok {
		return errors.New("the roles are " + roleNames())
	}
	*f = roleFlag(role)
	return nil
}

func roleNames() string {
	names := make([]string, len(staff.Roles))
	for i, role := range staff.Roles {
		names[i] = role.Name
	}
	return strings.Join(names, ", ")
}
