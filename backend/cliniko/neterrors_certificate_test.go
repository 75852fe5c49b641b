package cliniko

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
)

// A certificate is refused for one of three reasons: this computer's date, the
// issuer, or the name.
func TestCertificates(t *testing.T) {
	const day = 24 * time.Hour
	trusted, other := newAuthority(t, "Trusted Root"), newAuthority(t, "Zscaler\u202e Root CA")
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.Local)
	for _, test := range []struct {
		name        string
		by          authority
		names       []string
		from, until time.Time
		clock       time.Time // this computer's
		code        profile.Code
		pieces      []string
	}{
		{"good", trusted, []string{goodHost}, noon.Add(-day), noon.Add(day), noon, "", nil},
		{"for all of Cliniko", trusted, []string{"*.au1.cliniko.com"}, noon.Add(-day), noon.Add(day), noon, "", nil},
		{"the clock is years behind", trusted, []string{goodHost}, noon.Add(-day), noon.Add(60 * day), noon.AddDate(-6, 0, 0), profile.ClockWrong,
			[]string{"This computer's date is 10 March 2020, 12:00, but the certificate of api.au1.cliniko.com begins on 9 March 2026, so the key was not sent. Correct the date, the time and the time zone of this computer, then try again."}},
		{"the clock is years ahead", trusted, []string{goodHost}, noon.Add(-day), noon.Add(60 * day), noon.AddDate(5, 0, 0), profile.ClockWrong,
			[]string{"This computer's date is 10 March 2031, 12:00, but the certificate of api.au1.cliniko.com ended on 9 May 2026, so the key was not sent. Correct the date", "If they are right, the certificate was not renewed"}},
		{"a day behind", trusted, []string{goodHost}, noon.Add(-time.Hour), noon.Add(60 * day), noon.Add(-day), profile.ClockWrong, []string{"9 March 2026, 12:00, but", "begins on 10 March 2026"}},
		{"a wildcard, and the clock is behind", trusted, []string{"*.au1.cliniko.com"}, noon.Add(-day), noon.Add(day), noon.AddDate(-1, 0, 0), profile.ClockWrong, []string{"10 March 2025, 12:00"}},

		{"a proxy that opens connections", other, []string{goodHost}, noon.Add(-day), noon.Add(day), noon, profile.CertificateUntrusted,
			[]string{"The certificate for api.au1.cliniko.com was signed by Zscaler Root CA (Example Pty Ltd), which this computer does not trust, so the key was not sent. A proxy or security program on this network seems to open secure connections. Ask your IT person to install its root certificate on this computer, or to exclude *.cliniko.com."}},
		{"and the clock is behind", other, []string{goodHost}, noon.Add(-day), noon.Add(day), noon.AddDate(-1, 0, 0), profile.CertificateUntrusted,
			[]string{"was signed by Zscaler Root CA (Example Pty Ltd), which this computer does not trust, and it begins on 9 March 2026, while this computer's date is 10 March 2025, 12:00; so the key was not sent."}},
		{"and it has ended", other, []string{goodHost}, noon.Add(-9 * day), noon.Add(-2 * day), noon, profile.CertificateUntrusted, []string{"signed by Zscaler Root CA", "it ended on 8 March 2026, while this computer's date is 10 March 2026"}},
		{"another name", trusted, []string{"portal.hotel.example", "www.hotel.example"}, noon.Add(-day), noon.Add(day), noon, profile.CertificateUntrusted,
			[]string{"The certificate that came is for portal.hotel.example, www.hotel.example, not for api.au1.cliniko.com, so the key was not sent; it was signed by Trusted Root (Example Pty Ltd). Open any web page in your browser and sign in"}},
		{"another name, and the clock is behind", trusted, []string{"portal.hotel.example"}, noon.Add(-day), noon.Add(day), noon.AddDate(-1, 0, 0), profile.CertificateUntrusted,
			[]string{"The certificate that came is for portal.hotel.example, not for api.au1.cliniko.com, so the key was not sent; it was signed by Trusted Root (Example Pty Ltd)."}},
		{"many other names", trusted, []string{"a.example", "b.example", "c.example", "d.example"}, noon.Add(-day), noon.Add(day), noon, profile.CertificateUntrusted, []string{"is for a.example, b.example, c.example, …, not for"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := clientOf(t)
			c.trust(trusted)
			c.tls().Time = func() time.Time { return test.clock }
			reached := false
			server := secure(t, test.by.issue(t, test.from, test.until, test.names...), func(w http.ResponseWriter, r *http.Request) {
				reached = true
				goodAnswer(w, r)
			})
			c.leadTo(server.Listener.Addr().String())
			_, err := c.Clinic(t.Context())
			if test.code == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wantError(t, err, test.code, test.pieces...)
			if reached {
				t.Error("the key was sent")
			}
			if c.Requests() != 1 {
				t.Errorf("tried %d times", c.Requests())
			}
		})
	}
}

// If Cliniko has answered before, its clock decides whose date is wrong.
func TestClinikosClockDecides(t *testing.T) {
	trusted := newAuthority(t, "Trusted Root")
	now := time.Now()
	ended := trusted.issue(t, now.Add(-48*time.Hour), now.Add(-time.Hour), goodHost)
	for _, test := range []struct {
		name   string
		clock  time.Duration // this computer's, from the right time
		code   profile.Code
		pieces []string
	}{
		{"right, so the certificate has ended", 0, profile.CertificateUntrusted,
			[]string{"The certificate for api.au1.cliniko.com, signed by Trusted Root (Example Pty Ltd), ended on ", ", so the key was not sent. This computer's date is right ("}},
		{"wrong", 400 * 24 * time.Hour, profile.ClockWrong, []string{"This computer's date is ", ", but Cliniko's is " + now.Format("2 January 2006")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := clientOf(t)
			c.trust(trusted)
			good := secure(t, trusted.issue(t, now.Add(-time.Hour), now.Add(time.Hour), goodHost), nil)
			c.leadTo(good.Listener.Addr().String())
			if _, err := c.Clinic(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.Close()
			c.tls().Time = func() time.Time { return time.Now().Add(test.clock) }
			c.leadTo(secure(t, ended, nil).Listener.Addr().String())
			_, err := c.Clinic(t.Context())
			wantError(t, err, test.code, test.pieces...)
		})
	}
}

// Behind a proxy, an invalid certificate is not blamed on the proxy.
func TestCertificateBehindProxy(t *testing.T) {
	trusted, other := newAuthority(t, "Trusted Root"), newAuthority(t, "FortiGate CA")
	from, until := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	c := clientOf(t)
	c.trust(trusted)
	proxy, _ := connectProxy(t, established, secure(t, other.issue(t, from, until, goodHost), nil).Listener.Addr().String())
	t.Setenv("HTTPS_PROXY", proxy)
	_, err := c.Clinic(t.Context())
	wantError(t, err, profile.CertificateUntrusted, "The certificate for api.au1.cliniko.com was signed by FortiGate CA")

	c = clientOf(t)
	proxy, _ = connectProxy(t, established, listen(t, func(connection net.Conn) {
		read(connection)
		_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\n\r\n")
	}))
	t.Setenv("HTTPS_PROXY", proxy)
	_, err = c.Clinic(t.Context())
	wantError(t, err, profile.TLSFailed, "Something that does not speak TLS answered in place of api.au1.cliniko.com")
}
