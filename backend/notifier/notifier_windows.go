package notifier

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows/registry"
)

// Check returns which of Windows' switches for notifications is off: the clinic's
// policy, the person's for all programs, or the person's for this one, which
// Windows knows by the name of its file. A switch that nobody has touched is not
// there.
func Check() error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program: %w", err)
	}
	for _, s := range []struct {
		key, value string
		off        uint64
	}{
		{`Software\Policies\Microsoft\Windows\CurrentVersion\PushNotifications`, "NoToastApplicationNotification", 1},
		{`Software\Microsoft\Windows\CurrentVersion\PushNotifications`, "ToastEnabled", 0},
		{`Software\Microsoft\Windows\CurrentVersion\Notifications\Settings\` + filepath.Base(program), "Enabled", 0},
	} {
		if value, found := read(s.key, s.value); found && value == s.off {
			return fmt.Errorf("%s in %s is %d", s.value, s.key, value)
		}
	}
	return nil
}

func read(path, name string) (value uint64, found bool) {
	key, err := registry.OpenKey(registry.CURRENT_USER, path, registry.QUERY_VALUE)
	if err != nil {
		return 0, false
	}
	defer func() { _ = key.Close() }()
	value, _, err = key.GetIntegerValue(name)
	return value, err == nil
}
