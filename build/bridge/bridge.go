// Package bridge holds what stands between Cliniko in the browser and TeleHab on the computer: the web page that the App
// URL leads to, and a bookmark for clinics that have no approved App URL. Both end in telehab://patient?patient_id=<id>,
// and neither asks anybody for anything else.
//
// docs/OPEN-IN.md says how the page is hosted.
package bridge

import (
	_ "embed" // for the two files below
	"strings"
)

// Page is the bridge page as it is to be served, byte for byte: its content security policy names the hashes of its own
// style and script. It is shared; nobody may change it.
//
//go:embed index.html
var Page []byte

//go:embed bookmarklet.js
var bookmarkletSource string

// Bookmarklet is bookmarklet.js as the address of a bookmark. It works on the pages of one client in Cliniko, and says so
// anywhere else.
var Bookmarklet = address(bookmarkletSource)

// address makes a javascript: address of a script whose comments have lines of their own. Browsers decode it before they
// run it, so what an address may not hold, and the percent sign, is encoded.
func address(script string) string {
	var code []string
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "//") {
			code = append(code, line)
		}
	}
	encode := strings.NewReplacer("%", "%25", " ", "%20", `"`, "%22", "#", "%23", "<", "%3C", ">", "%3E", `\`, "%5C", "^", "%5E",
		"`", "%60", "{", "%7B", "|", "%7C", "}", "%7D")
	return "javascript:" + encode.Replace(strings.Join(code, " "))
}
