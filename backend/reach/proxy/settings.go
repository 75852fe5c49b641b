package proxy

import (
	"errors"
	"path"
	"strings"
)

// settings are a system's proxy settings, in the form that Windows uses.
type settings struct {
	name   string // their name for a person
	server string // "proxy:3128", or "http=a:3128;https=b:3128"; "": none
	bypass string // "*.local;10.*;<local>"
	script string // the address of a proxy script (PAC); "": none
	detect bool   // the script is to be discovered in the network (WPAD)
}

// errNoScripts means that proxy scripts are not run on this system.
var errNoScripts = errors.New("proxy scripts are not run on this system")

// serverFor returns the proxy for a scheme from Windows' list, or "". The
// list has one for all schemes, or one each, separated by semicolons or white
// space.
// https://learn.microsoft.com/windows/win32/wininet/enabling-internet-functionality#listing-proxy-locations
func serverFor(list, scheme string) string {
	forAll, socks := "", ""
	for _, entry := range fields(list) {
		kind, server, named := strings.Cut(entry, "=")
		switch {
		case !named:
			if forAll == "" {
				forAll = entry
			}
		case strings.EqualFold(kind, scheme):
			return server
		case strings.EqualFold(kind, "socks"):
			socks = server
		}
	}
	if forAll == "" && socks != "" && !strings.Contains(socks, "://") {
		// Windows means version 4, which is reported and not ignored.
		return "socks4://" + socks
	}
	if forAll == "" {
		return socks
	}
	return forAll
}

// bypassed reports whether a list such as "*.local;10.*;<local>" matches the
// host.
func bypassed(list, host string) bool {
	host = strings.ToLower(host)
	for _, entry := range fields(strings.ToLower(list)) {
		if entry == "<local>" {
			if !strings.Contains(host, ".") {
				return true
			}
			continue
		}
		if _, rest, found := strings.Cut(entry, "://"); found {
			entry = rest
		}
		entry, _, _ = strings.Cut(entry, ":") // Cliniko always has the same port
		if match, err := path.Match(entry, host); err == nil && match {
			return true
		}
		if strings.HasPrefix(entry, ".") && strings.HasSuffix(host, entry) {
			return true
		}
	}
	return false
}

func fields(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune("; ,\t\r\n", r) })
}
