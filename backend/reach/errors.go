package reach

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/reach/proxy"
)

// Explain turns an error below HTTP, of the request to the host that t has
// followed, into one that says what failed and what to do. The original text has
// the address with its query, so only its innermost cause is kept.
func (n *Network) Explain(ctx context.Context, t *Trace, host string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var (
		coded      *profile.Error
		unreadable *proxy.UnreadableError
		address    *url.Error
		chain      *tls.CertificateVerificationError
	)
	n.routes.Recheck()
	if errors.As(err, &coded) {
		return coded // what the proxy answered
	}
	if errors.As(err, &unreadable) {
		return proxyUnreadable(unreadable)
	}
	cause := err
	if errors.As(err, &address) {
		cause = address.Err
	}
	s, route := t.now()
	way := failurePoint{service: n.service, host: host, stage: s, route: route}
	switch {
	case route.Proxy != nil && (isOfProxy(err) || s <= connected):
		return way.proxyError(cause)
	case errors.As(err, &chain):
		return n.certificateError(way.host, chain)
	}
	if route.Script != "" && s <= securing {
		return &profile.Error{Code: profile.ProxyScript, Cause: cause, Message: fmt.Sprintf(
			"This computer uses the proxy script %s, which could not be run, and without it %s cannot be reached. Ask your IT person for the proxy's address, set HTTPS_PROXY to it, and start TeleHab again.",
			route.Script, way.host)}
	}
	found := way.connectionError(cause)
	if route.Unused != "" && s <= securing && errors.As(found, &coded) {
		coded.Message += fmt.Sprintf(" The variable %s names a proxy, but only for http: if %s is reached through it, set HTTPS_PROXY too, and start TeleHab again.", route.Unused, n.service.Name)
	}
	return found
}

// failurePoint is where a request was when it failed.
type failurePoint struct {
	service Service
	host    string
	stage   stage
	route   proxy.Route
}

// plain has the reasons that mean the same at every stage. HOST is the host, and
// the other words are those of Service.fill.
var plain = map[reason]struct {
	code     profile.Code
	sentence string
}{
	noName:     {profile.Offline, "The name HOST was not found, so SERVICE cannot be reached. Check the internet connection; if other pages open, ask your IT person whether the DNS server here knows this name."},
	noNames:    {profile.Offline, "No DNS server answers, so HOST cannot be found. Check the internet connection; if other pages open, ask your IT person about the DNS server that is set on this computer."},
	unroutable: {profile.Offline, "There is no route from this computer to HOST. Check the internet connection, and the VPN if you use one, and try again."},
	forbidden:  {profile.ConnectionBlocked, "A firewall or security program on this computer does not let TeleHab connect to HOST. Ask your IT person to allow TeleHab to reach ALLOWED, port 443."},
	exhausted:  {profile.Internal, noRoom},
	notTLS:     {profile.TLSFailed, "Something that does not speak TLS answered in place of HOST, so the SECRET was not sent. Open any web page in your browser and sign in to the network if it asks; otherwise ask your IT person what answers on port 443."},
	notHTTP:    {profile.LoginPage, "Something that is not SERVICE answered in place of HOST. Open any web page in your browser and sign in to the network if it asks, then try again."},
}

// connectionError explains a failure between here and the service in which no proxy
// is involved.
func (w failurePoint) connectionError(cause error) error {
	say := func(code profile.Code, sentence string) error {
		return &profile.Error{Code: code, Cause: cause, Message: strings.ReplaceAll(w.service.fill(sentence), "HOST", w.host)}
	}
	reason := reasonOf(cause)
	if says, found := plain[reason]; found {
		return say(says.code, says.sentence)
	}
	var alert *net.OpError
	switch {
	case errors.As(cause, &alert) && alert.Op == "remote error": // a TLS alert
		return say(profile.TLSFailed, fmt.Sprintf("HOST, or something in its place, ended the secure connection (%v), so the SECRET was not sent. Ask your IT person whether a proxy or security program on this network changes secure connections.", alert.Err))
	case reason == refused && w.stage <= connected:
		return say(profile.ConnectionBlocked, "The connection to HOST was refused, which a firewall on this network may do. Try again in a moment; if that does not help, ask your IT person to allow ALLOWED, port 443.")
	case reason == cut && w.stage == securing:
		return say(profile.ConnectionBlocked, "The connection to HOST was cut before it was secure, as a firewall does, so the SECRET was not sent. Ask your IT person to allow ALLOWED, port 443.")
	case reason == expired:
		return say(profile.TimedOut, w.timeoutSentence())
	case reason == broken && w.stage > securing:
		return w.service.Because(w.service.Trouble, cause)
	case reason == cut:
		return say(profile.Offline, "The connection to HOST broke before the answer was complete. Check the internet connection; TeleHab tries again automatically.")
	case w.stage == securing:
		return w.service.Because(profile.TLSFailed, cause)
	}
	return w.service.Because(profile.Offline, cause)
}

