package service

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"strings"
)

// agentLabel is what launchd on a Mac knows the service by.
const agentLabel = "io.telehab.desktop.sync"

// agentPlist returns the property list of the launch agent: launchd starts it
// when the person signs in, and again a minute after it has failed. It is in the
// person's own session, where the login keychain is, so it has no keys in it.
func agentPlist(o Options) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + agentLabel + `</string>
	<key>ProgramArguments</key>
	<array>
		<string>` + escaped(o.Program) + `</string>
		<string>sync</string>
		<string>--watch</string>
	</array>
	<key>EnvironmentVariables</key>
	<dict>
`)
	for _, setting := range o.Setting {
		name, value, _ := strings.Cut(setting, "=")
		b.WriteString("\t\t<key>" + escaped(name) + "</key>\n\t\t<string>" + escaped(value) + "</string>\n")
	}
	b.WriteString(`	</dict>
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
`)
	return b.String()
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.String()
}

var (
	agentRuns  = regexp.MustCompile(`(?m)^\s*state = running$`)
	programPID = regexp.MustCompile(`(?m)^\s*pid = [0-9]+$`)
)

// agentIsRunning reads what launchctl print says of the agent.
func agentIsRunning(printed string) bool {
	return agentRuns.MatchString(printed) && programPID.MatchString(printed)
}
