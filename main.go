// Command telehab is TeleHab's desktop application: a window, and the same work
// as headless commands.
package main

import (
	"context"
	"embed"
	"os"

	"telehab.io/desktop/backend/command"
	"telehab.io/desktop/backend/console"
	"telehab.io/desktop/backend/coredump"
	"telehab.io/desktop/backend/workspace"
)

// version is set by the build.
var version = "0.0.0-dev"

//go:embed all:frontend/dist
var frontend embed.FS

//go:embed build/appicon.png
var icon []byte

//go:embed build/linux/window.png
var windowIcon []byte

func main() {
	// The web view would open an inspector for anybody who sets these.
	for _, name := range []string{"WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER"} {
		_ = os.Unsetenv(name)
	}
	_ = coredump.Disable() // a crash is no reason to write keys to the disk; there is no log yet
	if len(os.Args) > 1 {
		console.Attach()
	}
	os.Exit(run())
}

func run() int {
	ctx, stop := command.UntilSignal(context.Background())
	defer stop()
	o := workspace.FromEnvironment(version)
	return command.Run(ctx, os.Args[1:], command.Terminal{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Workspace: o,
		Window: func(_ context.Context, demo bool, link string) error {
			stop() // the window handles signals by itself
			return openWindow(o, demo, link)
		},
	})
}
