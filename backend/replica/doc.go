// Package replica is the store of a clinic with several computers, as each of
// them uses it: the clinic's database (package postgres), and a copy of it on this
// computer (package sqlite), which follows.
//
// # What a caller may rely on
//
// Whatever is shown is read from the copy, and so needs no network. Whatever
// changes something is done in the database; when it returns without an error, the
// copy has it. When the database cannot be reached it is refused with
// DatabaseUnreachable, and Status says since when. Events of the audit trail alone
// are always taken: they wait here until the database is reached, and are then in it
// once each, in the order in which they happened on this computer.
//
// The copy has whole transactions of the database, in the order of their commits,
// and is changed in one transaction of its own: a kill leaves it as it was before
// or after. Where it cannot catch up, because it was away for months or the database
// was restored from a backup, it is made anew, also in one transaction.
//
// A row of the database that does not open is not replaced by what the copy had of
// it: it does not open here either, and is reported as on one computer. Of the audit
// trail alone the copy keeps what it has.
//
// One computer syncs (Candidate): it is elected by a lock in the database, which lets
// go within half a minute of a computer that sleeps, was cut off or killed, and what
// that still writes for a pass is refused. A pass belongs to the election in which it
// began; whoever is elected next goes on with it.
//
// What a pass has met so far (Counts, Unseen) is read from the database: nobody but
// the pass asks. Of this computer alone, and in the copy only, are wrong passwords
// and quick unlocks.
package replica
