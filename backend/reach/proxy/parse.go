package proxy

import (
	"net/url"
	"strconv"
	"strings"
)

// parse reads the address of a proxy, such as proxy:3128 or
// http://user:password@proxy:3128. problem is "" if it is valid.
//
// url.Parse alone is not enough: it reads http://me:12#34@proxy:3128 as the
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

// isPort reports whether the port is valid, or missing together with its colon.
func isPort(address *url.URL) bool {
	if address.Port() == "" {
		return !strings.HasSuffix(address.Host, ":")
	}
	n, err := strconv.Atoi(address.Port())
	return err == nil && 1 <= n && n <= 65535
}

// whyNot returns what is wrong with an invalid address.
func whyNot(rest string) Problem {
	switch {
	case strings.Contains(rest, "@"), strings.ContainsAny(rest, `%#?\`):
		return Encoding
	case strings.HasPrefix(rest, ":"), rest == "", strings.ContainsAny(rest, " /"):
		return Host
	}
	return Port
}

// isHost reports whether a name could be a host: no spaces, not a list.
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
