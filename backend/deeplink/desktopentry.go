package deeplink

import (
	"strings"
	"unicode/utf8"

	"telehab.io/desktop/backend/profile"
)

// The parts of the Desktop Entry Specification 1.5 that a handler needs. They
// are pure functions, tested on every system; only Linux uses them.

// desktopID is the name of our entry, which is also the one that packages
// install.
const desktopID = "telehab.desktop"

// marker is a key that marks an entry as ours, wherever it points.
const marker = "X-TeleHab-Links"

// desktopEntry is what we read of a .desktop file.
type desktopEntry struct {
	name   string
	exec   string // as in the file
	ours   bool   // it has our marker
	hidden bool   // it is marked as deleted
}

func parseEntry(text string) desktopEntry {
	var e desktopEntry
	eachKey(text, "Desktop Entry", func(_ int, key, value string) {
		switch key {
		case "Name":
			e.name = unescape(value)
		case "Exec":
			e.exec = value
		case "Hidden":
			e.hidden = value == "true"
		case marker:
			e.ours = value == "true"
		}
	})
	return e
}

// eachKey calls visit for every key of one group of an INI-like text, with the
// number of its line.
func eachKey(text, group string, visit func(line int, key, value string)) {
	inside := false
	for number, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if strings.HasPrefix(line, "[") {
			inside = line == "["+group+"]"
			continue
		}
		if key, value, found := strings.Cut(line, "="); found && inside && !strings.HasPrefix(line, "#") {
			visit(number, strings.TrimRight(key, " "), strings.TrimLeft(value, " "))
		}
	}
}

// ourEntry is the text of our entry for a program at path.
func ourEntry(path string) (string, error) {
	program, err := quoteProgram(path)
	if err != nil {
		return "", err
	}
	return strings.Join([]string{
		"[Desktop Entry]",
		"Type=Application",
		"Name=TeleHab",
		"GenericName=Client profiles",
		"Comment=Open your clinic's client profiles from Cliniko",
		"Exec=" + program + " --link %u",
		"Icon=telehab",
		"Terminal=false",
		"Categories=Office;",
		"Keywords=client;patient;clinic;physiotherapy;Cliniko;",
		"StartupWMClass=telehab",
		"MimeType=" + handlerType + ";",
		marker + "=true",
		"",
	}, "\n"), nil
}

// reserved characters make quotes necessary. Other paths are not quoted,
// because xdg-open's own parser, used where it does not recognise the desktop,
// does not understand quotes.
const reserved = " \t\"'\\><~|&;$*?#()`"

// launcher starts the program that follows.
const launcher = "env"

// quoteProgram returns a program's path for Exec: quoted as an argument, then
// escaped like any string of the file.
func quoteProgram(path string) (string, error) {
	if !utf8.ValidString(path) || strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", profile.Refuse(SchemeTrouble,
			"TeleHab is in a folder whose name this computer's desktop does not support. "+
				"Move it to a folder with a plain name, start it there and choose Repair.")
	}
	quoted := path
	if strings.ContainsAny(path, reserved) {
		inside := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(path)
		quoted = `"` + inside + `"`
	}
	if strings.Contains(path, "%") {
		// GLib looks for the program before it turns %% into %.
		quoted = launcher + " " + strings.ReplaceAll(quoted, "%", "%%")
	}
	return strings.ReplaceAll(quoted, `\`, `\\`), nil
}

// splitExec returns the program and the arguments of an Exec line, with field
// codes unchanged. ok is false for an invalid line.
func splitExec(exec string) (program string, arguments []string, ok bool) {
	words, ok := splitQuoted(unescape(exec))
	if !ok || len(words) == 0 {
		return "", nil, false
	}
	if words[0] == launcher && len(words) > 1 {
		words = words[1:]
	}
	return strings.ReplaceAll(words[0], "%%", "%"), words[1:], true
}

func splitQuoted(text string) (words []string, ok bool) {
	var word strings.Builder
	var started, quoted bool
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '\\' && i+1 < len(text) && strings.IndexByte("\"`$\\", text[i+1]) >= 0:
			i++
			word.WriteByte(text[i])
		case c == '"':
			quoted, started = !quoted, true
		case !quoted && (c == ' ' || c == '\t'):
			if started {
				words = append(words, word.String())
			}
			word.Reset()
			started = false
		default:
			started = true
			word.WriteByte(c)
		}
	}
	if started {
		words = append(words, word.String())
	}
	return words, !quoted
}

// unescape undoes the escapes that any string of a desktop entry may have.
func unescape(value string) string {
	return strings.NewReplacer(`\\`, `\`, `\s`, " ", `\n`, "\n", `\t`, "\t", `\r`, "\r").Replace(value)
}
