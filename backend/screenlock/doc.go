// Package screenlock reports whether the system's lock screen is shown, which
// asks for the computer's password.
package screenlock
