// Package window is the window: what the page may call, an area each, the
// shapes that cross to it, and what Wails does for it. It is the only package
// that imports Wails.
//
// A method of a service runs through host.Do, which is given who may call it,
// or through host.DoWithoutClinic, which anybody may. Services have no other
// way to a clinic.
package window

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"sync/atomic"

	"github.com/rs/zerolog"
	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/mac"
	"github.com/wailsapp/wails/v2/pkg/options/windows"

	"telehab.io/desktop/backend/deeplink"
	"telehab.io/desktop/backend/deeplink/handover"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/placement"
	"telehab.io/desktop/backend/webview"
	"telehab.io/desktop/backend/webview/process"
	"telehab.io/desktop/backend/window/host"
	"telehab.io/desktop/backend/workspace"
)

// Options say what the window shows.
type Options struct {
	Workspace  workspace.Options
	Demo       bool   // start on the demo clinic
	Link       string // what the operating system handed over, or ""
	Page       fs.FS  // index.html and what belongs to it
	Icon       []byte // for About, on macOS
	WindowIcon []byte // small: the toolkit hands it to the X server unpacked
}

// Open shows the window and returns when it is closed. Where one is open
// already, that one is given the link and comes to the front. services makes
// what the page may call.
//
// Errors: StoreBusy while a command that erases the data waits for an answer.
func Open(o Options, services func(Parts) []any) error {
	start := deeplink.Link{Kind: deeplink.Show}
	if parsed := deeplink.Parse(o.Link); parsed.Kind != deeplink.Unknown {
		start = parsed
	}
	dir := o.Workspace.DataDir()
	inbox, first, err := handover.Listen(dir)
	if err != nil {
		return err
	}
	if !first {
		return handover.Send(dir, start)
	}
	defer func() { _ = inbox.Close() }()
	log, file, err := logging.Open(filepath.Join(dir, "logs"), zerolog.InfoLevel)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program: %w", err)
	}
	if err := webview.RemoveMarked(dir); err != nil {
		logging.Failure(log, "remove what the web view had kept", err)
	}
	if err := webview.Claim(dir); err != nil {
		logging.Failure(log, "mark the web view's folders", err)
	}
	if err := webview.AvoidBlankWindow("/"); err != nil {
		logging.Failure(log, "set up the web view", err)
	}
	computer := thisComputer(o.Workspace)
	computer.Registration, computer.EraseLogs = deeplink.Registration{Executable: program}, file.Erase
	w := &window{wails: &wailsWindow{place: placement.Load(dir)}, dir: dir, log: log}
	w.parts, w.host = newParts(o.Workspace, o.Demo, log, w.wails, computer)
	w.parts.links.arrive(start)
	go func() {
		for link := range inbox.Links() {
			w.parts.links.arrive(link)
		}
	}()
	return w.run(&o, services(w.parts))
}

// window is the window while it is open.
type window struct {
	parts Parts
	host  *host.Host
	wails *wailsWindow
	dir   string
	log   zerolog.Logger
	pages atomic.Int64 // how many the web view has loaded
}

// run hands the window to Wails.
func (w *window) run(o *Options, services []any) error {
	place := w.wails.place
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
		Menu:             menuBar(goruntime.GOOS, func(command string) { w.wails.Emit(eventCommand, command) }),
		AssetServer:      &assetserver.Options{Assets: o.Page},
		Logger:           wailsLog{w.log, w.pageFailed},
		LogLevel:         logger.ERROR,
		ErrorFormatter:   formatError,
		OnStartup: func(ctx context.Context) {
			w.wails.ready(ctx)
			go func() { _, _ = w.host.Open(ctx) }() // the page is told what goes wrong when it asks
			room := restorePlacement(ctx, place)
			go w.keepRegistered(ctx)
			process.Watch(w.pageEnded)
			go w.parts.autoLock.Watch(watching, func() { w.lockIfDue(watching) })
			go w.watchStore(watching)
			go w.watchNotifications(watching)
			go w.watchPlacement(watching, room)
		},
		OnDomReady: func(context.Context) { w.pageBegins() },
		OnShutdown: func(context.Context) { w.wails.endNotifications(); w.close() },
		Bind:       services,
		SingleInstanceLock: &options.SingleInstanceLock{
			UniqueId: w.identity(),
			// The lock on the data directory comes first; this one catches a
			// second start that looks elsewhere for it.
			OnSecondInstanceLaunch: func(options.SecondInstanceData) { w.wails.Show() },
		},
		Linux: &linux.Options{Icon: o.WindowIcon, ProgramName: webview.ProgramName, WebviewGpuPolicy: linux.WebviewGpuPolicyOnDemand},
		// macOS brings links this way, even before the start is over.
		Mac: &mac.Options{OnUrlOpen: func(link string) { w.parts.links.arrive(deeplink.Parse(link)) },
			About: &mac.AboutInfo{Title: "TeleHab", Message: "Version " + o.Workspace.Version, Icon: o.Icon}},
		Windows: &windows.Options{Theme: windows.SystemDefault, WebviewUserDataPath: webview.Folder(w.dir)},
	})
}

// identity is one for each data directory, as D-Bus allows it in a name.
func (w *window) identity() string {
	folder := sha256.Sum256([]byte(w.dir))
	return "io.telehab.desktop." + hex.EncodeToString(folder[:6])
}

// close stops what runs. A pass that is cut off resumes at the next start.
func (w *window) close() {
	w.parts.clipboard.clear()
	w.host.Close()
}

// keepRegistered mends the registration of our links at every start. What
// belongs to another program stays until a person says otherwise, and in the demo
// what belongs to another copy of this one.
func (w *window) keepRegistered(ctx context.Context) {
	state, err := w.parts.computer.Registration.Check(ctx)
	if err == nil && isFree(state, w.host.InDemo()) {
		err = w.parts.computer.Registration.Repair(ctx, false)
	}
	if err != nil {
		logging.Failure(w.log, "keep the links registered", err)
	}
}
