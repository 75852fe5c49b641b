package cliniko

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"telehab.io/desktop/backend/profile"
)

// The sentence names the proxy, its answer, and the next step.
func TestProxyAnswers(t *testing.T) {
	for _, test := range []struct {
		name, answer, user string
		code               profile.Code
		pieces             []string
		tries              int
	}{
		{"302", "HTTP/1.1 302 Found\r\nLocation: http://login.clinic.lan/\r\n\r\n", "", profile.ProxyRefused,
			[]string{"The proxy PROXY did not connect this computer to api.au1.cliniko.com: it answered 302 Found. Open any web page in your browser, sign in"}, 2},
		{"403", "HTTP/1.1 403 Denied by policy <b>\r\nContent-Length: 0\r\n\r\n", "", profile.ProxyRefused,
			[]string{"it answered 403 Forbidden. Ask your IT person to let TeleHab reach *.cliniko.com, port 443, through it."}, 2},
		{"404", "HTTP/1.0 404 Not Found\r\n\r\n", "", profile.ProxyRefused, []string{"PROXY", "404 Not Found. Ask your IT person"}, 2},
		{"502", "HTTP/1.1 502 Bad Gateway\r\n\r\n", "", profile.ProxyRefused, []string{"PROXY", "502 Bad Gateway. Try again in a moment; if that does not help"}, 2},
		{"503", "HTTP/1.1 503 Service Unavailable\r\n\r\n<html>", "", profile.ProxyRefused,
			[]string{"PROXY", "503 Service Unavailable. Try again in a moment; if that does not help, ask your IT person whether the proxy works"}, 2},
		{"204", "HTTP/1.1 204 No Content\r\n\r\n", "", profile.ProxyRefused, []string{"PROXY", "204 No Content. Ask your IT person"}, 2},
		{"299", "HTTP/1.1 299 Fine\r\n\r\n", "", profile.ProxyRefused, []string{"it answered 299. Ask"}, 2},
		{"511", "HTTP/1.1 511 Sign in\r\n\r\n", "", profile.ProxyRefused, []string{"511 Network Authentication Required."}, 2},

		{"407 for a password", "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"clinic, Negotiate\"\r\n\r\n", "", profile.ProxySignIn,
			[]string{"The proxy PROXY requires a user name and a password (407).", "set the variable HTTPS_PROXY to http://USER:PASSWORD@PROXY, with special characters percent-encoded (%40 for @, %23 for #, %25 for %)"}, 1},
		{"407 for a password, several lines", "HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: basic realm=x\r\n\r\n", "", profile.ProxySignIn,
			[]string{"requires a user name and a password (407)"}, 1},
		{"407 for a wrong password", "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\n\r\n", "me:s3cret@", profile.ProxySignIn,
			[]string{"The proxy PROXY does not accept the user name and password that are set (407). Check them"}, 1},
		{"407 for a Windows account", "HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate, NTLM\r\n\r\n", "me:s3cret@", profile.ProxySignIn,
			[]string{"The proxy PROXY requires a sign-in of the kind Negotiate or NTLM (407), which TeleHab does not support: it can only send a user name and a password (Basic).", "allow api.au1.cliniko.com without a sign-in"}, 1},
		{"407 for a wrong password that says nothing", "HTTP/1.1 407 No\r\n\r\n", "me:s3cret@", profile.ProxySignIn,
			[]string{"The proxy PROXY does not accept the user name and password that are set (407). Check them"}, 1},
		{"407 that says nothing", "HTTP/1.1 407 No\r\n\r\n", "", profile.ProxySignIn, []string{"The proxy PROXY requires a sign-in (407). Ask your IT person to allow api.au1.cliniko.com without one, or set the variable HTTPS_PROXY to http://USER:PASSWORD@PROXY,"}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := clientOf(t)
			through, asked := connectProxy(t, test.answer, "")
			t.Setenv("HTTPS_PROXY", "http://"+test.user+through)
			_, err := c.Clinic(t.Context())
			for i, piece := range test.pieces {
				test.pieces[i] = strings.ReplaceAll(piece, "PROXY to http", "VARIABLE to http")
				test.pieces[i] = strings.ReplaceAll(test.pieces[i], "HTTPS_PROXY", "HTTPS_VARIABLE")
				test.pieces[i] = strings.ReplaceAll(test.pieces[i], "PROXY", through)
				test.pieces[i] = strings.ReplaceAll(test.pieces[i], "VARIABLE", "PROXY")
			}
			wantError(t, err, test.code, test.pieces...)
			requests := asked()
			if len(requests) != test.tries {
				t.Errorf("asked %d times, want %d", len(requests), test.tries)
			}
			for _, request := range requests {
				if request.Method != http.MethodConnect || request.Host != "api.au1.cliniko.com:443" || request.Header.Get("Authorization") != "" {
					t.Errorf("%s %s %v", request.Method, request.Host, request.Header)
				}
			}
		})
	}
}

