// Package placement remembers where the window was, how large, and in which
// colours, in a small file of the data folder that says nothing about anybody.
package placement

import (
	"encoding/json"
	"os"
	"path/filepath"

	"telehab.io/desktop/backend/atomicfile"
)

// The sizes that the window may have, in logical pixels: those of the system
// after its scaling.
const (
	MinWidth  = 400 // the smallest on any screen
	MinHeight = 240
	width     = 1200
	height    = 800
	largest   = 16000

	// Where there is room for it, the window cannot be made smaller than this.
	roomyWidth  = 960
	roomyHeight = 640

	// What a screen's height has besides the window: bar is a task bar or a dock
	// at the lower edge, and above is a menu bar and the window's own title bar.
	// The toolkit does not say how much they are. Together, Windows needs 48,
	// GNOME 69, KDE 74 and macOS up to 96.
	bar   = 48
	above = 48
)

// Area is the part of a screen that the window may use, in logical pixels.
type Area struct {
	Width, Height int // at most so large
	bottom        int // its lower edge is not below this one
}

// AreaOf returns what a screen of this size leaves to the window.
func AreaOf(screenWidth, screenHeight int) Area {
	height := max(screenHeight-bar-above, MinHeight)
	return Area{Width: max(screenWidth, MinWidth), Height: height, bottom: max(screenHeight-bar, height)}
}

// Minimum returns how small the window may be made: never larger than the area,
// or its edges could not be reached.
func (a Area) Minimum() (width, height int) {
	return min(roomyWidth, a.Width), min(roomyHeight, a.Height)
}

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

// Centred returns p in the middle of the area, as far as it fits.
func (p Placement) Centred(a Area) Placement {
	p = p.Within(a)
	p.X, p.Y = (a.Width-p.Width)/2, (a.Height-p.Height)/2
	return p
}

// Within returns p with its size and place inside the area, since the screen may
// be another one than last time.
func (p Placement) Within(a Area) Placement {
	smallestWidth, smallestHeight := a.Minimum()
	p.Width = min(max(p.Width, smallestWidth), a.Width)
	p.Height = min(max(p.Height, smallestHeight), a.Height)
	p.X = max(min(p.X, a.Width-p.Width), 0)
	p.Y = max(min(p.Y, a.bottom-p.Height), 0)
	return p
}
