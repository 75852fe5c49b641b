package profile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"telehab.io/desktop/backend/profile"
)

// shows are texts that a person can read, however short or unusual.
var shows = []string{
	"Ann", "a", "Ý", "李", "\U0002ebf0", "\U000323b0", "ا", "ㄱ", "가", "5", "٣", "½", "-", ".", "?", "’", "+", "€", "😀", "❤️", "é", "e\u0301", "n/a",
	"\u200bAnn", "Ann\u3164", "\u3164a\u2800", "\u202eAnn", "A\u0000", "\u115f\u1100", "Zoë\u00ad", "ক্", "ถ้", "\u00a0Ann\u00a0",
}

// blanks are texts that are not empty and show nothing.
var blanks = map[string]string{
	"zero-width space": "\u200b", "non-joiner": "\u200c", "joiner": "\u200d", "word joiner": "\u2060", "byte-order mark": "\ufeff",
	"left-to-right mark": "\u200e", "right-to-left mark": "\u200f", "Arabic letter mark": "\u061c", "override": "\u202e", "isolate": "\u2067\u2069",
	"embedding and its end": "\u202a\u202c", "soft hyphens": "\u00ad\u00ad", "Mongolian vowel separator": "\u180e",
	"invisible times": "\u2062", "language tag": "\U000e0001\U000e0065\U000e006e", "annotation": "\ufff9\ufffb", "shorthand format": "\U0001bca0",
	"Hangul filler": "\u3164", "halfwidth Hangul filler": "\uffa0", "choseong filler": "\u115f", "jungseong filler": "\u1160",
	"both Jamo fillers": "\u115f\u1160", "fillers and a space between": "\u3164 \u3164", "blank Braille": "\u2800", "blank Braille cells": "\u2800\u2800\u2800",
	"Khmer inherent vowels": "\u17b4\u17b5", "null note head": "\U0001d159", "blank hieroglyphs": "\U00013441\U00013442", "object replacement": "\ufffc",
	"variation selector": "\ufe0f", "supplementary variation selector": "\U000e0100", "Mongolian variation selector": "\u180b",
	"combining grapheme joiner": "\u034f", "accent alone": "\u0301", "accents alone": "\u0301\u0308", "enclosing circle alone": "\u20dd",
	"a vowel sign alone": "\u093e", "control characters": "\u0000\u0007", "delete": "\u007f", "private use": "\ue000", "unassigned": "\u0378", "no ideograph": "\U0002ffff",
	"not a character": "\uffff", "a mixture": "\u200b\u3164\u2800\u0301\ufe0f", "a mixture with white space": "\u200b \u00a0\u3164",
	"musical beam": "\U0001d173", "deprecated format": "\u206a", "reserved ignorable": "\u2065",
}

// spaces are texts of nothing but white space.
var spaces = []string{"", " ", "\t", "\r\n", "\u00a0", "\u2003", "\u3000", "\u2028", "\u0085", "\u1680", " \u202f "}

func TestNamesAndSex(t *testing.T) {
	for field, set := range map[profile.Field]func(*profile.Patient, string){
		profile.FieldFirstName: func(p *profile.Patient, s string) { p.FirstName = s },
		profile.FieldLastName:  func(p *profile.Patient, s string) { p.LastName = s },
		profile.FieldSex:       func(p *profile.Patient, s string) { p.Sex = s },
	} {
		check := func(name, text, want string) {
			t.Helper()
			if got := problem(t, complete(func(p *profile.Patient) { set(p, text) }), noon, field); got != want {
				t.Errorf("%s, %s %+q: %q, want %q", field, name, text, got, want)
			}
		}
		for _, text := range shows {
			check("shows", text, "")
		}
		for name, text := range blanks {
			check(name, text, "not_printable")
		}
		for _, text := range spaces {
			check("white space", text, "missing")
		}
	}
}

// A blank text is stored as none: on a screen, in a list and in an export it
// must not pass for a value.
func TestBlankTextIsKeptAsNone(t *testing.T) {
	for name, text := range blanks {
		p := complete(func(p *profile.Patient) {
			p.Title, p.FirstName, p.PreferredFirstName, p.LastName = text, text, text, text
			p.Sex, p.GenderIdentity, p.Pronouns = text, text, text
			p.Phones = []profile.Phone{{Type: "Mobile", Number: text}, {Type: text, Number: "0491 570 156"}}
		})
		got, failure := profile.Check(p, noon)
		want := profile.Profile{ID: "1001", State: "active", Details: profile.Details{DateOfBirth: profile.Date{Year: 1990, Month: 1, Day: 2}, Email: "ann@example.org",
			Phones: []profile.Phone{{Number: "0491 570 156"}}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if failure == nil || strings.Join(failure.FieldNames(), " ") != "first_name last_name sex" {
			t.Errorf("%s: %v", name, failure)
		}
		if len(p.Phones) != 2 || p.Phones[0].Number != text || p.Phones[1].Type != text {
			t.Errorf("%s: the patient was changed", name)
		}
		if !profile.Blank(text) || profile.Blank(text+"a") {
			t.Errorf("%s: Blank(%+q)", name, text)
		}
	}
	for _, text := range spaces {
		if !profile.Blank(text) {
			t.Errorf("Blank(%+q)", text)
		}
	}
	for _, text := range shows {
		if profile.Blank(text) {
			t.Errorf("Blank(%+q)", text)
		}
	}
}

// Characters inside a name are left as Cliniko has them; only surrounding white
// space is removed.
func TestTextIsKeptAsCliniko(t *testing.T) {
	for given, want := range map[string]string{
		" Ann ": "Ann", "\u00a0Ann\t": "Ann", "Mary  Ann": "Mary  Ann", "\u202eAnn\u202c": "\u202eAnn\u202c", "Ann\u3164": "Ann\u3164", "می\u200cخواهم": "می\u200cخواهم",
	} {
		got, failure := profile.Check(complete(func(p *profile.Patient) { p.FirstName, p.PreferredFirstName = given, given }), noon)
		if failure != nil || got.FirstName != want || got.PreferredFirstName != want {
			t.Errorf("%+q: %+q, %+q", given, got.FirstName, got.PreferredFirstName)
		}
	}
}
