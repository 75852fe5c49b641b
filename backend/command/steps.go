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
	"Replace it with a key of this clinic.",
	"Replace it with a key of this clinic: telehab connect --as EMAIL reads one from standard input.",
	"Paste the API key first.",
	"No API key came on standard input.",
	"and paste the whole key here.",
	"and give the whole key to telehab connect.",
	"choose Add a clinic.",
	"choose Add a clinic in the window, or set TELEHAB_DATA_DIR to a folder of its own for the other one.",
	"They are being read from Cliniko again: export once that is done.",
	"Read them from Cliniko again with telehab sync --full, then export.",
	"Sync again to fetch it from Cliniko.",
	"Fetch it from Cliniko again with telehab sync --full.",
	"Ask one of them to sign in and do it.",
	"Use --as with the email of one of them.",
	"Use a different email, or sign in as that person.",
	"Use a different email. telehab people list --as EMAIL says who has which.",
	"Reload the list of people.",
	"telehab people list --as EMAIL says who is.",
	"Look it up in the list of people.",
	"telehab people list --as EMAIL says who does.",
	"start TeleHab again",
	"run the command again",
)

// inTerminal is an error's sentence with a next step that a terminal has.
func inTerminal(sentence string) string { return nextSteps.Replace(sentence) }
