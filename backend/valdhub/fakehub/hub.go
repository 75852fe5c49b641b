package fakehub

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The credentials of a Hub, unless it is given others.
const (
	ClientID     = "harbour-client"
	ClientSecret = "harbour-secret-4711"
)

// Options describe a Hub. The zero value has one organisation, Harbour Physio,
// and no profiles.
type Options struct {
	ClientID, ClientSecret string
	Tenants                []Tenant
	// TokenFor is how long a token is good; 0 is an hour.
	TokenFor time.Duration
	// Late is in how many further reads of profiles an imported one is not seen.
	Late int
	// AttachByEmail has an import with a new sync ID taken for the profile without
	// one that has its email; otherwise it is refused.
	AttachByEmail bool
	// NullClears has a null in an import clear what the profile has.
	NullClears bool
}

// Tenant is an organisation.
type Tenant struct{ ID, Name string }

// Profile is a profile in the Hub.
type Profile struct {
	ID, SyncID, GivenName, FamilyName string
	Born                              string // YYYY-MM-DD
	Sex, Email, ExternalID            string
	MergingInto                       string // the profile that it is being merged with
	Modified                          time.Time

	unseen int // reads until it is visible
}

// Hub is a simulated VALD Hub.
type Hub struct {
	options Options
	routes  *http.ServeMux

	mu       sync.Mutex
	profiles map[string][]*Profile // by tenant
	ids      int
	tokens   map[string]time.Time // until when each is good
	writes   int
	applied  map[string]int // imports, by sync ID
	log      []Request
	faults   func(Request) Fault
}

// Request is one that the Hub was sent.
type Request struct {
	Method, Path string
	At           time.Time
	SyncID       string // of an import
}

// New returns a Hub.
func New(o Options) *Hub {
	o.ClientID, o.ClientSecret = cmp.Or(o.ClientID, ClientID), cmp.Or(o.ClientSecret, ClientSecret)
	if o.Tenants == nil {
		o.Tenants = []Tenant{{TenantID(1), "Harbour Physio"}}
	}
	if o.TokenFor == 0 {
		o.TokenFor = time.Hour
	}
	h := &Hub{options: o, profiles: map[string][]*Profile{}, tokens: map[string]time.Time{}, applied: map[string]int{}, routes: http.NewServeMux()}
	h.routes.HandleFunc("POST /oauth/token", h.issueToken)
	h.routes.HandleFunc("GET /tenants", h.authorized(h.listTenants))
	h.routes.HandleFunc("GET /profiles", h.authorized(h.listProfiles))
	h.routes.HandleFunc("GET /profiles/exists", h.authorized(h.profileExists))
	h.routes.HandleFunc("GET /profiles/{id}", h.authorized(h.oneProfile))
	h.routes.HandleFunc("POST /profiles/import", h.authorized(h.importProfile))
	return h
}

// TenantID is the id of the nth organisation of a Hub's defaults.
func TenantID(n int) string { return fmt.Sprintf("7e000000-0000-4000-8000-%012x", n) }

// Put adds a profile to an organisation, as another system or a person has done
// it, and returns its id. It counts as no write.
func (h *Hub) Put(tenant string, p Profile) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	p.ID = cmp.Or(p.ID, h.newID())
	p.Modified = cmp.Or(p.Modified, time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC))
	h.profiles[tenant] = append(h.profiles[tenant], &p)
	return p.ID
}

func (h *Hub) newID() string {
	h.ids++
	return fmt.Sprintf("9f000000-0000-4000-8000-%012x", h.ids)
}

// Profiles returns copies of an organisation's profiles, the oldest first, those
// that are not visible yet among them.
func (h *Hub) Profiles(tenant string) (all []Profile) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.profiles[tenant] {
		all = append(all, *p)
	}
	return all
}

// BeginMerge marks a profile as being merged with another one.
func (h *Hub) BeginMerge(tenant, from, into string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.profiles[tenant] {
		if p.ID == from {
			p.MergingInto = into
		}
	}
}

// Writes returns how many requests have changed something, or tried to: anything
// but a GET, except for tokens.
func (h *Hub) Writes() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.writes
}

// Applied returns how many imports with a sync ID have changed something, or
// would have.
func (h *Hub) Applied(syncID string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.applied[syncID]
}

// Edit changes a profile, as a person does it there. It counts as no write.
func (h *Hub) Edit(tenant, id string, change func(*Profile)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.profiles[tenant] {
		if p.ID == id {
			change(p)
			p.Modified = p.Modified.Add(time.Second)
		}
	}
}

// Remove takes a profile out of what is listed.
func (h *Hub) Remove(tenant, id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.profiles[tenant] = slices.DeleteFunc(h.profiles[tenant], func(p *Profile) bool { return p.ID == id })
}

// Requests returns all that were sent, in their order.
func (h *Hub) Requests() []Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.log)
}

// RevokeTokens makes all tokens useless, whatever was said about them.
func (h *Hub) RevokeTokens() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.tokens)
}

// SetFaults says what goes wrong with each request; nil: nothing.
func (h *Hub) SetFaults(faults func(Request) Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = faults
}

// Server is a Hub that listens on a loopback address.
type Server struct {
	URL  string
	http *http.Server
	done chan error
}

// Start listens on a free port of this computer. Tests may wrap its handler.
func (h *Hub) Start(around ...func(http.Handler) http.Handler) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the Hub: %w", err)
	}
	var handler http.Handler = h
	for _, wrap := range around {
		handler = wrap(handler)
	}
	s := &Server{"http://" + listener.Addr().String(), &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}, make(chan error, 1)}
	go func() { s.done <- s.http.Serve(listener) }()
	return s, nil
}

// Close stops listening and closes every connection.
func (s *Server) Close() error {
	err := s.http.Close()
	if served := <-s.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	s.done <- http.ErrServerClosed // for a second Close
	return err
}

// ServeHTTP answers the API.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, "The body cannot be read.")
		return
	}
	request := Request{Method: r.Method, Path: r.URL.Path, At: time.Now(), SyncID: syncIDOf(body)}
	h.mu.Lock()
	h.log = append(h.log, request)
	if r.Method != http.MethodGet && !strings.HasPrefix(r.URL.Path, "/oauth/") {
		h.writes++
	}
	faults := h.faults
	h.mu.Unlock()
	var fault Fault
	if faults != nil {
		fault = faults(request)
	}
	fault.answer(w, r, h.routes)
}
