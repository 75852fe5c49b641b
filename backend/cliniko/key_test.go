package cliniko

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"telehab.io/desktop/backend/profile"
)

// body has the form of a key's body, but is not one.
const body = "MS0xLWl4SzYYYYdtR3V2HNOTAREALKEYwvNHdeW0pd"

func TestParseKey(t *testing.T) {
	for _, test := range []struct {
		name, pasted, shard string
		code                profile.Code
	}{
		{"plain", body + "-au2", "au2", ""},
		{"spaces and a line break", " \t" + body[:20] + "\r\n" + body[20:] + "-uk1 \n", "uk1", ""},
		{"upper case shard", body + "-AU4", "au4", ""},
		{"two digits", body + "-us12", "us12", ""},
		{"hyphens in the body", "MS0x-LWl4-SzYYYYdtR3V2HN-ca1", "ca1", ""},
		{"padding", "MS0xLWl4SzYYYYdtR3V+/g==-eu1", "eu1", ""},
		{"old key without shard", "0123456789abcdef0123456789abcdef", "au1", ""},
		{"a zero-width space at its end", body + "-au2\u200b", "au2", ""},
		{"a byte-order mark before it", "\ufeff" + body + "-au2", "au2", ""},
		{"soft hyphens and joiners inside", body[:9] + "\u00ad\u2060" + body[9:] + "-au2", "au2", ""},
		{"isolated", "\u2068" + body + "-au2\u2069", "au2", ""},
		{"empty", "  ", "", profile.KeyMalformed},
		{"format characters alone", "\u200b\ufeff", "", profile.KeyMalformed},
		{"a blank letter before it", "\u3164" + body + "-au2", "", profile.KeyMalformed},
		{"a control character inside", body[:9] + "\x00" + body[9:] + "-au2", "", profile.KeyMalformed},
		{"too short", "abc-au1", "", profile.KeyMalformed},
		{"a sentence", "please use this key: abcdef", "", profile.KeyMalformed},
		{"another language", "ключ" + body, "", profile.KeyMalformed},
		{"cut shard", body + "-au", "", profile.KeyShard},
		{"host in the shard", body + "-au1.evil.com", "", profile.KeyShard},
		{"path in the shard", body + "-au1/..", "", profile.KeyShard},
		{"three digits", body + "-au123", "", profile.KeyShard},
		{"an address", "https://example.com/" + body + "-au1", "", profile.KeyMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			key, err := ParseKey(test.pasted)
			if profile.CodeOf(err) != test.code || key.Shard() != test.shard {
				t.Errorf("shard %q, error %v", key.Shard(), err)
			}
			if err != nil && strings.Contains(err.Error(), body) {
				t.Errorf("the error shows the key")
			}
		})
	}
}

// A key that was cut when it was copied is called incomplete, with what to do.
func TestAnIncompleteKeySaysSo(t *testing.T) {
	_, err := ParseKey(body + "-a")
	const want = "This key looks incomplete: its end should be a region, such as -au1. Cliniko shows a key only once, so if you do not have all of it any more, add a new key there and paste the whole key here."
	if profile.CodeOf(err) != profile.KeyShard || profile.MessageOf(err) != want {
		t.Errorf("%v", err)
	}
}

func TestKeyDoesNotPrintItself(t *testing.T) {
	key, err := ParseKey(body + "-au2")
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(map[string]any{"key": key, "pointer": &key})
	if err != nil {
		t.Fatal(err)
	}
	printed := fmt.Sprintf("%v %+v %#v %s %q %x %d %v", key, key, key, key, key, key, key, struct{ K Key }{key}) + string(encoded)
	for _, part := range []string{body, body[:8], "0pd", fmt.Sprintf("%x", body[:8])} {
		if strings.Contains(printed, part) {
			t.Errorf("%q shows %q", printed, part)
		}
	}
	if key.Ends() != "W0pd" {
		t.Errorf("ends in %q", key.Ends())
	}
}

func FuzzParseKey(f *testing.F) {
	for _, seed := range []string{body + "-au2", "0123456789abcdef0123456789abcdef", "x-au1.evil.com", body + "-au1\x00", "--au1"} {
		f.Add(seed)
	}
	shard := regexp.MustCompile(`^[a-z]{2}[0-9]{1,2}$`)
	f.Fuzz(func(t *testing.T, pasted string) {
		key, err := ParseKey(pasted)
		if err != nil {
			return
		}
		if !shard.MatchString(key.Shard()) {
			t.Fatalf("shard %q", key.Shard())
		}
		if strings.ContainsAny(key.Secret(), " \t\r\n\x00:@?#\\\"'") {
			t.Fatalf("a key with characters that no key has")
		}
	})
}
