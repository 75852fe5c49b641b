package window

import "telehab.io/desktop/backend/profile"

// HistoryView is what happened to one profile.
type HistoryView struct {
	AddedAt   string       `json:"addedAt"`   // first stored here
	CreatedAt string       `json:"createdAt"` // in Cliniko
	Changes   []ChangeView `json:"changes"`   // the newest first, at most 500; the last 90 days
}

// ChangeView is what one sync changed of a profile.
type ChangeView struct {
	At        string            `json:"at"`        // it was stored here
	UpdatedAt string            `json:"updatedAt"` // changed in Cliniko
	Opened    bool              `json:"opened"`    // somebody opened the client; else a sync brought it
	Fields    []FieldChangeView `json:"fields"`
}

// FieldChangeView is one field before and after; "" is none.
type FieldChangeView struct {
	Field  string `json:"field"` // first_name, email, phones, state, …
	Label  string `json:"label"` // "Email"
	Before string `json:"before"`
	After  string `json:"after"`
}

// shownValue is a field's value before or after a change, of which a row of an
// earlier version may hold far more than today: so many phones, or letters.
func shownValue(value string) string {
	const most = 8192 // bytes; the longest of today's are 50 phones
	if len(value) > most {
		value = profile.Shorten(value)
	}
	return profile.Display(value)
}

func changeView(c *profile.Change) ChangeView {
	view := ChangeView{At: instant(c.At), UpdatedAt: instant(c.UpdatedAt), Opened: c.PassID == 0, Fields: []FieldChangeView{}}
	for _, f := range c.Fields {
		view.Fields = append(view.Fields, FieldChangeView{Field: string(f.Field), Label: f.Field.Label(), Before: shownValue(f.Before), After: shownValue(f.After)})
	}
	return view
}
