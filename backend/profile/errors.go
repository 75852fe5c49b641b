package profile

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Code says what went wrong in a form that programs may rely on. Codes are
// stable: the headless commands print them and the store keeps them with
// passes.
type Code string

// The codes, grouped by what helps.
const (
	// The key, and what it may do.
	KeyMalformed   Code = "key_malformed"    // the text does not have the form of a Cliniko key
	KeyShard       Code = "key_shard"        // its ending is not the name of a shard
	KeyRefused     Code = "key_refused"      // Cliniko answered 401
	KeyForbidden   Code = "key_forbidden"    // Cliniko answered 403: the owner's role is too low
	OtherClinic    Code = "other_clinic"     // the key belongs to a clinic other than the connected one
	NotConnected   Code = "not_connected"    // no clinic is connected yet
	ClinicRejected Code = "request_rejected" // Cliniko did not accept a request of ours (400, 422)

	// The connection to Cliniko.
	Offline           Code = "offline"         // no connection, or no such host
	TimedOut          Code = "timed_out"       // no answer in time
	LoginPage         Code = "login_page"      // a web page instead of data: a network that requires a sign-in
	RateLimited       Code = "rate_limited"    // 429; Until says when to resume
	ClinicTrouble     Code = "cliniko_trouble" // 5xx, or an answer that is not what the API promises
	AnswerTooLarge    Code = "answer_too_large"
	AnswerIncomplete  Code = "answer_incomplete"  // an answer lacks a field that TeleHab needs
	ConnectionBlocked Code = "connection_blocked" // refused or reset, by a firewall here or in the network

	// VALD Hub.
	HubNotConnected Code = "hub_not_connected" // it is not turned on here
	HubRefused      Code = "hub_refused"       // it does not accept the client id and secret
	HubForbidden    Code = "hub_forbidden"     // 403: these credentials may not do this
	HubRejected     Code = "hub_rejected"      // 400
	HubTrouble      Code = "hub_trouble"       // 5xx, or an answer that is not what the API promises

	// A proxy, and what makes a connection secure.
	ProxyUnreadable      Code = "proxy_unreadable"      // the setting that names the proxy is not understood
	ProxyUnreachable     Code = "proxy_unreachable"     // the proxy does not answer, or does not answer like a proxy
	ProxySignIn          Code = "proxy_sign_in"         // the proxy answered 407, or refused user and password
	ProxyRefused         Code = "proxy_refused"         // the proxy answered anything but 200
	ProxyScript          Code = "proxy_script"          // Cliniko is reached only by a proxy script, which TeleHab cannot run
	TLSFailed            Code = "tls_failed"            // no secure connection could be agreed on
	CertificateUntrusted Code = "certificate_untrusted" // of an unknown issuer, for another name, expired
	ClockWrong           Code = "clock_wrong"           // a good certificate is not valid by this computer's clock

	// This computer.
	KeyringMissing  Code = "keyring_missing"  // there is no system keyring
	KeyringLocked   Code = "keyring_locked"   // it did not answer in time
	StoreKeyLost    Code = "store_key_lost"   // the store's key is not the one it was sealed with
	StoreMissing    Code = "store_missing"    // there was a store, and it cannot be found
	StoreCorrupt    Code = "store_corrupt"    // the file was read, and is not a database
	StoreDamaged    Code = "store_damaged"    // a sealed row cannot be decrypted
	StoreTooNew     Code = "store_too_new"    // written by a newer version of the program
	StoreBusy       Code = "store_busy"       // another process holds the database
	StoreFull       Code = "store_full"       // no space on the disk
	StoreUnreadable Code = "store_unreadable" // the database cannot be opened or written

	// The clinic's database, where several computers share one.
	ComputerRemoved     Code = "computer_removed"     // from the clinic's computers
	DatabaseUnreachable Code = "database_unreachable" // it does not answer now; what was asked may be tried again later

	// The request.
	NotFound      Code = "not_found"
	Invalid       Code = "invalid"       // something that was entered is not acceptable
	NotPermitted  Code = "not_permitted" // the person lacks the permission
	SignedOut     Code = "signed_out"    // nobody is signed in
	SignInRefused Code = "sign_in_refused"
	SyncRunning   Code = "sync_running" // another pass runs on this store
	Gone          Code = "mass_disappearance"
	Cancelled     Code = "cancelled"
	Internal      Code = "internal"
)

// Error is an error for a person to read. Message is one or two plain sentences
// that end with the next step and contain no personal data. Cause is for the
// log.
type Error struct {
	Code    Code
	Message string
	Until   time.Time // RateLimited: when to try again; otherwise zero
	Cause   error
}

// Refuse returns an Error without a cause. The sentence is its Message.
func Refuse(code Code, sentence string) *Error { return &Error{Code: code, Message: sentence} }

// Errorf is Refuse with a sentence formatted as by fmt.Sprintf.
func Errorf(code Code, format string, values ...any) *Error {
	return Refuse(code, fmt.Sprintf(format, values...))
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return string(e.Code) + ": " + e.Cause.Error()
	}
	return string(e.Code) + ": " + e.Message
}

func (e *Error) Unwrap() error { return e.Cause }

// CodeOf returns the code of the first Error in err's chain. A cancelled
// context is Cancelled, a passed deadline TimedOut, anything else Internal,
// and no error "".
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var coded *Error
	switch {
	case errors.As(err, &coded):
		return coded.Code
	case errors.Is(err, context.Canceled):
		return Cancelled
	case errors.Is(err, context.DeadlineExceeded):
		return TimedOut
	}
	return Internal
}

// MessageOf returns the sentence for a person to read. An error without one
// gets a general sentence, since its own text may contain personal data.
func MessageOf(err error) string {
	if err == nil {
		return ""
	}
	var coded *Error
	switch {
	case errors.As(err, &coded):
		return coded.Message
	case errors.Is(err, context.Canceled):
		return "It was cancelled. What was already saved stays saved."
	case errors.Is(err, context.DeadlineExceeded):
		return "It took too long. Try again in a moment."
	}
	return general
}
