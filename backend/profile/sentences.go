package profile

import "errors"

// sentences are what a person reads about the codes that a pass may end with.
// They are here because only the code of an earlier pass is stored.
var sentences = map[Code]string{
	KeyRefused:     "Cliniko does not accept this key. Compare it with your copy: one character may differ, or the end may be missing. If it is the same, add a new key in Cliniko under My info, Manage API keys, and use that; Cliniko may need a minute until it accepts it. If that does not help, write to TeleHab's support, support@vald.com.",
	KeyForbidden:   "Cliniko accepts this key, but its owner does not have access to clients. Give that user a role with access, or use another user's key.",
	OtherClinic:    "The API key belongs to another clinic than the one connected here, so nothing was changed. Replace it with a key of this clinic.",
	ClinicRejected: "Cliniko did not accept a request of TeleHab. Check for an update of TeleHab, or write to TeleHab's support, support@vald.com.",

	Offline:           "Cliniko cannot be reached from this computer. Check the internet connection and try again.",
	TimedOut:          "Cliniko did not answer in time. Check the internet connection and try again.",
	LoginPage:         "A web page came instead of Cliniko's data: this network probably requires a sign-in first. Open any web page in your browser, sign in, and try again.",
	RateLimited:       "Cliniko has received many requests in the last minute and asks TeleHab to wait. TeleHab continues automatically.",
	ClinicTrouble:     "Cliniko has trouble answering right now. TeleHab continues automatically; if that takes long, check status.cliniko.com.",
	AnswerTooLarge:    "Cliniko sent far more than expected, so it was not read. Try again later; if that does not help, write to TeleHab's support, support@vald.com.",
	AnswerIncomplete:  "An answer from Cliniko lacks something that TeleHab needs, so nothing was changed. Try again later; if that does not help, write to TeleHab's support, support@vald.com.",
	ConnectionBlocked: "The connection to Cliniko was refused or cut, as a firewall does. Ask your IT person to allow TeleHab to reach api.*.cliniko.com, port 443.",

	ProxyUnreadable:      "The proxy that is set on this computer cannot be read, so nothing was sent. Ask your IT person to check the variable HTTPS_PROXY or the system's proxy settings, then start TeleHab again.",
	ProxyUnreachable:     "The proxy that is set on this computer does not answer. Check that you are on the network it belongs to, or ask your IT person whether it runs and whether its address is right.",
	ProxySignIn:          "The proxy of this network requires a user name and a password. Ask your IT person to set HTTPS_PROXY with them, or to allow *.cliniko.com without a sign-in.",
	ProxyRefused:         "The proxy of this network did not let TeleHab through to Cliniko. Ask your IT person to allow *.cliniko.com, port 443.",
	ProxyScript:          "This computer uses a proxy script, which could not be run, and Cliniko cannot be reached without it. Ask your IT person for the proxy's address, and set HTTPS_PROXY to it.",
	TLSFailed:            "No secure connection to Cliniko could be made, so the key was not sent. Ask your IT person whether a proxy or security program on this network changes secure connections.",
	CertificateUntrusted: "This computer does not trust the certificate that it received for Cliniko, so the key was not sent. Ask your IT person whether a proxy or security program on this network opens secure connections.",
	ClockWrong:           "This computer's date or time seems to be wrong, so it cannot check Cliniko's certificate and the key was not sent. Correct the date and time, then try again.",

	StoreKeyLost:    "The key that opens TeleHab's data on this computer is no longer in the system keyring, or was replaced by another one. If you have a backup of your keyring or password manager, restore it, then try again.",
	StoreMissing:    "TeleHab was set up on this computer, but its data cannot be found right now. If the data folder is on a network or removable drive, connect the drive, then try again.",
	StoreCorrupt:    "The file with TeleHab's data on this computer is damaged. If you have a backup of the data folder, restore it, then try again.",
	StoreDamaged:    "A saved profile was changed outside TeleHab and can no longer be read. Sync again to fetch it from Cliniko.",
	StoreBusy:       "Another program is using TeleHab's data on this computer. Close other TeleHab windows or commands and try again.",
	StoreFull:       "This computer's disk is full, so nothing more could be saved. Free some space and sync again; what was saved is kept.",
	StoreUnreadable: "TeleHab's data on this computer cannot be read or written. Check that the disk works and that you can write to it, then start TeleHab again.",

	ComputerRemoved:     "This computer was removed from the clinic's computers, so its copy of the clinic's data is erased. To use it again, have somebody run telehab computers add and join the clinic.",
	DatabaseUnreachable: "The clinic's database cannot be reached right now, so nothing can be changed; what is on this computer can still be read. Check the network: TeleHab goes on automatically. If that takes long, tell whoever looks after the database.",

	Gone: "Many clients can no longer be found in Cliniko. Nothing was removed here. Open Settings, Software integration to see who they are and decide.",
}

// Because returns an Error with the sentence of its code, or a general sentence
// if no pass ends with that code. cause, for the log, may be nil. A cause that
// has a Sentence of its own, which is more exact, is shown with that.
func Because(code Code, cause error) *Error {
	sentence, ok := sentences[code]
	if !ok {
		sentence = general
	}
	var exact interface{ Sentence() string }
	if errors.As(cause, &exact) {
		sentence = exact.Sentence()
	}
	return &Error{Code: code, Message: sentence, Cause: cause}
}

const general = "Something went wrong inside TeleHab. Try again; if that does not help, write to TeleHab's support, support@vald.com."
