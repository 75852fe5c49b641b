// Package hubcompare says which clients of this computer are in VALD Hub, before
// anything is sent there. It only reads: whoever is likely the same is left to a
// person.
package hubcompare
