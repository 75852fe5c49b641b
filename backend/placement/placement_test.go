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

func TestOnAnotherScreen(t *testing.T) {
	p := placement.Placement{Width: 1200, Height: 800, X: 1500, Y: 20}
	for _, c := range [][4]int{{2800, 1200, 1500, 20}, {1920, 1080, 720, 20}, {1024, 768, 0, 0}} {
		if x, y := p.On(c[0], c[1]); x != c[2] || y != c[3] {
			t.Errorf("on %d x %d: %d, %d", c[0], c[1], x, y)
		}
	}
	p.X, p.Y = -300, -5
	if x, y := p.On(1920, 1080); x != 0 || y != 0 {
		t.Errorf("%d, %d", x, y)
	}
}
