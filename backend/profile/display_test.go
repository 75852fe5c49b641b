package profile

import (
	"reflect"
	"testing"
)

func TestDisplayKeepsTextToItself(t *testing.T) {
	for stored, want := range map[string]string{
		"":                             "",
		"Ann Sample":                   "Ann Sample",
		"Zoë O’Brien-王小明":              "Zoë O’Brien-王小明",
		"أحمد":                         "أحمد",
		"می\u200cنا":                   "می\u200cنا",
		"👩\u200d⚕\ufe0f":               "👩\u200d⚕\ufe0f",
		"Ann\u202eelpmaS":              "AnnelpmaS",
		"\u202aA\u202bB\u202cC\u202dD": "ABCD",
		"\u2066A\u2067B\u2068C\u2069D": "ABCD",
		"\u200eA\u200fB\u061cC":        "ABC",
		"\ufeffA\u200bB\u00adC\u2060D": "ABCD",
		"A\u180eB\U000e0041C":          "ABC",
		"A\nB\tC\rD":                   "A B C D",
		"A\u2028B\u2029C\u0085D":       "A B C D",
		"\x1b[31mred\x07\x00\x7f":      "[31mred",
		"A\u009b31mB":                  "A31mB",
	} {
		if got := Display(stored); got != want {
			t.Errorf("%+q: %+q, want %+q", stored, got, want)
		}
	}
}

// Every text of a profile may contain a control character.
func TestDisplayedLeavesNoTextOut(t *testing.T) {
	stored := Profile{Details: Details{Phones: []Phone{{Type: "Mo\u202ebile", Number: "\u200e0491"}}}}
	eachText(&stored.Details, func(_, _ string) string { return "A\u202eB" })
	shown := stored.Displayed()
	eachText(&shown.Details, func(name, text string) string {
		if text != "AB" {
			t.Errorf("%s is shown as %+q", name, text)
		}
		return text
	})
	if shown.Phones[0] != (Phone{Type: "Mobile", Number: "0491"}) {
		t.Errorf("a phone is shown as %+q %+q", shown.Phones[0].Type, shown.Phones[0].Number)
	}
	if stored.FirstName != "A\u202eB" || stored.Phones[0].Number != "\u200e0491" {
		t.Error("what is stored has changed")
	}
}

// eachText replaces the details that are texts, by the names of their Go
// fields.
func eachText(d *Details, change func(name, text string) string) {
	fields := reflect.ValueOf(d).Elem()
	for i := range fields.NumField() {
		if field := fields.Field(i); field.Type() == reflect.TypeFor[string]() {
			field.SetString(change(fields.Type().Field(i).Name, field.String()))
		}
	}
}
