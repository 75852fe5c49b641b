package hubsend

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"telehab.io/desktop/backend/hubcompare"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// sexes are those that VALD Hub has of its own, folded.
var sexes = map[string]string{"male": "Male", "female": "Female", "m": "Male", "f": "Female"}

// holds returns why a client is not sent for now; "" for nothing.
func holds(e *profile.Entry, s *profile.Sending) string {
	switch p := &e.Profile; {
	case e.Failure != nil:
		return Incomplete
	case p.AcceptedPrivacyPolicy != nil && !*p.AcceptedPrivacyPolicy:
		return Privacy
	case !s.Decided():
		return ConsentUnset
	case sexOf(p, s) == "":
		return SexUnset
	}
	return ""
}

func sexOf(p *profile.Profile, s *profile.Sending) string {
	if sex, ok := sexes[strings.ToLower(strings.TrimSpace(p.Sex))]; ok {
		return sex
	}
	return s.OtherSex
}

// payload is what is sent of a client.
func payload(e *profile.Entry, d *profile.Delivery, s *profile.Sending) valdhub.Import {
	p := &e.Profile
	email := p.Email
	if d.WithoutEmail {
		email = ""
	}
	return valdhub.Import{TenantID: s.Tenant, SyncID: string(p.ID), GivenName: p.FirstName, FamilyName: p.LastName, Born: p.DateOfBirth, Sex: sexOf(p, s), Email: email,
		CreatedByAdult: s.CreatedByAdult, GuardianConsent: s.GuardianConsent, PhotoVideoConsent: s.PhotoVideoConsent}
}

// hashOf is a hash of all that is sent.
func hashOf(i valdhub.Import) string {
	raw, _ := json.Marshal(i) // texts, booleans and a date
	return digest(string(raw))
}

// seenOf is a hash of what can be read again of what is sent. Whether VALD Hub
// clears an email for a null is not published, so one that is not sent does not
// count.
func seenOf(i valdhub.Import) string {
	return digest(i.GivenName, i.FamilyName, i.Born.String(), i.Sex, hubcompare.FoldEmail(i.Email))
}

// listedOf is a hash of what the list has of a profile.
func listedOf(row *valdhub.Row) string {
	return digest(row.GivenName, row.FamilyName, row.Born.String())
}

// rowOf is what the list will have of what is sent, all but VALD's id.
func rowOf(i valdhub.Import) *valdhub.Row {
	return &valdhub.Row{SyncID: i.SyncID, GivenName: i.GivenName, FamilyName: i.FamilyName, Born: i.Born}
}

// shows says that VALD Hub has what was sent.
func shows(there valdhub.Detail, seen string) bool {
	i := valdhub.Import{GivenName: there.GivenName, FamilyName: there.FamilyName, Born: there.Born, Sex: there.Sex, Email: there.Email}
	if seenOf(i) == seen {
		return true
	}
	i.Email = ""
	return seenOf(i) == seen
}

func digest(texts ...string) string {
	h := sha256.New()
	for _, text := range texts {
		_, _ = h.Write([]byte(strings.TrimSpace(text)))
		_, _ = h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}
