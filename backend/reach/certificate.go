package reach

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"

	"telehab.io/desktop/backend/profile"
)

// clockReading is the server's time at a moment of this program's clock.
type clockReading struct{ server, at time.Time }

// LearnTime stores the time of a server that has answered.
func (n *Network) LearnTime(header http.Header) {
	if server := ServerTime(header); !server.IsZero() {
		n.clock.Store(&clockReading{server, time.Now()})
	}
}

// today returns the time by this computer, and by the service if it has answered
// before: continued by the monotonic clock, so changing this computer's date
// does not matter.
func (n *Network) today() (here, there time.Time) {
	here = time.Now()
	if n.tls.Time != nil {
		here = n.tls.Time()
	}
	if seen := n.clock.Load(); seen != nil {
		there = seen.server.Add(time.Since(seen.at))
	}
	return here, there
}

// plausible is how far a clock may be off and still count as right.
const plausible = 24 * time.Hour

// certificateError says why a certificate was not accepted: its issuer, its
// name, or this computer's wrong date.
func (n *Network) certificateError(host string, failed *tls.CertificateVerificationError) *profile.Error {
	say := func(format string, values ...any) *profile.Error {
		return &profile.Error{Code: profile.CertificateUntrusted, Cause: failed.Err, Message: fmt.Sprintf(n.service.fill(format), values...)}
	}
	if len(failed.UnverifiedCertificates) == 0 {
		return n.service.Because(profile.CertificateUntrusted, failed.Err)
	}
	leaf := failed.UnverifiedCertificates[0]
	issuer := printable(issuerOf(leaf))
	const inspected = "A proxy or security program on this network seems to open secure connections. Ask your IT person to install its root certificate on this computer, or to exclude ALLOWED."
	var (
		invalid  x509.CertificateInvalidError
		hostname x509.HostnameError
		unknown  x509.UnknownAuthorityError
		roots    x509.SystemRootsError
	)
	switch {
	case errors.As(failed.Err, &roots):
		return say("This computer has no list of trusted certificates, so the SECRET was not sent. Ask your IT person to install the system's root certificates (ca-certificates).")
	case errors.As(failed.Err, &hostname), leaf.VerifyHostname(host) != nil: // whatever else may be wrong
		return say("The certificate that came is for %s, not for %s, so the SECRET was not sent; it was signed by %s. Open any web page in your browser and sign in to the network if it asks; otherwise ask your IT person what answers for SERVICE here.",
			printable(names(leaf)), host, issuer)
	case errors.As(failed.Err, &invalid) && invalid.Reason == x509.Expired:
		return n.outOfTime(host, issuer, failed)
	case errors.As(failed.Err, &unknown):
		return say("The certificate for %s was signed by %s, which this computer does not trust, so the SECRET was not sent. "+inspected, host, issuer)
	}
	return say("The certificate for %s, signed by %s, is not one that this computer accepts, so the SECRET was not sent. "+inspected, host, issuer)
}

// outsideItsTime says when a certificate ended or begins, if it was refused
// because of this computer's date; otherwise is is "".
func outsideItsTime(failed *tls.CertificateVerificationError) (is string, here time.Time) {
	here = time.Now()
	var invalid x509.CertificateInvalidError
	if !errors.As(failed.Err, &invalid) || invalid.Reason != x509.Expired || len(failed.UnverifiedCertificates) == 0 {
		return "", here
	}
	return endedOrBegins(failed.UnverifiedCertificates[0], here), here
}

func endedOrBegins(leaf *x509.Certificate, here time.Time) string {
	if here.Before(leaf.NotBefore) {
		return "begins on " + date(leaf.NotBefore)
	}
	return "ended on " + date(leaf.NotAfter)
}

// outOfTime distinguishes a wrong date of this computer from an expired
// certificate.
func (n *Network) outOfTime(host, issuer string, failed *tls.CertificateVerificationError) *profile.Error {
	leaf := failed.UnverifiedCertificates[0]
	here, there := n.today()
	early, is := here.Before(leaf.NotBefore), endedOrBegins(leaf, here)
	say := func(code profile.Code, format string, values ...any) *profile.Error {
		return &profile.Error{Code: code, Cause: failed.Err, Message: fmt.Sprintf(n.service.fill(format), values...)}
	}
	if !n.goodAtItsTime(host, failed.UnverifiedCertificates) {
		return say(profile.CertificateUntrusted, "The certificate for %s was signed by %s, which this computer does not trust, and it %s, while this computer's date is %s; so the SECRET was not sent. Correct the date if it is wrong. Otherwise ask your IT person about the proxy or security program that opens secure connections on this network.",
			host, issuer, is, moment(here))
	}
	known := !there.IsZero()
	right := known && there.Sub(here).Abs() < plausible
	switch {
	case right:
		return say(profile.CertificateUntrusted, "The certificate for %s, signed by %s, %s, so the SECRET was not sent. This computer's date is right (%s). Ask your IT person whether a proxy on this network made it; if not, write to TeleHab's support, support@vald.com.",
			host, issuer, is, moment(here))
	case known:
		return say(profile.ClockWrong, "This computer's date is %s, but SERVICE's is %s, so the SECRET was not sent. Correct the date, the time and the time zone of this computer, then try again.",
			moment(here), moment(there.In(here.Location())))
	case early:
		return say(profile.ClockWrong, "This computer's date is %s, but the certificate of %s %s, so the SECRET was not sent. Correct the date, the time and the time zone of this computer, then try again.",
			moment(here), host, is)
	}
	return say(profile.ClockWrong, "This computer's date is %s, but the certificate of %s %s, so the SECRET was not sent. Correct the date, the time and the time zone of this computer, then try again. If they are right, the certificate was not renewed: write to TeleHab's support, support@vald.com.",
		moment(here), host, is)
}

// goodAtItsTime reports whether the certificate is trusted for the host at some
// time of its validity, so that only the date is wrong.
func (n *Network) goodAtItsTime(host string, chain []*x509.Certificate) bool {
	others := x509.NewCertPool()
	for _, certificate := range chain[1:] {
		others.AddCert(certificate)
	}
	leaf := chain[0]
	for _, share := range []time.Duration{2, 100, 1} { // in the middle, near the start, at the end
		at := leaf.NotBefore.Add(leaf.NotAfter.Sub(leaf.NotBefore) / share)
		_, err := leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: n.tls.RootCAs, Intermediates: others, CurrentTime: at})
		if err == nil {
			return true
		}
	}
	return false
}

// issuerOf returns the name of the certificate's issuer.
func issuerOf(leaf *x509.Certificate) string {
	name := leaf.Issuer
	switch {
	case name.CommonName != "" && len(name.Organization) > 0 && name.Organization[0] != name.CommonName:
		return name.CommonName + " (" + name.Organization[0] + ")"
	case name.CommonName != "":
		return name.CommonName
	case len(name.Organization) > 0:
		return name.Organization[0]
	}
	return "an issuer without a name"
}

// names returns the names that the certificate is for.
func names(leaf *x509.Certificate) string {
	all := leaf.DNSNames
	for _, ip := range leaf.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		if leaf.Subject.CommonName == "" {
			return "no name"
		}
		return leaf.Subject.CommonName
	}
	if len(all) > 3 {
		all = append(all[:3:3], "…")
	}
	return strings.Join(all, ", ")
}

// printable makes a text from an untrusted certificate short and harmless.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > 120 {
		return string(runes[:120]) + "…"
	}
	return text
}

func date(t time.Time) string   { return t.Local().Format("2 January 2006") }
func moment(t time.Time) string { return t.Format("2 January 2006, 15:04") }
