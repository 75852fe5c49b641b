package valdhub

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/reach"
)

// Client speaks to VALD Hub for one organisation's credentials. It is safe for
// concurrent use.
type Client struct {
	credentials Credentials
	region      Region
	at          addresses
	userAgent   string
	network     *reach.Network
	pace        *pace
	pause       time.Duration
	largest     int64 // maxBody
	requests    atomic.Int64

	authorizing sync.Mutex
	token       *oauth2.Token
}

// Options change a Client's defaults.
type Options struct {
	// Address, such as http://127.0.0.1:8710, has all parts of the API below it,
	// in place of VALD's hosts. It must be a loopback address.
	Address string
	// Version is this program's, for the User-Agent.
	Version string
	// Every is the time between two requests; 0 means a quarter of a second. VALD's
	// limit could not be read: this is what its own client keeps to.
	Every time.Duration
	// Timeout is the limit of one attempt; 0 means 30 seconds.
	Timeout time.Duration
	// Pause is the first wait between two attempts; 0 means a second.
	Pause time.Duration
}

// New returns a client. It does not send a request.
//
// Errors: Invalid.
func New(credentials Credentials, region Region, o Options) (*Client, error) {
	at, err := addressesOf(region, o.Address)
	if err != nil {
		return nil, err
	}
	if o.Version == "" {
		o.Version = "0.0.0"
	}
	if o.Every == 0 {
		o.Every = 250 * time.Millisecond
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Pause == 0 {
		o.Pause = time.Second
	}
	return &Client{
		credentials: credentials, region: region, at: at,
		userAgent: "TeleHab Desktop/" + o.Version + " (support@vald.com)",
		network:   reach.New(service, o.Timeout),
		pace:      newPace(o.Every),
		pause:     o.Pause,
		largest:   maxBody,
	}, nil
}

// Close ends idle connections.
func (c *Client) Close() { c.network.HTTP.CloseIdleConnections() }

// Requests returns how many requests were sent so far, those for tokens and
// retries included.
func (c *Client) Requests() int { return int(c.requests.Load()) }

// Tenant is an organisation in VALD Hub.
type Tenant struct{ ID, Name string }

// Tenants returns the organisations that these credentials reach in this region.
// One that is in another region is not among them: VALD answers as if there were
// none.
//
// Errors: HubRefused, HubForbidden, and those of the connection.
func (c *Client) Tenants(ctx context.Context) ([]Tenant, error) {
	var answer struct {
		Tenants []struct {
			ID   uuid  `json:"id"`
			Name *text `json:"name"`
		} `json:"tenants"`
	}
	if err := c.read(ctx, c.at.tenants, "/tenants", nil, emptyIsNone, &answer); err != nil {
		return nil, err
	}
	tenants := make([]Tenant, 0, len(answer.Tenants))
	for _, t := range answer.Tenants {
		if t.ID == "" {
			return nil, unexpected("a tenant without an id")
		}
		tenants = append(tenants, Tenant{string(t.ID), t.Name.String()})
	}
	return tenants, nil
}

// read sends a GET and decodes the answer, with retries.
func (c *Client) read(ctx context.Context, base *url.URL, path string, query url.Values, accept accepted, into any) error {
	return c.retrying(ctx, func() error {
		body, err := c.send(ctx, call{method: http.MethodGet, base: base, path: path, query: query, accept: accept})
		if err != nil || len(body) == 0 {
			return err
		}
		return decode(body, into)
	})
}

// service is VALD Hub, as errors of the connection speak of it.
var service = reach.Service{Name: "VALD Hub", Allowed: "*.valdperformance.com and auth.prd.vald.com", Secret: "client secret", Trouble: profile.HubTrouble, Because: because}
