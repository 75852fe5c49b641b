package cliniko

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"telehab.io/desktop/backend/profile"
)

// A reference implementation that reads pages with encoding/json alone, each
// patient separately: slow and simple. The decoder must agree with it on any
// input. What the fields then mean is tested by the literal values in
// decode_values_test.go.

type plainText string

func (t *plainText) UnmarshalJSON(raw []byte) error {
	switch {
	case string(raw) == "null":
		*t = ""
		return nil
	case len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9'):
		*t = plainText(raw)
		return nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return errors.New("text was expected")
	}
	*t = plainText(strings.TrimSpace(s))
	return nil
}

type plainPhones []struct {
	Number plainText `json:"number"`
	Type   plainText `json:"phone_type"`
}

// UnmarshalJSON does not merge two lists of the same name, unlike
// encoding/json.
func (p *plainPhones) UnmarshalJSON(raw []byte) error {
	type list plainPhones
	var fresh list
	err := json.Unmarshal(raw, &fresh)
	*p = plainPhones(fresh)
	return err
}

type plainPatient struct {
	ID                 plainText `json:"id"`
	Title              plainText `json:"title"`
	FirstName          plainText `json:"first_name"`
	PreferredFirstName plainText `json:"preferred_first_name"`
	LastName           plainText `json:"last_name"`
	DateOfBirth        plainText `json:"date_of_birth"`
	Sex                plainText `json:"sex"`
	Gender             plainText `json:"gender"`
	GenderIdentity     plainText `json:"gender_identity"`
	Pronouns           *struct {
		Nominative plainText `json:"nominative"`
		Accusative plainText `json:"accusative"`
	} `json:"pronouns"`
	Email                 plainText   `json:"email"`
	Phones                plainPhones `json:"patient_phone_numbers"`
	AcceptedPrivacyPolicy *bool       `json:"accepted_privacy_policy"`
	CreatedAt             plainText   `json:"created_at"`
	UpdatedAt             plainText   `json:"updated_at"`
	ArchivedAt            plainText   `json:"archived_at"`
	MergedAt              plainText   `json:"merged_at"`
	DeletedAt             plainText   `json:"deleted_at"`
	MergedWith            *struct {
		Links *struct {
			Self plainText `json:"self"`
		} `json:"links"`
	} `json:"merged_with_patient"`
}

func (p *plainPatient) patient() *patient {
	out := &patient{
		ID: text(p.ID), Title: text(p.Title), FirstName: text(p.FirstName), PreferredFirstName: text(p.PreferredFirstName),
		LastName: text(p.LastName), DateOfBirth: text(p.DateOfBirth), Sex: text(p.Sex), Gender: text(p.Gender),
		GenderIdentity: text(p.GenderIdentity), Email: text(p.Email), AcceptedPrivacyPolicy: p.AcceptedPrivacyPolicy,
		CreatedAt: text(p.CreatedAt), UpdatedAt: text(p.UpdatedAt), ArchivedAt: text(p.ArchivedAt),
		MergedAt: text(p.MergedAt), DeletedAt: text(p.DeletedAt),
	}
	if p.Pronouns != nil {
		out.Pronouns = &pronouns{text(p.Pronouns.Nominative), text(p.Pronouns.Accusative)}
	}
	for _, number := range p.Phones {
		out.Phones = append(out.Phones, phone{text(number.Number), text(number.Type)})
	}
	if p.MergedWith != nil {
		out.MergedWith = &merged{}
		if p.MergedWith.Links != nil {
			out.MergedWith.Links.Self = text(p.MergedWith.Links.Self)
		}
	}
	return out
}

// plainPage returns nil if the page cannot be read.
func plainPage(body []byte) *profile.Page {
	var envelope struct {
		Patients []json.RawMessage `json:"patients"`
		Total    *int              `json:"total_entries"`
	}
	if json.Unmarshal(body, &envelope) != nil || envelope.Patients == nil || envelope.Total == nil || *envelope.Total < 0 {
		return nil
	}
	page := &profile.Page{Total: *envelope.Total}
	for _, raw := range envelope.Patients {
		page.Records = append(page.Records, plainRecord(raw))
	}
	return page
}

func plainRecord(raw []byte) profile.Record {
	var p plainPatient
	err := json.Unmarshal(raw, &p)
	if err == nil {
		record, wrong := p.patient().record()
		if wrong == nil {
			return record
		}
		err = wrong
	}
	var only struct {
		ID plainText `json:"id"`
	}
	record := profile.Record{Err: err}
	if json.Unmarshal(raw, &only) == nil {
		record.Patient.ID, _ = profile.ParseID(string(only.ID))
	}
	record.Ref = string(record.Patient.ID)
	return record
}

// sameAsPlain returns how the decoder and the plain one differ, or "".
func sameAsPlain(body []byte) string {
	want := plainPage(body)
	page, err := DecodePage(body)
	switch {
	case want == nil && err == nil:
		return "the page should not be readable"
	case want != nil && err != nil:
		return err.Error()
	case want == nil:
		return ""
	}
	return cmp.Diff(*want, page, likePlain)
}

// likePlain compares only whether there are errors, and ignores the names of
// unreadable records.
var likePlain = cmp.Options{
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b error) bool { return (a == nil) == (b == nil) }),
	cmp.Transformer("withoutMark", func(r profile.Record) withoutMark {
		if strings.HasPrefix(r.Ref, "unreadable-") {
			r.Ref = ""
		}
		return withoutMark(r)
	}),
}

type withoutMark profile.Record
