package cliniko

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"

	"telehab.io/desktop/backend/cliniko/proxy"
)

// stage is how far a request came. Whose fault an error is depends on it.
type stage int

// The stages, in their order.
const (
	preparing stage = iota
	resolving       // the name is looked up: of the proxy, if there is one
	dialling        // until the other side accepts the connection
	connected       // the proxy is asked to let us through
	securing        // TLS
	sending         // until the request is written
	waiting         // for the first byte of the answer
	receiving       // the rest of it
)

// trip is what is known about one request on its way.
type trip struct {
	mu         sync.Mutex
	stage      stage
	handshakes int
	route      proxy.Route
}

type tripKey struct{}

// follow returns a context in which the transport tells the trip about itself.
func follow(ctx context.Context) (context.Context, *trip) {
	t := &trip{}
	ctx = context.WithValue(ctx, tripKey{}, t)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { t.begin() },
		DNSStart:     func(httptrace.DNSStartInfo) { t.reach(resolving) },
		ConnectStart: func(string, string) { t.reach(dialling) },
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				t.reach(connected)
			}
		},
		TLSHandshakeStart:    t.handshake,
		GotConn:              func(httptrace.GotConnInfo) { t.reach(sending) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { t.reach(waiting) },
		GotFirstResponseByte: func() { t.reach(receiving) },
	}), t
}

// begin takes that the transport tries, perhaps again after an idle connection
// turned out to be closed.
func (t *trip) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stage, t.handshakes = preparing, 0
}

// reach takes that s has begun. Earlier stages are of a connection that the
// transport has begun beside the one that it uses.
func (t *trip) reach(s stage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stage = max(t.stage, s)
}

// handshake takes that TLS begins: with the proxy first, if it is one of https.
func (t *trip) handshake() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.handshakes++
	if t.handshakes == 1 && t.route.Proxy != nil && t.route.Proxy.Scheme == "https" {
		return
	}
	t.stage = max(t.stage, securing)
}

// now returns how far it came, and by which way.
func (t *trip) now() (stage, proxy.Route) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stage, t.route
}

// chooseProxy is the transport's question for each request.
func (c *Client) chooseProxy(request *http.Request) (*url.URL, error) {
	route, err := c.routes.Find(request.Context(), request.URL)
	if t, ok := request.Context().Value(tripKey{}).(*trip); ok {
		t.mu.Lock()
		t.route = route
		t.mu.Unlock()
	}
	return route.Proxy, err
}
