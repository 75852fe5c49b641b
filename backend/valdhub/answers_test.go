package valdhub_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
	"telehab.io/desktop/backend/valdhub/fakehub"
)

// What VALD Hub answers is compared with what was asked: a filter may be ignored
// there, and an answer may be about somebody else.
func TestAnswersToAnotherQuestion(t *testing.T) {
	const id = "9f000000-0000-4000-8000-00000000000a"
	hub := fakehub.New(fakehub.Options{})
	c := clientOf(t, hub)
	says := func(body string) {
		hub.SetFaults(always(fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 200, Body: body}))
	}

	says(`{"profiles":[{"profileId":"` + id + `","syncId":"17"},{"profileId":"9f000000-0000-4000-8000-00000000000b","syncId":"7"},{"profileId":"9f000000-0000-4000-8000-00000000000c"}]}`)
	if rows, err := c.BySyncID(t.Context(), harbour, "7"); err != nil || len(rows) != 1 || rows[0].ProfileID != "9f000000-0000-4000-8000-00000000000b" {
		t.Errorf("%+v, %v", rows, err)
	}
	says(`{"profileId":"` + id + `"}`)
	if _, err := c.Profile(t.Context(), harbour, strings.ToUpper(id)); err != nil {
		t.Errorf("the same id: %v", err)
	}
	_, err := c.Profile(t.Context(), harbour, "9f000000-0000-4000-8000-00000000000b")
	wantError(t, err, profile.HubTrouble, "VALD Hub has trouble answering right now.")
	for _, body := range []string{`{}`, `{"isExistingProfile":null}`, `{"isExistingProfile":"yes"}`} {
		says(body)
		_, err = c.Exists(t.Context(), harbour, "7")
		wantError(t, err, profile.HubTrouble, "VALD Hub has trouble answering right now.")
	}
	hub.SetFaults(func(fakehub.Request) fakehub.Fault {
		return fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 403, Body: `<html>Blocked by the web filter</html>`}
	})
	_, err = clientOf(t, hub).Tenants(t.Context())
	wantError(t, err, profile.LoginPage, "A web page came instead of VALD Hub's data")
}

// The reasons of a refusal are short and harmless texts, whatever VALD sends.
func TestReasons(t *testing.T) {
	hub := fakehub.New(fakehub.Options{})
	c := clientOf(t, hub)
	many := map[string][]string{}
	for _, field := range strings.Split(strings.Repeat("x", 30), "") {
		many["Field"+strings.Repeat(field, len(many)+1)] = []string{"a"}
	}
	for _, test := range []struct {
		errors map[string][]string
		fields int
		want   map[string][]string
		says   string
	}{
		{map[string][]string{"EMAIL": {"a\x1b[31mb\u202ec"}, "Sex": {}}, 1, map[string][]string{"email": {profile.Display("a\x1b[31mb\u202ec")}}, "because of the email."},
		{map[string][]string{"GivenName": {"1", "2", "3", "4", "5", "6", "7"}}, 1, map[string][]string{"givenname": {"1", "2", "3", "4", "5"}}, "because of the first name."},
		{map[string][]string{"ada@example.org": {"a"}, "other": {"b"}}, 2, nil, "because of another field."},
		{many, 20, nil, "because of another field."},
	} {
		hub.SetFaults(always(fakehub.Fault{Kind: fakehub.Rejected, Errors: test.errors}))
		err := c.Import(t.Context(), ada())
		var said *valdhub.Rejection
		if !errors.As(err, &said) || len(said.Fields) != test.fields || test.want != nil && !reflect.DeepEqual(said.Errors, test.want) || !strings.Contains(profile.MessageOf(err), test.says) {
			t.Errorf("%v: %+v, %q", test.errors, said, profile.MessageOf(err))
		}
	}
	hub.SetFaults(always(fakehub.Fault{Kind: fakehub.OtherAnswer, Status: 400, Body: `{"title":"a\u0007` + strings.Repeat("b", 9999) + `","errors":{"Email":"x","Sex":[1,{}]}}`}))
	var said *valdhub.Rejection
	if err := c.Import(t.Context(), ada()); !errors.As(err, &said) || len(said.Fields) != 0 || len(said.Title) > 300 || strings.ContainsRune(said.Title, 7) {
		t.Errorf("%v: %+v", err, said)
	}
}

// A wait ends as soon as nobody waits for the answer, with the reason of that.
func TestAWaitIsCancelled(t *testing.T) {
	hub := fakehub.New(fakehub.Options{})
	c := clientOf(t, hub)
	locked := errors.New("the window was locked")
	ctx, cancel := context.WithCancelCause(t.Context())
	hub.SetFaults(func(r fakehub.Request) fakehub.Fault {
		if r.Path == "/oauth/token" {
			return fakehub.Fault{}
		}
		cancel(locked)
		return fakehub.Fault{Kind: fakehub.TooMany, Wait: 100e9}
	})
	if _, err := c.Tenants(ctx); !errors.Is(err, locked) {
		t.Errorf("%v", err)
	}
}
