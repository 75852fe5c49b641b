package service

import (
	"fmt"
	"strings"
)

// madeBy is the first line of a unit of ours. Remove deletes no other.
const madeBy = "# Made by telehab service install. telehab service remove deletes it.\n"

// restartSteps is since systemd 254, which before only warns of such lines.
const restartSteps = 254

// text returns the unit, for a systemd of this version.
func (u *unit) text(o *Options, version int) string {
	var b strings.Builder
	line := func(format string, values ...any) { _, _ = fmt.Fprintf(&b, format+"\n", values...) }
	b.WriteString(madeBy)
	line("[Unit]")
	line("Description=TeleHab: sync for %s", literal(u.owner))
	if o.System {
		line("Wants=network-online.target\nAfter=network-online.target nss-user-lookup.target")
	}
	line("StartLimitIntervalSec=0\n")
	line("[Service]\nType=exec")
	line("ExecStart=%s sync --watch", strings.ReplaceAll(quoted(o.Program), "$", "$$"))
	if o.System {
		line("User=%s", literal(u.owner))
	}
	for _, setting := range o.Setting {
		line("Environment=%s", quoted(setting))
	}
	line("LoadCredentialEncrypted=%s:%s", u.credential, literal(u.sealed)) // no quotes: the rest of the line is the path
	// 143: it ended as it was told to. 2: it was called wrongly, which no
	// restart changes.
	line("SuccessExitStatus=143\nRestartPreventExitStatus=2\nTimeoutStopSec=30")
	line("Restart=on-failure\nRestartSec=10")
	if version >= restartSteps {
		line("RestartSteps=6\nRestartMaxDelaySec=10min")
	}
	b.WriteString("\n" + limits)
	if o.System {
		b.WriteString(sandbox)
		line("BindPaths=%s", quoted(o.DataDir))
		if hidden(o.Program) {
			line("BindReadOnlyPaths=%s", quoted(o.Program))
		}
	}
	wanted := "default.target"
	if o.System {
		wanted = "multi-user.target"
	}
	line("\n[Install]\nWantedBy=%s", wanted)
	return b.String()
}

// limits hold for every unit. They need no name space of its own, which not all
// systems let a user have.
const limits = `NoNewPrivileges=yes
UMask=0077
LimitCORE=0
KeyringMode=private
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
`

// sandbox leaves a unit of the system the data folder alone.
const sandbox = `CapabilityBoundingSet=
AmbientCapabilities=
DevicePolicy=closed
PrivateDevices=yes
PrivateTmp=yes
PrivateUsers=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
ProtectHome=tmpfs
RemoveIPC=yes
`

// hidden says that the sandbox would hide the program.
func hidden(program string) bool {
	for _, folder := range []string{"/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"} {
		if strings.HasPrefix(program, folder) {
			return true
		}
	}
	return false
}

// literal is a text in a unit: % would begin a specifier.
func literal(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// quoted is one word of a unit.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(literal(s)) + `"`
}
