package workspace

import (
	"slices"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/profile"
)

// Colors are those that a clinic can have, by which the clinics of one computer
// are told apart at a glance. The page knows what each looks like.
var Colors = []string{"teal", "blue", "violet", "pink", "orange", "green"}

// fillColors gives each clinic without a colour one that the fewest others have.
func (l clinicList) fillColors() {
	used := map[string]int{}
	for i := range l.Clinics {
		if !slices.Contains(Colors, l.Clinics[i].Color) {
			l.Clinics[i].Color = ""
		}
		used[l.Clinics[i].Color]++
	}
	for i := range l.Clinics {
		if l.Clinics[i].Color == "" {
			l.Clinics[i].Color = slices.MinFunc(Colors, func(a, b string) int { return used[a] - used[b] })
			used[l.Clinics[i].Color]++
		}
	}
}

// Color returns the colour of the clinic: that of the list, which a clinic that
// is alone on this computer need not be in. While the list cannot be read, the
// folders tell the clinics apart.
func (w *Workspace) Color() string {
	clinics := ClinicsOf(w.options)
	list, err := clinics.read()
	if err != nil {
		list = clinics.found()
	}
	if own := list.place(w.options.Account); own != nil {
		return own.Color
	}
	return Colors[0]
}

// found is the list as far as the folders tell it.
func (c Clinics) found() clinicList {
	folder, err := datafolder.Open(c.options.DataDir())
	if err != nil {
		return clinicList{}
	}
	defer func() { _ = folder.Close() }()
	list, _ := c.fromFolders(folder)
	return list
}

// SetColor changes the colour of the clinic.
//
// Errors: Invalid for none of Colors; those of the list.
func (w *Workspace) SetColor(color string) error {
	if !slices.Contains(Colors, color) {
		return profile.Refuse(profile.Invalid, "Choose one of the colours that are shown.")
	}
	return ClinicsOf(w.options).change(func(list *clinicList) error {
		if !list.has(w.options.Account) {
			list.Clinics = append(list.Clinics, Place{Account: w.options.Account}) // the name is in its store
		}
		list.place(w.options.Account).Color = color
		return nil
	})
}
