package main

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

// putBack moves the window to where it was.
func putBack(ctx context.Context, p placement.Placement) {
	if !p.Placed || p.Maximised {
		return
	}
	screens, err := runtime.ScreenGetAll(ctx)
	if err != nil {
		return // it stays where the system put it
	}
	for _, screen := range screens {
		if screen.IsCurrent {
			x, y := p.On(screen.Size.Width, screen.Size.Height)
			runtime.WindowSetPosition(ctx, x, y)
		}
	}
}

// remember keeps the window's place whenever it has changed: a program that is
// ended with the computer is not asked before.
func (a *App) remember(ctx context.Context, t *toolkit) {
	ticker := time.NewTicker(placeTick)
	defer ticker.Stop()
	for kept := t.place; ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		t.with(func(window context.Context) {
			now := look(window, kept)
			now.Dark = t.dark.Load()
			if now == kept {
				return
			}
			kept = now
			if err := now.Save(a.options.DataDir()); err != nil {
				logging.Failure(a.log, "remember the window's place", err)
			}
		})
	}
}

// placeTick is how often the window's place is looked at.
const placeTick = 2 * time.Second

// look returns how the window stands now, after it was last seen as p.
func look(ctx context.Context, p placement.Placement) placement.Placement {
	p.Maximised = runtime.WindowIsMaximised(ctx)
	if !p.Maximised && !runtime.WindowIsMinimised(ctx) {
		p.Width, p.Height = runtime.WindowGetSize(ctx)
		p.X, p.Y = runtime.WindowGetPosition(ctx)
		p.Placed = true
	}
	return p
}
