// Package clipboard puts a client's detail on the clipboard so that the system
// does not remember it: neither its clipboard history nor a copy on another
// device of the same person.
package clipboard
