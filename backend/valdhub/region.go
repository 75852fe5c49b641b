package valdhub

import (
	"net/url"
	"slices"
	"strings"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/reach"
)

// Region is where VALD keeps the data of an organisation. Another region does
// not know it.
type Region struct {
	Code string // such as "au"
	Name string // as VALD calls it
	host string // what the names of its hosts begin with
}

// Regions are all of VALD's.
var Regions = []Region{
	{"au", "Australia (East)", "prd-aue"},
	{"us", "United States (East)", "prd-use"},
	{"eu", "Europe (West)", "prd-euw"},
}

// ParseRegion returns the region with a code, or Invalid.
func ParseRegion(code string) (Region, error) {
	i := slices.IndexFunc(Regions, func(r Region) bool { return strings.EqualFold(r.Code, strings.TrimSpace(code)) })
	if i < 0 {
		return Region{}, profile.Refuse(profile.Invalid, "VALD Hub has no such region. Choose "+regionList()+".")
	}
	return Regions[i], nil
}

// regionList is "au for Australia (East), …".
func regionList() string {
	var all []string
	for _, r := range Regions {
		all = append(all, r.Code+" for "+r.Name)
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// addresses are where the three parts of the API are.
type addresses struct{ token, tenants, profiles *url.URL }

// addressesOf returns those of a region, or all below one address of this
// computer where there is one: then no host of VALD's is known to the client.
func addressesOf(r Region, instead string) (addresses, error) {
	if instead != "" {
		u, err := reach.Loopback("TELEHAB_VALD_URL", instead, "http://127.0.0.1:8710")
		if err != nil {
			return addresses{}, &profile.Error{Code: profile.Invalid, Cause: err, Message: "TELEHAB_VALD_URL may only point to this computer, such as http://127.0.0.1:8710. Correct or unset it, then try again."}
		}
		return addresses{u.JoinPath("oauth/token"), u, u}, nil
	}
	if r.host == "" {
		return addresses{}, profile.Refuse(profile.Invalid, "The region of VALD Hub is not known. Choose "+regionList()+".")
	}
	at := func(part string) *url.URL {
		return &url.URL{Scheme: "https", Host: r.host + "-api-" + part + ".valdperformance.com"}
	}
	return addresses{
		token:    &url.URL{Scheme: "https", Host: "auth.prd.vald.com", Path: "/oauth/token"},
		tenants:  at("externaltenants"),
		profiles: at("externalprofile"),
	}, nil
}
