package fakehub

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// sent is an import in JSON; nil is null, or was left out.
type sent struct {
	TenantID    *string `json:"tenantId"`
	SyncID      *string `json:"syncId"`
	GivenName   *string `json:"givenName"`
	FamilyName  *string `json:"familyName"`
	DateOfBirth *string `json:"dateOfBirth"`
	Sex         *string `json:"sex"`
	Email       *string `json:"email"`
	ExternalID  *string `json:"externalId"`
}

func (h *Hub) importProfile(w http.ResponseWriter, r *http.Request) {
	var s sent
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		reject(w, map[string][]string{"$": {"This is not JSON."}})
		return
	}
	tenant, ok := h.tenantOf(w, value(s.TenantID))
	if !ok {
		return
	}
	if wrong := s.wrong(); len(wrong) > 0 {
		reject(w, wrong)
		return
	}
	if h.apply(tenant, &s) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	reject(w, map[string][]string{"Email": {"Another profile has " + value(s.Email) + "."}})
}

// wrong returns what is missing.
func (s *sent) wrong() map[string][]string {
	all := map[string][]string{}
	for name, field := range map[string]*string{"SyncId": s.SyncID, "GivenName": s.GivenName, "FamilyName": s.FamilyName, "DateOfBirth": s.DateOfBirth, "Sex": s.Sex} {
		if value(field) == "" {
			all[name] = []string{"It is required."}
		}
	}
	if _, err := time.Parse(time.RFC3339, value(s.DateOfBirth)); err != nil && len(all) == 0 {
		all["DateOfBirth"] = []string{"It is not a time."}
	}
	return all
}

// apply creates or updates a profile. It is false for an email that another
// profile has.
func (h *Hub) apply(tenant string, s *sent) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	var target, holder *Profile
	for _, p := range h.profiles[tenant] {
		if p.SyncID == *s.SyncID {
			target = p
		}
		if s.Email != nil && strings.EqualFold(p.Email, *s.Email) {
			holder = p
		}
	}
	if target == nil && holder != nil && holder.SyncID == "" && h.options.AttachByEmail {
		target = holder
	}
	if holder != nil && holder != target {
		return false
	}
	if target == nil {
		target = &Profile{ID: h.newID(), unseen: h.options.Late}
		h.profiles[tenant] = append(h.profiles[tenant], target)
	}
	h.applied[*s.SyncID]++
	target.SyncID, target.GivenName, target.FamilyName, target.Sex = *s.SyncID, *s.GivenName, *s.FamilyName, *s.Sex
	target.Born, target.Modified = (*s.DateOfBirth)[:len(time.DateOnly)], time.Now().UTC()
	if s.Email != nil || h.options.NullClears {
		target.Email = value(s.Email)
	}
	if s.ExternalID != nil || h.options.NullClears {
		target.ExternalID = value(s.ExternalID)
	}
	return true
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
