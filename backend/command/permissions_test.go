package command

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
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
		{without("practitioner.delete"), "See profiles, open clients who are new here, refresh and sync profiles; Software integration: everything; Export; Manage people"},
		{[]staff.Permission{"practitioner"}, "Read only"},
		{[]staff.Permission{"practitioner", "pms_link"}, "See profiles; See the connection"},
		{[]staff.Permission{"pms_link", "pms_link.modify"}, "See the connection, sync clients and replace the key"},
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
		People struct {
			Area, Alone map[staff.Permission]string
			May         map[staff.Permission]map[string]string
		}
	}
	if err := json.Unmarshal(content, &texts); err != nil {
		t.Fatal(err)
	}
	names := texts.People.Alone
	for area, levels := range texts.People.May {
		for level, name := range levels {
			p := area
			if level != "view" {
				p += staff.Permission("." + level)
			}
			names[p] = strings.ReplaceAll(name, "{{clients}}", "clients")
		}
	}
	if !maps.Equal(names, permissionNames) {
		t.Errorf("the window has %q, a terminal %q", names, permissionNames)
	}
	if !maps.Equal(texts.People.Area, areaNames) {
		t.Errorf("the window has %q, a terminal %q", texts.People.Area, areaNames)
	}
}

func TestPermissionTable(t *testing.T) {
	const want = `  practitioner          See profiles
  practitioner.create   Open clients who are new here
  practitioner.modify   Refresh and sync profiles
  practitioner.delete   Erase clients who left
  pms_link              See the connection
  pms_link.create       Connect a clinic
  pms_link.modify       Sync clients and replace the key
  pms_link.delete       Disconnect and erase
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
