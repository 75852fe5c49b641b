package fakeclinic

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Server is a clinic that listens on a loopback address.
type Server struct {
	clinic *Clinic
	http   *http.Server
	host   string
	done   chan error
}

// Start listens on addr, such as 127.0.0.1:8700, or 127.0.0.1:0 for any free
// port. It refuses hosts other than loopback ones: a clinic has no secrets, but
// no reason to be reachable from outside either. Tests may wrap its handler.
func (c *Clinic) Start(addr string, around ...func(http.Handler) http.Handler) (*Server, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("start the clinic on %q: %w", addr, err)
	}
	if !loopback(host) {
		return nil, fmt.Errorf("start the clinic on %q: only loopback addresses are allowed", addr)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("start the clinic: %w", err)
	}
	var handler http.Handler = c
	for _, wrap := range around {
		handler = wrap(handler)
	}
	s := &Server{
		clinic: c,
		http:   &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second},
		host:   listener.Addr().String(),
		done:   make(chan error, 1),
	}
	go func() { s.done <- s.http.Serve(listener) }()
	return s, nil
}

// URL is the address of the API, such as http://127.0.0.1:8700/v1.
func (s *Server) URL() string { return "http://" + s.host + "/v1" }

// PatientURL is the address of a patient's web page.
func (s *Server) PatientURL(id string) string { return "http://" + s.host + "/patients/" + id }

// Key is the clinic's API key.
func (s *Server) Key() string { return s.clinic.Key() }

// Close stops listening and closes every connection. It returns what ended the
// server, if that was not Close.
func (s *Server) Close() error {
	err := s.http.Close()
	if served := <-s.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	s.done <- http.ErrServerClosed // for a second Close
	return err
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
