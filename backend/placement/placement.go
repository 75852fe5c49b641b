// Package placement stores the window's position, size and colours in a small
// file of the data folder, which contains nothing personal.
package placement

import (
	"encoding/json"
	"errors"

	"telehab.io/desktop/backend/datafolder"
)

// The bounds of the window's size, in logical pixels, that is, after the
// system's scaling.
const (
	MinWidth  = 400 // the smallest on any screen
	MinHeight = 240
	width     = 1200
	height    = 800
	largest   = 16000

	// The minimum size on a screen that has room for it.
	roomyWidth  = 960
	roomyHeight = 640

	// What takes height from a screen besides the window: bar is a task bar or
	// a dock at the bottom, above is a menu bar and the window's title bar. The
	// toolkit does not tell their sizes. Together, Windows needs 48, GNOME 69,
	// KDE 74 and macOS up to 96.
	bar   = 48
	above = 48
)

// Area is the part of a screen that the window may use, in logical pixels.
type Area struct {
	Width, Height int // the largest size
	bottom        int // the lowest position of the lower edge
}

// AreaOf returns the area that a screen of this size leaves to the window.
func AreaOf(screenWidth, screenHeight int) Area {
	height := max(screenHeight-bar-above, MinHeight)
	return Area{Width: max(screenWidth, MinWidth), Height: height, bottom: max(screenHeight-bar, height)}
}

// Minimum returns the window's minimum size. It is never larger than the area,
// or the window's edges could not be reached.
func (a Area) Minimum() (width, height int) {
	return min(roomyWidth, a.Width), min(roomyHeight, a.Height)
}

// Placement is the window's last position, size and colours.
type Placement struct {
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	X         int  `json:"x"` // of the upper left corner; the toolkit counts from the screen that it is on
	Y         int  `json:"y"`
	Placed    bool `json:"placed"` // X and Y are known
	Maximised bool `json:"maximised"`
	Dark      bool `json:"dark"`
}

const fileName = "window.json"

// Load returns the placement stored in dir, or a default one: a missing or
// damaged file is not an error.
func Load(dir string) Placement {
	p := Placement{Width: width, Height: height}
	raw, err := read(dir)
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return Placement{Width: width, Height: height}
	}
	p.Width = min(max(p.Width, MinWidth), largest)
	p.Height = min(max(p.Height, MinHeight), largest)
	return p
}

// Save stores p in dir.
func (p Placement) Save(dir string) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	folder, err := datafolder.Make(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Write(fileName, raw), folder.Close())
}

func read(dir string) ([]byte, error) {
	folder, err := datafolder.OpenPlain(dir)
	if err != nil {
		return nil, err
	}
	raw, err := folder.ReadFile(fileName)
	return raw, errors.Join(err, folder.Close())
}

// Centred returns p centred in the area, no larger than fits.
func (p Placement) Centred(a Area) Placement {
	p = p.Within(a)
	p.X, p.Y = (a.Width-p.Width)/2, (a.Height-p.Height)/2
	return p
}

// Within returns p moved and sized to fit the area, since the screen may differ
// from last time.
func (p Placement) Within(a Area) Placement {
	smallestWidth, smallestHeight := a.Minimum()
	p.Width = min(max(p.Width, smallestWidth), a.Width)
	p.Height = min(max(p.Height, smallestHeight), a.Height)
	p.X = max(min(p.X, a.Width-p.Width), 0)
	p.Y = max(min(p.Y, a.bottom-p.Height), 0)
	return p
}
