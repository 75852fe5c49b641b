package notifier

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/windows/registry"
)

func TestSwitchesThatTurnNotificationsOff(t *testing.T) {
	if os.Getenv("TELEHAB_TEST_REGISTRY") == "" {
		t.Skip("changes the registry")
	}
	if err := Check(); err != nil {
		t.Fatalf("untouched: %v", err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const windows = `Software\Microsoft\Windows\CurrentVersion\`
	for _, s := range []struct {
		path, name string
		off, on    uint32
	}{
		{`Software\Policies\Microsoft\Windows\CurrentVersion\PushNotifications`, "NoToastApplicationNotification", 1, 0},
		{windows + "PushNotifications", "ToastEnabled", 0, 1},
		{windows + `Notifications\Settings\` + filepath.Base(program), "Enabled", 0, 1},
	} {
		key, _, err := registry.CreateKey(registry.CURRENT_USER, s.path, registry.SET_VALUE)
		if err != nil {
			t.Fatal(err)
		}
		for value, shown := range map[uint32]bool{s.off: false, s.on: true} {
			if err := key.SetDWordValue(s.name, value); err != nil {
				t.Fatal(err)
			}
			if err := Check(); (err == nil) != shown {
				t.Errorf("%s is %d: %v", s.name, value, err)
			}
		}
		if err := key.DeleteValue(s.name); err != nil {
			t.Error(err)
		}
		_ = key.Close()
	}
}
