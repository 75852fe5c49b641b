package webview

import (
	"os"
	"path/filepath"
)

// rendererVariable is WebKitGTK's own. Set to anything but 0, the web view does
// not share its pictures through DMA-BUF.
const rendererVariable = "WEBKIT_DISABLE_DMABUF_RENDERER"

// AvoidBlankWindow turns the web view's DMA-BUF renderer off where NVIDIA's own
// driver is loaded, with which windows are reported to stay blank (WebKit bug
// 262607, Wails issue 2977). Whoever has set the variable, to anything, decides
// instead. It has to come before the toolkit starts; root is "/", or a folder in
// its place.
func AvoidBlankWindow(root string) error {
	if _, set := os.LookupEnv(rendererVariable); set || !hasNVIDIA(root) {
		return nil
	}
	return os.Setenv(rendererVariable, "1")
}

// hasNVIDIA looks for what the driver's module makes when it is loaded. The free
// driver, nouveau, makes neither. Outside Linux there is nothing to find.
func hasNVIDIA(root string) bool {
	for _, trace := range []string{"proc/driver/nvidia/version", "sys/module/nvidia"} {
		if _, err := os.Stat(filepath.Join(root, trace)); err == nil {
			return true
		}
	}
	return false
}
