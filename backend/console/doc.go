// Package console is the terminal that a command was started from.
package console
