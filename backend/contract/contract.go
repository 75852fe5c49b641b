// Package contract validates requests and answers between TeleHab and a service
// against an OpenAPI document: the part of the service's API that TeleHab uses.
// Only tests import it.
package contract

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Rules are what the document cannot express.
type Rules struct {
	// Authenticated returns what is wrong with how a request says who asks.
	Authenticated func(*http.Request) error
	// Below is the start of the paths that Watch validates, such as "/v1/".
	Below string
}

// Contract validates requests and answers. It is safe for concurrent use.
type Contract struct {
	router routers.Router
	rules  Rules
}

// New reads a contract, which must be a valid OpenAPI document.
func New(document []byte, rules Rules) (*Contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return nil, fmt.Errorf("read the contract: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("check the contract: %w", err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("read the contract's paths: %w", err)
	}
	return &Contract{router, rules}, nil
}

// Request returns how a request of ours breaks the contract, or nil.
func (c *Contract) Request(r *http.Request) error {
	_, err := c.request(r)
	return err
}

func (c *Contract) request(r *http.Request) (*openapi3filter.RequestValidationInput, error) {
	route, parts, err := c.router.FindRoute(r)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: parts, Route: route, Options: &openapi3filter.Options{
		IncludeResponseStatus: true, MultiError: true, AuthenticationFunc: c.authenticated}}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
		return in, fmt.Errorf("%s %s: %w", r.Method, r.URL, err)
	}
	// What OpenAPI cannot express: no other query, and the answer's format.
	for name := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return in, fmt.Errorf("%s %s: there is no parameter %s", r.Method, r.URL, name)
		}
	}
	if accepts := r.Header.Get("Accept"); accepts != "application/json" {
		return in, fmt.Errorf("%s %s: accepts %q", r.Method, r.URL, accepts)
	}
	return in, nil
}

func (c *Contract) authenticated(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	return c.rules.Authenticated(in.RequestValidationInput.Request)
}

// Answer returns how an answer to a request breaks the contract, or nil.
func (c *Contract) Answer(r *http.Request, status int, header http.Header, body []byte) error {
	in, err := c.request(r)
	if in == nil {
		return err
	}
	answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: status, Header: header, Options: in.Options}
	if err := openapi3filter.ValidateResponse(r.Context(), answer.SetBodyBytes(body)); err != nil {
		return fmt.Errorf("%d to %s: %w", status, r.URL, err)
	}
	return nil
}

// Watch wraps next and validates every request below Rules.Below, and every answer if
// answers is true. It reports from next's goroutines, before the client has the
// answer.
func (c *Contract) Watch(next http.Handler, answers bool, report func(error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, c.rules.Below) {
			next.ServeHTTP(w, r)
			return
		}
		if err := c.Request(r); err != nil {
			report(err)
		}
		if !answers {
			next.ServeHTTP(w, r)
			return
		}
		held := &holding{header: w.Header(), status: http.StatusOK}
		next.ServeHTTP(held, r)
		if err := c.Answer(r, held.status, held.header, held.body.Bytes()); err != nil {
			report(err)
		}
		w.WriteHeader(held.status)
		_, _ = w.Write(held.body.Bytes()) // the client may have disconnected
	})
}

// Failing returns a wrapper around a service that fails the test when a request
// breaks the contract, or an answer where answers is true. The service must then
// be one without faults.
func (c *Contract) Failing(t testing.TB, answers bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return c.Watch(next, answers, func(err error) { t.Errorf("against the contract: %.1000v", err) })
	}
}

// holding buffers an answer until it has been validated.
type holding struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *holding) Header() http.Header         { return h.header }
func (h *holding) WriteHeader(status int)      { h.status = status }
func (h *holding) Write(b []byte) (int, error) { return h.body.Write(b) }
