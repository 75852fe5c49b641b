package valdhub

import (
	"net/http"
	"testing"
	"time"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

func TestRetryAfter(t *testing.T) {
	const date = "Mon, 30 Nov 2026 10:00:00 GMT"
	for _, test := range []struct {
		asked, date string
		want        time.Duration
		ok          bool
	}{
		{"", date, 0, false}, {"soon", date, 0, false}, {"-1", date, 0, false}, {"1.5", date, 0, false},
		{"0", "", 0, true}, {" 7 ", "", 7 * time.Second, true}, {"4000000000", "", 24 * time.Hour, true}, {"99999999999999999999", "", 0, false},
		{"Mon, 30 Nov 2026 10:00:30 GMT", date, 30 * time.Second, true},
		{"Mon, 30 Nov 2026 09:59:30 GMT", date, 0, false}, {"Mon, 30 Nov 2026 10:00:30 GMT", "", 0, false},
		{"Mon, 30 Nov 2099 10:00:30 GMT", date, 24 * time.Hour, true},
	} {
		header := http.Header{"Retry-After": {test.asked}, "Date": {test.date}}
		if got, ok := retryAfter(header); got != test.want || ok != test.ok {
			t.Errorf("%q at %q: %s, %v", test.asked, test.date, got, ok)
		}
	}
}

// An answer that is too large is not read to its end.
func TestAnswerTooLarge(t *testing.T) {
	hub := fakehub.New(fakehub.Options{})
	server, err := hub.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	c, err := New(Credentials{fakehub.ClientID, fakehub.ClientSecret}, Regions[0], Options{Address: server.URL, Every: 1, Pause: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.largest != 64<<20 {
		t.Errorf("%d", c.largest)
	}
	c.largest = 20
	if _, err := c.Tenants(t.Context()); profile.CodeOf(err) != profile.AnswerTooLarge ||
		profile.MessageOf(err) != "VALD Hub sent far more than expected, so it was not read. Try again later; if that does not help, write to TeleHab's support, support@vald.com." {
		t.Errorf("%v", err)
	}
}
