package service

import (
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

const wantedPlist = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>io.telehab.desktop.sync</string>
	<key>ProgramArguments</key>
	<array>
		<string>/Applications/Clinic &amp; Tools/TeleHab.app/Contents/MacOS/telehab</string>
		<string>sync</string>
		<string>--watch</string>
	</array>
	<key>EnvironmentVariables</key>
	<dict>
		<key>TELEHAB_DATA_DIR</key>
		<string>/Volumes/Clinic/a=b &lt;c&gt;</string>
	</dict>
	<key>RunAtLoad</key>
	<true/>
	<key>KeepAlive</key>
	<dict>
		<key>SuccessfulExit</key>
		<false/>
	</dict>
	<key>ThrottleInterval</key>
	<integer>60</integer>
	<key>ProcessType</key>
	<string>Background</string>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
</dict>
</plist>
`

func TestTheLaunchAgentsPropertyList(t *testing.T) {
	plist := agentPlist(Options{
		Program: "/Applications/Clinic & Tools/TeleHab.app/Contents/MacOS/telehab",
		Setting: []string{"TELEHAB_DATA_DIR=/Volumes/Clinic/a=b <c>"},
	})
	if plist != wantedPlist {
		t.Errorf("the property list is\n%s", plist)
	}
	want := map[string]any{
		"Label":                  "io.telehab.desktop.sync",
		"ProgramArguments":       []any{"/Applications/Clinic & Tools/TeleHab.app/Contents/MacOS/telehab", "sync", "--watch"},
		"EnvironmentVariables":   map[string]any{"TELEHAB_DATA_DIR": "/Volumes/Clinic/a=b <c>"},
		"RunAtLoad":              true,
		"KeepAlive":              map[string]any{"SuccessfulExit": false},
		"ThrottleInterval":       "60",
		"ProcessType":            "Background",
		"LimitLoadToSessionType": "Aqua",
	}
	if got := parsePlist(t, plist); !reflect.DeepEqual(got, want) {
		t.Errorf("launchd would read %v", got)
	}
}

// parsePlist reads a property list as its document type says it is built.
func parsePlist(t *testing.T, text string) any {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	if start := nextElement(t, d); start == nil || start.Name.Local != "plist" {
		t.Fatalf("it begins with %v", start)
	}
	value := plistValue(t, d, nextElement(t, d))
	if extra := nextElement(t, d); extra != nil {
		t.Fatalf("a second value: %v", extra)
	}
	return value
}

// nextElement returns the next one that begins, or nil where one ends.
func nextElement(t *testing.T, d *xml.Decoder) *xml.StartElement {
	t.Helper()
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			return &token
		case xml.EndElement:
			return nil
		}
	}
}

func plistValue(t *testing.T, d *xml.Decoder, start *xml.StartElement) any {
	t.Helper()
	switch start.Name.Local {
	case "string", "integer", "key":
		var text string
		if err := d.DecodeElement(&text, start); err != nil {
			t.Fatal(err)
		}
		return text
	case "true", "false":
		if err := d.Skip(); err != nil {
			t.Fatal(err)
		}
		return start.Name.Local == "true"
	case "array":
		values := []any{}
		for each := nextElement(t, d); each != nil; each = nextElement(t, d) {
			values = append(values, plistValue(t, d, each))
		}
		return values
	case "dict":
		values := map[string]any{}
		for each := nextElement(t, d); each != nil; each = nextElement(t, d) {
			key, value := plistValue(t, d, each), nextElement(t, d)
			if each.Name.Local != "key" || value == nil {
				t.Fatalf("%v has no key or no value", key)
			}
			values[key.(string)] = plistValue(t, d, value)
		}
		return values
	}
	t.Fatalf("no property list has %s", start.Name.Local)
	return nil
}

func TestWhetherTheLaunchAgentRuns(t *testing.T) {
	for _, c := range []struct {
		printed string
		want    bool
	}{
		{"io.telehab.desktop.sync = {\n\tactive count = 1\n\tstate = running\n\n\tpid = 4711\n}\n", true},
		{"io.telehab.desktop.sync = {\n\tactive count = 0\n\tstate = not running\n\n\tlast exit code = 1\n}\n", false},
		{"io.telehab.desktop.sync = {\n\tstate = spawn scheduled\n}\n", false},
		{"", false},
	} {
		if got := agentIsRunning(c.printed); got != c.want {
			t.Errorf("%q: %v", c.printed, got)
		}
	}
}
