package postgrestest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Proxy stands on loopback between a program and the server, and cuts
// connections.
type Proxy struct {
	to       string
	listener net.Listener

	mu      sync.Mutex
	refuses func(hello []byte) bool
	refused int
	open    map[net.Conn][]byte // with how each has begun
}

// NewProxy starts a proxy that ends with the test.
func (s *Server) NewProxy(t testing.TB) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{to: filepath.Join(s.dir, ".s.PGSQL.5432"), listener: listener, open: map[net.Conn][]byte{}}
	go p.serve()
	t.Cleanup(func() {
		_ = listener.Close()
		p.Cut(All)
	})
	return p
}

// Address is that of a database by way of the proxy.
func (p *Proxy) Address(database string) string {
	_, port, _ := net.SplitHostPort(p.listener.Addr().String())
	_, rest, _ := strings.Cut(database, " ")
	return fmt.Sprintf("host=127.0.0.1 port=%s sslmode=disable %s", port, rest)
}

// All is for all connections.
func All([]byte) bool { return true }

// Of is for the connections of a program that names itself so.
func Of(application string) func([]byte) bool {
	return func(hello []byte) bool {
		return bytes.Contains(hello, []byte("application_name\x00"+application+"\x00"))
	}
}

// Cut ends the connections that are open and match, and refuses further ones
// until Mend.
func (p *Proxy) Cut(which func(hello []byte) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuses = which
	for c, hello := range p.open {
		if which(hello) {
			_ = c.Close()
		}
	}
}

// Mend lets connections through again.
func (p *Proxy) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuses = nil
}

// Refused is how many times somebody who would sign in was refused.
func (p *Proxy) Refused() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused
}

func (p *Proxy) serve() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		go func() { _ = errors.Join(p.carry(c), c.Close()) }()
	}
}

// carry passes on what one connection says, once it has said who it is.
func (p *Proxy) carry(c net.Conn) error {
	first := make([]byte, 4096)
	n, err := c.Read(first)
	if err != nil {
		return err
	}
	there, err := net.Dial("unix", p.to)
	if err != nil {
		return err
	}
	defer func() { _ = there.Close() }()
	if !p.add(c, first[:n]) {
		return nil
	}
	defer p.remove(c)
	if _, err := there.Write(first[:n]); err != nil {
		return err
	}
	go func() { _, _ = io.Copy(c, there); _ = c.Close() }()
	_, err = io.Copy(there, c)
	return err
}

func (p *Proxy) add(c net.Conn, hello []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuses != nil && p.refuses(hello) {
		if bytes.Contains(hello, []byte("user\x00")) { // and not a request to cancel
			p.refused++
		}
		return false
	}
	p.open[c] = hello
	return true
}

func (p *Proxy) remove(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, c)
}
