package window

import (
	"sync"
	"time"

	"github.com/rs/zerolog"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/profile"
)

// incomingLinks are the links that came in from outside and wait for the
// window.
type incomingLinks struct {
	toolkit toolkit
	log     zerolog.Logger

	mu           sync.Mutex
	waiting      deeplink.Link // the newest one, of a patient; the zero Link for none
	aside        deeplink.Link // the newest that take has refused: of a clinic that is not shown
	clinics      int           // how many were shown before this one
	lastNotified time.Time     // when the window was told last
	testNonce    string        // the number that a test link should bring back
	testArrived  chan struct{}
}

func newIncomingLinks(t toolkit, log zerolog.Logger) *incomingLinks {
	return &incomingLinks{toolkit: t, log: log}
}

// arrive takes a link from the operating system or another process. It is not
// trusted: it can only bring the window to the front and have one client shown.
func (a *incomingLinks) arrive(link deeplink.Link) {
	tell := false
	a.mu.Lock()
	switch link.Kind {
	case deeplink.Patient:
		// A flood of links is one event for the window, and the newest counts.
		tell = a.waiting.Kind == deeplink.Unknown || time.Since(a.lastNotified) > time.Second
		a.waiting = link
	case deeplink.Test:
		if a.testNonce != "" && link.Nonce == a.testNonce {
			a.testNonce = ""
			close(a.testArrived)
		}
	case deeplink.Unknown, deeplink.Show:
	}
	if tell {
		a.lastNotified = time.Now()
	}
	a.mu.Unlock()
	a.log.Info().Stringer("link", link.Kind).Msg("a link came in")
	if link.Kind != deeplink.Unknown {
		a.toolkit.Show()
	}
	if tell {
		a.toolkit.Emit(eventLink, struct{}{})
	}
}

// wait has a link wait that a person has taken to another clinic.
func (a *incomingLinks) wait(id profile.ID) {
	a.mu.Lock()
	a.waiting = deeplink.Link{Kind: deeplink.Patient, ID: id}
	a.mu.Unlock()
	a.toolkit.Emit(eventLink, struct{}{})
}

// waits says whether a link waits to be taken.
func (a *incomingLinks) waits() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.waiting.Kind != deeplink.Unknown || a.aside.Kind != deeplink.Unknown
}

// drop forgets a link that waits, or was taken: it named a client of the clinic
// that was shown when it came in.
func (a *incomingLinks) drop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting, a.aside = deeplink.Link{}, deeplink.Link{}
	a.clinics++
}

// take returns the link that waits, once; the zero Link for none, and for one
// whose client is not of whatever is shown, which waits aside until that is: what
// comes meanwhile is taken before it. giveBack has it wait again, unless a newer
// one does or another clinic is shown.
func (a *incomingLinks) take(isShown func(profile.ID) bool) (taken deeplink.Link, giveBack func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting.Kind != deeplink.Unknown && !isShown(a.waiting.ID) {
		a.aside, a.waiting = a.waiting, deeplink.Link{}
	}
	if a.waiting.Kind == deeplink.Unknown && a.aside.Kind != deeplink.Unknown && isShown(a.aside.ID) {
		a.waiting, a.aside = a.aside, deeplink.Link{}
	}
	taken, clinics := a.waiting, a.clinics
	a.waiting = deeplink.Link{}
	return taken, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.waiting.Kind == deeplink.Unknown && a.clinics == clinics {
			a.waiting = taken
		}
	}
}

// expect returns what is closed once the test link with this number comes in.
func (a *incomingLinks) expect(nonce string) <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.testNonce, a.testArrived = nonce, make(chan struct{})
	return a.testArrived
}
