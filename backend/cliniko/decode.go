package cliniko

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"telehab.io/desktop/backend/profile"
)

// patient is a patient's JSON, reduced to what TeleHab stores. Everything else,
// such as notes and Medicare numbers, is dropped here and never stored.
type patient struct {
	ID                    text      `json:"id"`
	Title                 text      `json:"title"`
	FirstName             text      `json:"first_name"`
	PreferredFirstName    text      `json:"preferred_first_name"`
	LastName              text      `json:"last_name"`
	DateOfBirth           text      `json:"date_of_birth"`
	Sex                   text      `json:"sex"`
	Gender                text      `json:"gender"` // read-only since 2018, used until sex is set
	GenderIdentity        text      `json:"gender_identity"`
	Pronouns              *pronouns `json:"pronouns"`
	Email                 text      `json:"email"`
	Phones                phones    `json:"patient_phone_numbers"`
	AcceptedPrivacyPolicy *bool     `json:"accepted_privacy_policy"`
	CreatedAt             text      `json:"created_at"`
	UpdatedAt             text      `json:"updated_at"`
	ArchivedAt            text      `json:"archived_at"`
	MergedAt              text      `json:"merged_at"`
	DeletedAt             text      `json:"deleted_at"`
	MergedWith            *merged   `json:"merged_with_patient"`
}

type pronouns struct {
	Nominative text `json:"nominative"`
	Accusative text `json:"accusative"`
}

// String returns, for example, "she/her", or the only part that is set.
func (p *pronouns) String() string {
	subject, object := p.Nominative.shown(), p.Accusative.shown()
	if subject == "" || object == "" {
		return subject + object
	}
	return subject + "/" + object
}

type phone struct {
	Number text `json:"number"`
	Type   text `json:"phone_type"`
}

// phones are the numbers that are not blank: one more than is stored, so that
// profile.Check can tell.
type phones []phone

func (p *phones) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	*p = nil // of fields with the same name the last one counts
	return eachOf(from, func(number phone) error {
		if number.Number.shown() != "" && len(*p) <= profile.MaxPhones {
			*p = append(*p, number)
		}
		return nil
	})
}

type merged struct {
	Links struct {
		Self text `json:"self"`
	} `json:"links"`
}

// text is a JSON string without surrounding white space. null and a missing
// value are ""; a number becomes its digits, since ids were numbers until 2020.
type text string

func (t *text) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	token, err := from.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case jsontext.KindString:
		*t = text(strings.TrimSpace(token.String()))
	case jsontext.KindNumber:
		*t = text(token.String())
	case jsontext.KindNull:
		*t = ""
	default:
		return errors.New("text was expected")
	}
	return nil
}

// shown returns the text, or "" if it is blank.
func (t text) shown() string {
	if profile.Blank(string(t)) {
		return ""
	}
	return string(t)
}

// bounded returns the text, or its beginning if it is longer than any that is
// stored: enough for profile.Check to tell, and to cut it. What is trimmed off
// does not count, or the wrong end would go.
func (t text) bounded() string {
	const most = profile.MaxText + 1
	s := string(t)
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	s = profile.Trim(s)
	points := 0
	for at := range s {
		if points == most {
			return s[:at]
		}
		points++
	}
	return s
}

// hint is a text that TeleHab can do without: any other type in its place
// counts as missing.
type hint string

func (h *hint) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	raw, err := from.ReadValue()
	if err != nil {
		return err
	}
	var t text
	if decode(raw, &t) == nil {
		*h = hint(t)
	}
	return nil
}

// optional is a part of an answer that TeleHab can do without: a wrong type in
// its place counts as missing.
type optional[T any] struct{ value T }

func (o *optional[T]) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	raw, err := from.ReadValue()
	if err != nil {
		return err
	}
	var value T
	if decode(raw, &value) == nil {
		o.value = value
	}
	return nil
}

// lenient reads JSON by the rules of encoding/json, as Cliniko's other clients
// do: of fields with the same name the last one counts, names may differ in
// case, and invalid UTF-8 becomes U+FFFD.
var lenient = json.JoinOptions(
	jsontext.AllowDuplicateNames(true),
	jsontext.AllowInvalidUTF8(true),
	json.MatchCaseInsensitiveNames(true),
	jsonv1.MatchCaseSensitiveDelimiter(true),
)

// decode reads one document. Errors contain no values, since those are
// personal.
func decode(raw []byte, into any) error {
	return detail(json.Unmarshal(raw, into, lenient))
}

// DecodePage reads Cliniko's answer to a request for patients. An unreadable
// patient does not make the page fail.
//
// Errors: ClinicTrouble, AnswerIncomplete, AnswerTooLarge. They contain no
// values.
func DecodePage(body []byte) (profile.Page, error) {
	if page, ok := decodeWhole(body); ok {
		return page, nil
	}
	var envelope struct {
		Patients list[jsontext.Value] `json:"patients"`
		Total    *int                 `json:"total_entries"`
	}
	err := decode(body, &envelope)
	if len(envelope.Patients) > maxRecords {
		return profile.Page{}, profile.Because(profile.AnswerTooLarge, fmt.Errorf("more than %d records in a page", maxRecords))
	}
	if err != nil {
		return profile.Page{}, unexpectedAnswer(fmt.Errorf("read a page: %w", err))
	}
	switch {
	case envelope.Patients == nil:
		return profile.Page{}, incompleteAnswer("the list of clients (patients)")
	case envelope.Total == nil:
		return profile.Page{}, incompleteAnswer("the number of clients (total_entries)")
	case !possible(*envelope.Total):
		return profile.Page{}, impossibleCount(*envelope.Total)
	}
	page := profile.Page{Total: *envelope.Total, Records: make([]profile.Record, len(envelope.Patients))}
	for i, raw := range envelope.Patients {
		page.Records[i] = decodeRecord(raw)
	}
	return page, nil
}

