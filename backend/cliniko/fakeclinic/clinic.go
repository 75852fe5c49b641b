package fakeclinic

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Clinic is a simulated Cliniko account. It is created by [New] and safe for
// concurrent use.
type Clinic struct {
	options Options
	web     http.Handler

	mu     sync.Mutex
	roster *roster
	ids    *rand.Rand

	traffic traffic
	hooks   hooks
}

// New creates a clinic. The same options create the same clinic.
func New(options Options) *Clinic {
	options = options.withDefaults()
	c := &Clinic{
		options: options,
		roster:  newRoster(options.Patients),
		ids:     rand.New(rand.NewPCG(options.Seed, 0x696473)),
	}
	c.traffic.limit, c.traffic.fixed = options.Limit, options.FixedWindow
	c.hooks.latency = options.Latency
	c.web = c.webPages()
	for _, person := range generate(&options) {
		c.roster.put(person)
	}
	return c
}

// Key is the API key, with its shard suffix.
func (c *Clinic) Key() string { return c.options.Key }

// Name is the clinic's name in /settings/public, which also has Subdomain and
// AccountID.
func (c *Clinic) Name() string { return c.options.Name }

// Subdomain is the first part of the clinic's address in the browser.
func (c *Clinic) Subdomain() string { return c.options.Subdomain }

// AccountID identifies the clinic, as text.
func (c *Clinic) AccountID() string { return c.options.AccountID }

func (c *Clinic) now() time.Time { return c.options.Clock() }

// ServeHTTP answers the API below /v1 and the web pages everywhere else.
func (c *Clinic) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/v1" || strings.HasPrefix(r.URL.Path, "/v1/") {
		c.serveAPI(w, r)
		return
	}
	c.web.ServeHTTP(w, r)
}
