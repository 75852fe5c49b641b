// Package reach is how this program reaches a service on the internet: by the
// proxy that this computer is told to use, over verified TLS, without following
// redirects. Where that fails, it says what failed and what to do.
package reach

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/reach/proxy"
)

// Service is who is reached, in the words of what a person reads.
type Service struct {
	Name    string // such as "Cliniko"
	Allowed string // the hosts that a firewall has to let through, such as "*.cliniko.com"
	Secret  string // what is not sent over a connection that is not secure, such as "key"
	// Trouble is the code of an answer that the service should not give, and
	// Because returns the error of a code with the sentence about this service.
	Trouble profile.Code
	Because func(profile.Code, error) *profile.Error
}

// fill puts the words of the service in a sentence.
func (s Service) fill(sentence string) string {
	return strings.NewReplacer("SERVICE", s.Name, "ALLOWED", s.Allowed, "SECRET", s.Secret).Replace(sentence)
}

// Network reaches one service. It is safe for concurrent use.
type Network struct {
	HTTP *http.Client

	service Service
	tls     *tls.Config // of HTTP
	routes  *proxy.Finder
	clock   atomic.Pointer[clockReading]
}

// New returns the way to a service. timeout is the limit of one request. It does
// not connect.
func New(service Service, timeout time.Duration) *Network {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 8
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	transport.OnProxyConnectResponse = service.proxyAnswer
	n := &Network{
		HTTP: &http.Client{
			Transport: transport,
			Timeout:   timeout,
			// A redirect would take the secret to another address.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		service: service,
		tls:     transport.TLSClientConfig,
		routes:  proxy.NewFinder(),
	}
	transport.Proxy = n.chooseProxy
	return n
}

// Loopback reads an address that stands in place of a service's own, for tests
// and the demo: only one of this computer, such as the example. variable is what
// the person has set.
func Loopback(variable, address, example string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the address in %s cannot be read", variable)
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || err != nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%s may only point to this computer, such as %s", variable, example)
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u, nil
}

// ServerTime returns the server's clock, or the zero time.
func ServerTime(header http.Header) time.Time {
	t, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
