// Package profile is the domain: what a patient in the practice system is, what
// TeleHab stores of it, when a profile needs attention and why, what one pass
// of the sync did, and the interfaces through which the engine uses a practice
// system and a store.
//
// It imports nothing of this project. Every other package may import it.
package profile
