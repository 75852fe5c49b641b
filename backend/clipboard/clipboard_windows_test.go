package clipboard

import (
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	getData     = user32.NewProc("GetClipboardData")
	isAvailable = user32.NewProc("IsClipboardFormatAvailable")
)

func TestPrivateTextStaysOutOfTheHistory(t *testing.T) {
	for _, text := range []string{"0491 570 156", "zoë@example.com 🙂"} {
		if done, err := SetPrivate(text); err != nil || !done {
			t.Fatalf("%v, %v", done, err)
		}
		if held := read(t); held != text {
			t.Errorf("the clipboard holds %q", held)
		}
		for _, name := range keepOut {
			format, err := windows.UTF16PtrFromString(name)
			if err != nil {
				t.Fatal(err)
			}
			id, _, _ := registerFormat.Call(uintptr(unsafe.Pointer(format)))
			if ok, _, _ := isAvailable.Call(id); ok == 0 {
				t.Errorf("%s is not there", name)
			}
		}
	}
	if _, err := SetPrivate("a\x00b"); err == nil {
		t.Error("text with a NUL was cut")
	}
}

func read(t *testing.T) string {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := open(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _, _ = closeClipboard.Call() }()
	block, _, err := getData.Call(unicodeText)
	if block == 0 {
		t.Fatal(err)
	}
	var at *uint16
	*(*uintptr)(unsafe.Pointer(&at)), _, _ = globalLock.Call(block)
	defer func() { _, _, _ = globalUnlock.Call(block) }()
	return windows.UTF16PtrToString(at)
}
