package reach

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/reach/proxy"
)

// proxyUnreadable says which setting is wrong and how to write it. It never
// shows the value, which may contain a password.
func proxyUnreadable(e *proxy.UnreadableError) *profile.Error {
	how := map[proxy.Problem]string{
		proxy.Encoding: "A special character in its user name or password must be percent-encoded: write %25 for %, %23 for #, %2F for /, %3F for ?, %40 for @, %3A for : and %5C for \\.",
		proxy.Quotes:   "Write it without quotation marks, such as http://web-proxy.example.com:3128.",
		proxy.Scheme:   "It must begin with http://, https:// or socks5://, such as http://web-proxy.example.com:3128.",
	}[e.Problem]
	if how == "" {
		how = "Write it as a name and a port, such as http://web-proxy.example.com:3128."
	}
	setting := e.Setting
	if !strings.Contains(setting, " ") {
		setting = "the variable " + setting
	}
	return &profile.Error{Code: profile.ProxyUnreadable, Cause: e, Message: fmt.Sprintf(
		"The proxy in %s cannot be read, so nothing was sent. %s Then start TeleHab again.", setting, how)}
}

// proxyAnswer explains a proxy's answer to CONNECT.
func (s Service) proxyAnswer(_ context.Context, through *url.URL, request *http.Request, answer *http.Response) error {
	status := answer.StatusCode
	if status == http.StatusOK {
		return nil
	}
	host, _, _ := net.SplitHostPort(request.Host)
	if status == http.StatusProxyAuthRequired {
		return proxySignIn(through, host, answer.Header.Values("Proxy-Authenticate"))
	}
	says := fmt.Sprint(status)
	if text := http.StatusText(status); text != "" {
		says += " " + text
	}
	next := "Ask your IT person to let TeleHab reach ALLOWED, port 443, through it."
	switch {
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		next = "Try again in a moment; if that does not help, ask your IT person whether the proxy works and can reach the internet."
	case status >= 300 && status < 400, status == http.StatusNetworkAuthenticationRequired:
		next = "Open any web page in your browser, sign in if it asks, and try again; otherwise ask your IT person to allow ALLOWED."
	}
	return &profile.Error{Code: profile.ProxyRefused, Cause: fmt.Errorf("the proxy answered %d to CONNECT", status),
		Message: fmt.Sprintf("The proxy %s did not connect this computer to %s: it answered %s. %s", through.Host, host, says, s.fill(next))}
}

// proxySignIn explains a 407: what the proxy asks for, and what can be set.
func proxySignIn(through *url.URL, host string, offers []string) error {
	basic, others := signInOffers(offers)
	set := fmt.Sprintf("set the variable HTTPS_PROXY to %s://USER:PASSWORD@%s, with special characters percent-encoded (%%40 for @, %%23 for #, %%25 for %%), and start TeleHab again", through.Scheme, through.Host)
	var sentence string
	switch {
	case through.User != nil && (basic || len(others) == 0):
		sentence = "The proxy %s does not accept the user name and password that are set (407). Check them, write special characters percent-encoded (%%40 for @, %%23 for #, %%25 for %%), and start TeleHab again."
	case basic:
		sentence = "The proxy %s requires a user name and a password (407). Ask your IT person for them and " + strings.ReplaceAll(set, "%", "%%") + "."
	case len(others) > 0:
		sentence = "The proxy %s requires a sign-in of the kind " + strings.Join(others, " or ") + " (407), which TeleHab does not support: it can only send a user name and a password (Basic). Ask your IT person to allow " + host + " without a sign-in, or for a proxy that needs none, to be set in HTTPS_PROXY."
	default:
		sentence = "The proxy %s requires a sign-in (407). Ask your IT person to allow " + host + " without one, or " + strings.ReplaceAll(set, "%", "%%") + "."
	}
	return &profile.Error{Code: profile.ProxySignIn, Cause: errors.New("the proxy answered 407 to CONNECT"), Message: fmt.Sprintf(sentence, through.Host)}
}

