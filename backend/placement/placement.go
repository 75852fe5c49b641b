// Package placement remembers where the window was, how large, and in which
// colours, in a small file of the data folder that says nothing about anybody.
package placement

import (
	"encoding/json"
	"os"
	"path/filepath"

	"telehab.io/desktop/backend/atomicfile"
)

// The sizes that the window may have, in the system's own pixels.
const (
	MinWidth  = 960 // the smallest at which every screen is laid out
	MinHeight = 640
	width     = 1200
	height    = 800
	largest   = 16000
)

// Placement is how the window stood when it was last seen.
type Placement struct {
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	X         int  `json:"x"` // of the upper left corner; the toolkit counts from the screen that it is on
	Y         int  `json:"y"`
	Placed    bool `json:"placed"` // X and Y are known
	Maximised bool `json:"maximised"`
	Dark      bool `json:"dark"`
}

func path(dir string) string { return filepath.Join(dir, "window.json") }

// Load returns what was kept in dir, or a sensible window: it is only a
// convenience, and whatever is wrong with the file keeps nobody out.
func Load(dir string) Placement {
	p := Placement{Width: width, Height: height}
	raw, err := os.ReadFile(path(dir))
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return Placement{Width: width, Height: height}
	}
	p.Width = min(max(p.Width, MinWidth), largest)
	p.Height = min(max(p.Height, MinHeight), largest)
	return p
}

// Save keeps p in dir.
func (p Placement) Save(dir string) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return atomicfile.Write(path(dir), raw, 0o600)
}

// On returns where the window belongs on a screen of this size: wholly on it as
// far as it fits, since the screen may be another one than last time.
func (p Placement) On(screenWidth, screenHeight int) (x, y int) {
	return max(min(p.X, screenWidth-p.Width), 0), max(min(p.Y, screenHeight-p.Height), 0)
}
