// Package deeplink is the way of a link into the program: it knows what a
// telehab:// link may say, registers the scheme with the operating system for
// the person who runs the program, and opens one harmless link to prove that
// the way works. Its sub-package handover brings a link from a second process
// to the one that has the window.
//
// Any web page may open a link, and nobody signs it. So a link is navigation
// and nothing else: what comes out of a parser is a Kind and digits, and the
// text itself goes into no error, log, file or command line.
package deeplink
