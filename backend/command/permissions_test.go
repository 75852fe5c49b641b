package command

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"telehab.io/desktop/backend/staff"
)

func TestPermissionsInWords(t *testing.T) {
	without := func(p ...staff.Permission) []staff.Permission {
		return slices.DeleteFunc(slices.Clone(staff.AllPermissions), func(each staff.Permission) bool { return slices.Contains(p, each) })
	}
	for _, c := range []struct {
		has  []staff.Permission
		want string
	}{
		{without(), "Everything"},
		{without("people"), "Profiles: everything; Software integration: everything; Export"},
		{without("export"), "Profiles: everything; Software integration: everything; Manage people"},
		{without("practitioner.delete"), "Profiles: view, create, modify; Software integration: everything; Export; Manage people"},
		{[]staff.Permission{"practitioner"}, "Profiles: view"},
		{[]staff.Permission{"pms_link", "pms_link.modify"}, "Software integration: view, modify"},
		{[]staff.Permission{"people"}, "Manage people"},
		{nil, ""},
	} {
		if got := inWords(c.has); got != c.want {
			t.Errorf("%v: %q, want %q", c.has, got, c.want)
		}
	}
}

// The window and a terminal call a permission the same.
func TestPermissionNamesAreTheWindows(t *testing.T) {
	content, err := os.ReadFile("../../frontend/src/lib/i18n/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts struct {
		People struct{ Area, Alone map[staff.Permission]string }
	}
	if err := json.Unmarshal(content, &texts); err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, names := range []map[staff.Permission]string{texts.People.Area, texts.People.Alone} {
		for p, name := range names {
			shown++
			if permissionNames[p] != name {
				t.Errorf("%s is %q in the window and %q here", p, name, permissionNames[p])
			}
		}
	}
	if shown != len(permissionNames) {
		t.Errorf("the window has %d names, a terminal %d", shown, len(permissionNames))
	}
}

func TestPermissionTable(t *testing.T) {
	const want = `  practitioner          Profiles: view
  practitioner.create   Profiles: create
  practitioner.modify   Profiles: modify
  practitioner.delete   Profiles: delete
  pms_link              Software integration: view
  pms_link.create       Software integration: create
  pms_link.modify       Software integration: modify
  pms_link.delete       Software integration: delete
  export                Export
  people                Manage people`
	if got := permissionTable(); got != want {
		t.Errorf("%s", got)
	}
}

func TestChangedPermissions(t *testing.T) {
	type some = []staff.Permission
	for name, c := range map[string]struct{ has, granted, revoked, want some }{
		"nothing":                  {some{"practitioner"}, nil, nil, some{"practitioner"}},
		"granted":                  {some{"practitioner"}, some{"export"}, nil, some{"practitioner", "export"}},
		"granted, and had it":      {some{"export"}, some{"export"}, nil, some{"export"}},
		"revoked":                  {some{"practitioner", "practitioner.create", "export"}, nil, some{"practitioner.create"}, some{"practitioner", "export"}},
		"revoked, and had it not":  {some{"practitioner"}, nil, some{"people"}, some{"practitioner"}},
		"the view, so the area":    {some{"practitioner", "practitioner.modify", "pms_link", "pms_link.modify"}, nil, some{"practitioner"}, some{"pms_link", "pms_link.modify"}},
		"one area for another":     {some{"practitioner", "practitioner.modify"}, some{"pms_link"}, some{"practitioner"}, some{"pms_link"}},
		"what is left of the area": {some{"pms_link", "pms_link.delete"}, some{"pms_link.modify"}, some{"pms_link.delete"}, some{"pms_link", "pms_link.modify"}},
	} {
		if got := changed(c.has, c.granted, c.revoked); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
