package contract_test

import (
	"net/http"
	"strings"
	"testing"

	checked "telehab.io/desktop/backend/contract"
	"telehab.io/desktop/backend/valdhub/contract"
)

const (
	base   = "http://127.0.0.1"
	tenant = "7e000000-0000-4000-8000-000000000001"
	id     = "9f000000-0000-4000-8000-000000000002"

	token   = `{"access_token":"x","expires_in":3600,"token_type":"Bearer"}`
	tenants = `{"tenants":[{"id":"` + tenant + `","name":"Harbour Physio"}]}`
	row     = `"profileId":"` + id + `","syncId":null,"givenName":"Ada","familyName":"Example","dateOfBirth":"1990-03-15T00:00:00Z",` +
		`"externalId":null,"beingMergedWithProfileId":null,"beingMergedWithProfileExpiryDateUtc":null`
	list     = `{"profiles":[{` + row + `,"modifiedDateUtc":"2026-05-06T07:08:09Z"}]}`
	one      = `{` + row + `,"sex":"Female","email":null,"weightInKg":0,"heightInCm":0,"groupIds":[],"sport":null,"position":null}`
	rejected = `{"title":"Not valid","status":400,"errors":{"Email":["Taken"]}}`
	refused  = `{"title":"Forbidden","status":403}`
	imported = `{"tenantId":"` + tenant + `","syncId":"7","givenName":"Ada","familyName":"Example","dateOfBirth":"1990-03-15T00:00:00.000Z","sex":"Female",` +
		`"email":"ada@example.org","externalId":"7","isCreatedByUserOver18YearsOld":null,"isGuardianConsentGiven":null,"isPhotoVideoConsentGiven":null}`
	form = "grant_type=client_credentials&client_id=a&client_secret=b&audience=vald-api-external"
)

