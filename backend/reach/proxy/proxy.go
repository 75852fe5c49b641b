// Package proxy finds out how this computer is configured to reach a host:
// directly, or through a proxy from an environment variable or the system's
// settings.
//
// github.com/mattn/go-ieproxy does part of this. It is not used, because it
// drops what it cannot parse, connects directly if a proxy script fails, and
// does not support <local>: each time it would silently ignore a setting.
package proxy

import (
	"context"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// Route is how to reach a host.
type Route struct {
	// Proxy is the proxy to use, with its user and password, or nil.
	Proxy *url.URL
	// Setting is where the proxy is configured: the name of a variable, or "the
	// Windows proxy settings".
	Setting string
	// Script is the address, without its secrets, of a proxy script (PAC) in
	// the system's settings that could not decide about this host, or "".
	Script string
	// Unused is the name of a variable that configures a proxy, but not for
	// https.
	Unused string
}

// UnreadableError reports an invalid proxy setting. It does not contain the
// value, which may include a password.
type UnreadableError struct {
	Setting string  // as in Route
	Problem Problem // what is wrong with it
}

func (e *UnreadableError) Error() string {
	return e.Setting + " cannot be read: " + string(e.Problem)
}

// Problem is what is wrong with the address of a proxy.
type Problem string

// The problems.
const (
	Encoding Problem = "a character that must be percent-encoded"
	Quotes   Problem = "quotation marks around the value"
	Scheme   Problem = "an unknown kind of proxy"
	Host     Problem = "no host name"
	Port     Problem = "no valid port"
)

// The system's settings, and the result of a proxy script, are cached for
// freshFor, or for staleAfter if a connection has failed since: a laptop moves
// between networks. Looking for a script in a network that has none takes
// seconds, and Windows looks by default, so its absence is cached for noneFor.
const (
	freshFor   = 5 * time.Minute
	noneFor    = time.Hour
	staleAfter = 20 * time.Second
)

// Finder finds routes. It is safe for concurrent use.
type Finder struct {
	getenv func(string) string
	system func(context.Context) (settings, error)
	script func(context.Context, settings, *url.URL) (server string, err error)
	now    func() time.Time

	mu    sync.Mutex
	known map[string]answer // by host
}

// answer is the route to a host by the system's settings.
type answer struct {
	route Route
	err   error
	at    time.Time
	good  time.Duration // how long it is valid
}

// NewFinder returns a finder for this computer and the person who runs the
// program.
func NewFinder() *Finder {
	return &Finder{getenv: os.Getenv, system: systemSettings, script: runScript, now: time.Now}
}

// Find returns how to reach target. Environment variables take precedence over
// the system's settings, and NO_PROXY over both. Loopback addresses are always
// reached directly.
//
// Errors: UnreadableError, in which case nothing may be sent, since the
// computer is meant to use a proxy.
func (f *Finder) Find(ctx context.Context, target *url.URL) (Route, error) {
	if f.excluded(target) {
		return Route{}, nil
	}
	// In curl's order. HTTP_PROXY is not for https.
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		value := strings.TrimSpace(f.getenv(name))
		if value == "" {
			continue
		}
		address, problem := parse(value)
		if problem != "" {
			return Route{}, &UnreadableError{name, problem}
		}
		return Route{Proxy: address, Setting: name}, nil
	}
	route, err := f.fromSystem(ctx, target)
	for _, name := range []string{"HTTP_PROXY", "http_proxy"} {
		if strings.TrimSpace(f.getenv(name)) != "" && route.Proxy == nil && route.Unused == "" {
			route.Unused = name
		}
	}
	return route, err
}

// Recheck tells the finder that a connection failed: the network may have
// changed.
func (f *Finder) Recheck() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for host, known := range f.known {
		if f.now().Sub(known.at) >= staleAfter {
			delete(f.known, host)
		}
	}
}

// excluded reports whether NO_PROXY has the target, or the target is this
// computer.
func (f *Finder) excluded(target *url.URL) bool {
	list := f.getenv("NO_PROXY")
	if list == "" {
		list = f.getenv("no_proxy")
	}
	// Some programs use spaces as separators.
	list = strings.Join(strings.Fields(strings.ReplaceAll(list, ",", " ")), ",")
	const some = "http://web-proxy.invalid"
	config := httpproxy.Config{HTTPProxy: some, HTTPSProxy: some, NoProxy: list}
	address, err := config.ProxyFunc()(target)
	return err == nil && address == nil
}

// fromSystem returns the route by the system's settings, which may take a few
// seconds if there is a script.
func (f *Finder) fromSystem(ctx context.Context, target *url.URL) (Route, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, found := f.known[target.Host]
	if age := f.now().Sub(known.at); found && age >= 0 && age < known.good {
		return known.route, known.err
	}
	route, good, err := f.query(ctx, target)
	if ctx.Err() != nil {
		return route, err
	}
	if f.known == nil {
		f.known = map[string]answer{}
	}
	f.known[target.Host] = answer{route, err, f.now(), good}
	return route, err
}

// query reads the system's settings, and returns how long the route is valid.
func (f *Finder) query(ctx context.Context, target *url.URL) (Route, time.Duration, error) {
	s, err := f.system(ctx)
	if err != nil {
		// This program cannot read the settings: as on a system without any.
		return Route{}, freshFor, nil //nolint:nilerr // see above
	}
	good, script := freshFor, ""
	if s.script != "" || s.detect {
		server, err := f.script(ctx, s, target)
		switch {
		case err == nil && server == "": // the script says to connect directly
			return Route{}, good, nil
		case err == nil:
			route, err := routeTo(server, s.name+", by its proxy script")
			return route, good, err
		case s.script == "":
			good = noneFor
		}
		// Connect directly, as browsers do, and name the script if that fails:
		// the script of an office cannot be fetched at home.
		script = withoutSecrets(s.script)
	}
	server := serverFor(s.server, target.Scheme)
	if server == "" || bypassed(s.bypass, target.Hostname()) {
		return Route{Script: script}, good, nil
	}
	route, err := routeTo(server, s.name)
	return route, good, err
}

func routeTo(server, setting string) (Route, error) {
	address, problem := parse(server)
	if problem != "" {
		return Route{}, &UnreadableError{setting, problem}
	}
	return Route{Proxy: address, Setting: setting}, nil
}

// withoutSecrets returns the part of a script's address that identifies it.
func withoutSecrets(script string) string {
	address, err := url.Parse(script)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: address.Scheme, Host: address.Host, Path: address.Path}).String()
}
