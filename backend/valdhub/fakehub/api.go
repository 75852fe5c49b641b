package fakehub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// readBody returns the body and leaves it to be read again.
func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
}

func syncIDOf(body []byte) string {
	var sent struct {
		SyncID string `json:"syncId"`
	}
	_ = json.Unmarshal(body, &sent) // a form has none
	return sent.SyncID
}

func (h *Hub) issueToken(w http.ResponseWriter, r *http.Request) {
	says := func(status int, what string) { answer(w, status, map[string]any{"error": what}) }
	switch {
	case r.ParseForm() != nil || r.PostForm.Get("grant_type") != "client_credentials":
		says(http.StatusBadRequest, "unsupported_grant_type")
	case r.PostForm.Get("audience") != "vald-api-external":
		says(http.StatusForbidden, "access_denied")
	case r.PostForm.Get("client_id") != h.options.ClientID || r.PostForm.Get("client_secret") != h.options.ClientSecret:
		says(http.StatusUnauthorized, "access_denied")
	default:
		h.mu.Lock()
		h.ids++
		token := fmt.Sprintf("token-%d", h.ids)
		h.tokens[token] = time.Now().Add(h.options.TokenFor)
		h.mu.Unlock()
		answer(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(h.options.TokenFor.Seconds())})
	}
}

func (h *Hub) authorized(next func(http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		until := h.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
		h.mu.Unlock()
		if !time.Now().Before(until) {
			refuse(w, http.StatusUnauthorized, "Unauthorized")
			return
		}
		next(w, r)
	}
}

// tenantOf returns the organisation of a request; otherwise it has answered.
func (h *Hub) tenantOf(w http.ResponseWriter, id string) (string, bool) {
	if slices.ContainsFunc(h.options.Tenants, func(t Tenant) bool { return t.ID == id }) {
		return id, true
	}
	refuse(w, http.StatusForbidden, "Forbidden")
	return "", false
}

func (h *Hub) listTenants(w http.ResponseWriter, _ *http.Request) {
	list := []map[string]any{}
	for _, t := range h.options.Tenants {
		list = append(list, map[string]any{"id": t.ID, "name": t.Name})
	}
	answer(w, http.StatusOK, map[string]any{"tenants": list})
}

func (h *Hub) listProfiles(w http.ResponseWriter, r *http.Request) {
	tenant, ok := h.tenantOf(w, r.URL.Query().Get("TenantId"))
	if !ok {
		return
	}
	rows := []map[string]any{}
	for _, p := range h.visible(tenant) {
		if id := r.URL.Query().Get("SyncId"); id == "" || p.SyncID == id {
			rows = append(rows, row(&p))
		}
	}
	if len(rows) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer(w, http.StatusOK, map[string]any{"profiles": rows})
}

// visible returns the profiles that a read sees, and brings those that are late
// one read nearer.
func (h *Hub) visible(tenant string) (seen []Profile) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.profiles[tenant] {
		if p.unseen > 0 {
			p.unseen--
			continue
		}
		seen = append(seen, *p)
	}
	return seen
}

func (h *Hub) profileExists(w http.ResponseWriter, r *http.Request) {
	tenant, ok := h.tenantOf(w, r.URL.Query().Get("TenantId"))
	if !ok {
		return
	}
	id := r.URL.Query().Get("SyncId")
	there := slices.ContainsFunc(h.visible(tenant), func(p Profile) bool { return p.SyncID == id })
	answer(w, http.StatusOK, map[string]any{"isExistingProfile": there})
}

func (h *Hub) oneProfile(w http.ResponseWriter, r *http.Request) {
	tenant, ok := h.tenantOf(w, r.URL.Query().Get("tenantId"))
	if !ok {
		return
	}
	for _, p := range h.visible(tenant) {
		if p.ID != r.PathValue("id") {
			continue
		}
		one := row(&p)
		delete(one, "modifiedDateUtc")
		one["sex"], one["email"] = p.sexOrUnknown(), orNull(p.Email)
		one["weightInKg"], one["heightInCm"], one["groupIds"], one["sport"], one["position"] = 0, 0, []string{}, nil, nil
		answer(w, http.StatusOK, one)
		return
	}
	refuse(w, http.StatusNotFound, "Not Found")
}

func (p *Profile) sexOrUnknown() string {
	if p.Sex == "" {
		return "Unknown"
	}
	return p.Sex
}

func row(p *Profile) map[string]any {
	var born, expires any
	if p.Born != "" {
		born = p.Born + "T00:00:00Z"
	}
	if p.MergingInto != "" {
		expires = p.Modified.Add(24 * time.Hour).Format(time.RFC3339)
	}
	return map[string]any{
		"profileId": p.ID, "syncId": orNull(p.SyncID), "givenName": orNull(p.GivenName), "familyName": orNull(p.FamilyName), "dateOfBirth": born,
		"modifiedDateUtc": p.Modified.Format(time.RFC3339), "externalId": orNull(p.ExternalID),
		"beingMergedWithProfileId": orNull(p.MergingInto), "beingMergedWithProfileExpiryDateUtc": expires,
	}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client may have disconnected
}

func refuse(w http.ResponseWriter, status int, title string) {
	answer(w, status, map[string]any{"title": title, "status": status})
}

func reject(w http.ResponseWriter, errors map[string][]string) {
	answer(w, http.StatusBadRequest, map[string]any{"title": "Not valid", "status": http.StatusBadRequest, "errors": errors})
}
