// Package staff is the domain of those who use TeleHab: the people who may sign
// in, what each of them may do, and the audit trail of what they did. It holds
// types and interfaces, and the few rules that need no store.
//
// Of this project it imports package profile alone.
package staff
