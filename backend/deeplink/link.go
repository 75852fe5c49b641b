package deeplink

import (
	"crypto/rand"
	"fmt"
	"math/big"

	"telehab.io/desktop/backend/profile"
)

// Scheme is the URL scheme of our links.
const Scheme = "telehab"

// fromBookmark is what the bookmarklet adds to its links; bookmarklet.js has it,
// too.
const fromBookmark = "&from=bookmark"

// BridgeAddress is the page that Cliniko sends the browser to, with the id as
// patient_id in the query; it hands over to Scheme.
const BridgeAddress = "https://app.telehab.io/app/patients/integration"

// Kind says what a link asks for.
type Kind uint8

// The kinds. The zero Kind is Unknown, so that a text that was not understood
// does nothing.
const (
	Unknown Kind = iota
	Patient      // show the patient ID
	Test         // show nothing, but report that the link with this Nonce came back
	Show         // bring the window to the front; no parser returns it
)

// String is for logs: it names the kind of link, but no client.
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

// Link is a parsed link. Only the fields of its Kind are set.
type Link struct {
	Kind  Kind
	ID    profile.ID // Patient: valid by profile.ParseID
	Nonce string     // Test: 1 to 20 digits

	// Bookmark is for a Patient of our bookmarklet: it does not show that Cliniko's
	// own button works.
	Bookmark bool

	// Subdomain and Shard are for a Patient that ParsePasted read from a
	// Cliniko address: whose Cliniko it was, in lower case. Two clinics may use
	// the same id, so a caller compares these with the connected clinic.
	Subdomain string
	Shard     string
}

// URL returns the canonical form of a Patient or Test link, and "" for others.
// Parse returns the same Kind, ID, Nonce and Bookmark for it.
func (l Link) URL() string {
	switch l.Kind {
	case Patient:
		link := Scheme + "://patient?patient_id=" + string(l.ID)
		if l.Bookmark {
			link += fromBookmark
		}
		return link
	case Test:
		return Scheme + "://test?n=" + l.Nonce
	}
	return ""
}

// NewTest returns a Test link with a random Nonce.
func NewTest() (Link, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000_000_000_000_000))
	if err != nil {
		return Link{}, fmt.Errorf("draw a number for the test link: %w", err)
	}
	return Link{Kind: Test, Nonce: n.String()}, nil
}
