// Package proxy finds out how this computer is told to reach a host: directly,
// or through a proxy that an environment variable or the system's own settings
// name.
//
// github.com/mattn/go-ieproxy does a part of this. It is not used, because it
// drops what it cannot read, goes directly where a proxy script fails, and
// knows no <local>: each time a setting would be ignored in silence.
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

// Route is how a host is reached.
type Route struct {
	// Proxy is the proxy to go through, with its user and password. nil: none.
	Proxy *url.URL
	// Setting says where the proxy was found: the name of a variable, or "the
	// Windows proxy settings".
	Setting string
	// Script is the address of a proxy script (PAC) that the system's settings
	// name and that did not decide about this host, without what may be secret
	// in it. "": there is none.
	Script string
	// Unused is the name of a variable that names a proxy, but not for https.
	Unused string
}

// UnreadableError is a proxy setting whose value is not understood. It does
// not hold the value, which may contain a password.
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

// The system's settings, and what a proxy script said, are used for freshFor
// before they are read again, or for staleAfter where a connection failed since:
// a laptop moves between networks. Looking for a script in a network that has
// none takes seconds, and Windows is set to look unless told otherwise, so that
// there is none is believed for noneFor.
const (
	freshFor   = 5 * time.Minute
	noneFor    = time.Hour
	staleAfter = 20 * time.Second
)

// Finder finds routes. It may be used by several goroutines.
type Finder struct {
	getenv func(string) string
	system func(context.Context) (settings, error)
	script func(context.Context, settings, *url.URL) (server string, err error)
	now    func() time.Time

	mu    sync.Mutex
	known map[string]answer // by host
}

// answer is what the system's settings said about a host.
type answer struct {
	route Route
	err   error
	at    time.Time
	good  time.Duration // how long it is believed
}

// NewFinder returns a finder for this computer and the person who runs the
// program.
func NewFinder() *Finder {
	return &Finder{getenv: os.Getenv, system: systemSettings, script: runScript, now: time.Now}
}

// Find returns how target is reached. Environment variables come before the
// system's settings, and NO_PROXY before both. Loopback addresses are always
// reached directly.
//
// Errors: UnreadableError, in which case nothing may be sent, since the
// computer is meant to use a proxy.
func (f *Finder) Find(ctx context.Context, target *url.URL) (Route, error) {
	if f.excluded(target) {
		return Route{}, nil
	}
	// The order of curl. HTTP_PROXY is not for https.
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

// Recheck takes that a connection has failed: the network may be another one.
func (f *Finder) Recheck() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for host, known := range f.known {
		if f.now().Sub(known.at) >= staleAfter {
			delete(f.known, host)
		}
	}
}

// excluded says whether NO_PROXY names the target, or it is this computer.
func (f *Finder) excluded(target *url.URL) bool {
	list := f.getenv("NO_PROXY")
	if list == "" {
		list = f.getenv("no_proxy")
	}
	// Some programs separate by spaces.
	list = strings.Join(strings.Fields(strings.ReplaceAll(list, ",", " ")), ",")
	const some = "http://web-proxy.invalid"
	config := httpproxy.Config{HTTPProxy: some, HTTPSProxy: some, NoProxy: list}
	address, err := config.ProxyFunc()(target)
	return err == nil && address == nil
}

// fromSystem asks the system's settings, which may take a few seconds where
// they name a script.
func (f *Finder) fromSystem(ctx context.Context, target *url.URL) (Route, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, found := f.known[target.Host]
	if age := f.now().Sub(known.at); found && age >= 0 && age < known.good {
		return known.route, known.err
	}
	route, good, err := f.ask(ctx, target)
	if ctx.Err() != nil {
		return route, err
	}
	if f.known == nil {
		f.known = map[string]answer{}
	}
	f.known[target.Host] = answer{route, err, f.now(), good}
	return route, err
}

// ask returns what the system says, and how long that is to be believed.
func (f *Finder) ask(ctx context.Context, target *url.URL) (Route, time.Duration, error) {
	s, err := f.system(ctx)
	if err != nil {
		// Not even readable for this program: as on a system without any.
		return Route{}, freshFor, nil //nolint:nilerr // see above
	}
	good, script := freshFor, ""
	if s.script != "" || s.detect {
		server, err := f.script(ctx, s, target)
		switch {
		case err == nil && server == "": // the script says: directly
			return Route{}, good, nil
		case err == nil:
			route, err := routeTo(server, s.name+", by its proxy script")
			return route, good, err
		case s.script == "":
			good = noneFor
		}
		// As browsers do, and said when it fails: the script of an office cannot
		// be fetched at home.
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

// withoutSecrets keeps of a script's address what helps to recognise it.
func withoutSecrets(script string) string {
	address, err := url.Parse(script)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: address.Scheme, Host: address.Host, Path: address.Path}).String()
}
