// Command emptywindow is a minimal window of this toolkit, with which
// frontend/e2e/start.test.mjs compares the app's start. It prints when its page
// is painted, in milliseconds since 1970, and stays open.
package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
)

//go:embed page
var page embed.FS

// Empty is what the page may call.
type Empty struct{}

// Painted prints when the page is painted.
func (Empty) Painted() { fmt.Println("painted", time.Now().UnixMilli()) }

func main() {
	assets, err := fs.Sub(page, "page")
	if err == nil {
		err = wails.Run(&options.App{
			Title: "Empty", Width: 1200, Height: 800,
			AssetServer: &assetserver.Options{Assets: assets},
			Bind:        []any{&Empty{}},
			Linux:       &linux.Options{WebviewGpuPolicy: linux.WebviewGpuPolicyOnDemand},
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