const noRoom = "This computer has no room for another connection. Close programs that you do not need, or start the computer again."

// timeoutSentence says what took too long.
func (w failurePoint) timeoutSentence() string {
	switch w.stage {
	case preparing, resolving:
		return "Looking up HOST took too long. Check the internet connection; if other pages open, ask your IT person about the DNS server that is set on this computer."
	case dialling, connected:
		return "HOST did not answer on port 443. Check the internet connection; if other pages open, ask your IT person whether a firewall stops TeleHab."
	case securing:
		return "The secure connection to HOST was not ready in time. Try again; if that does not help, ask your IT person whether a firewall or security program delays it."
	case receiving:
		return "SERVICE's answer was not complete in time. Check the internet connection and try again."
	}
	return w.service.Because(profile.TimedOut, nil).Message
}

// reason is what an error says about a connection, whatever its source.
type reason int

const (
	unknown    reason = iota
	noName            // DNS: there is no such name
	noNames           // DNS: no server answers, or it fails
	refused           // refused by the other side or a firewall
	cut               // reset or closed
	expired           // timed out
	unroutable        // no route to that address
	forbidden         // by a firewall on this computer
	exhausted         // no more ports or files
	broken            // an answer that is truncated, cannot be decompressed, or violates HTTP/2
	notTLS            // no TLS where it should be
	notHTTP           // no HTTP where it should be
)

// reasons includes the error numbers of Windows Sockets, which syscall does
// not map.
// https://learn.microsoft.com/windows/win32/winsock/windows-sockets-error-codes-2
var reasons = map[syscall.Errno]reason{
	syscall.ECONNREFUSED: refused, 10061: refused,
	syscall.ECONNRESET: cut, syscall.ECONNABORTED: cut, syscall.EPIPE: cut, 10053: cut, 10054: cut, 10058: cut,
	syscall.ETIMEDOUT: expired, 10060: expired,
	syscall.ENETUNREACH: unroutable, syscall.EHOSTUNREACH: unroutable, syscall.ENETDOWN: unroutable, syscall.EHOSTDOWN: unroutable,
	syscall.EAFNOSUPPORT: unroutable, syscall.EADDRNOTAVAIL: exhausted, 10047: unroutable, 10050: unroutable, 10051: unroutable,
	10064: unroutable, 10065: unroutable,
	syscall.EACCES: forbidden, syscall.EPERM: forbidden, 10013: forbidden,
	syscall.EMFILE: exhausted, syscall.ENFILE: exhausted, syscall.ENOBUFS: exhausted, syscall.EADDRINUSE: exhausted,
	10024: exhausted, 10048: exhausted, 10049: exhausted, 10055: exhausted,
}

// reasonOf returns the reason of an error of net/http or below.
func reasonOf(err error) reason {
	var (
		number  syscall.Errno
		dns     *net.DNSError
		record  tls.RecordHeaderError
		timeout net.Error
		text    = err.Error()
	)
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return noName
	case errors.As(err, &dns):
		return noNames
	case errors.As(err, &number) && reasons[number] != unknown:
		return reasons[number]
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return notTLS
	case errors.As(err, &timeout) && timeout.Timeout():
		return expired
	case errors.Is(err, io.ErrUnexpectedEOF), isBrokenBody(text):
		return broken
	case errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed), strings.HasSuffix(text, "server closed idle connection"):
		return cut
	case strings.Contains(text, "malformed HTTP"):
		return notHTTP
	}
	return unknown
}

// isBrokenBody reports whether the answer could not be decompressed, or the
// server aborted it by HTTP/2, whose error types net/http does not export.
func isBrokenBody(text string) bool {
	for _, prefix := range []string{"gzip: ", "flate: ", "http2: ", "stream error: ", "connection error: "} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}
