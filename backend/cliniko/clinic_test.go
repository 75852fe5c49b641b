package cliniko

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"telehab.io/desktop/backend/profile"
)

// Cliniko's OpenAPI document marks account, terminology and role as nullable,
// and requires none of their fields. Only the account's id is needed.
func TestClinicNeedsOnlyTheAccount(t *testing.T) {
	const user = `{"id":"1","first_name":"Dana","last_name":"Smith","role":"administrator","email":"x"}`
	full := profile.Clinic{AccountID: "4000001", Name: "Harbour Physio", Subdomain: "harbour-physio", Shard: "au1", Patients: "client",
		OwnerName: "Dana Smith", OwnerRole: "administrator", KeyEnds: "LKEY"}
	with := func(change func(*profile.Clinic)) profile.Clinic {
		c := full
		change(&c)
		return c
	}
	for _, test := range []struct {
		name, user, settings string
		want                 profile.Clinic
	}{
		{"all", user, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":"harbour-physio","country":null,"time_zone_support":null},"terminology":{"patient":"Client"}}`, full},
		{"a number as id", user, `{"account":{"id":4000001,"name":"Harbour Physio","subdomain":"harbour-physio"},"terminology":{"patient":"client"}}`, full},
		{"no subdomain", user, `{"account":{"id":"4000001","name":"Harbour Physio"},"terminology":{"patient":"client"}}`, with(func(c *profile.Clinic) { c.Subdomain = "" })},
		{"subdomain null", user, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":null},"terminology":{"patient":"client"}}`, with(func(c *profile.Clinic) { c.Subdomain = "" })},
		{"a subdomain that is none", user, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":"evil.example/x"},"terminology":{"patient":"client"}}`, with(func(c *profile.Clinic) { c.Subdomain = "" })},
		{"a subdomain of another type", user, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":{"is":["x"]}},"terminology":{"patient":"client"}}`, with(func(c *profile.Clinic) { c.Subdomain = "" })},
		{"no name", user, `{"account":{"id":"4000001","name":" ","subdomain":"harbour-physio"},"terminology":{"patient":"client"}}`, with(func(c *profile.Clinic) { c.Name = "harbour-physio" })},
		{"neither name nor subdomain", user, `{"account":{"id":"4000001"},"terminology":{"patient":"client"}}`, with(func(c *profile.Clinic) { c.Name, c.Subdomain = "Cliniko account 4000001", "" })},
		{"no terminology", user, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":"harbour-physio"}}`, with(func(c *profile.Clinic) { c.Patients = "" })},
		{"terminology null", user, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":"harbour-physio"},"terminology":null}`, with(func(c *profile.Clinic) { c.Patients = "" })},
		{"terminology without patient", user, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":"harbour-physio"},"terminology":{"patient":null,"titles":null}}`, with(func(c *profile.Clinic) { c.Patients = "" })},
		{"terminology of another type", user, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":"harbour-physio"},"terminology":["client"]}`, with(func(c *profile.Clinic) { c.Patients = "" })},
		{"terminology that is a text", user, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":"harbour-physio"},"terminology":"client"}`, with(func(c *profile.Clinic) { c.Patients = "" })},
		{"no role", `{"id":"1","first_name":"Dana","last_name":"Smith","role":null}`, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":"harbour-physio"},"terminology":{"patient":"client"}}`, with(func(c *profile.Clinic) { c.OwnerRole = "" })},
		{"an owner without a name", `{}`, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":"harbour-physio"},"terminology":{"patient":"client"}}`, with(func(c *profile.Clinic) { c.OwnerName, c.OwnerRole = "", "" })},
		{"an owner with one name", `{"first_name":null,"last_name":"Smith","role":false}`, `{"account":{"id":"4000001","name":"Harbour Physio","subdomain":"harbour-physio"},"terminology":{"patient":"client"}}`, with(func(c *profile.Clinic) { c.OwnerName, c.OwnerRole = "Smith", "" })},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, sent := answering(t, test.user, test.settings)
			got, err := c.Clinic(t.Context())
			if err != nil {
				t.Fatalf("%v: %s", err, profile.MessageOf(err))
			}
			if got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
			if *sent != 2 {
				t.Errorf("%d requests", *sent)
			}
		})
	}
}

func TestClinicSaysWhatIsMissing(t *testing.T) {
	const says = "Cliniko's answer lacks the clinic's account number (account.id of /settings/public), so nothing was changed. Try again later; if that does not help, write to TeleHab's support, support@vald.com."
	for _, settings := range []string{`{}`, `{"account":null}`, `{"account":{}}`, `{"account":{"id":null,"name":"Harbour Physio","subdomain":"harbour-physio"}}`, `{"account":{"id":""}}`} {
		c, _ := answering(t, `{}`, settings)
		_, err := c.Clinic(t.Context())
		wantError(t, err, profile.AnswerIncomplete, says)
	}
	for _, settings := range []string{``, `[]`, `{"account":[]}`, `{"account":{"id":{}}}`, `{"account":{"id":true}}`} {
		c, _ := answering(t, `{}`, settings)
		_, err := c.Clinic(t.Context())
		wantError(t, err, profile.ClinicTrouble, "Cliniko has trouble answering right now.")
	}
}

// answering returns a client of a Cliniko that gives these two answers.
func answering(t *testing.T, user, settings string) (c *Client, sent *int) {
	t.Helper()
	sent = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*sent++
		switch r.URL.Path {
		case "/v1/user":
			_, _ = io.WriteString(w, user)
		case "/v1/settings/public":
			_, _ = io.WriteString(w, settings)
		}
	}))
	t.Cleanup(server.Close)
	key, err := ParseKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = New(key, Options{Pause: 1, BaseURL: server.URL + "/v1"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, sent
}
