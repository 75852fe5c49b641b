package main

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync/atomic"

	"github.com/rs/zerolog"
	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/mac"
	"github.com/wailsapp/wails/v2/pkg/options/windows"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"telehab.io/desktop/backend/clipboard"
	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/deeplink/handover"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/placement"
	"telehab.io/desktop/backend/webview"
	"telehab.io/desktop/backend/workspace"
)

//go:embed all:frontend/dist
var frontend embed.FS

//go:embed build/appicon.png
var icon []byte

// windowIcon is small: the toolkit hands it to the X server unpacked.
//
//go:embed build/linux/window.png
var windowIcon []byte

// openWindow shows the window and returns when it is closed. link is what the
// operating system handed over at the start, or "". Where a window is open
// already, that one is given the link and comes to the front.
func openWindow(o workspace.Options, demo bool, link string) error {
	start := deeplink.Link{Kind: deeplink.Show}
	if parsed := deeplink.Parse(link); parsed.Kind != deeplink.Unknown {
		start = parsed
	}
	inbox, first, err := handover.Listen(o.DataDir())
	if err != nil {
		return err
	}
	if !first {
		return handover.Send(o.DataDir(), start)
	}
	defer func() { _ = inbox.Close() }()
	log, file, err := logging.Open(filepath.Join(o.DataDir(), "logs"), zerolog.InfoLevel)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program: %w", err)
	}
	if err := webview.RemoveMarked(o.DataDir()); err != nil {
		logging.Failure(log, "remove what the web view had kept", err)
	}
	if err := webview.AvoidBlankWindow("/"); err != nil {
		logging.Failure(log, "set up the web view", err)
	}
	toolkit := &toolkit{place: placement.Load(o.DataDir())}
	app := NewApp(o, demo, log, toolkit, deeplink.Registration{Executable: program})
	app.eraseLogs = file.Erase
	app.arrive(start)
	go func() {
		for link := range inbox.Links() {
			app.arrive(link)
		}
	}()
	return runWindow(app, toolkit)
}

// runWindow hands the app to Wails.
func runWindow(app *App, toolkit *toolkit) error {
	// Given as a sub-folder, development builds serve what is embedded too.
	assets, err := fs.Sub(frontend, "frontend/dist")
	if err != nil {
		return err
	}
	// One for each data directory, as D-Bus allows it in a name.
	folder := sha256.Sum256([]byte(app.options.DataDir()))
	identity := "io.telehab.desktop." + hex.EncodeToString(folder[:6])
	place := toolkit.place
	watching, unwatch := context.WithCancel(context.Background())
	defer unwatch()
	return wails.Run(&options.App{
		Title:            "TeleHab",
		Width:            place.Width,
		Height:           place.Height,
		MinWidth:         placement.MinWidth,
		MinHeight:        placement.MinHeight,
		WindowStartState: startState(place),
		BackgroundColour: canvas(place.Dark),
		Menu:             menuBar(goruntime.GOOS, func(command string) { toolkit.Emit(eventCommand, command) }),
		AssetServer:      &assetserver.Options{Assets: assets},
		Logger:           quiet{app.log},
		LogLevel:         logger.ERROR,
		ErrorFormatter:   formatError,
		OnStartup: func(ctx context.Context) {
			toolkit.ready(ctx)
			go app.open(ctx)
			room := putBack(ctx, place)
			go app.keepRegistered(ctx)
			go app.watch(watching)
			go app.remember(watching, toolkit, room)
		},
		OnShutdown: func(context.Context) { app.shutdown() },
		Bind:       []any{app},
		SingleInstanceLock: &options.SingleInstanceLock{
			UniqueId: identity,
			// The lock on the data directory comes first; this one catches a
			// second start that looks elsewhere for it.
			OnSecondInstanceLaunch: func(options.SecondInstanceData) { toolkit.Show() },
		},
		Linux: &linux.Options{Icon: windowIcon, ProgramName: webview.ProgramName, WebviewGpuPolicy: linux.WebviewGpuPolicyOnDemand},
		// macOS brings links this way, even before the start is over.
		Mac: &mac.Options{OnUrlOpen: func(link string) { app.arrive(deeplink.Parse(link)) },
			About: &mac.AboutInfo{Title: "TeleHab", Message: "Version " + app.version, Icon: icon}},
		Windows: &windows.Options{Theme: windows.SystemDefault, WebviewUserDataPath: webview.Folder(app.options.DataDir())},
	})
}

// toolkit is Wails as the app sees it. Before the window is there it does
// nothing: the window asks for the state, and for a link, by itself.
type toolkit struct {
	window atomic.Pointer[context.Context]
	place  placement.Placement // as it was at the start
	dark   atomic.Bool         // what the page said last
}

func (t *toolkit) ready(ctx context.Context) { t.window.Store(&ctx) }

// with runs do on the window, once there is one.
func (t *toolkit) with(do func(context.Context)) {
	if ctx := t.window.Load(); ctx != nil {
		do(*ctx)
	}
}

func (t *toolkit) Painted(dark bool) { t.dark.Store(dark) }

func (t *toolkit) Emit(event string, data any) {
	t.with(func(ctx context.Context) { runtime.EventsEmit(ctx, event, data) })
}

func (t *toolkit) Show() {
	t.with(func(ctx context.Context) {
		runtime.WindowUnminimise(ctx)
		runtime.Show(ctx)
	})
}

func (t *toolkit) CopiedText() (text string, err error) {
	t.with(func(ctx context.Context) { text, err = runtime.ClipboardGetText(ctx) })
	return text, err
}

func (t *toolkit) CopyPrivately(text string) error {
	if done, err := clipboard.SetPrivate(text); done || err != nil {
		return err
	}
	return t.CopyText(text)
}

func (t *toolkit) CopyText(text string) (err error) {
	t.with(func(ctx context.Context) { err = runtime.ClipboardSetText(ctx, text) })
	return err
}

func (t *toolkit) AskWhereToSave(title, name string) (path string, err error) {
	t.with(func(ctx context.Context) {
		path, err = runtime.SaveFileDialog(ctx, runtime.SaveDialogOptions{Title: title, DefaultFilename: name, CanCreateDirectories: true})
	})
	return path, err
}

// quiet hands Wails' own messages to our log. They are about the toolkit, and
// its debug messages hold what the window was told, so only errors pass. Of those
// just the first words: a call that Wails cannot read is repeated behind them,
// with passwords and names.
type quiet struct{ log zerolog.Logger }

func (q quiet) Print(string)   {}
func (q quiet) Trace(string)   {}
func (q quiet) Debug(string)   {}
func (q quiet) Info(string)    {}
func (q quiet) Warning(string) {}
func (q quiet) Error(message string) {
	message = message[:strings.IndexAny(message+":", `:'"{[`)]
	q.log.Error().Str("toolkit", logging.Text(message)).Msg("the window reports an error")
}
func (q quiet) Fatal(message string) { q.Error(message) }