// decodeWhole reads a page in one pass, which works for almost all pages. If ok
// is false, something in the page is wrong, and each patient has to be read
// separately.
func decodeWhole(body []byte) (page profile.Page, ok bool) {
	var envelope struct {
		Patients list[patient] `json:"patients"`
		Total    *int          `json:"total_entries"`
	}
	if decode(body, &envelope) != nil || envelope.Patients == nil || envelope.Total == nil || !possible(*envelope.Total) {
		return profile.Page{}, false
	}
	page = profile.Page{Total: *envelope.Total, Records: make([]profile.Record, len(envelope.Patients))}
	for i := range envelope.Patients {
		var err error
		if page.Records[i], err = envelope.Patients[i].record(); err != nil {
			return profile.Page{}, false
		}
	}
	return page, true
}

func possible(total int) bool { return total >= 0 && total <= profile.MaxPatients }

func impossibleCount(total int) error {
	return &profile.Error{Code: profile.ClinicTrouble, Cause: errors.New("an impossible total_entries"), Message: fmt.Sprintf(
		"Cliniko said that there are %d clients, which cannot be, so nothing was changed. Try again later; if that does not help, write to TeleHab's support, support@vald.com.", total)}
}

// decodeRecord reads one patient, and never fails: see profile.Record.
func decodeRecord(raw []byte) profile.Record {
	var p patient
	err := decode(raw, &p)
	if err == nil {
		var record profile.Record
		if record, err = p.record(); err == nil {
			return record
		}
	}
	record := profile.Record{Err: err}
	var only struct {
		ID text `json:"id"`
	}
	if decode(raw, &only) == nil {
		record.Patient.ID, _ = profile.ParseID(string(only.ID))
	}
	record.Ref = string(record.Patient.ID)
	if record.Ref == "" {
		// The same unreadable bytes get the same name, so that they are one row
		// however often they are read.
		sum := sha256.Sum256(raw)
		record.Ref = "unreadable-" + hex.EncodeToString(sum[:8])
	}
	return record
}

// detail returns the kind of a JSON error without its values, which are
// personal.
func detail(err error) error {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		return fmt.Errorf("broken JSON at byte %d", syntax.ByteOffset)
	}
	var wrong *json.SemanticError
	if errors.As(err, &wrong) {
		field := strings.TrimPrefix(string(wrong.JSONPointer), "/")
		return fmt.Errorf("field %s has the wrong type", strings.ReplaceAll(field, "/", "."))
	}
	return err
}

func (p *patient) record() (profile.Record, error) {
	id, ok := profile.ParseID(string(p.ID))
	if !ok {
		return profile.Record{}, errors.New("no id")
	}
	out := profile.Patient{
		ID: id, DateOfBirth: p.DateOfBirth.bounded(),
		Details: profile.Details{
			Title: p.Title.bounded(), FirstName: p.FirstName.bounded(), PreferredFirstName: p.PreferredFirstName.bounded(), LastName: p.LastName.bounded(),
			Sex: p.Sex.bounded(), GenderIdentity: p.GenderIdentity.bounded(), Email: p.Email.bounded(), AcceptedPrivacyPolicy: p.AcceptedPrivacyPolicy,
		},
	}
	if profile.Blank(out.Sex) {
		out.Sex = cmp.Or(text(p.Gender.shown()).bounded(), out.Sex, p.Gender.bounded())
	}
	if p.Pronouns != nil {
		out.Pronouns = text(p.Pronouns.String()).bounded()
	}
	for _, number := range p.Phones {
		if number.Number.shown() != "" && len(out.Phones) <= profile.MaxPhones {
			out.Phones = append(out.Phones, profile.Phone{Type: number.Type.bounded(), Number: number.Number.bounded()})
		}
	}
	if p.MergedWith != nil {
		self := string(p.MergedWith.Links.Self)
		out.MergedInto, _ = profile.ParseID(self[strings.LastIndexByte(self, '/')+1:])
	}
	for _, t := range []struct {
		name  string
		given text
		into  *time.Time
	}{
		{"created_at", p.CreatedAt, &out.CreatedAt},
		{"updated_at", p.UpdatedAt, &out.UpdatedAt},
		{"archived_at", p.ArchivedAt, &out.ArchivedAt},
		{"merged_at", p.MergedAt, &out.MergedAt},
		{"deleted_at", p.DeletedAt, &out.DeletedAt},
	} {
		var err error
		if *t.into, err = parseTime(string(t.given)); err != nil {
			return profile.Record{}, fmt.Errorf("%s is not a time", t.name)
		}
	}
	if out.CreatedAt.IsZero() || out.UpdatedAt.IsZero() {
		return profile.Record{}, errors.New("no time of creation or change")
	}
	return profile.Record{Patient: out, Ref: string(id)}, nil
}

// parseTime reads Cliniko's times. They are documented as whole seconds in UTC,
// but also occur with fractions and with offsets in two forms. "" is the zero
// time.
func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		if t, err = time.Parse("2006-01-02T15:04:05.999999999Z0700", s); err != nil {
			return time.Time{}, errors.New("not a time")
		}
	}
	return t.UTC(), nil
}
