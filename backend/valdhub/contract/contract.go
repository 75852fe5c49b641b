// Package contract is valdhub.yaml, the part of VALD's API that TeleHab uses, and
// what holds tests to it. Only tests import it.
package contract

import (
	_ "embed"
	"errors"
	"net/http"
	"strings"
	"testing"

	"telehab.io/desktop/backend/contract"
)

//go:embed valdhub.yaml
var document []byte

// New reads the contract.
func New() (*contract.Contract, error) {
	return contract.New(document, contract.Rules{Authenticated: authenticated, Below: "/"})
}

// authenticated requires a token.
func authenticated(r *http.Request) error {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if kind != "Bearer" || token == "" {
		return errors.New("no token")
	}
	return nil
}

// Requests returns a wrapper around a Hub that fails the test when a request
// breaks the contract.
func Requests(t testing.TB) func(http.Handler) http.Handler { return watching(t, false) }

// Answers is Requests that validates answers too. The Hub must be one without
// faults.
func Answers(t testing.TB) func(http.Handler) http.Handler { return watching(t, true) }

func watching(t testing.TB, answers bool) func(http.Handler) http.Handler {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return c.Failing(t, answers)
}
