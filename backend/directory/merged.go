package directory

import (
	"slices"
	"strings"

	"telehab.io/desktop/backend/profile"
)

// MergedInto returns the entries that were merged into this client, by name.
func (d *Directory) MergedInto(id profile.ID) []profile.Entry {
	var merged []profile.Entry
	d.mu.RLock()
	for _, r := range d.rows {
		if r != nil && r.entry.Profile.State == profile.Merged && r.entry.Profile.MergedInto == id {
			merged = append(merged, r.entry)
		}
	}
	d.mu.RUnlock()
	slices.SortFunc(merged, func(a, b profile.Entry) int {
		return strings.Compare(a.Profile.ListName(), b.Profile.ListName())
	})
	return merged
}
