// Package clipboard puts a client's detail on the clipboard without leaving it
// in the system's clipboard history or on other devices of the same person.
package clipboard
