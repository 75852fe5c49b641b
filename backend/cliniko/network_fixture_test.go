package cliniko

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"telehab.io/desktop/backend/profile"
)

const testKey = "MS0xLWl4SzYYYYdtR3V2HNOTAREALKEY-au1"

// clientOf returns a client of the real address, which the tests redirect.
func clientOf(t *testing.T) *Client {
	t.Helper()
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "HTTP_PROXY", "http_proxy"} {
		t.Setenv(name, "")
	}
	key, err := ParseKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(key, Options{Pause: 1, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// wantError checks the code, and that the sentence has all of the pieces in
// this order.
func wantError(t *testing.T, err error, code profile.Code, pieces ...string) {
	t.Helper()
	if profile.CodeOf(err) != code {
		t.Fatalf("%v, want %s", err, code)
	}
	rest := profile.MessageOf(err)
	for _, piece := range pieces {
		_, after, found := strings.Cut(rest, piece)
		if !found {
			t.Fatalf("no %q in %q", piece, profile.MessageOf(err))
		}
		rest = after
	}
	for _, secret := range []string{testKey, "s3cret", "%s", "%!"} {
		if strings.Contains(err.Error()+profile.MessageOf(err), secret) {
			t.Errorf("the error shows %q", secret)
		}
	}
}

// authority is a certificate authority, such as Let's Encrypt, or that of a
// proxy that decrypts connections.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"Example Pty Ltd"}},
		NotBefore: time.Now().AddDate(-20, 0, 0), NotAfter: time.Now().AddDate(20, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{certificate, key}
}

// issue creates a server's certificate.
func (a authority) issue(t *testing.T, from, until time.Time, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// tls is what the client agrees on.
func (c *Client) tls() *tls.Config { return c.network.HTTP.Transport.(*http.Transport).TLSClientConfig }

// trust makes the client trust only this authority.
func (c *Client) trust(a authority) {
	c.tls().RootCAs = x509.NewCertPool()
	c.tls().RootCAs.AddCert(a.certificate)
}

const goodHost = "api.au1.cliniko.com"

// secure serves TLS with the certificate, and answers as Cliniko does.
func secure(t *testing.T, certificate tls.Certificate, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	if answer == nil {
		answer = goodAnswer
	}
	server := httptest.NewUnstartedServer(answer)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func goodAnswer(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/v1/user" {
		_, _ = io.WriteString(w, `{"id":"1","first_name":"Dana","last_name":"Smith","role":"administrator"}`)
		return
	}
	_, _ = io.WriteString(w, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":"harbour-physio"}}`)
}

// leadTo makes the client call this address instead of Cliniko's.
func (c *Client) leadTo(address string) {
	c.network.HTTP.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
}

// listen serves raw connections, one after the other.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	ended := t.Context().Done()
	running.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				stop := context.AfterFunc(t.Context(), func() { _ = connection.Close() })
				defer stop()
				serve(connection)
				_ = connection.Close()
			})
		}
	})
	t.Cleanup(func() {
		<-ended
		_ = listener.Close()
		running.Wait()
	})
	return listener.Addr().String()
}

// hangs keeps a connection open until the test ends or the other side closes
// it.
func hangs(connection net.Conn) { _, _ = io.Copy(io.Discard, connection) }

// resets ends a connection with a RST.
func resets(connection net.Conn) {
	_ = connection.(*net.TCPConn).SetLinger(0)
	_ = connection.Close()
}

// connectProxy is an HTTP proxy that answers CONNECT with these bytes, and then
// connects to the address to, if there is one.
func connectProxy(t *testing.T, answer, to string) (address string, asked func() []*http.Request) {
	t.Helper()
	var mu sync.Mutex
	var requests []*http.Request
	address = listen(t, func(connection net.Conn) {
		request, err := http.ReadRequest(bufio.NewReader(connection))
		if err != nil {
			return
		}
		mu.Lock()
		requests = append(requests, request)
		mu.Unlock()
		_, _ = io.WriteString(connection, answer)
		if to == "" {
			return
		}
		onward, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		defer func() { _ = onward.Close() }()
		go func() {
			_, _ = io.Copy(onward, connection)
			_ = onward.Close()
		}()
		_, _ = io.Copy(connection, onward)
	})
	return address, func() []*http.Request {
		mu.Lock()
		defer mu.Unlock()
		return requests
	}
}

const established = "HTTP/1.1 200 Connection established\r\n\r\n"

// listenPacket skips the test where UDP does not work: under Wine.
func listenPacket(t *testing.T) net.PacketConn {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if errors.Is(err, syscall.Errno(10045)) { // WSAEOPNOTSUPP
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

// nameServer answers every query with the code.
func nameServer(t *testing.T, code dnsmessage.RCode) string {
	t.Helper()
	server := listenPacket(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			var message dnsmessage.Message
			if message.Unpack(buffer[:n]) != nil {
				continue
			}
			message.Response, message.RCode, message.RecursionAvailable = true, code, true
			message.Additionals = nil
			packed, err := message.Pack()
			if err != nil {
				continue
			}
			_, _ = server.WriteTo(packed, from)
		}
	}()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return server.LocalAddr().String()
}

// askNames makes the client use this name server.
func (c *Client) askNames(server string) {
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server)
	}}
	c.network.HTTP.Transport.(*http.Transport).DialContext = (&net.Dialer{Resolver: resolver}).DialContext
}

// failingDial fails with this error number of the system.
func failingDial(number syscall.Errno) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		trace := httptrace.ContextClientTrace(ctx)
		trace.ConnectStart(network, "")
		err := &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", number)}
		trace.ConnectDone(network, "", err)
		return nil, err
	}
}
