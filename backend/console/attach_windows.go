package console

import (
	"os"

	"golang.org/x/sys/windows"
)

var attachConsoleCall = windows.NewLazySystemDLL("kernel32.dll").NewProc("AttachConsole")

// Attach gives a command the terminal that it was started from. A program
// with a window starts without one, so that its output would be lost. What was
// redirected stays where it goes.
func Attach() {
	const parent = ^uintptr(0)
	if handle, err := windows.GetStdHandle(windows.STD_OUTPUT_HANDLE); err == nil && handle != 0 && handle != windows.InvalidHandle {
		return
	}
	if ok, _, _ := attachConsoleCall.Call(parent); ok == 0 {
		return // started by a click: nobody reads it
	}
	if out, err := os.OpenFile("CONOUT$", os.O_RDWR, 0); err == nil {
		os.Stdout, os.Stderr = out, out
	}
	if in, err := os.OpenFile("CONIN$", os.O_RDWR, 0); err == nil {
		os.Stdin = in
	}
}
