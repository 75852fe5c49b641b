package fakeclinic

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// sydneySummer is a fixed offset, so that no time zone database is needed.
var sydneySummer = time.FixedZone("", 11*60*60)

// encodePatient writes every field that does not depend on the clinic's
// address: an object that appendPatient closes. It runs once for each version
// of a patient, since lists send the same patients repeatedly.
func encodePatient(p *Patient) []byte {
	b := make([]byte, 0, 1300)
	b = append(b, `{"id":`...)
	b = appendText(b, p.ID)
	b = appendTime(b, "created_at", &p.CreatedAt, p.TimeStyle)
	b = appendTime(b, "updated_at", &p.UpdatedAt, p.TimeStyle)
	b = appendTime(b, "archived_at", p.ArchivedAt, p.TimeStyle)
	b = appendTime(b, "deleted_at", nil, p.TimeStyle)
	b = appendTime(b, "merged_at", p.MergedAt, p.TimeStyle)
	b = appendField(b, "title", p.Title)
	b = appendField(b, "first_name", p.FirstName)
	b = appendField(b, "preferred_first_name", p.PreferredFirstName)
	b = appendField(b, "last_name", p.LastName)
	b = appendField(b, "label", present(p.Name()))
	b = appendField(b, "date_of_birth", p.DateOfBirth)
	b = appendField(b, "sex", p.Sex)
	b = appendField(b, "gender", p.Gender)
	b = appendField(b, "gender_identity", p.GenderIdentity)
	b = appendPronouns(b, p.Pronouns)
	b = appendField(b, "email", p.Email)
	b = appendPhones(b, p.Phones)
	b = appendField(b, "address_1", p.Address1)
	b = append(b, `,"address_2":null,"address_3":null`...)
	b = appendField(b, "city", p.City)
	b = appendField(b, "state", p.State)
	b = appendField(b, "post_code", p.PostCode)
	b = append(b, `,"country":"Australia","country_code":"AU"`...)
	b = appendField(b, "occupation", p.Occupation)
	b = appendField(b, "emergency_contact", p.EmergencyContact)
	b = appendField(b, "medicare", p.Medicare)
	b = append(b, `,"medicare_reference_number":null,"dva_card_number":null`...)
	b = appendField(b, "notes", p.Notes)
	b = appendField(b, "appointment_notes", p.AppointmentNotes)
	b = append(b, `,"referral_source":null`...)
	b = appendField(b, "old_reference_id", p.OldReferenceID)
	b = append(b, `,"invoice_default_to":null,"invoice_email":null,"invoice_extra_information":null`...)
	b = append(b, `,"reminder_type":"SMS \u0026 Email","reminders_communication_channels":[1,2],`...)
	b = append(b, `"follow_ups_communication_channels":[2],"time_zone":null,"accepted_privacy_policy":`...)
	b = appendAnswer(b, p.AcceptedPrivacyPolicy)
	b = append(b, `,"accepted_email_marketing":null,"accepted_sms_marketing":null`...)
	b = append(b, `,"receives_confirmation_emails":true,"receives_cancellation_emails":true,"custom_fields":`...)
	if p.CustomFields == nil {
		return append(b, `null`...)
	}
	return append(b, p.CustomFields...)
}

// appendPatient writes one whole patient with links below base, such as
// http://127.0.0.1:8700/v1.
func appendPatient(b []byte, r *record, base string) []byte {
	if r.patient.Raw != nil {
		return append(b, r.patient.Raw...)
	}
	b = append(b, r.encoded...)
	id := r.patient.ID
	if survivor := r.patient.MergedWith; survivor != "" {
		b = append(b, `,"merged_with_patient":{"links":{"self":"`...)
		b = appendParts(b, base, "/patients/", survivor, `"}}`)
	}
	b = appendParts(b, `,"appointments":{"links":{"self":"`, base, "/patients/", id, `/appointments"}}`)
	b = appendParts(b, `,"attendees":{"links":{"self":"`, base, "/attendees?q%5B%5D=patient_id%3A%3D", id, `"}}`)
	b = appendParts(b, `,"invoices":{"links":{"self":"`, base, "/patients/", id, `/invoices"}}`)
	b = appendParts(b, `,"medical_alerts":{"links":{"self":"`, base, "/patients/", id, `/medical_alerts"}}`)
	b = appendParts(b, `,"patient_attachments":{"links":{"self":"`, base, "/patients/", id, `/patient_attachments"}}`)
	b = appendParts(b, `,"relationships":{"links":{"self":"`, base, "/relationships?q%5B%5D=patient_id%3A%3D", id, `"}}`)
	return appendParts(b, `,"links":{"self":"`, base, "/patients/", id, `"}}`)
}