// A working proxy, from each variable, with a user and a password that need
// encoding.
func TestThroughProxy(t *testing.T) {
	trusted := newAuthority(t, "Trusted Root")
	server := secure(t, trusted.issue(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), goodHost), nil)
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		c := clientOf(t)
		c.trust(trusted)
		through, asked := connectProxy(t, established, server.Listener.Addr().String())
		t.Setenv(name, "me:p%25%23@"+through)
		clinic, err := c.Clinic(t.Context())
		if err != nil || clinic.Name != "Harbour Physio" {
			t.Fatalf("%s: %v", name, err)
		}
		requests := asked()
		if len(requests) != 1 { // two requests over one connection
			t.Fatalf("%d connections", len(requests))
		}
		if got := requests[0].Header.Get("Proxy-Authorization"); got != "Basic bWU6cCUj" { // me:p%#
			t.Error(got)
		}
	}
}

// A proxy that does not answer is not reported as a missing internet
// connection.
func TestProxyUnreachable(t *testing.T) {
	closed := listen(t, func(net.Conn) {})
	for _, test := range []struct {
		name  string
		proxy func(t *testing.T, c *Client) string
		code  profile.Code
		says  string
	}{
		{"refuses", func(t *testing.T, _ *Client) string {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			_ = listener.Close()
			return listener.Addr().String()
		}, profile.ProxyUnreachable, "refused the connection. Check that you are on the network it belongs to"},
		{"has no name", func(t *testing.T, c *Client) string {
			c.askNames(nameServer(t, dnsmessage.RCodeNameError))
			return "proxy.clinic.lan:3128"
		}, profile.ProxyUnreachable, "was not found: its name is not known here. Check that you are on the network"},
		{"no name server", func(t *testing.T, c *Client) string {
			c.askNames(nameServer(t, dnsmessage.RCodeServerFailure))
			return "proxy.clinic.lan:3128"
		}, profile.ProxyUnreachable, "was not found: no DNS server answers. Check the network connection"},
		{"hangs", func(t *testing.T, c *Client) string {
			c.network.HTTP.Timeout = 200 * time.Millisecond
			return listen(t, hangs)
		}, profile.ProxyUnreachable, "did not answer in time. Check that"},
		{"hangs up", func(*testing.T, *Client) string { return closed }, profile.ProxyUnreachable, "closed the connection without an answer. Ask"},
		{"resets", func(t *testing.T, _ *Client) string { return listen(t, resets) }, profile.ProxyUnreachable, "closed the connection without an answer. Ask"},
		{"is none", func(t *testing.T, _ *Client) string {
			return listen(t, func(c net.Conn) { _, _ = io.WriteString(c, "220 mail.clinic.lan ESMTP\r\n") })
		}, profile.ProxyUnreachable, "did not answer as a proxy does. Ask"},
		{"speaks TLS", func(t *testing.T, _ *Client) string {
			trusted := newAuthority(t, "Trusted Root")
			return secure(t, trusted.issue(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), "x"), nil).Listener.Addr().String()
		}, profile.ProxyUnreachable, "closed the connection without an answer. Ask"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := clientOf(t)
			proxy := test.proxy(t, c)
			t.Setenv("https_proxy", "http://me:s3cret@"+proxy)
			_, err := c.Clinic(t.Context())
			wantError(t, err, test.code, "The proxy "+proxy, test.says)
		})
	}
}

