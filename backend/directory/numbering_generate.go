//go:build ignore

// This program writes numbering.tsv from the library's metadata.
package main

import (
	"fmt"
	"log"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

func main() {
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		log.Fatal(err)
	}
	var lines []string
	for _, m := range all.GetMetadata() {
		prefix := m.GetPreferredInternationalPrefix()
		if prefix == "" {
			prefix = m.GetInternationalPrefix()
		}
		if strings.Trim(prefix, "0123456789") != "" {
			prefix = "" // there are several
		}
		var kinds []string
		for _, kind := range []*phonenumbers.PhoneNumberDesc{m.GetFixedLine(), m.GetMobile(), m.GetTollFree(), m.GetPremiumRate(),
			m.GetSharedCost(), m.GetPersonalNumber(), m.GetVoip(), m.GetPager(), m.GetUan(), m.GetVoicemail()} {
			if pattern := kind.GetNationalNumberPattern(); pattern != "" && pattern != "NA" && !slices.Contains(kinds, pattern) {
				kinds = append(kinds, pattern)
			}
		}
		lines = append(lines, strings.Join([]string{m.GetId(), strconv.Itoa(int(m.GetCountryCode())), strconv.FormatBool(m.GetMainCountryForCode()),
			strings.Trim(m.GetNationalPrefix(), "~"), prefix, strconv.FormatBool(m.GetLeadingZeroPossible()), m.GetNationalPrefixForParsing(),
			m.GetNationalPrefixTransformRule(), m.GetGeneralDesc().GetNationalNumberPattern(), strings.Join(kinds, "|")}, "\t"))
	}
	slices.Sort(lines)
	text := "# country\tcode\tmain\ttrunk\tdial out\tzero\tprefix\trule\tgeneral\tkinds\n" + strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile("numbering.tsv", []byte(text), 0o600); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(lines), "countries")
}
