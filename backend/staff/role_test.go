package staff_test

import (
	"testing"

	"telehab.io/desktop/backend/staff"
)

func TestRoles(t *testing.T) {
	for _, c := range []struct {
		permissions []staff.Permission
		want        string
	}{
		{[]staff.Permission{"practitioner.modify", "practitioner", "practitioner.create"}, "practitioner"}, // in any order
		{[]staff.Permission{"practitioner", "practitioner.create", "practitioner.modify", "pms_link", "pms_link.modify", "export"}, "front_desk"},
		{[]staff.Permission{"practitioner", "practitioner.create", "practitioner.modify", "practitioner.delete",
			"pms_link", "pms_link.create", "pms_link.modify", "pms_link.delete", "export", "people"}, "owner"},
		{[]staff.Permission{"practitioner", "practitioner.create"}, ""},
		{[]staff.Permission{"practitioner", "practitioner.create", "practitioner.modify", "export"}, ""},
		{[]staff.Permission{"practitioner", "practitioner.create", "export"}, ""}, // as many, and others
		{nil, ""},
	} {
		if got := staff.RoleOf(c.permissions); got != c.want {
			t.Errorf("%v is %q, want %q", c.permissions, got, c.want)
		}
	}
	if role, ok := staff.RoleNamed("front_desk"); !ok || len(role.Permissions) != 6 {
		t.Errorf("%+v, %v", role, ok)
	}
	if role, ok := staff.RoleNamed("boss"); ok {
		t.Errorf("%+v", role)
	}
}
