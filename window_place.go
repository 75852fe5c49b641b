package main

import (
	"context"

	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/runtime"

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
