package directory

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
)

//go:generate go run numbering_generate.go

// numberingPlans has the numbering plan of each country, one per line, from the
// library phonenumbers. The library itself would add five megabytes to the
// program for names and formats that are not needed; a test compares the two.
//
//go:embed numbering.tsv
var numberingPlans string

// plan is the numbering plan of a country.
type plan struct {
	country string // ISO 3166 code
	code    *callingCode
	main    bool   // of the countries with this code
	dialOut string // the prefix of calls abroad; "" where there are several

	prefix, rule, general, kinds string // expressions, see compiled
	once                         sync.Once
	expressions                  expressions
}

// expressions are those of a plan, compiled when first needed.
type expressions struct {
	prefix  *regexp.Regexp // the prefix of calls within the country, which may be left out
	general *regexp.Regexp // any number
	kinds   *regexp.Regexp // a number that can be assigned to a subscriber
}

func (p *plan) compiled() *expressions {
	p.once.Do(func() {
		p.expressions = expressions{regexp.MustCompile("^(?:" + p.prefix + ")"), regexp.MustCompile("^(?:" + p.general + ")$"), regexp.MustCompile("^(?:" + p.kinds + ")$")}
	})
	return &p.expressions
}

// callingCode is what all numbers with one country code share.
type callingCode struct {
	digits string
	trunk  string // the prefix of calls within the country: "0", "1", "06" or ""
	zero   bool   // a number may begin with a zero of its own, as in Italy
	moves  bool   // a digit is inserted into a number, as in Argentina and Mexico
	plans  []*plan
}

// withoutTrunk removes the zero that is written after a country code as "(0)".
func (c *callingCode) withoutTrunk(number string) string {
	if c.zero || !strings.HasPrefix(c.trunk, "0") {
		return number
	}
	return strings.TrimPrefix(number, c.trunk)
}

// numbering is what is known of all countries.
type numbering struct {
	codes map[string]*callingCode // by the digits of the code
	plans map[string]*plan        // by country
}

var world = sync.OnceValue(func() numbering {
	n := numbering{map[string]*callingCode{}, map[string]*plan{}}
	for line := range strings.Lines(numberingPlans) {
		column := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		digits, trunk := column[1], column[3]
		code := n.codes[digits]
		if code == nil {
			code = &callingCode{digits: digits, moves: digits == "52" || digits == "54"}
			n.codes[digits] = code
		}
		p := &plan{country: column[0], code: code, main: column[2] == "true", dialOut: column[4],
			prefix: column[6], rule: column[7], general: column[8], kinds: column[9]}
		if code.trunk == "" || p.main {
			code.trunk, code.zero = trunk, column[5] == "true"
		}
		code.plans = append(code.plans, p)
		n.plans[p.country] = p
	}
	return n
})

func codeOf(country string) *callingCode {
	if p := world().plans[country]; p != nil {
		return p.code
	}
	return nil
}

func dialOutOf(country string) string {
	if p := world().plans[country]; p != nil {
		return p.dialOut
	}
	return ""
}

// validCountry returns the country if it has a numbering plan, otherwise "".
func validCountry(code string) string {
	code = strings.ToUpper(strings.TrimSpace(code))
	if _, known := world().plans[code]; known {
		return code
	}
	return ""
}

// splitCode splits off the country code; code is nil if the digits begin with
// none.
func splitCode(digits string) (code *callingCode, number string) {
	codes := world().codes
	for n := 1; n <= min(3, len(digits)); n++ {
		if code := codes[digits[:n]]; code != nil {
			return code, digits[n:]
		}
	}
	return nil, digits
}

// afterDialOut removes a prefix of calls abroad: the country's own, or one that
// is in use anywhere.
func afterDialOut(digits, own string) (rest string, ok bool) {
	if own == "00" {
		own = "" // tried last: no number of +1 begins with a 1, so 0011 is Australia's
	}
	rest = digits
	for _, prefix := range []string{own, "0011", "00"} {
		if prefix == "" || !strings.HasPrefix(digits, prefix) {
			continue
		}
		code, number := splitCode(digits[len(prefix):])
		if code == nil || number == "" {
			continue
		}
		if own == "" || code.fromWorld(number) != nil {
			return digits[len(prefix):], true
		}
		if !ok {
			rest, ok = digits[len(prefix):], true
		}
	}
	return rest, ok
}

// phoneNumber is a number that can be assigned to a subscriber.
type phoneNumber struct {
	plan        *plan
	significant string // without the country code and the prefix
}

// fromWorld reads the digits after a country code, and returns nil if there is
// no such number.
func (c *callingCode) fromWorld(digits string) *phoneNumber {
	for _, main := range []bool{true, false} {
		for _, p := range c.plans {
			if p.main != main && len(c.plans) > 1 {
				continue
			}
			// A local number without its area cannot be dialled from abroad.
			if significant := p.significant(digits); len(significant) <= len(digits) {
				if n := p.valid(significant); n != nil {
					return n
				}
			}
		}
	}
	return nil
}

// fromCountry reads digits as dialled within a country, and returns nil if
// there is no such number.
func fromCountry(digits, country string) *phoneNumber {
	p := world().plans[country]
	if p == nil {
		return nil
	}
	if n := p.valid(p.significant(digits)); n != nil {
		return n
	}
	if rest, ok := strings.CutPrefix(digits, p.code.digits); ok {
		return p.valid(p.significant(rest))
	}
	return nil
}

// valid finds the country of a number, among those that share a code.
func (p *plan) valid(significant string) *phoneNumber {
	if p.compiled().kinds.MatchString(significant) {
		return &phoneNumber{p, significant}
	}
	for _, other := range p.code.plans {
		if other != p && other.compiled().kinds.MatchString(significant) {
			return &phoneNumber{other, significant}
		}
	}
	return nil
}

// significant removes the prefix of calls within the country, unless the number
// is invalid without it.
func (p *plan) significant(digits string) string {
	if p.prefix == "" {
		return digits
	}
	is := p.compiled()
	at := is.prefix.FindStringSubmatchIndex(digits)
	if at == nil {
		return digits
	}
	rest := digits[at[1]:]
	if last := len(at) - 2; p.rule != "" && last > 0 && at[last] >= 0 {
		rest = string(is.prefix.ExpandString(nil, p.rule, digits, at)) + rest
	}
	if is.general.MatchString(digits) && !is.general.MatchString(rest) {
		return digits
	}
	return rest
}

// prefixes are dialled before a number in some country, or were once.
var prefixes = []string{"0", "1", "8", "06", "80"}

// dialled returns the ways to dial a number within its country that are read as
// that number.
func (n *phoneNumber) dialled() []string {
	var ways []string
	try := func(digits string) {
		if same := fromCountry(digits, n.plan.country); same != nil && same.significant == n.significant {
			ways = append(ways, digits)
		}
	}
	for _, prefix := range prefixes {
		try(prefix + n.significant)
	}
	if mobile, ok := strings.CutPrefix(n.significant, "9"); ok && n.plan.country == "AR" && len(mobile) == 10 {
		for area := 2; area <= 4; area++ { // Argentina's mobiles have their 15 after the area
			try("0" + mobile[:area] + "15" + mobile[area:])
		}
	}
	return ways
}
