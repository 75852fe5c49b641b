package command

import (
	"fmt"
	"slices"
	"strings"

	"telehab.io/desktop/backend/staff"
)

// areaNames are what the window calls the areas, by the permission to view them.
var areaNames = map[staff.Permission]string{staff.Practitioner: "Profiles", staff.PMSLink: "Software integration"}

// permissionNames are what the window calls each permission.
var permissionNames = map[staff.Permission]string{
	staff.Practitioner: "See profiles", staff.CreateProfiles: "Open clients who are new here",
	staff.ModifyProfiles: "Refresh and sync profiles", staff.DeleteProfiles: "Erase clients who left",
	staff.PMSLink: "See the connection", staff.CreateLink: "Connect a clinic",
	staff.ModifyLink: "Sync clients and replace the key", staff.DeleteLink: "Disconnect and erase",
	staff.Export: "Export", staff.ManagePeople: "Manage people",
}

// levels returns the permissions of the area that view opens, view first.
func levels(view staff.Permission) []staff.Permission {
	return slices.DeleteFunc(slices.Clone(staff.AllPermissions), func(p staff.Permission) bool { return p.View() != view })
}

// inWords sums permissions up as the window does: what may be done in each area,
// and what stands by itself.
func inWords(has []staff.Permission) string {
	missing := func(p staff.Permission) bool { return !slices.Contains(has, p) }
	if !slices.ContainsFunc(staff.AllPermissions, missing) {
		return "Everything"
	}
	if len(has) == 1 && has[0] == staff.Practitioner {
		return "Read only"
	}
	var texts []string
	for _, view := range staff.AllPermissions {
		if view != view.View() || missing(view) {
			continue
		}
		all := levels(view)
		switch held := slices.DeleteFunc(slices.Clone(all), missing); {
		case len(all) == 1:
			texts = append(texts, permissionNames[view])
		case len(held) == len(all):
			texts = append(texts, areaNames[view]+": everything")
		default:
			names := []string{permissionNames[held[0]]}
			for _, p := range held[1:] {
				name := permissionNames[p]
				names = append(names, strings.ToLower(name[:1])+name[1:])
			}
			texts = append(texts, strings.Join(names, ", "))
		}
	}
	return strings.Join(texts, "; ")
}

// permissionTable is for the help: what is typed, and what the window calls it.
func permissionTable() string {
	var table strings.Builder
	for _, p := range staff.AllPermissions {
		_, _ = fmt.Fprintf(&table, "  %-21s %s\n", p, permissionNames[p])
	}
	return strings.TrimSuffix(table.String(), "\n")
}

// permissionFlag is a flag that takes permissions, separated by commas.
type permissionFlag []staff.Permission

func (f *permissionFlag) String() string { return "" }
func (f *permissionFlag) Type() string   { return "permissions" }

func (f *permissionFlag) Set(list string) error {
	for each := range strings.SplitSeq(list, ",") {
		p := staff.Permission(strings.TrimSpace(each))
		if !slices.Contains(staff.AllPermissions, p) {
			return fmt.Errorf("there is no permission %q", string(p))
		}
		*f = append(*f, p)
	}
	return nil
}

// changed returns the permissions after some were granted and others revoked.
// Without the view of an area there is nothing of it, and whoever may do
// something in an area may view it.
func changed(has, granted, revoked []staff.Permission) []staff.Permission {
	var after []staff.Permission
	for _, p := range staff.AllPermissions {
		gone := slices.Contains(revoked, p) || slices.Contains(revoked, p.View())
		if (slices.Contains(has, p) && !gone) || slices.Contains(granted, p) {
			after = append(after, p)
		}
	}
	return after
}