// signInOffers parses Proxy-Authenticate: whether Basic is offered, and which
// other known schemes.
func signInOffers(offers []string) (basic bool, others []string) {
	for _, offer := range offers {
		// One line may have several, separated by commas, with parameters.
		for part := range strings.SplitSeq(offer, ",") {
			kind, _, _ := strings.Cut(strings.TrimSpace(part), " ")
			switch {
			case strings.EqualFold(kind, "Basic"):
				basic = true
			case strings.EqualFold(kind, "Negotiate"):
				others = append(others, "Negotiate")
			case strings.EqualFold(kind, "NTLM"):
				others = append(others, "NTLM")
			case strings.EqualFold(kind, "Kerberos"):
				others = append(others, "Kerberos")
			case strings.EqualFold(kind, "Digest"):
				others = append(others, "Digest")
			case strings.EqualFold(kind, "Bearer"):
				others = append(others, "Bearer")
			}
		}
	}
	return basic, others
}

// isOfProxy reports whether net/http failed at the proxy.
func isOfProxy(err error) bool {
	var operation *net.OpError
	return errors.As(err, &operation) && (operation.Op == "proxyconnect" || strings.HasPrefix(operation.Op, "socks"))
}

// proxyError explains a proxy that does not answer, or not like a proxy.
func (w failurePoint) proxyError(cause error) error {
	const check = "Check that you are on the network it belongs to; if you are, ask your IT person whether its address is right and whether it runs."
	through := w.route.Proxy.Host
	say := func(code profile.Code, what, next string) error {
		return &profile.Error{Code: code, Cause: withoutUser(cause), Message: fmt.Sprintf("The proxy %s (set by %s) %s. %s", through, w.route.Setting, what, next)}
	}
	reason := reasonOf(cause)
	var chain *tls.CertificateVerificationError
	if errors.As(cause, &chain) {
		if is, here := outsideItsTime(chain); is != "" {
			return say(profile.ClockWrong, "has a certificate that "+is+", and this computer's date is "+moment(here),
				"Correct the date, the time and the time zone of this computer, then try again; if they are right, ask your IT person to renew it.")
		}
		return say(profile.CertificateUntrusted, "has a certificate that this computer does not trust for it", "Ask your IT person to install the proxy's root certificate on this computer.")
	}
	switch reason {
	case noName:
		return say(profile.ProxyUnreachable, "was not found: its name is not known here", check)
	case noNames:
		return say(profile.ProxyUnreachable, "was not found: no DNS server answers", "Check the network connection; if it is good, ask your IT person about the DNS server that is set on this computer.")
	case forbidden:
		return say(profile.ConnectionBlocked, "is blocked for TeleHab by a firewall or security program on this computer", "Ask your IT person to allow TeleHab to connect to it.")
	case exhausted:
		return &profile.Error{Code: profile.Internal, Cause: withoutUser(cause), Message: noRoom}
	case refused:
		return say(profile.ProxyUnreachable, "refused the connection", check)
	case unroutable:
		return say(profile.ProxyUnreachable, "cannot be reached from this network", check)
	case expired:
		return say(profile.ProxyUnreachable, "did not answer in time", check)
	case cut, broken:
		return say(profile.ProxyUnreachable, "closed the connection without an answer", "Ask your IT person whether it lets this computer through.")
	}
	switch {
	case !w.isSocks(cause):
		return say(profile.ProxyUnreachable, "did not answer as a proxy does", "Ask your IT person whether address, port and kind (http, https or socks5) are right.")
	case strings.Contains(cause.Error(), "authentication"):
		return say(profile.ProxySignIn, "does not accept the user name and password, or requires them", "Ask your IT person for them, and write them as socks5://USER:PASSWORD@"+through+", with special characters percent-encoded.")
	}
	return say(profile.ProxyRefused, "did not connect this computer to "+w.host, w.service.fill("Ask your IT person to let TeleHab reach ALLOWED, port 443, through it."))
}

// isSocks reports whether a SOCKS proxy has answered with a refusal.
func (w failurePoint) isSocks(cause error) bool {
	var operation *net.OpError
	return errors.As(cause, &operation) && strings.HasPrefix(operation.Op, "socks") && !strings.Contains(cause.Error(), "unexpected protocol version")
}

// withoutUser removes a proxy's user and password from an error below net/http:
// the causes do not have them, unless one is an address itself.
func withoutUser(cause error) error {
	var address *url.Error
	if errors.As(cause, &address) {
		return address.Err
	}
	return cause
}
