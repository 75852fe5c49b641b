package window

import (
	"context"

	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// pageBegins locks the window when the web view has loaded the page again: the
// page in which somebody gave the password is no more.
func (w *window) pageBegins() {
	if w.pages.Add(1) > 1 {
		w.host.LockAll()
	}
}

// pageEnded locks the window when the process of the page has ended. The page
// is loaded again, and asks for the password.
func (w *window) pageEnded(why string) {
	w.host.LockAll()
	w.log.Error().Str("why", why).Msg("the process of the web view ended; the window is locked and loads the page again")
}

// pageFailed is pageEnded on Windows, where the web view shows a page of its own
// in place of ours.
func (w *window) pageFailed() {
	w.pageEnded("WebView2 reported it")
	w.wails.with(func(ctx context.Context) { runtime.WindowReloadApp(ctx) })
}
