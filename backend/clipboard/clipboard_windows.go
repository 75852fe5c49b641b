package clipboard

import (
	"errors"
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	user32         = windows.NewLazySystemDLL("user32.dll")
	openClipboard  = user32.NewProc("OpenClipboard")
	closeClipboard = user32.NewProc("CloseClipboard")
	emptyClipboard = user32.NewProc("EmptyClipboard")
	setData        = user32.NewProc("SetClipboardData")
	registerFormat = user32.NewProc("RegisterClipboardFormatW")

	kernel32     = windows.NewLazySystemDLL("kernel32.dll")
	globalAlloc  = kernel32.NewProc("GlobalAlloc")
	globalFree   = kernel32.NewProc("GlobalFree")
	globalLock   = kernel32.NewProc("GlobalLock")
	globalUnlock = kernel32.NewProc("GlobalUnlock")
)

const (
	unicodeText = 13 // CF_UNICODETEXT
	movable     = 2  // GMEM_MOVEABLE
)

// keepOut are the formats that exclude a text from the clipboard history: the
// first by being present, the others by a zero.
// https://learn.microsoft.com/windows/win32/dataxchg/clipboard-formats#cloud-clipboard-and-clipboard-history-formats
var keepOut = []string{"ExcludeClipboardContentFromMonitorProcessing", "CanIncludeInClipboardHistory", "CanUploadToCloudClipboard"}

// SetPrivate puts text on the clipboard, but not into its history. If this
// system does not support that, done is false and the clipboard is unchanged.
func SetPrivate(text string) (done bool, err error) {
	wide, err := windows.UTF16FromString(text)
	if err != nil {
		return false, fmt.Errorf("clipboard: %w", err)
	}
	runtime.LockOSThread() // the clipboard belongs to a thread while it is open
	defer runtime.UnlockOSThread()
	if err := open(); err != nil {
		return false, err
	}
	defer func() { _, _, _ = closeClipboard.Call() }()
	if ok, _, err := emptyClipboard.Call(); ok == 0 {
		return false, fmt.Errorf("clipboard: empty it: %w", err)
	}
	for _, name := range keepOut { // before the text, which is what watchers wait for
		format, err := windows.UTF16PtrFromString(name)
		if err != nil {
			return false, err
		}
		id, _, callErr := registerFormat.Call(uintptr(unsafe.Pointer(format))) // #nosec G103 -- Windows' interface
		if id == 0 {
			return false, fmt.Errorf("clipboard: name a format: %w", callErr)
		}
		if err := put(id, []uint16{0, 0}); err != nil {
			return false, err
		}
	}
	return true, put(unicodeText, wide)
}

// open opens the clipboard. It waits a moment if another program has it open.
func open() error {
	var err error
	for range 20 {
		var ok uintptr
		if ok, _, err = openClipboard.Call(0); ok != 0 {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return errors.Join(errors.New("clipboard: another program keeps it"), err)
}

// put gives the clipboard a block of global memory with this content.
func put(format uintptr, content []uint16) error {
	block, _, err := globalAlloc.Call(movable, uintptr(len(content))*2)
	if block == 0 {
		return fmt.Errorf("clipboard: find memory: %w", err)
	}
	var at *uint16
	*(*uintptr)(unsafe.Pointer(&at)), _, err = globalLock.Call(block) // #nosec G103
	if at == nil {
		_, _, _ = globalFree.Call(block)
		return fmt.Errorf("clipboard: reach memory: %w", err)
	}
	copy(unsafe.Slice(at, len(content)), content) // #nosec G103
	_, _, _ = globalUnlock.Call(block)
	if ok, _, err := setData.Call(format, block); ok == 0 {
		_, _, _ = globalFree.Call(block)
		return fmt.Errorf("clipboard: hand it over: %w", err)
	}
	return nil // the block is the clipboard's
}
