// Package contract is cliniko.yaml, the part of Cliniko's API that TeleHab uses,
// and what holds tests to it. Only tests import it.
package contract

import (
	_ "embed"
	"errors"
	"net/http"
	"testing"

	"telehab.io/desktop/backend/contract"
)

//go:embed cliniko.yaml
var document []byte

// New reads the contract.
func New() (*contract.Contract, error) {
	return contract.New(document, contract.Rules{Authenticated: authenticated, Below: "/v1/"})
}

// authenticated requires a key as the user name, and no password.
func authenticated(r *http.Request) error {
	key, password, ok := r.BasicAuth()
	if !ok || key == "" || password != "" {
		return errors.New("no key, or a password beside it")
	}
	return nil
}

// Requests returns a wrapper around a clinic that fails the test when a request
// breaks the contract.
func Requests(t testing.TB) func(http.Handler) http.Handler { return watching(t, false) }

// Answers is Requests that validates answers too. The clinic must be one
// without faults.
func Answers(t testing.TB) func(http.Handler) http.Handler { return watching(t, true) }

func watching(t testing.TB, answers bool) func(http.Handler) http.Handler {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return c.Failing(t, answers)
}
