package placement_test

import (
	"os"
	"path/filepath"
	"testing"

	"telehab.io/desktop/backend/placement"
)

func TestWindowComesBackWhereItWas(t *testing.T) {
	dir := t.TempDir()
	first := placement.Load(dir)
	if first != (placement.Placement{Width: 1200, Height: 800}) {
		t.Errorf("at first: %+v", first)
	}
	kept := placement.Placement{Width: 1400, Height: 900, X: 30, Y: 40, Placed: true, Maximised: true, Dark: true}
	if err := kept.Save(dir); err != nil {
		t.Fatal(err)
	}
	if got := placement.Load(dir); got != kept {
		t.Errorf("%+v", got)
	}
	if info, err := os.Stat(filepath.Join(dir, "window.json")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestOddFilesKeepNobodyOut(t *testing.T) {
	for content, want := range map[string][2]int{
		"":                                 {1200, 800},
		"not json":                         {1200, 800},
		`{"width":"wide"}`:                 {1200, 800},
		`{"width":-5,"height":1}`:          {placement.MinWidth, placement.MinHeight},
		`{"width":999999999,"height":700}`: {16000, 700},
		`{"width":911,"height":416}`:       {911, 416},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "window.json"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if p := placement.Load(dir); p.Width != want[0] || p.Height != want[1] {
			t.Errorf("%q: %+v", content, p)
		}
	}
}

// A window that was closed on one screen opens on another.
func TestOnAnotherScreen(t *testing.T) {
	type rect struct{ x, y, width, height int }
	for _, c := range []struct {
		name          string
		width, height int // of the screen, in logical pixels
		left          rect
		want          rect
	}{
		{"as large as before", 2800, 1200, rect{1500, 20, 1200, 800}, rect{1500, 20, 1200, 800}},
		{"Full HD", 1920, 1080, rect{1500, 20, 1200, 800}, rect{720, 20, 1200, 800}},
		{"XGA", 1024, 768, rect{1500, 20, 1200, 800}, rect{0, 20, 1024, 672}},
		{"Full HD at 200 %", 960, 540, rect{30, 40, 1200, 800}, rect{0, 40, 960, 444}},
		{"1366 x 768 at 150 %", 911, 512, rect{30, 40, 1200, 800}, rect{0, 40, 911, 416}},
		{"1366 x 768 at 200 %", 683, 384, rect{30, 40, 1200, 800}, rect{0, 40, 683, 288}},
		{"4K at 300 %", 1280, 720, rect{30, 40, 1200, 800}, rect{30, 40, 1200, 624}},
		{"a portrait screen", 768, 1366, rect{30, 40, 1200, 800}, rect{0, 40, 768, 800}},
		{"beyond the lower edge", 1280, 900, rect{40, 400, 1200, 800}, rect{40, 52, 1200, 800}},
		{"beyond the upper left", 1920, 1080, rect{-300, -5, 1200, 800}, rect{0, 0, 1200, 800}},
		{"left small on a small screen, now on a large one", 1920, 1080, rect{0, 0, 911, 416}, rect{0, 0, 960, 640}},
		{"no screen that could be", 0, 0, rect{9, 9, 1200, 800}, rect{0, 0, 400, 240}},
	} {
		p := placement.Placement{X: c.left.x, Y: c.left.y, Width: c.left.width, Height: c.left.height, Placed: true, Dark: true}
		want := placement.Placement{X: c.want.x, Y: c.want.y, Width: c.want.width, Height: c.want.height, Placed: true, Dark: true}
		if got := p.Within(placement.AreaOf(c.width, c.height)); got != want {
			t.Errorf("%s: %+v, want %+v", c.name, got, want)
		}
	}
}

func TestAWindowThatWasNeverMovedIsCentred(t *testing.T) {
	for screen, want := range map[[2]int]placement.Placement{
		{1920, 1080}: {Width: 1200, Height: 800, X: 360, Y: 92}, {960, 540}: {Width: 960, Height: 444}, {1280, 720}: {Width: 1200, Height: 624, X: 40},
	} {
		p := placement.Placement{Width: 1200, Height: 800}
		if got := p.Centred(placement.AreaOf(screen[0], screen[1])); got != want {
			t.Errorf("on %v: %+v, want %+v", screen, got, want)
		}
	}
}

func TestTheMinimumFitsTheScreen(t *testing.T) {
	for screen, want := range map[[2]int][2]int{
		{1920, 1080}: {960, 640}, {1280, 800}: {960, 640}, {1366, 768}: {960, 640}, {1280, 720}: {960, 624},
		{960, 540}: {960, 444}, {911, 512}: {911, 416}, {800, 600}: {800, 504}, {640, 360}: {640, 264},
	} {
		if width, height := placement.AreaOf(screen[0], screen[1]).Minimum(); [2]int{width, height} != want {
			t.Errorf("on %v: %d x %d, want %v", screen, width, height, want)
		}
	}
}
