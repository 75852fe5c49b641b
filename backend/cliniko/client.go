package cliniko

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"telehab.io/desktop/backend/cliniko/proxy"
	"telehab.io/desktop/backend/profile"
)

// Client reads from one clinic's Cliniko. It is a profile.Source.
type Client struct {
	key       Key
	base      *url.URL
	userAgent string
	http      *http.Client
	tls       *tls.Config // of http
	routes    *proxy.Finder
	clock     atomic.Pointer[clockReading]
	gate      *gate
	requests  atomic.Int64
	retry     retry
}

// Options change a Client's defaults.
type Options struct {
	// BaseURL, such as http://127.0.0.1:8700/v1, replaces the address that the
	// key implies. It must be a loopback address.
	BaseURL string
	// Version is this program's, for the User-Agent.
	Version string
	// Traffic is shared with all other clients of this clinic, so that together
	// they keep to Cliniko's limit; nil means that there are none.
	Traffic profile.TrafficStore
	// OnWait is called when Cliniko asks to wait, with the time until when.
	OnWait func(until time.Time)
	// Timeout is the limit of one attempt; 0 means 20 seconds.
	Timeout time.Duration
	// Pause is the first wait between two attempts; 0 means half a second.
	Pause time.Duration
}

var _ profile.Source = (*Client)(nil)

// New returns a client for the key. It does not send a request.
func New(key Key, o Options) (*Client, error) {
	if key.IsZero() {
		return nil, profile.Refuse(profile.NotConnected, "No clinic is connected. Set up the Cliniko integration in Settings first.")
	}
	base := &url.URL{Scheme: "https", Host: "api." + key.shard + ".cliniko.com", Path: "/v1"}
	if o.BaseURL != "" {
		var err error
		if base, err = loopback(o.BaseURL); err != nil {
			return nil, err
		}
	}
	if o.Version == "" {
		o.Version = "0.0.0"
	}
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	if o.Pause == 0 {
		o.Pause = 500 * time.Millisecond
	}
	if o.Traffic == nil {
		o.Traffic = newOwnTraffic()
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 8
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	transport.OnProxyConnectResponse = proxyAnswer
	c := &Client{
		key:  key,
		base: base,
		// Cliniko's rule: a name and an email address.
		userAgent: "TeleHab Desktop/" + o.Version + " (support@vald.com)",
		http: &http.Client{
			Transport: transport,
			Timeout:   o.Timeout,
			// A redirect would take the key to another address.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		tls:    transport.TLSClientConfig,
		routes: proxy.NewFinder(),
		gate:   newGate(o.Traffic, o.Timeout, o.OnWait),
		retry:  retry{pause: o.Pause},
	}
	transport.Proxy = c.chooseProxy
	return c, nil
}

// Close ends idle connections, and gives back what is reserved of the limit.
func (c *Client) Close() {
	c.http.CloseIdleConnections()
	c.gate.release()
}

// Requests returns how many requests were sent so far, retries included.
func (c *Client) Requests() int { return int(c.requests.Load()) }

// loopback accepts only addresses of this computer, such as
// http://127.0.0.1:8700/v1, for tests and the demo.
func loopback(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the address in TELEHAB_CLINIKO_URL cannot be read")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || err != nil || !ip.IsLoopback() {
		return nil, errors.New("TELEHAB_CLINIKO_URL may only point to this computer, such as http://127.0.0.1:8700/v1")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u, nil
}

// Clinic returns the clinic that the key belongs to.
func (c *Client) Clinic(ctx context.Context) (profile.Clinic, error) {
	var owner struct {
		FirstName hint `json:"first_name"`
		LastName  hint `json:"last_name"`
		Role      hint `json:"role"`
	}
	if err := c.getJSON(ctx, "/user", nil, &owner); err != nil {
		return profile.Clinic{}, err
	}
	var settings struct {
		Account struct { // may be null
			ID        text `json:"id"`
			Name      hint `json:"name"`
			Subdomain hint `json:"subdomain"`
			Country   hint `json:"country_code"`
		} `json:"account"`
		Terminology optional[struct {
			Patient hint `json:"patient"`
		}] `json:"terminology"`
	}
	if err := c.getJSON(ctx, "/settings/public", nil, &settings); err != nil {
		return profile.Clinic{}, err
	}
	account := settings.Account
	if account.ID == "" {
		return profile.Clinic{}, incompleteAnswer("the clinic's account number (account.id of /settings/public)")
	}
	if !validSubdomain(string(account.Subdomain)) {
		account.Subdomain = "" // without it, there are no links to its web pages
	}
	name := cmp.Or(string(account.Name), string(account.Subdomain), "Cliniko account "+string(account.ID))
	shown := func(text string) string { return profile.Shorten(profile.Display(text)) }
	return profile.Clinic{
		AccountID: string(account.ID), Name: shown(name), Subdomain: string(account.Subdomain),
		Shard: c.key.shard, Country: profile.Shorten(string(account.Country)), Patients: strings.ToLower(profile.Shorten(string(settings.Terminology.value.Patient))),
		OwnerName: shown(strings.TrimSpace(string(owner.FirstName) + " " + string(owner.LastName))),
		OwnerRole: profile.Shorten(string(owner.Role)), KeyEnds: c.key.Ends(),
	}, nil
}

// validSubdomain accepts letters, digits and inner hyphens, since a subdomain
// becomes part of a web address.
func validSubdomain(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}

// Patients returns one page.
func (c *Client) Patients(ctx context.Context, q profile.Query) (profile.Page, error) {
	var page profile.Page
	err := c.get(ctx, call{path: "/patients", query: values(q)}, func(body []byte, header http.Header) error {
		var err error
		page, err = DecodePage(body)
		page.Date = serverTime(header)
		return err
	})
	return page, err
}

// Patient returns a page with this one patient, archived or not.
func (c *Client) Patient(ctx context.Context, id profile.ID) (profile.Page, error) {
	if _, ok := profile.ParseID(string(id)); !ok {
		return profile.Page{}, profile.Refuse(profile.Invalid, "This is not a Cliniko id: it has 1 to 20 digits. Check what you pasted.")
	}
	var page profile.Page
	// Without the filter an archived patient is a 404.
	query := url.Values{"q[]": {"archived_at:*"}}
	err := c.get(ctx, call{path: "/patients/" + string(id), query: query, urgent: true}, func(body []byte, header http.Header) error {
		record := decodeRecord(body)
		if record.Patient.ID != id {
			return unexpectedAnswer(errors.New("the answer is not about the patient asked for"))
		}
		page = profile.Page{Records: []profile.Record{record}, Total: 1, Date: serverTime(header)}
		return nil
	})
	return page, err
}
