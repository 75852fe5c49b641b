// Package bridge has what connects Cliniko in the browser with TeleHab on the
// computer: the web page behind the App URL, and a bookmarklet for clinics
// without an approved App URL. Both open telehab://patient?patient_id=<id>, and
// neither sends any other request.
//
// docs/OPEN-IN.md says how the page is hosted.
package bridge

import (
	_ "embed" // for the two files below
	"strings"
)

// Page is the bridge page, to be served byte for byte: its content security
// policy has the hashes of its own style and script. It is shared and must not
// be changed.
//
//go:embed index.html
var Page []byte

//go:embed bookmarklet.js
var bookmarkletSource string

// Bookmarklet is bookmarklet.js as the address of a bookmark. It works on the
// pages of a client in Cliniko, and says so on other pages.
var Bookmarklet = address(bookmarkletSource)

// address turns a script, whose comments have lines of their own, into a
// javascript: address. Browsers decode it before they run it, so percent signs
// and characters that an address may not contain are encoded.
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
