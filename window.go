package main

import (
	"context"
	"embed"
	"io/fs"

	"github.com/rs/zerolog"
	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/mac"
	"github.com/wailsapp/wails/v2/pkg/options/windows"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/workspace"
)

//go:embed all:frontend/dist
var frontend embed.FS

//go:embed build/appicon.png
var icon []byte

// openWindow shows the window and returns when it is closed.
func openWindow(o workspace.Options, demo bool, log zerolog.Logger) error {
	// Given as a sub-folder, development builds serve what is embedded too.
	assets, err := fs.Sub(frontend, "frontend/dist")
	if err != nil {
		return err
	}
	toolkit := &toolkit{}
	app := NewApp(o, demo, log, toolkit)
	identity := "io.telehab.desktop"
	if demo {
		identity += ".demo" // so that the demo can be tried beside the real one
	}
	return wails.Run(&options.App{
		Title:  "TeleHab",
		Width:  1200,
		Height: 800,
		// The smallest size at which every screen is laid out.
		MinWidth:         960,
		MinHeight:        640,
		BackgroundColour: &options.RGBA{R: 248, G: 247, B: 245, A: 255},
		AssetServer:      &assetserver.Options{Assets: assets},
		Logger:           quiet{log},
		LogLevel:         logger.ERROR,
		ErrorFormatter:   formatError,
		OnStartup:        func(ctx context.Context) { toolkit.ctx = ctx },
		OnShutdown:       func(context.Context) { app.shutdown() },
		Bind:             []any{app},
		SingleInstanceLock: &options.SingleInstanceLock{
			UniqueId: identity,
			OnSecondInstanceLaunch: func(options.SecondInstanceData) {
				runtime.WindowUnminimise(toolkit.ctx)
				runtime.Show(toolkit.ctx)
			},
		},
		Linux:   &linux.Options{Icon: icon, ProgramName: "telehab", WebviewGpuPolicy: linux.WebviewGpuPolicyOnDemand},
		Mac:     &mac.Options{About: &mac.AboutInfo{Title: "TeleHab", Message: "Version " + o.Version, Icon: icon}},
		Windows: &windows.Options{Theme: windows.SystemDefault},
	})
}

// toolkit is Wails as the app sees it.
type toolkit struct{ ctx context.Context }

func (t *toolkit) Emit(event string, data any) { runtime.EventsEmit(t.ctx, event, data) }
func (t *toolkit) OpenAddress(address string)  { runtime.BrowserOpenURL(t.ctx, address) }
func (t *toolkit) CopyText(text string) error  { return runtime.ClipboardSetText(t.ctx, text) }
func (t *toolkit) AskWhereToSave(title, name string) (string, error) {
	return runtime.SaveFileDialog(t.ctx, runtime.SaveDialogOptions{Title: title, DefaultFilename: name, CanCreateDirectories: true})
}

// quiet hands Wails' own messages to our log. They are about the toolkit, and
// its debug messages hold what the window was told, so only errors pass.
type quiet struct{ log zerolog.Logger }

func (q quiet) Print(string)   {}
func (q quiet) Trace(string)   {}
func (q quiet) Debug(string)   {}
func (q quiet) Info(string)    {}
func (q quiet) Warning(string) {}
func (q quiet) Error(message string) {
	q.log.Error().Str("toolkit", logging.Text(message)).Msg("the window reports an error")
}
func (q quiet) Fatal(message string) { q.Error(message) }
