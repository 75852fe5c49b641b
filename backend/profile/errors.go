package profile

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Code says what went wrong in a form that programs may rely on. Codes are
// stable: they are shown by the headless commands and stored with passes.
type Code string

// What a caller may meet, grouped by what helps.
const (
	// The key, and what it may do.
	KeyMalformed   Code = "key_malformed"    // the text is not shaped like a Cliniko key
	KeyShard       Code = "key_shard"        // its ending names no shard that could exist
	KeyRefused     Code = "key_refused"      // Cliniko answered 401
	KeyForbidden   Code = "key_forbidden"    // Cliniko answered 403: the owner's role is too low
	OtherClinic    Code = "other_clinic"     // the key answers for a clinic that is not the connected one
	NotConnected   Code = "not_connected"    // no clinic is connected yet
	ClinicRejected Code = "request_rejected" // Cliniko did not understand a request of ours (400, 422)

	// The way to Cliniko.
	Offline           Code = "offline"         // no connection, or no such host
	TimedOut          Code = "timed_out"       // no answer in time
	LoginPage         Code = "login_page"      // a web page instead of data: a network that wants a sign-in
	RateLimited       Code = "rate_limited"    // 429; Until says when to go on
	ClinicTrouble     Code = "cliniko_trouble" // 5xx, or an answer that is not what the API promises
	AnswerTooLarge    Code = "answer_too_large"
	AnswerIncomplete  Code = "answer_incomplete"  // an answer lacks a field that TeleHab cannot do without
	ConnectionBlocked Code = "connection_blocked" // refused or cut: by a firewall, here or in the network

	// A proxy, and what makes a connection secure.
	ProxyUnreadable      Code = "proxy_unreadable"      // the setting that names the proxy is not understood
	ProxyUnreachable     Code = "proxy_unreachable"     // the proxy does not answer, or not like a proxy
	ProxySignIn          Code = "proxy_sign_in"         // the proxy answered 407, or refused user and password
	ProxyRefused         Code = "proxy_refused"         // the proxy answered anything else but 200
	ProxyScript          Code = "proxy_script"          // no way but by a proxy script that TeleHab cannot run
	TLSFailed            Code = "tls_failed"            // no secure connection could be agreed on
	CertificateUntrusted Code = "certificate_untrusted" // of an unknown issuer, for another name, expired
	ClockWrong           Code = "clock_wrong"           // by this computer's clock a good certificate is not valid

	// This computer.
	KeyringMissing  Code = "keyring_missing"  // there is no system keyring
	KeyringLocked   Code = "keyring_locked"   // it did not answer in time
	StoreKeyLost    Code = "store_key_lost"   // the store's key is not the one it was sealed with
	StoreMissing    Code = "store_missing"    // there was a store, and it is not to be seen
	StoreCorrupt    Code = "store_corrupt"    // the file was read, and is no database any more
	StoreDamaged    Code = "store_damaged"    // a sealed row does not open
	StoreTooNew     Code = "store_too_new"    // written by a newer version of the program
	StoreBusy       Code = "store_busy"       // another process holds the database
	StoreFull       Code = "store_full"       // no space on the disk
	StoreUnreadable Code = "store_unreadable" // the database cannot be opened or written

	// What was asked for.
	NotFound      Code = "not_found"
	Invalid       Code = "invalid"       // something typed in is not acceptable
	NotPermitted  Code = "not_permitted" // the person lacks the permission
	SignedOut     Code = "signed_out"    // nobody is signed in
	SignInRefused Code = "sign_in_refused"
	SyncRunning   Code = "sync_running" // another pass runs on this store
	Gone          Code = "mass_disappearance"
	Cancelled     Code = "cancelled"
	Internal      Code = "internal"
)

// Error is an error that a person may read. Message is one or two plain
// sentences that end with the next step; it holds no personal data. Cause is
// for the log.
type Error struct {
	Code    Code
	Message string
	Until   time.Time // RateLimited: when to try again; else zero
	Cause   error
}

// Refuse returns an Error without a cause. The sentence is its Message.
func Refuse(code Code, sentence string) *Error { return &Error{Code: code, Message: sentence} }

// Errorf is Refuse with a sentence that is formatted as by fmt.Sprintf.
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

// MessageOf returns the sentence a person may read. An error that carries none
// gets a general one, because its own text may hold details.
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
