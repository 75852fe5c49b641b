package deeplink

import (
	"io/fs"
	"regexp"
	"strings"
)

// On a Mac the registration is part of the app's bundle: the system reads
// CFBundleURLTypes in its Info.plist when the app is installed, and there is
// nothing to write.

const notInBundle = "TeleHab's links work when TeleHab runs from its app bundle. " +
	"Drag TeleHab into the Applications folder and open it there once."

var urlScheme = regexp.MustCompile(`(?s)<key>CFBundleURLSchemes</key>\s*<array>[^/]*<string>` + Scheme + `</string>`)

// judgeBundle reports whether the bundle that contains a program declares our
// scheme. files is the file system from its root.
func judgeBundle(executable string, files fs.FS) State {
	bundle, _, found := strings.Cut(executable, ".app/Contents/MacOS/")
	if !found {
		return State{Condition: Unsupported, Message: notInBundle}
	}
	plist, err := fs.ReadFile(files, strings.TrimPrefix(bundle, "/")+".app/Contents/Info.plist")
	if err != nil || !urlScheme.Match(plist) {
		return State{Condition: Unsupported, Message: "This copy of TeleHab was built without its links. " +
			"Download TeleHab again and drag it into the Applications folder."}
	}
	return State{Condition: Ready}
}
