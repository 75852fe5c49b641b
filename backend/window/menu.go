package window

import (
	"github.com/wailsapp/wails/v2/pkg/menu"
	"github.com/wailsapp/wails/v2/pkg/menu/keys"
)

// commands are what the menu asks of the page, which knows whether it may.
var commands = []struct {
	name, label, key string
}{
	{"find", "Find…", "k"},
	{"today", "Today", "1"},
	{"profiles", "Profiles", "2"},
	{"settings", "Settings…", ","},
	{"lock", "Lock", "l"},
}

// menuBar is the menu of macOS, which people expect there and whose Edit part
// makes copy and paste work. Elsewhere the window has none.
func menuBar(system string, ask func(command string)) *menu.Menu {
	if system != "darwin" {
		return nil
	}
	items := menu.NewMenu()
	for _, c := range commands {
		items.AddText(c.label, keys.CmdOrCtrl(c.key), func(*menu.CallbackData) { ask(c.name) })
	}
	bar := menu.NewMenu()
	bar.Append(menu.AppMenu())
	bar.Append(menu.EditMenu())
	bar.Append(menu.SubMenu("Go", items))
	bar.Append(menu.WindowMenu())
	return bar
}