func TestSecureProxy(t *testing.T) {
	trusted, other := newAuthority(t, "Trusted Root"), newAuthority(t, "Other Root")
	from, until := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	server := secure(t, trusted.issue(t, from, until, goodHost), nil)

	open := func(certificate tls.Certificate, answer string) string {
		plain, _ := connectProxy(t, answer, server.Listener.Addr().String())
		return listen(t, func(connection net.Conn) { // a plain proxy behind TLS
			inside := tls.Server(connection, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
			if inside.Handshake() != nil {
				return
			}
			onward, err := net.Dial("tcp", plain)
			if err != nil {
				return
			}
			defer func() { _ = onward.Close() }()
			go func() { _, _ = io.Copy(onward, inside); _ = onward.Close() }()
			_, _ = io.Copy(inside, onward)
			_ = inside.Close()
		})
	}
	run := func(proxy string) error {
		c := clientOf(t)
		c.trust(trusted)
		t.Setenv("HTTPS_PROXY", "https://"+strings.Replace(proxy, "127.0.0.1", "localhost", 1))
		_, err := c.Clinic(t.Context())
		return err
	}
	if err := run(open(trusted.issue(t, from, until, "localhost"), established)); err != nil {
		t.Error(err)
	}
	wantError(t, run(open(other.issue(t, from, until, "localhost"), established)), profile.CertificateUntrusted,
		"The proxy localhost:", "has a certificate that this computer does not trust")
	wantError(t, run(open(trusted.issue(t, from.AddDate(1, 0, 0), until.AddDate(1, 0, 0), "localhost"), established)), profile.ClockWrong,
		"The proxy localhost:", "has a certificate that begins on "+onDay(from.AddDate(1, 0, 0))+", and this computer's date is "+onDay(time.Now()), "Correct the date")
	wantError(t, run(open(trusted.issue(t, from.AddDate(-1, 0, 0), until.AddDate(-1, 0, 0), "localhost"), established)), profile.ClockWrong,
		"The proxy localhost:", "has a certificate that ended on "+onDay(until.AddDate(-1, 0, 0))+", and this computer's date is "+onDay(time.Now()), "ask your IT person to renew it")
	wantError(t, run(open(trusted.issue(t, from, until, "localhost"), "HTTP/1.1 403 No\r\n\r\n")), profile.ProxyRefused, "The proxy localhost:", "403 Forbidden")
	wantError(t, run(open(trusted.issue(t, from, until, "localhost"), "what?\r\n\r\n")), profile.ProxyUnreachable, "The proxy localhost:", "did not answer as a proxy does")
	wantError(t, run(listen(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") })), profile.ProxyUnreachable,
		"The proxy localhost:", "did not answer as a proxy does")
}

func TestSocksProxy(t *testing.T) {
	trusted := newAuthority(t, "Trusted Root")
	server := secure(t, trusted.issue(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), goodHost), nil)
	// https://www.rfc-editor.org/rfc/rfc1928 and 1929
	socks := func(method, signIn, reply byte) string {
		return listen(t, func(c net.Conn) {
			read := func(n int) []byte {
				b := make([]byte, n)
				_, _ = io.ReadFull(c, b)
				return b
			}
			read(int(read(2)[1]))
			_, _ = c.Write([]byte{5, method})
			if method == 2 {
				read(int(read(2)[1]))
				read(int(read(1)[0]))
				_, _ = c.Write([]byte{1, signIn})
				if signIn != 0 {
					return
				}
			} else if method != 0 {
				return
			}
			name := read(int(read(5)[4]))
			read(2)
			if !bytes.Equal(name, []byte(goodHost)) {
				t.Errorf("asked for %s", name)
			}
			_, _ = c.Write([]byte{5, reply, 0, 1, 0, 0, 0, 0, 0, 0})
			if reply != 0 {
				return
			}
			onward, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				return
			}
			defer func() { _ = onward.Close() }()
			go func() { _, _ = io.Copy(onward, c); _ = onward.Close() }()
			_, _ = io.Copy(c, onward)
		})
	}
	for _, test := range []struct {
		name  string
		proxy string
		code  profile.Code
		says  string
	}{
		{"good", socks(0, 0, 0), "", ""},
		{"good, with a password", socks(2, 0, 0), "", ""},
		{"wrong password", socks(2, 1, 0), profile.ProxySignIn, "does not accept the user name and password"},
		{"no method", socks(0xff, 0, 0), profile.ProxySignIn, "does not accept the user name and password"},
		{"not allowed", socks(0, 0, 2), profile.ProxyRefused, "did not connect this computer to api.au1.cliniko.com. Ask your IT person"},
		{"no such host there", socks(0, 0, 4), profile.ProxyRefused, "did not connect this computer to api.au1.cliniko.com. Ask your IT person"},
		{"hangs up", listen(t, func(net.Conn) {}), profile.ProxyUnreachable, "closed the connection without an answer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := clientOf(t)
			c.trust(trusted)
			t.Setenv("ALL_PROXY", "socks5://me:s3cret@"+test.proxy)
			_, err := c.Clinic(t.Context())
			if test.code == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantError(t, err, test.code, "The proxy "+test.proxy+" (set by ALL_PROXY)", test.says)
		})
	}
}

// An invalid variable is named, and nothing is sent.
func TestUnreadableProxySendsNothing(t *testing.T) {
	const prefix = "The proxy in the variable HTTPS_PROXY cannot be read, so nothing was sent. "
	for value, says := range map[string]string{
		"http://me:pa%s3cret@proxy:3128": "A special character in its user name or password must be percent-encoded: write %25 for %, %23 for #, %2F for /, %3F for ?, %40 for @, %3A for : and %5C for \\. Then start TeleHab again.",
		"http://me:1#s3cret@proxy:3128":  "A special character in its user name or password must be percent-encoded: write %25 for %",
		`"http://proxy:3128"`:            "Write it without quotation marks, such as http://web-proxy.example.com:3128. Then start TeleHab again.",
		"socks4://proxy:1080":            "It must begin with http://, https:// or socks5://, such as http://web-proxy.example.com:3128.",
		"http://proxy:port":              "Write it as a name and a port, such as http://web-proxy.example.com:3128.",
		"http://:3128":                   "Write it as a name and a port",
	} {
		c := clientOf(t)
		c.network.HTTP.Transport.(*http.Transport).DialContext = func(_ context.Context, _, address string) (net.Conn, error) {
			t.Errorf("%s: called %s", value, address)
			return nil, io.EOF
		}
		t.Setenv("HTTPS_PROXY", value)
		_, err := c.Clinic(t.Context())
		wantError(t, err, profile.ProxyUnreadable, prefix+says)
	}
}

func onDay(t time.Time) string { return t.Local().Format("2 January 2006") }
