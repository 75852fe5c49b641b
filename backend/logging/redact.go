package logging

import (
	"regexp"
	"strings"
)

// Blank replaces what was removed.
const Blank = "[…]"

// The rules, in the order in which they are applied. Each leaves the output of
// earlier ones unchanged.
var (
	linkRule = regexp.MustCompile(`(?i)telehab:[^\s"'<>]*`)
	// User and password in an address: an API key is sent as the user.
	userInfoRule = regexp.MustCompile(`://[^\s/?#@"'<>]+@`)
	// A query with a value, encoded or not: a space ends it, and the rules
	// below see the rest.
	queryRule = regexp.MustCompile(`\?[^\s"'<>?=]*=[^\s"'<>]*`)
	// "Authorization: Basic …" as a header is printed, and the scheme alone.
	headerRule = regexp.MustCompile(`(?i)(authorization|api[-_ ]?key|password|token|secret)(["'\]]*\s*[:=]\s*["'\[]*)((?:basic|bearer)\s+)?[^\s"'\[\]…]+`)
	schemeRule = regexp.MustCompile(`(?i)\b(basic|bearer)\s+[A-Za-z0-9+/=._~-]{8,}`)
	// Cliniko's keys: base64, then the shard; old ones have no shard, or are 32
	// hexadecimal digits. Our own keys are as long.
	keyRule   = regexp.MustCompile(`(?i)[a-z0-9+/=_-]{12,}-[a-z]{2}[0-9]{1,2}\b|\b[0-9a-f]{32,}\b|[a-z0-9+_]{40,}=*`)
	emailRule = regexp.MustCompile(`[^\s@<>"(),:;\[\]…]+(?:@|%40)[^\s@<>"'(),:;\[\]…]+`)
	// Eight or more digits with at most three separators between two of them:
	// phone numbers as people write them, ids, Medicare numbers, full dates.
	digitsRule = regexp.MustCompile(`[+(]?\p{Nd}(?:[\s\x{00a0}\x{202f}\x{2009}\x{2010}-\x{2015}().+/-]{0,3}\p{Nd}){7,}`)
	dateRule   = regexp.MustCompile(`(?i)\p{Nd}{4}[-/.]\p{Nd}{1,2}[-/.]\p{Nd}{1,2}|` +
		`\p{Nd}{1,2}(?:[-/]\p{Nd}{1,2}[-/]\p{Nd}{2}(?:\p{Nd}{2})?|\.\p{Nd}{1,2}\.\p{Nd}{4})|` +
		`\p{Nd}{1,2}(?:st|nd|rd|th)?[\s-]+(?:of\s+)?` + months + `[a-z]*[.,]?[\s-]+\p{Nd}{2,4}|` +
		months + `[a-z]*\.?\s+\p{Nd}{1,2}(?:st|nd|rd|th)?,?\s+\p{Nd}{4}`)
)

const months = `(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`

// moduleRule matches "github.com/x/y@v1.2.3/file.go", as in stack traces, which
// is not an email.
var moduleRule = regexp.MustCompile(`^[\w.~-]+(?:/[\w.!~-]+)+@v[0-9]+\.[0-9]+\.[0-9]+[\w.+-]*(?:/[\w./-]*)?$`)

// Text returns text without links, URL queries, credentials, API keys, emails,
// birth dates and runs of eight or more digits. Names cannot be told from other
// words and remain: do not log them.
func Text(text string) string {
	// Almost every text returns here: it has nothing that a rule could match.
	if !strings.ContainsAny(text, "@:=?%0123456789") && isASCII(text) && !namesScheme(text) {
		return text
	}
	text = linkRule.ReplaceAllString(text, "telehab:"+Blank)
	text = userInfoRule.ReplaceAllString(text, "://"+Blank)
	text = queryRule.ReplaceAllString(text, "?"+Blank)
	text = headerRule.ReplaceAllString(text, "$1$2"+Blank)
	text = schemeRule.ReplaceAllString(text, "$1 "+Blank)
	text = keyRule.ReplaceAllString(text, Blank)
	text = emailRule.ReplaceAllStringFunc(text, func(found string) string {
		if moduleRule.MatchString(found) {
			return found
		}
		return Blank
	})
	text = digitsRule.ReplaceAllString(text, Blank)
	return dateRule.ReplaceAllString(text, Blank)
}

// namesScheme is a fast check for what schemeRule could match.
func namesScheme(text string) bool {
	lower := strings.ToLower(text)
	return strings.Contains(lower, "basic") || strings.Contains(lower, "bearer")
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// isSecretName reports whether a field of this name is blanked whatever its
// value.
func isSecretName(name string) bool { return secretNames.MatchString(name) }

var secretNames = regexp.MustCompile(`(?i)authorization|api[-_ ]?key|password|passphrase|secret|token|cookie`)
