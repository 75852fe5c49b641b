// Package screenlock tells whether the system's own lock is on: the screen that
// asks for the computer's password.
package screenlock
