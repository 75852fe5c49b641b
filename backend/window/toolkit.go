package window

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"telehab.io/desktop/backend/clipboard"
	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/notifier"
	"telehab.io/desktop/backend/placement"
)

// toolkit is what Wails does for the window.
type toolkit interface {
	Emit(event string, data any)
	CopyText(text string) error
	// CopyPrivately is CopyText for a client's detail: the system is asked
	// not to remember it.
	CopyPrivately(text string) error
	CopiedText() (string, error)
	// Show brings the window to the front.
	Show()
	// Painted takes the colours that the page has.
	Painted(dark bool)
	// AllowNotifications asks the system, and with that perhaps the person,
	// whether Notify may be used. An error that wraps notifier.ErrNobody says
	// that nothing there shows notifications.
	AllowNotifications() (allowed bool, err error)
	// Notify has the system show a text beside the window. Whoever clicks it
	// sees the window.
	Notify(text string) error
	// AskWhereToSave returns "" when the person cancels.
	AskWhereToSave(title, name string) (string, error)
}

// wailsWindow is the toolkit. Before the window is there it does
// nothing: the window asks for the state, and for a link, by itself.
type wailsWindow struct {
	window atomic.Pointer[context.Context]
	place  placement.Placement // as it was at the start
	dark   atomic.Bool         // what the page said last

	mu       sync.Mutex
	notifies bool // the system is ready for it
}

func (t *wailsWindow) ready(ctx context.Context) { t.window.Store(&ctx) }

// with runs do on the window, once there is one.
func (t *wailsWindow) with(do func(context.Context)) {
	if ctx := t.window.Load(); ctx != nil {
		do(*ctx)
	}
}

func (t *wailsWindow) Painted(dark bool) { t.dark.Store(dark) }

func (t *wailsWindow) Emit(event string, data any) {
	t.with(func(ctx context.Context) { runtime.EventsEmit(ctx, event, data) })
}

func (t *wailsWindow) Show() {
	t.with(func(ctx context.Context) {
		runtime.WindowUnminimise(ctx)
		runtime.Show(ctx)
	})
}

func (t *wailsWindow) CopiedText() (text string, err error) {
	t.with(func(ctx context.Context) { text, err = runtime.ClipboardGetText(ctx) })
	return text, err
}

func (t *wailsWindow) CopyPrivately(text string) error {
	if done, err := clipboard.SetPrivate(text); done || err != nil {
		return err
	}
	return t.CopyText(text)
}

func (t *wailsWindow) CopyText(text string) (err error) {
	t.with(func(ctx context.Context) { err = runtime.ClipboardSetText(ctx, text) })
	return err
}

func (t *wailsWindow) AskWhereToSave(title, name string) (path string, err error) {
	t.with(func(ctx context.Context) {
		path, err = runtime.SaveFileDialog(ctx, runtime.SaveDialogOptions{Title: title, DefaultFilename: name, CanCreateDirectories: true})
	})
	return path, err
}

func (t *wailsWindow) AllowNotifications() (allowed bool, err error) {
	err = t.notifying(func(ctx context.Context) (err error) {
		allowed, err = runtime.RequestNotificationAuthorization(ctx)
		return err
	})
	return allowed, err
}

func (t *wailsWindow) Notify(text string) error {
	return t.notifying(func(ctx context.Context) error {
		return runtime.SendNotification(ctx, runtime.NotificationOptions{ID: "needs-person", Title: "TeleHab", Body: text})
	})
}

// errNoWindow is that nothing is shown before the window is there.
var errNoWindow = errors.New("there is no window yet")

// notifying runs do where the system shows notifications. Wails finds that out on
// macOS alone.
func (t *wailsWindow) notifying(do func(context.Context) error) error {
	err := errNoWindow
	t.with(func(ctx context.Context) {
		if err = notifier.Check(); err != nil {
			return
		}
		if err = t.beginNotifications(ctx); err == nil {
			err = do(ctx)
		}
	})
	return err
}

// beginNotifications connects to the system at first, and not before somebody
// wants to be notified: Windows is told of the program for that.
func (t *wailsWindow) beginNotifications(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.notifies {
		return nil
	}
	if err := runtime.InitializeNotifications(ctx); err != nil {
		return err
	}
	runtime.OnNotificationResponse(ctx, func(runtime.NotificationResult) { t.Show() })
	t.notifies = true
	return nil
}

// endNotifications is for when the window closes.
func (t *wailsWindow) endNotifications() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.notifies {
		t.with(runtime.CleanupNotifications)
	}
}

// wailsLog hands Wails' own messages to our log. They are about the toolkit,
// and its debug messages hold what the window was told, so only errors pass.
// Of those just the first words: a call that Wails cannot read is repeated
// behind them, with passwords and names.
type wailsLog struct {
	log        zerolog.Logger
	pageFailed func() // the web view's process has failed, on Windows
}

func (q wailsLog) Print(string)   {}
func (q wailsLog) Trace(string)   {}
func (q wailsLog) Debug(string)   {}
func (q wailsLog) Info(string)    {}
func (q wailsLog) Warning(string) {}
func (q wailsLog) Error(message string) {
	message = message[:strings.IndexAny(message+":", `:'"{[`)]
	if strings.HasPrefix(message, windowsProcessFailed) {
		go q.pageFailed()
	}
	q.log.Error().Str("toolkit", logging.Text(message)).Msg("the window reports an error")
}

// windowsProcessFailed is how Wails v2.16.0 says that a process of WebView2 has
// ended, which it tells in no other way. The typing mistake is its own.
const windowsProcessFailed = "WebVie2wProcess failed"

func (q wailsLog) Fatal(message string) { q.Error(message) }
