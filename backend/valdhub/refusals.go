package valdhub

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"telehab.io/desktop/backend/profile"
)

const codeRefused = profile.HubRefused

// sentences are what a person reads about each refusal.
var sentences = map[profile.Code]string{
	profile.HubRefused:   "VALD Hub does not accept the client ID and the client secret. Copy both again from the link that VALD's support sent, which works for 7 days. Those of before March 2026 do not work any more: ask support@vald.com for new ones.",
	profile.HubForbidden: "VALD Hub accepts the client ID, but does not let it do this for this organisation. Ask support@vald.com to give these credentials access to the External Profiles API for it.",
	profile.HubRejected:  "VALD Hub did not accept a request of TeleHab. Check for an update of TeleHab, or write to TeleHab's support, support@vald.com.",
	profile.HubTrouble:   "VALD Hub has trouble answering right now. Try again later; if that does not help, write to support@vald.com.",
	profile.RateLimited:  "VALD Hub has received many requests and asks TeleHab to wait. Try again in a few minutes.",

	profile.Offline:              "VALD Hub cannot be reached from this computer. Check the internet connection and try again.",
	profile.TimedOut:             "VALD Hub did not answer in time. Check the internet connection and try again.",
	profile.LoginPage:            "A web page came instead of VALD Hub's data: this network probably requires a sign-in first. Open any web page in your browser, sign in, and try again.",
	profile.AnswerTooLarge:       "VALD Hub sent far more than expected, so it was not read. Try again later; if that does not help, write to TeleHab's support, support@vald.com.",
	profile.ProxySignIn:          "The proxy of this network requires a user name and a password. Ask your IT person to set HTTPS_PROXY with them, or to allow *.valdperformance.com and auth.prd.vald.com without a sign-in.",
	profile.TLSFailed:            "No secure connection to VALD Hub could be made, so the client secret was not sent. Ask your IT person whether a proxy or security program on this network changes secure connections.",
	profile.CertificateUntrusted: "This computer does not trust the certificate that it received for VALD Hub, so the client secret was not sent. Ask your IT person whether a proxy or security program on this network opens secure connections.",
}

// because returns the error of a code with the sentence about VALD Hub.
func because(code profile.Code, cause error) *profile.Error {
	sentence, ok := sentences[code]
	if !ok {
		return profile.Because(code, cause)
	}
	return &profile.Error{Code: code, Message: sentence, Cause: cause}
}

// unexpected is an answer that the API does not promise.
func unexpected(what string) error { return because(profile.HubTrouble, errors.New(what)) }

// Rejection is what VALD Hub says about a request that it did not accept. Its
// texts are VALD's and may contain what was sent: they are for the person, and
// Error, which is for the log, names fields only.
type Rejection struct {
	Title  string
	Fields []string            // in lower case, sorted
	Errors map[string][]string // by field
}

func (r *Rejection) Error() string {
	return "VALD Hub answered 400 about " + strings.Join(r.Fields, ", ")
}

// Most of what VALD says about one request that is kept.
const maxFields, maxReasons = 20, 5

// rejected reads a 400. Its shape is not relied on.
func rejected(body []byte) error {
	var problem struct {
		Title  any `json:"title"`
		Errors any `json:"errors"`
	}
	_ = json.Unmarshal(body, &problem)
	r := &Rejection{Errors: map[string][]string{}}
	if title, ok := problem.Title.(string); ok {
		r.Title = shown(title)
	}
	fields, _ := problem.Errors.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		said, _ := fields[name].([]any)
		name = strings.ToLower(shown(name))
		if len(r.Errors) == maxFields {
			break
		}
		for _, each := range said {
			if reason, ok := each.(string); ok && len(r.Errors[name]) < maxReasons {
				r.Errors[name] = append(r.Errors[name], shown(reason))
			}
		}
	}
	r.Fields = slices.Sorted(maps.Keys(r.Errors))
	err := because(profile.HubRejected, r)
	if len(r.Fields) > 0 {
		err.Message = "VALD Hub did not accept what TeleHab sent, because of " + strings.Join(known(r.Fields), ", ") + ". Correct it in Cliniko, or write to TeleHab's support, support@vald.com."
	}
	return err
}

// known replaces what is not the name of a field, which may be anything.
func known(fields []string) []string {
	names := map[string]string{"email": "the email", "givenname": "the first name", "familyname": "the last name", "dateofbirth": "the date of birth",
		"sex": "the sex", "syncid": "the sync ID", "externalid": "the external ID", "tenantid": "the organisation"}
	var all []string
	for _, field := range fields {
		name := names[field]
		if name == "" {
			name = "another field"
		}
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// shown makes a text of VALD's short and harmless.
func shown(text string) string { return profile.Shorten(profile.Display(text)) }
