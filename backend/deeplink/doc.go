// Package deeplink brings links into the program. It parses telehab:// links,
// registers the scheme with the operating system for the person who runs the
// program, and opens a harmless link to test the registration. Its sub-package
// handover passes a link from a second process to the one that has the window.
//
// Any web page may open a link, and links are not signed. So a link is
// navigation and nothing else: a parser returns a Kind and digits, and the text
// itself goes into no error, log, file or command line.
package deeplink
