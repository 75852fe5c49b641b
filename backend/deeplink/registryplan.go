package deeplink

import (
	"path"
	"strings"

	"telehab.io/desktop/backend/profile"
)

// What Windows' registry should contain, as pure functions:
// registration_windows.go reads and writes it. The registry has two places for
// a scheme, the person's (HKCU) and the computer's (HKLM), both under
// Software\Classes\telehab; the person's takes precedence, value by value.

// commandKey is the key of the command line, below the scheme's key.
const commandKey = `shell\open\command`

// ownValue is a value of the scheme's key that repeats the command that we
// wrote. So a command is ours as long as no other program has changed it.
const ownValue = "TeleHabCommand"

// A hive is the scheme's registration in one of the two places.
type hive struct {
	command  string // "" for none
	own      string // ownValue
	protocol bool   // it is marked as a scheme
}

// registryValue is a text value to write. key is relative to the scheme's key;
// an empty name is the key's default value.
type registryValue struct{ key, name, data string }

// linkCommand starts the program with the link as one argument.
func linkCommand(executable string) string { return `"` + executable + `" --link "%1"` }

// registryValues is the whole registration of a program. It fails for a path
// with "%", which a command line cannot escape: Windows would substitute the
// link there.
func registryValues(executable string) ([]registryValue, error) {
	if strings.ContainsAny(executable, `%"`) {
		return nil, profile.Refuse(SchemeTrouble, "TeleHab is in a folder whose name has a percent sign, "+
			"which Windows cannot register. Move TeleHab to another folder, start it there and choose Repair.")
	}
	return []registryValue{
		{"", "", "URL:TeleHab"},
		{"", "URL Protocol", ""},
		{"", ownValue, linkCommand(executable)},
		{"DefaultIcon", "", `"` + executable + `",0`},
		{commandKey, "", linkCommand(executable)},
	}, nil
}

// judgeRegistry returns the state, given the two places.
func judgeRegistry(executable string, person, computer hive) State {
	effective := person
	if effective.command == "" {
		effective = computer
	}
	switch {
	case effective.command == "":
		return State{Condition: Missing}
	case strings.EqualFold(effective.command, linkCommand(executable)) && (person.protocol || computer.protocol):
		return State{Condition: Ready}
	case ownedBy(executable, effective):
		return State{Condition: Broken}
	}
	return State{Condition: Foreign, Owner: displayName(programName(effective.command))}
}

// ownedBy reports whether a hive's command is one that we wrote, or starts this
// program in any way.
func ownedBy(executable string, h hive) bool {
	if h.command == "" {
		return false
	}
	if h.command == h.own {
		return true
	}
	command := strings.ToLower(strings.TrimPrefix(h.command, `"`))
	rest, found := strings.CutPrefix(command, strings.ToLower(executable))
	return found && (rest == "" || strings.ContainsAny(rest[:1], "\" \t"))
}

// programName returns the file name of a command line's program, without folder
// and quotes. An unquoted path ends at ".exe".
func programName(command string) string {
	program := strings.TrimSpace(command)
	if quoted, ok := strings.CutPrefix(program, `"`); ok {
		program, _, _ = strings.Cut(quoted, `"`)
	} else if end := strings.Index(strings.ToLower(program), ".exe"); end >= 0 {
		program = program[:end+len(".exe")]
	} else {
		program, _, _ = strings.Cut(program, " ")
	}
	if program == "" {
		return ""
	}
	return path.Base(strings.ReplaceAll(program, `\`, "/"))
}
