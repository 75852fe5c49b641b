package window

import (
	"context"
	"time"

	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/placement"
)

// The colours that the window has before the page paints: --canvas of
// frontend/src/tokens.css.
var (
	lightCanvas = options.RGBA{R: 0xf8, G: 0xf7, B: 0xf5, A: 255}
	darkCanvas  = options.RGBA{R: 0x19, G: 0x18, B: 0x17, A: 255}
)

func canvas(dark bool) *options.RGBA {
	if dark {
		return &darkCanvas
	}
	return &lightCanvas
}

func startState(p placement.Placement) options.WindowStartState {
	if p.Maximised {
		return options.Maximised
	}
	return options.Normal
}

// screenArea returns what the screen that the window is on leaves to it.
func screenArea(ctx context.Context) (placement.Area, bool) {
	screens, err := runtime.ScreenGetAll(ctx)
	if err != nil {
		return placement.Area{}, false
	}
	for _, screen := range screens {
		if screen.IsCurrent && screen.Size.Width > 0 && screen.Size.Height > 0 {
			return placement.AreaOf(screen.Size.Width, screen.Size.Height), true
		}
	}
	return placement.Area{}, false
}

// restorePlacement moves the window to where it was, as far as the screen has
// room. It returns the room.
func restorePlacement(ctx context.Context, p placement.Placement) placement.Area {
	room, known := screenArea(ctx)
	if !known {
		return room // the window stays as the system put it, and may be made small
	}
	fitted := p.Within(room)
	if !p.Placed {
		fitted = p.Centred(room) // the toolkit did that for the size before
	}
	fit(ctx, room, fitted, p)
	if p.Placed && !p.Maximised {
		runtime.WindowSetPosition(ctx, fitted.X, fitted.Y)
	}
	return room
}

// fit makes the window's smallest size one that fits, and the window as large
// as fitted, in its place if it was not. The order matters: a system keeps no
// window below its minimum.
func fit(ctx context.Context, room placement.Area, fitted, now placement.Placement) {
	width, height := room.Minimum()
	runtime.WindowSetMinSize(ctx, width, height)
	if !now.Maximised && (fitted.Width != now.Width || fitted.Height != now.Height) {
		runtime.WindowSetSize(ctx, fitted.Width, fitted.Height)
		runtime.WindowSetPosition(ctx, fitted.X, fitted.Y)
	}
}

// watchPlacement keeps the window's place whenever it has changed: a program
// that is ended with the computer is not asked before. A window that comes to
// a screen with other room, or whose screen is scaled anew, is fitted to
// that.
func (w *window) watchPlacement(ctx context.Context, room placement.Area) {
	ticker := time.NewTicker(placeTick)
	defer ticker.Stop()
	for kept := w.wails.place; ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		w.wails.with(func(window context.Context) {
			now := currentPlacement(window, kept)
			now.Dark = w.wails.dark.Load()
			if other, known := screenArea(window); known && other != room {
				room = other
				fit(window, room, now.Within(room), now)
			}
			if now == kept {
				return
			}
			kept = now
			if err := now.Save(w.dir); err != nil {
				logging.Failure(w.log, "save the window's place", err)
			}
		})
	}
}

// placeTick is how often the window's place is read.
const placeTick = 2 * time.Second

// currentPlacement returns how the window stands now, after it was last seen
// as p.
func currentPlacement(ctx context.Context, p placement.Placement) placement.Placement {
	p.Maximised = runtime.WindowIsMaximised(ctx)
	if !p.Maximised && !runtime.WindowIsMinimised(ctx) {
		p.Width, p.Height = runtime.WindowGetSize(ctx)
		p.X, p.Y = runtime.WindowGetPosition(ctx)
		p.Placed = true
	}
	return p
}
