package command

import "strings"

// nextSteps are what the sentences of errors say to do in the window, and what
// does the same in a terminal.
var nextSteps = strings.NewReplacer(
	"Open Settings, Software integration to see who they are and decide.",
	"See who they are with telehab missing --as EMAIL, and decide with telehab missing keep or telehab missing remove.",
	"Open Settings, Software integration and set up the Cliniko integration.",
	"Connect it with telehab connect --as EMAIL, which reads the API key from standard input.",
	"Set up the Cliniko integration in Settings first.",
	"Connect it with telehab connect --as EMAIL, which reads the API key from standard input.",
	"Set up the Cliniko integration again.",
	"Connect it with telehab connect --as EMAIL, which reads the API key from standard input.",
	"Open Settings, Software integration and paste a key again.",
	"Give a key again with telehab connect --as EMAIL, which reads it from standard input.",
	"Open Settings, Software integration and replace the key.",
	"Replace the key with telehab connect --as EMAIL, which reads it from standard input.",
	"They are being read from Cliniko again: export once that is done.",
	"Read them from Cliniko again with telehab sync --full, then export.",
)

// inTerminal is an error's sentence with a next step that a terminal has.
func inTerminal(sentence string) string { return nextSteps.Replace(sentence) }
