package reach

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"

	"telehab.io/desktop/backend/reach/proxy"
)

// stage is how far a request got. The meaning of an error depends on it.
type stage int

// The stages, in their order.
const (
	preparing stage = iota
	resolving       // looking up the name of the proxy, if there is one, or of the host
	dialling        // until the other side accepts the connection
	connected       // until the proxy, if there is one, connects us
	securing        // TLS
	sending         // until the request is written
	waiting         // for the first byte of the answer
	receiving       // the rest of it
)

// Trace is what is known about one request in flight.
type Trace struct {
	mu         sync.Mutex
	stage      stage
	handshakes int
	route      proxy.Route
}

type traceKey struct{}

// Follow returns a context for one request, in which the transport reports to a
// trace.
func Follow(ctx context.Context) (context.Context, *Trace) {
	t := &Trace{}
	ctx = context.WithValue(ctx, traceKey{}, t)
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

// begin records that the transport starts, perhaps again because an idle
// connection turned out to be closed.
func (t *Trace) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stage, t.handshakes = preparing, 0
}

// reach records that stage s has begun. It ignores earlier stages, which belong
// to a connection that the transport opens in addition to the one it uses.
func (t *Trace) reach(s stage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stage = max(t.stage, s)
}

// handshake records the start of TLS, which is first with the proxy if its
// scheme is https.
func (t *Trace) handshake() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.handshakes++
	if t.handshakes == 1 && t.route.Proxy != nil && t.route.Proxy.Scheme == "https" {
		return
	}
	t.stage = max(t.stage, securing)
}

// now returns how far the request got, and by which route.
func (t *Trace) now() (stage, proxy.Route) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stage, t.route
}

// chooseProxy chooses the proxy of a request, for the transport.
func (n *Network) chooseProxy(request *http.Request) (*url.URL, error) {
	route, err := n.routes.Find(request.Context(), request.URL)
	if t, ok := request.Context().Value(traceKey{}).(*Trace); ok {
		t.mu.Lock()
		t.route = route
		t.mu.Unlock()
	}
	return route.Proxy, err
}
