package cliniko

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/reach"
)

// Client reads from one clinic's Cliniko. It is a profile.Source.
type Client struct {
	key       Key
	base      *url.URL
	userAgent string
	network   *reach.Network
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
		if base, err = reach.Loopback("TELEHAB_CLINIKO_URL", o.BaseURL, "http://127.0.0.1:8700/v1"); err != nil {
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
	return &Client{
		key:  key,
		base: base,
		// Cliniko's rule: a name and an email address.
		userAgent: "TeleHab Desktop/" + o.Version + " (support@vald.com)",
		network:   reach.New(service, o.Timeout),
		gate:      newGate(o.Traffic, o.Timeout, o.OnWait),
		retry:     retry{pause: o.Pause},
	}, nil
}

// service is Cliniko, as errors of the connection speak of it.
var service = reach.Service{Name: "Cliniko", Allowed: "*.cliniko.com", Secret: "key", Trouble: profile.ClinicTrouble, Because: profile.Because}

// Close ends idle connections, and gives back what is reserved of the limit.
func (c *Client) Close() {
	c.network.HTTP.CloseIdleConnections()
	c.gate.release()
}

// Requests returns how many requests were sent so far, retries included.
func (c *Client) Requests() int { return int(c.requests.Load()) }

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
		page.Date = reach.ServerTime(header)
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
		page = profile.Page{Records: []profile.Record{record}, Total: 1, Date: reach.ServerTime(header)}
		return nil
	})
	return page, err
}