func load(t *testing.T) *checked.Contract {
	t.Helper()
	c, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ask is a request as our client sends it.
func ask(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "TeleHab Desktop/1 (support@vald.com)")
	r.Header.Set("Authorization", "Bearer x")
	switch {
	case path == "/oauth/token":
		r.Header.Del("Authorization")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	case body != "":
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func TestABrokenAnswerIsCaught(t *testing.T) {
	c := load(t)
	header := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	const profiles = "/profiles?TenantId=" + tenant
	for _, test := range []struct {
		method, path, sent string
		status             int
		body, old, changed string
	}{
		{http.MethodPost, "/oauth/token", form, 200, token, `"access_token":"x"`, `"access_token":""`},
		{http.MethodPost, "/oauth/token", form, 200, token, `3600`, `"an hour"`},
		{http.MethodPost, "/oauth/token", form, 200, token, `Bearer`, `Basic`},
		{http.MethodPost, "/oauth/token", form, 401, `{"error":"access_denied"}`, `error`, `says`},
		{http.MethodGet, "/tenants", "", 200, tenants, `7e0`, `7E0`},
		{http.MethodGet, "/tenants", "", 200, tenants, `"tenants"`, `"organisations"`},
		{http.MethodGet, profiles, "", 200, list, `"syncId":null,`, ``},
		{http.MethodGet, profiles, "", 200, list, `"Ada"`, `7`},
		{http.MethodGet, profiles, "", 200, list, `T00:00:00Z`, ``},
		{http.MethodGet, profiles, "", 200, list, `"givenName"`, `"email":"ada@example.org","givenName"`}, // the list has none
		{http.MethodGet, profiles, "", 200, list, `"modifiedDateUtc":"2026-05-06T07:08:09Z"`, `"modifiedDateUtc":null`},
		{http.MethodGet, profiles, "", 400, rejected, `["Taken"]`, `"Taken"`},
		{http.MethodGet, profiles, "", 400, rejected, `400`, `409`},
		{http.MethodGet, profiles, "", 403, refused, `"status":403`, `"status":200`},
		{http.MethodGet, "/profiles/exists?SyncId=7&TenantId=" + tenant, "", 200, `{"isExistingProfile":true}`, `true`, `"yes"`},
		{http.MethodGet, "/profiles/" + id + "?tenantId=" + tenant, "", 200, one, `"Female"`, `1`},
		{http.MethodGet, "/profiles/" + id + "?tenantId=" + tenant, "", 200, one, `"groupIds":[]`, `"groupIds":["x"]`},
		{http.MethodPost, "/profiles/import", imported, 400, rejected, `"errors"`, `"reasons"`},
	} {
		if err := c.Answer(ask(t, test.method, test.path, test.sent), test.status, header, []byte(test.body)); err != nil {
			t.Fatalf("%s %s is not good to begin with: %.400v", test.method, test.path, err)
		}
		changed := strings.Replace(test.body, test.old, test.changed, 1)
		if changed == test.body {
			t.Errorf("%s has no %s", test.path, test.old)
		}
		if c.Answer(ask(t, test.method, test.path, test.sent), test.status, header, []byte(changed)) == nil {
			t.Errorf("%s %s: %s for %s was not caught", test.method, test.path, test.changed, test.old)
		}
	}
}

func TestABrokenRequestIsCaught(t *testing.T) {
	c := load(t)
	for _, test := range []struct{ method, path, body, old, changed string }{
		{http.MethodPost, "/oauth/token", form, "audience=vald-api-external", "audience=other"},
		{http.MethodPost, "/oauth/token", form, "&audience=vald-api-external", ""},
		{http.MethodPost, "/oauth/token", form, "client_credentials", "password"},
		{http.MethodPost, "/profiles/import", imported, `"syncId":"7",`, ``},
		{http.MethodPost, "/profiles/import", imported, `"7"`, `7`},
		{http.MethodPost, "/profiles/import", imported, `"Female"`, `1`},
		{http.MethodPost, "/profiles/import", imported, `T00:00:00.000Z`, `T13:00:00.000Z`},
		{http.MethodPost, "/profiles/import", imported, `isPhotoVideoConsentGiven`, `isPhotoConsentGiven`},
		{http.MethodPost, "/profiles/import", imported, `"isGuardianConsentGiven":null`, `"isGuardianConsentGiven":"no"`},
		{http.MethodPost, "/profiles/import", imported, `"tenantId"`, `"groupIds":[],"tenantId"`},
	} {
		if err := c.Request(ask(t, test.method, test.path, test.body)); err != nil {
			t.Fatalf("%s is not good to begin with: %.400v", test.path, err)
		}
		changed := strings.Replace(test.body, test.old, test.changed, 1)
		if changed == test.body || c.Request(ask(t, test.method, test.path, changed)) == nil {
			t.Errorf("%s: %s for %s was not caught", test.path, test.changed, test.old)
		}
	}
	for name, r := range map[string]*http.Request{
		"no organisation":              ask(t, http.MethodGet, "/profiles", ""),
		"one that is none":             ask(t, http.MethodGet, "/profiles?TenantId=7", ""),
		"a search by email":            ask(t, http.MethodGet, "/profiles?TenantId="+tenant+"&Email=ada@example.org", ""),
		"a page":                       ask(t, http.MethodGet, "/profiles?TenantId="+tenant+"&Page=2", ""),
		"no sync ID":                   ask(t, http.MethodGet, "/profiles/exists?TenantId="+tenant, ""),
		"a reset of all sync IDs":      ask(t, http.MethodDelete, "/profiles/syncids?tenantId="+tenant, ""),
		"a merge":                      ask(t, http.MethodPost, "/profiles/merge", `{}`),
		"a change of one":              ask(t, http.MethodPut, "/profiles/"+id+"?tenantId="+tenant, `{}`),
		"an organisation's sync IDs":   ask(t, http.MethodDelete, "/tenants/"+tenant+"/syncids", ""),
		"groups, which are VALD's own": ask(t, http.MethodPost, "/profiles/groups", `{}`),
	} {
		if c.Request(r) == nil {
			t.Errorf("%s was not caught", name)
		}
	}
	for name, spoil := range map[string]func(*http.Request){
		"no user agent":  func(r *http.Request) { r.Header.Del("User-Agent") },
		"another format": func(r *http.Request) { r.Header.Set("Accept", "*/*") },
		"no token":       func(r *http.Request) { r.Header.Del("Authorization") },
		"a password":     func(r *http.Request) { r.SetBasicAuth("a", "b") },
	} {
		r := ask(t, http.MethodGet, "/tenants", "")
		spoil(r)
		if c.Request(r) == nil {
			t.Errorf("%s was not caught", name)
		}
	}
}
