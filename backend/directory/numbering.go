package directory

import (
	"strconv"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// callingCode is what the numbers of one country code have in common.
type callingCode struct {
	digits string
	trunk  string // what is dialled first within the country: "0", "1", "06" or ""
	zero   bool   // a number may begin with a zero of its own, as in Italy
	moves  bool   // a digit is put into the middle of a number: Argentina, Mexico
}

// withoutTrunk drops the zero that is written after a country code as "(0)".
func (c *callingCode) withoutTrunk(number string) string {
	if c.zero || !strings.HasPrefix(c.trunk, "0") {
		return number
	}
	return strings.TrimPrefix(number, c.trunk)
}

// numbering is what is known of all countries.
type numbering struct {
	codes   map[string]*callingCode // by the digits of the code
	country map[string]*callingCode // by ISO 3166 code
	dialOut map[string]string       // by ISO 3166 code: the prefix of calls abroad
}

// world is read from the library when the first number is met.
var world = sync.OnceValue(func() numbering {
	n := numbering{map[string]*callingCode{}, map[string]*callingCode{}, map[string]string{}}
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		return n // cannot happen: it is a part of the program. Numbers are compared as they are.
	}
	for _, m := range all.GetMetadata() {
		digits := strconv.Itoa(int(m.GetCountryCode()))
		code := n.codes[digits]
		if code == nil {
			code = &callingCode{digits: digits, moves: digits == "52" || digits == "54"}
			n.codes[digits] = code
		}
		if code.trunk == "" || m.GetMainCountryForCode() {
			code.trunk, code.zero = digitsOf(m.GetNationalPrefix()), m.GetLeadingZeroPossible()
		}
		n.country[m.GetId()] = code
		prefix := m.GetPreferredInternationalPrefix()
		if prefix == "" {
			prefix = m.GetInternationalPrefix() // an expression, where there are several
		}
		if digitsOf(prefix) == prefix {
			n.dialOut[m.GetId()] = prefix
		}
	}
	return n
})

func codeOf(country string) *callingCode   { return world().country[country] }
func codeByNumber(code int32) *callingCode { return world().codes[strconv.Itoa(int(code))] }
func dialOutOf(country string) string      { return world().dialOut[country] }

// splitCode takes the country code off; nil if the digits begin with none.
func splitCode(digits string) (code *callingCode, number string) {
	codes := world().codes
	for n := 1; n <= min(3, len(digits)); n++ {
		if code := codes[digits[:n]]; code != nil {
			return code, digits[n:]
		}
	}
	return nil, digits
}

// afterDialOut takes off a prefix of calls abroad: the country's own, or one of
// those that are written in a number anywhere.
func afterDialOut(digits, own string) (rest string, ok bool) {
	for _, prefix := range []string{own, "0011", "00"} {
		if prefix == "" || !strings.HasPrefix(digits, prefix) {
			continue
		}
		if code, number := splitCode(digits[len(prefix):]); code != nil && number != "" {
			return digits[len(prefix):], true
		}
	}
	return digits, false
}

func parsed(number, country string) *phonenumbers.PhoneNumber {
	if country == "" {
		country = "ZZ" // the library's word for none
	}
	n, err := phonenumbers.Parse(number, country)
	if err != nil {
		return nil
	}
	return n
}

// national returns the digits of a number as it is written in its country.
func national(n *phonenumbers.PhoneNumber) string {
	return digitsOf(phonenumbers.Format(n, phonenumbers.NATIONAL))
}

// prefixes are what is dialled before a number in some country, and was once.
var prefixes = []string{"0", "1", "8", "06", "80"}

// dialled returns the ways to dial a number within its country: those which the
// library reads as that number.
func dialled(n *phonenumbers.PhoneNumber) []string {
	country, significant := phonenumbers.GetRegionCodeForNumber(n), phonenumbers.GetNationalSignificantNumber(n)
	ways := []string{national(n)}
	try := func(digits string) {
		if same := parsed(digits, country); same != nil && same.GetCountryCode() == n.GetCountryCode() &&
			phonenumbers.GetNationalSignificantNumber(same) == significant {
			ways = append(ways, digits)
		}
	}
	for _, prefix := range prefixes {
		try(prefix + significant)
	}
	if mobile, ok := strings.CutPrefix(significant, "9"); ok && country == "AR" && len(mobile) == 10 {
		for area := 2; area <= 4; area++ { // Argentina's mobiles have their 15 after the area
			try("0" + mobile[:area] + "15" + mobile[area:])
		}
	}
	return ways
}

func isPossible(number string) bool {
	n := parsed(number, "")
	return n != nil && phonenumbers.IsPossibleNumberWithReason(n) == phonenumbers.IS_POSSIBLE
}

// validCountry returns a country that numbers are known of, or "".
func validCountry(code string) string {
	code = strings.ToUpper(strings.TrimSpace(code))
	if _, known := world().country[code]; known {
		return code
	}
	return ""
}
