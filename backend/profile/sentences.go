package profile

// sentences are what a person reads about the codes that a pass may end with.
// They stand here, because of a pass of an earlier run only the code is kept.
var sentences = map[Code]string{
	KeyRefused:     "Cliniko refuses this key: it may be archived, cut, or of another region. Copy it again, or make a new key in Cliniko, which may take a moment to work. If that does not help, contact support@vald.com.",
	KeyForbidden:   "Cliniko knows this key, but its owner may not see clients. Give that user a role that may, or use the key of another user.",
	OtherClinic:    "The API key belongs to another clinic than the one connected here, so nothing was changed. Replace it by a key of this clinic.",
	ClinicRejected: "Cliniko did not accept a request of TeleHab. Check for an update of TeleHab, or contact support@vald.com.",

	Offline:           "Cliniko cannot be reached from this computer. Check the internet connection and try again.",
	TimedOut:          "Cliniko did not answer in time. Check the internet connection and try again.",
	LoginPage:         "A web page came instead of Cliniko's data: this network seems to want a sign-in first. Open any web page in your browser, sign in, and try again.",
	RateLimited:       "Cliniko asks to wait, because many requests came in the last minute. TeleHab goes on by itself.",
	ClinicTrouble:     "Cliniko has trouble answering right now. TeleHab goes on by itself; if it stays, look at status.cliniko.com.",
	AnswerTooLarge:    "Cliniko sent far more than expected, so it was not read. Try again later; if it stays, contact support@vald.com.",
	AnswerIncomplete:  "An answer of Cliniko lacks something that TeleHab needs, so nothing was changed. Try again later; if it stays, contact support@vald.com.",
	ConnectionBlocked: "The connection to Cliniko was refused or cut, as a firewall does. Ask your IT person to allow TeleHab to reach api.*.cliniko.com, port 443.",

	ProxyUnreadable:      "The proxy that is set on this computer cannot be read, so nothing was sent. Ask your IT person to check the variable HTTPS_PROXY or the system's proxy settings, then start TeleHab again.",
	ProxyUnreachable:     "The proxy that is set on this computer does not answer. Check that you are on the network it belongs to, or ask your IT person whether it runs and whether its address is right.",
	ProxySignIn:          "The proxy of this network wants a user name and a password. Ask your IT person to set HTTPS_PROXY with them, or to let *.cliniko.com pass without a sign-in.",
	ProxyRefused:         "The proxy of this network did not let TeleHab through to Cliniko. Ask your IT person to allow *.cliniko.com, port 443.",
	ProxyScript:          "This computer uses a proxy script, which could not be run, and Cliniko cannot be reached without it. Ask your IT person for the proxy's address, and set HTTPS_PROXY to it.",
	TLSFailed:            "No secure connection to Cliniko could be made, so the key was not sent. Ask your IT person whether a proxy or security program on this network changes secure connections.",
	CertificateUntrusted: "The certificate that came is not one that this computer trusts for Cliniko, so the key was not sent. Ask your IT person whether a proxy or security program on this network opens secure connections.",
	ClockWrong:           "This computer's date or time seems to be wrong, so Cliniko's certificate is not valid by it and the key was not sent. Correct date and time, then try again.",

	StoreKeyLost:    "The key that opens TeleHab's data on this computer is no longer in the system keyring, or another one stands in its place. If you have a backup of your keyring or password manager, restore it, then try again.",
	StoreMissing:    "TeleHab was set up on this computer, but its data cannot be found right now. If the data folder is on a network or removable drive, connect the drive, then try again.",
	StoreCorrupt:    "The file with TeleHab's data on this computer is damaged. If you have a backup of the data folder, restore it, then try again.",
	StoreDamaged:    "A saved row was changed outside TeleHab and does not open any more. Sync again to fetch it from Cliniko.",
	StoreBusy:       "Another program holds TeleHab's data on this computer. Close other TeleHab windows or commands and try again.",
	StoreFull:       "This computer's disk is full, so nothing more could be saved. Free some space and sync again; what was saved stays.",
	StoreUnreadable: "TeleHab's data on this computer cannot be read or written. Check that the disk works and is yours to write to, then start TeleHab again.",

	Gone: "Many clients are no longer to be found in Cliniko. Nothing was removed here. Open Settings, Software integration to see who they are and decide.",
}

// Because returns an Error with the sentence that belongs to its code. cause,
// for the log, may be nil. A code that no pass ends with gets a general one.
func Because(code Code, cause error) *Error {
	sentence, ok := sentences[code]
	if !ok {
		sentence = general
	}
	return &Error{Code: code, Message: sentence, Cause: cause}
}

const general = "Something went wrong inside TeleHab. Try again; if it stays, contact support@vald.com."
