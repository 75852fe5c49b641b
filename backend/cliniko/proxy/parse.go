package proxy

import (
	"net/url"
	"strconv"
	"strings"
)

// parse reads the address of a proxy, such as proxy:3128 or
// http://user:password@proxy:3128. problem "": it was understood.
//
// url.Parse alone is not enough: of http://me:12#34@proxy:3128 it makes the
// host "me" at port 12.
func parse(value string) (address *url.URL, problem Problem) {
	if strings.Trim(value, `"'`) != value {
		return nil, Quotes
	}
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	scheme, rest, _ := strings.Cut(value, "://")
	switch strings.ToLower(scheme) {
	case "http", "https", "socks5", "socks5h":
	default:
		return nil, Scheme
	}
	address, err := url.Parse(strings.ToLower(scheme) + "://" + strings.TrimSuffix(rest, "/"))
	switch {
	case err != nil, address.Path != "", strings.ContainsAny(rest, "#?"):
		return nil, whyNot(rest)
	case !isHost(address.Hostname()):
		return nil, Host
	case !isPort(address):
		return nil, Port
	}
	return address, ""
}

// isPort says whether the port is one, or left out with its colon.
func isPort(address *url.URL) bool {
	if address.Port() == "" {
		return !strings.HasSuffix(address.Host, ":")
	}
	n, err := strconv.Atoi(address.Port())
	return err == nil && 1 <= n && n <= 65535
}

// whyNot says what is wrong with an address that is none.
func whyNot(rest string) Problem {
	switch {
	case strings.Contains(rest, "@"), strings.ContainsAny(rest, `%#?\`):
		return Encoding
	case strings.HasPrefix(rest, ":"), rest == "", strings.ContainsAny(rest, " /"):
		return Host
	}
	return Port
}

// isHost says whether a name could be one: no spaces, no lists of several.
func isHost(name string) bool {
	if name == "" {
		return false
	}
	for _, r := range name {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		if !letter && !strings.ContainsRune(".-_:%", r) {
			return false
		}
	}
	return true
}