func appendParts(b []byte, parts ...string) []byte {
	for _, part := range parts {
		b = append(b, part...)
	}
	return b
}

func appendField(b []byte, name string, text *string) []byte {
	b = appendParts(b, `,"`, name, `":`)
	if text == nil {
		return append(b, "null"...)
	}
	return appendText(b, *text)
}

// present is nil for "".
func present(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func appendTime(b []byte, name string, t *time.Time, style TimeStyle) []byte {
	b = appendParts(b, `,"`, name, `":`)
	if t == nil {
		if style == BlankEmpty {
			return append(b, `""`...)
		}
		return append(b, "null"...)
	}
	b = append(b, '"')
	switch style {
	case Fraction:
		b = t.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z07:00")
	case Offset:
		b = t.In(sydneySummer).AppendFormat(b, "2006-01-02T15:04:05-07:00")
	case ShortOffset:
		b = t.In(sydneySummer).AppendFormat(b, "2006-01-02T15:04:05-0700")
	default:
		b = t.UTC().AppendFormat(b, time.RFC3339)
	}
	return append(b, '"')
}

func appendPronouns(b []byte, pronouns *Pronouns) []byte {
	b = append(b, `,"pronouns":`...)
	if pronouns == nil {
		return append(b, "null"...)
	}
	for i, part := range [...]struct{ name, word string }{
		{`"nominative":`, pronouns.Nominative}, {`"accusative":`, pronouns.Accusative},
		{`"pronominal_possessive":`, pronouns.PronominalPossessive},
		{`"predicative_possessive":`, pronouns.PredicativePossessive}, {`"reflexive":`, pronouns.Reflexive},
	} {
		b = append(b, "{,,,,"[i])
		b = appendText(append(b, part.name...), part.word)
	}
	return append(b, '}')
}

func appendPhones(b []byte, phones []Phone) []byte {
	b = append(b, `,"patient_phone_numbers":[`...)
	for i, phone := range phones {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(b, `{"number":`...), phone.Number)
		b = appendText(append(b, `,"normalized_number":`...), normalizedNumber(phone.Number))
		b = appendText(append(b, `,"phone_type":`...), phone.Type)
		b = append(b, '}')
	}
	return append(b, ']')
}

// normalizedNumber is the digits, with Australia's country code in place of the
// leading zero.
func normalizedNumber(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	if rest, national := strings.CutPrefix(digits, "0"); national {
		return "61" + rest
	}
	return digits
}

func appendAnswer(b []byte, answer *bool) []byte {
	if answer == nil {
		return append(b, "null"...)
	}
	return strconv.AppendBool(b, *answer)
}

// appendText writes a JSON string, with HTML's special characters escaped as
// Rails does.
func appendText(b []byte, text string) []byte {
	if plainJSON(text) {
		b = append(b, '"')
		b = append(b, text...)
		return append(b, '"')
	}
	encoded, err := json.Marshal(text)
	if err != nil { // a string always encodes: bad UTF-8 is replaced
		panic(err)
	}
	return append(b, encoded...)
}

func plainJSON(text string) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"', '\\', '<', '>', '&', 0x7f, 0xe2: // 0xe2 begins U+2028 and U+2029
			return false
		default:
			if c < ' ' {
				return false
			}
		}
	}
	return utf8.ValidString(text)
}
