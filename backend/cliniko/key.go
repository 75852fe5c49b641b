package cliniko

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"

	"telehab.io/desktop/backend/profile"
)

// Key is a Cliniko API key. It does not print itself, with any verb of fmt or
// as JSON.
type Key struct {
	secret string
	body   string
	shard  string
}

// oldShard is the shard of keys without an ending (Cliniko's guide on URLs).
const oldShard = "au1"

var (
	// The ending is anchored because it becomes part of the host name that the
	// key is sent to. It is not from a list, since new shards are added.
	keyShape = regexp.MustCompile(`^([A-Za-z0-9+/=_.-]+)-([A-Za-z]{2}[0-9]{1,2})$`)
	bodyOnly = regexp.MustCompile(`^[A-Za-z0-9+/=_.]+$`)
	keyChars = regexp.MustCompile(`^[A-Za-z0-9+/=_.-]+$`)
)

// hasBodyLength says that what stands before the shard can be a key's body.
// A count in an expression is compiled, at every start, to as many steps.
func hasBodyLength(body string) bool { return len(body) >= 16 && len(body) <= 500 }

// ParseKey reads a pasted key. It ignores white space and format characters,
// also inside the key, where some mail programs add line breaks.
//
// Errors: KeyMalformed, KeyShard.
func ParseKey(pasted string) (Key, error) {
	text := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, pasted)
	if m := keyShape.FindStringSubmatch(text); m != nil && hasBodyLength(m[1]) {
		return Key{secret: text, body: m[1], shard: strings.ToLower(m[2])}, nil
	}
	switch {
	case text == "":
		return Key{}, profile.Refuse(profile.KeyMalformed, "Paste the API key first. Cliniko shows it once, right after you add it.")
	case bodyOnly.MatchString(text) && hasBodyLength(text):
		return Key{secret: text, body: text, shard: oldShard}, nil
	case keyChars.MatchString(text) && strings.Contains(text, "-") && len(text) > 16:
		return Key{}, profile.Refuse(profile.KeyShard,
			"This key looks incomplete: its end should be a region, such as -au1. Cliniko shows a key only once, so if you do not have all of it any more, add a new key there and paste the whole key here.")
	}
	return Key{}, profile.Refuse(profile.KeyMalformed,
		"This does not look like a Cliniko API key. In Cliniko open My info, Manage API keys, add a key, and paste the whole key here.")
}

// Secret returns the key itself, for the keyring and the Authorization header.
func (k Key) Secret() string { return k.secret }

// Shard returns the region that the key names, such as "au2".
func (k Key) Shard() string { return k.shard }

// namesShard says that the key has an ending, unlike the oldest ones and those
// that were copied without it.
func (k Key) namesShard() bool { return k.secret != k.body }

// Ends returns the last four characters before the shard.
func (k Key) Ends() string { return k.body[max(0, len(k.body)-4):] }

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.secret == "" }

// Format prevents every verb of fmt from printing the key.
func (k Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "[key]") }

// MarshalText prevents JSON and loggers from writing the key.
func (k Key) MarshalText() ([]byte, error) { return []byte("[key]"), nil }
