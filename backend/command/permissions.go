package command

import (
	"fmt"
	"slices"
	"strings"

	"telehab.io/desktop/backend/staff"
)

// permissionNames are what the window calls an area, and what stands by itself.
var permissionNames = map[staff.Permission]string{
	staff.Practitioner: "Profiles", staff.PMSLink: "Software integration", staff.Export: "Export", staff.ManagePeople: "Manage people",
}

// levels returns the permissions of the area that view opens, view first.
func levels(view staff.Permission) []staff.Permission {
	return slices.DeleteFunc(slices.Clone(staff.AllPermissions), func(p staff.Permission) bool { return p.View() != view })
}

// level is what a permission is called within its area.
func level(p staff.Permission) string {
	if _, name, ok := strings.Cut(string(p), "."); ok {
		return name
	}
	return "view"
}

// inWords sums permissions up as the window does: an area with its levels, and
// what stands by itself.
func inWords(has []staff.Permission) string {
	missing := func(p staff.Permission) bool { return !slices.Contains(has, p) }
	if !slices.ContainsFunc(staff.AllPermissions, missing) {
		return "Everything"
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
			texts = append(texts, permissionNames[view]+": everything")
		default:
			var names []string
			for _, p := range held {
				names = append(names, level(p))
			}
			texts = append(texts, permissionNames[view]+": "+strings.Join(names, ", "))
		}
	}
	return strings.Join(texts, "; ")
}

// permissionTable is for the help: what is typed, and what the window calls it.
func permissionTable() string {
	var table strings.Builder
	for _, p := range staff.AllPermissions {
		name := permissionNames[p.View()]
		if len(levels(p.View())) > 1 {
			name += ": " + level(p)
		}
		_, _ = fmt.Fprintf(&table, "  %-21s %s\n", p, name)
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
