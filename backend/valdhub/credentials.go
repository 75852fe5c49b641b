package valdhub

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"telehab.io/desktop/backend/profile"
)

// Credentials are the client id and the client secret that VALD has given an
// organisation. They do not print themselves, with any verb of fmt or as JSON.
type Credentials struct{ id, secret string }

// maxCredential bounds each, in bytes: both are kept in one value of the
// keyring. VALD's have less than a hundred.
const maxCredential = 512

// NewCredentials reads what was pasted. White space and format characters, which
// mail programs add, are ignored.
//
// Errors: Invalid.
func NewCredentials(id, secret string) (Credentials, error) {
	c := Credentials{pasted(id), pasted(secret)}
	switch {
	case c.id == "":
		return Credentials{}, profile.Refuse(profile.Invalid, "The client ID is missing. Copy it from the link that VALD's support sent.")
	case c.secret == "":
		return Credentials{}, profile.Refuse(profile.Invalid, "The client secret is missing. Copy it from the link that VALD's support sent.")
	case len(c.id) > maxCredential || len(c.secret) > maxCredential:
		return Credentials{}, profile.Refuse(profile.Invalid, "This is too long for a client ID and a client secret. Copy them one by one from the link that VALD's support sent.")
	}
	return c, nil
}

func pasted(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
}

// Reveal returns both, for the keyring.
func (c Credentials) Reveal() (id, secret string) { return c.id, c.secret }

// Format prevents every verb of fmt from printing them.
func (c Credentials) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "[credentials]") }

// MarshalText prevents JSON and loggers from writing them.
func (c Credentials) MarshalText() ([]byte, error) { return []byte("[credentials]"), nil }
