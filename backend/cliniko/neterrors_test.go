package cliniko

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"telehab.io/desktop/backend/profile"
)

// Failures between here and Cliniko without a proxy.
func TestTheWayIsNamed(t *testing.T) {
	trusted := newAuthority(t, "Trusted Root")
	certificate := trusted.issue(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), goodHost)
	answers := func(answer http.HandlerFunc) func(*testing.T, *Client) {
		return func(t *testing.T, c *Client) { c.leadTo(secure(t, certificate, answer).Listener.Addr().String()) }
	}
	raw := func(serve func(net.Conn)) func(*testing.T, *Client) {
		return func(t *testing.T, c *Client) { c.leadTo(listen(t, serve)) }
	}
	hurry := func(set func(*testing.T, *Client)) func(*testing.T, *Client) {
		return func(t *testing.T, c *Client) {
			set(t, c)
			c.network.HTTP.Timeout = 200 * time.Millisecond
		}
	}
	fails := func(number syscall.Errno) func(*testing.T, *Client) {
		return func(_ *testing.T, c *Client) {
			c.network.HTTP.Transport.(*http.Transport).DialContext = failingDial(number)
		}
	}
	for _, test := range []struct {
		name string
		set  func(*testing.T, *Client)
		code profile.Code
		says string
	}{
		{"nothing", answers(nil), "", ""},
		{"no such name", func(t *testing.T, c *Client) { c.askNames(nameServer(t, dnsmessage.RCodeNameError)) }, profile.Offline,
			"The name api.au1.cliniko.com was not found, so Cliniko cannot be reached. Check the internet connection; if other pages open, ask your IT person whether the DNS server here knows this name."},
		{"a name server in trouble", func(t *testing.T, c *Client) { c.askNames(nameServer(t, dnsmessage.RCodeServerFailure)) }, profile.Offline, "No DNS server answers, so api.au1.cliniko.com cannot be found."},
		{"a silent name server", hurry(func(t *testing.T, c *Client) {
			c.askNames(listenPacket(t).LocalAddr().String())
		}), profile.TimedOut, "Looking up api.au1.cliniko.com took too long."},
		{"refused", func(t *testing.T, c *Client) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			_ = listener.Close()
			c.leadTo(listener.Addr().String())
		}, profile.ConnectionBlocked, "The connection to api.au1.cliniko.com was refused, which a firewall on this network may do."},
		{"unreachable network", fails(syscall.ENETUNREACH), profile.Offline, "There is no route from this computer to api.au1.cliniko.com."},
		{"unreachable host", fails(syscall.EHOSTUNREACH), profile.Offline, "There is no route from this computer to"},
		{"no IPv4 on an IPv6 network", fails(syscall.EAFNOSUPPORT), profile.Offline, "There is no route from this computer to"},
		{"no answer to the call", fails(syscall.ETIMEDOUT), profile.TimedOut, "api.au1.cliniko.com did not answer on port 443."},
		{"a firewall here", fails(syscall.EACCES), profile.ConnectionBlocked, "A firewall or security program on this computer does not let TeleHab connect"},
		{"a firewall here, Linux", fails(syscall.EPERM), profile.ConnectionBlocked, "A firewall or security program on this computer"},
		{"a firewall here, Windows", fails(10013), profile.ConnectionBlocked, "A firewall or security program on this computer"},
		{"refused, Windows", fails(10061), profile.ConnectionBlocked, "was refused"},
		{"unreachable network, Windows", fails(10051), profile.Offline, "There is no route from this computer"},
		{"no answer, Windows", fails(10060), profile.TimedOut, "did not answer on port 443"},
		{"no ports left", fails(syscall.EADDRNOTAVAIL), profile.Internal, "This computer has no room for another connection."},
		{"no files left", fails(syscall.EMFILE), profile.Internal, "This computer has no room for another connection."},
		{"no buffers left, Windows", fails(10055), profile.Internal, "This computer has no room for another connection."},

		{"hung up in place of TLS", raw(func(c net.Conn) { read(c) }), profile.ConnectionBlocked, "was cut before it was secure, as a firewall does, so the key was not sent."},
		{"reset in place of TLS", raw(func(c net.Conn) { read(c); resets(c) }), profile.ConnectionBlocked, "was cut before it was secure"},
		{"TLS that hangs", hurry(raw(hangs)), profile.TimedOut, "The secure connection to api.au1.cliniko.com was not ready in time."},
		{"HTTP in place of TLS", raw(func(c net.Conn) {
			read(c)
			_, _ = io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: http://login/\r\n\r\n")
		}), profile.TLSFailed, "Something that does not speak TLS answered in place of api.au1.cliniko.com"},
		{"a TLS alert", raw(func(c net.Conn) { read(c); _, _ = c.Write([]byte{21, 3, 3, 0, 2, 2, 40}) }), profile.TLSFailed,
			"ended the secure connection (tls: handshake failure), so the key was not sent."},
		{"an old TLS", func(t *testing.T, c *Client) {
			c.leadTo(listen(t, func(connection net.Conn) {
				old := tls.Server(connection, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}) // #nosec G402 -- what is tested
				_ = old.Handshake()
			}))
		}, profile.TLSFailed, "(tls: protocol version not supported)"},

		{"no answer", hurry(answers(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })), profile.TimedOut,
			"Cliniko did not answer in time. Check the internet connection and try again."},
		{"half an answer, then nothing", hurry(answers(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"id"`)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		})), profile.TimedOut, "Cliniko's answer was not complete in time."},
		{"an HTTP/2 stream that is reset", answers(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"id"`)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}), profile.ClinicTrouble, "Cliniko has trouble answering right now."},
		{"an HTTP/1 connection that ends before the answer", oneOne(certificate, func(c net.Conn) {}), profile.Offline, "broke before the answer was complete."},
		{"an HTTP/1 connection that is reset", oneOne(certificate, func(c net.Conn) { resets(c.(*tls.Conn).NetConn()) }), profile.Offline, "broke before the answer was complete."},
		{"an answer that is not HTTP", oneOne(certificate, func(c net.Conn) { _, _ = io.WriteString(c, "hello\r\n\r\n") }), profile.LoginPage, "Something that is not Cliniko answered in place of api.au1.cliniko.com."},
		{"half an answer, then an end", oneOne(certificate, func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
		}), profile.ClinicTrouble, "Cliniko has trouble answering right now."},
		{"a web page", answers(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>Welcome</html>") }), profile.LoginPage, "A web page came instead of Cliniko's data"},
		{"a proxy's page", answers(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusProxyAuthRequired)
		}), profile.ProxySignIn, "The proxy of this network requires a user name and a password."},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := clientOf(t)
			c.trust(trusted)
			test.set(t, c)
			_, err := c.Clinic(t.Context())
			// A busy computer may time out before the stage that should hang.
			for test.code == profile.TimedOut && c.network.HTTP.Timeout < 8*time.Second && !strings.Contains(profile.MessageOf(err), test.says) {
				c.network.HTTP.Timeout *= 2
				_, err = c.Clinic(t.Context())
			}
			if test.code == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wantError(t, err, test.code, test.says)
			if !profile.Resumable(test.code) {
				t.Error("a pass would begin again")
			}
		})
	}
}

// read reads what the other side sends first.
func read(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) }

// oneOne serves TLS and HTTP/1.1 up to a complete request, then calls then.
func oneOne(certificate tls.Certificate, then func(net.Conn)) func(*testing.T, *Client) {
	return func(t *testing.T, c *Client) {
		c.leadTo(listen(t, func(connection net.Conn) {
			inside := tls.Server(connection, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
			read(inside)
			then(inside)
			_ = inside.Close()
		}))
	}
}

// A proxy for http only does not lead to Cliniko, which the person who set it
// may not know.
func TestProxyForHTTPOnly(t *testing.T) {
	c := clientOf(t)
	t.Setenv("HTTP_PROXY", "me:s3cret@proxy:3128")
	c.network.HTTP.Transport.(*http.Transport).DialContext = failingDial(syscall.ECONNREFUSED)
	_, err := c.Clinic(t.Context())
	wantError(t, err, profile.ConnectionBlocked, "The connection to api.au1.cliniko.com was refused",
		" The variable HTTP_PROXY names a proxy, but only for http: if Cliniko is reached through it, set HTTPS_PROXY too, and start TeleHab again.")
}
