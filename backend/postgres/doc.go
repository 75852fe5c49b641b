// Package postgres keeps the profiles, failures, passes, people and the audit
// trail of one clinic in PostgreSQL, for several computers. It uses what
// PostgreSQL 14 has.
//
// # What the database's owner can see
//
// Everything that says something of a client, a person or the clinic is sealed on
// the computer that writes it (XChaCha20-Poly1305, package seal) under the
// clinic's key, which the database has only wrapped for each computer, by age.
// Each sealed value begins with the version of its key, and is bound to its table,
// clinic, row, column and that version: elsewhere it does not open. Clients are
// looked up by keyed hashes of their ids. The key of these hashes is random, lies
// sealed in the clinic's row, and stays when the clinic's key is replaced.
//
// In clear are: how many clients, passes and events there are; of each row, which
// has no name, whether the client is active, archived, merged or deleted, needs
// attention, could not be read, or is missing; when rows were written and which
// together; the numbers, times and error codes of passes; cursors and counts;
// Cliniko's time as computers know it; the settings; random ids of people and when
// they were added; random tickets of events that a computer delivered; random ids
// of computers, their versions, and when they joined and were seen. The sizes of
// sealed values tell roughly how long they are. On one computer more is in clear
// (package sqlite): ids, times of clients, which details are missing, which
// changed, and who did what.
//
// The owner can remove rows, and put older ones back: they were written by a
// computer of the clinic, so they open. An older row of a client is replaced by the
// next reading, by a full pass at the latest; an older row of a person brings back
// an earlier password, permissions, or an account that was deactivated since; and
// events can be removed from the end of the audit trail. A row that was made up,
// moved or changed does not open.
//
// # What a caller may rely on
//
// Every method that changes something is one transaction. Those that clients,
// people, passes and settings go through come one after the other, each with a
// number, in the order of their commits (see transaction). The audit trail has
// numbers of its own, in that order too.
//
// A write is refused if the computer was elected to sync (Elect) and another one is
// by now, or if the computer was removed (Remove). What a Profiles of DB writes belongs to no election.
//
// Cliniko's time is learnt by each computer by its own clock; what any of them has
// believed is believed by all.
//
// A connection to another computer is by TLS, verified by the server's name. Errors
// have codes of package profile. After DatabaseUnreachable whatever is asked next
// connects anew. The server ends transactions and sessions that a sleeping computer would
// hold others up with.
//
// Wrong passwords are counted on each computer, and a quick unlock is of one
// computer: neither is stored here.
package postgres
