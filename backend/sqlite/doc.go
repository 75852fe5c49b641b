// Package sqlite stores profiles, failures, passes and people on this computer.
//
// Personal values are stored only inside sealed columns: XChaCha20-Poly1305
// under a key that the caller keeps in the system keyring, bound to the row
// they belong to. One connection writes; readers see the last commit.
package sqlite
