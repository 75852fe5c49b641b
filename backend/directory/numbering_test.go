package directory

import (
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// The library has an example of each kind of number in each country. Each is
// found as dialled from abroad and within the country, whichever way it is
// stored.
func TestNumbersOfAllCountriesAreFound(t *testing.T) {
	kinds := []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE, phonenumbers.TOLL_FREE, phonenumbers.VOIP, phonenumbers.PERSONAL_NUMBER}
	tried := 0
	for country := range phonenumbers.GetSupportedRegions() {
		for _, kind := range kinds {
			n := phonenumbers.GetExampleNumberForType(country, kind)
			if n == nil {
				continue
			}
			abroad := phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
			inside := phonenumbers.Format(n, phonenumbers.NATIONAL)
			if same, err := phonenumbers.Parse(inside, country); err != nil || phonenumbers.Format(same, phonenumbers.INTERNATIONAL) != abroad {
				continue // the library itself does not read what it writes
			}
			for _, pair := range [][2]string{{abroad, inside}, {inside, abroad}, {inside, phonenumbers.Format(n, phonenumbers.E164)}, {inside, "00" + abroad[1:]}} {
				v := vector{client: client("1", "Ann", "", "Sample", "", pair[0]), typed: pair[1]}
				if !finds(&v, country) {
					t.Errorf("%s: %s stored, %s typed", country, pair[0], pair[1])
				}
				tried++
			}
		}
	}
	if tried < 2000 {
		t.Errorf("only %d were tried", tried)
	}
}

// The plans are read here as the library reads them.
func TestNumbersAreReadAsTheLibraryDoes(t *testing.T) {
	for country := range phonenumbers.GetSupportedRegions() {
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE} {
			example := phonenumbers.GetExampleNumberForType(country, kind)
			if example == nil {
				continue
			}
			typed := digitsOf(phonenumbers.Format(example, phonenumbers.NATIONAL))
			for _, digits := range []string{typed, typed[1:], typed + "1", "9" + typed, "0" + typed} {
				if strings.HasPrefix(digits, "00") {
					continue // dialled abroad
				}
				read, err := phonenumbers.Parse(digits, country)
				valid := err == nil && phonenumbers.IsValidNumber(read)
				n := fromCountry(digits, country)
				if valid && (n == nil || n.significant != phonenumbers.GetNationalSignificantNumber(read)) {
					t.Errorf("%s %s: %v, want %v", country, digits, n, read)
				}
			}
		}
	}
}
