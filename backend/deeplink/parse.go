package deeplink

import (
	"regexp"
	"strings"

	"telehab.io/desktop/backend/profile"
)

// maxLength is the most bytes of a text. Our longest link has 58.
const maxLength = 256

// A form is one way to write a link, and has to match the whole text. So
// anything that no form describes (another key, a second one, a port, user
// info, a fragment, percent-encoding, one more byte) is Unknown without a rule
// of its own.
type form struct {
	kind    Kind
	pattern *regexp.Regexp
}

const (
	number = `(?P<number>[0-9]{1,20})`
	shard  = `(?P<shard>(?i:[a-z]{2})[0-9]{1,2})`
	// A label of a host name.
	subdomain = `(?P<subdomain>(?i:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?))`
	// What follows a patient's address in Cliniko, such as
	// /treatment_notes/1/edit. No dot, because /patients/1/../2 is another
	// patient.
	deeper = `(?:/[A-Za-z0-9_/-]*)?`
	// What a page adds behind its path: which of its parts is shown.
	part = `(?:\?` + partText + `)?(?:#` + partText + `)?`

	partText = `[A-Za-z0-9_.,:;=&+/~%!-]*`
)

func forms(kind Kind, patterns ...string) []form {
	all := make([]form, len(patterns))
	for i, pattern := range patterns {
		all[i] = form{kind, regexp.MustCompile(`^` + pattern + `$`)}
	}
	return all
}

// Browsers and Windows may put a slash after a host that has no path.
var linkForms = append(
	forms(Patient,
		`(?i:telehab://patient)/?\?patient_id=`+number+`(?P<bookmark>`+fromBookmark+`)?`,
		`(?i:telehab://patient)/`+number,
		`(?i:telehab://cliniko)/patient\?patient_id=`+number,
	),
	forms(Test, `(?i:telehab://test)/?\?n=`+number)...,
)

// Old accounts have addresses without a shard.
var pastedForms = forms(Patient,
	number,
	`(?i:https://)?`+subdomain+`(?:\.`+shard+`)?(?i:\.cliniko\.com)/patients/`+number+deeper+part,
	`(?i:https://api\.)`+shard+`(?i:\.cliniko\.com)/v1/patients/`+number+deeper,
	`(?i:https://app\.telehab\.io)/app/patients/integration/?\?patient_id=`+number,
)

// Parse parses a link from the operating system. A text that is not exactly one
// of our forms is Unknown.
func Parse(link string) Link { return match(link, linkForms) }

// ParsePasted parses a text that a person typed or pasted: a link, the address
// of a patient in Cliniko's web pages or API, the bridge page's address, or an
// id alone, with or without white space around it.
func ParsePasted(text string) Link {
	text = strings.TrimSpace(text)
	if link := Parse(text); link.Kind != Unknown {
		return link
	}
	return match(text, pastedForms)
}

// ParsePage parses the address of a patient's page below base, the connected
// clinic's own: that of the simulated clinic is on no host of Cliniko's.
func ParsePage(text, base string) Link {
	return match(strings.TrimSpace(text), forms(Patient, regexp.QuoteMeta(base)+`/patients/`+number+deeper+part))
}

func match(text string, all []form) Link {
	if len(text) > maxLength || !isASCII(text) { // (?i:k) would match the Kelvin sign
		return Link{}
	}
	for _, f := range all {
		found := f.pattern.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		group := func(name string) string {
			if i := f.pattern.SubexpIndex(name); i >= 0 {
				return found[i]
			}
			return ""
		}
		if f.kind == Test {
			return Link{Kind: Test, Nonce: group("number")}
		}
		id, ok := profile.ParseID(group("number"))
		if !ok {
			return Link{}
		}
		return Link{
			Kind: Patient, ID: id, Bookmark: group("bookmark") != "",
			Subdomain: strings.ToLower(group("subdomain")), Shard: strings.ToLower(group("shard")),
		}
	}
	return Link{}
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}
