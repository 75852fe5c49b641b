package webview

import (
	"os"
	"path/filepath"
)

// rendererVariable is a variable of WebKitGTK. If it is set to anything but 0,
// the web view does not share its images through DMA-BUF.
const rendererVariable = "WEBKIT_DISABLE_DMABUF_RENDERER"

// AvoidBlankWindow turns off the web view's DMA-BUF renderer if NVIDIA's own
// driver is loaded, with which windows are reported to stay blank (WebKit bug
// 262607, Wails issue 2977). A variable that is already set, to anything, is
// left alone. Call it before the toolkit starts; root is "/", or a folder in
// its place.
func AvoidBlankWindow(root string) error {
	if _, set := os.LookupEnv(rendererVariable); set || !hasNVIDIA(root) {
		return nil
	}
	return os.Setenv(rendererVariable, "1")
}

// hasNVIDIA looks for files that the driver's module creates when it is loaded.
// The free driver, nouveau, creates none of them. Systems other than Linux have
// none.
func hasNVIDIA(root string) bool {
	for _, trace := range []string{"proc/driver/nvidia/version", "sys/module/nvidia"} {
		if _, err := os.Stat(filepath.Join(root, trace)); err == nil {
			return true
		}
	}
	return false
}
