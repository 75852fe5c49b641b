package deeplink

import (
	"crypto/rand"
	"fmt"
	"math/big"

	"telehab.io/desktop/backend/profile"
)

// Scheme is the part of our links before "://".
const Scheme = "telehab"

// BridgeAddress is the page that Cliniko sends the browser to, with the id as
// patient_id in the query; it hands over to Scheme.
const BridgeAddress = "https://app.telehab.io/app/patients/integration"

// Kind says what a link asks for.
type Kind uint8

// The kinds. The zero Kind is Unknown, so that whatever was not understood
// does nothing.
const (
	Unknown Kind = iota
	Patient      // show the patient ID
	Test         // nothing: tell whoever asked for Nonce that it came back
	Show         // bring the window to the front; no parser answers it
)

// String is for logs: it says what a link was for and not whom it meant.
func (k Kind) String() string {
	switch k {
	case Patient:
		return "patient"
	case Test:
		return "test"
	case Show:
		return "show"
	}
	return "unknown"
}

// Link is what a text turned out to mean. Only the fields of its Kind are set.
type Link struct {
	Kind  Kind
	ID    profile.ID // Patient: has passed profile.ParseID
	Nonce string     // Test: 1 to 20 digits

	// Patient, and only where ParsePasted read a Cliniko address: whose Cliniko
	// it was, in lower case. Two clinics may have the same id, so a caller
	// compares what is set here with the connected clinic.
	Subdomain string
	Shard     string
}

// URL is the one way to write a Patient or Test link down, and "" for others.
// Parse returns the same Kind, ID and Nonce for it.
func (l Link) URL() string {
	switch l.Kind {
	case Patient:
		return Scheme + "://patient?patient_id=" + string(l.ID)
	case Test:
		return Scheme + "://test?n=" + l.Nonce
	}
	return ""
}

// NewTest returns a Test link that nobody can guess.
func NewTest() (Link, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000_000_000_000_000))
	if err != nil {
		return Link{}, fmt.Errorf("draw a number for the test link: %w", err)
	}
	return Link{Kind: Test, Nonce: n.String()}, nil
}
