package service

import (
	"errors"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc/mgr"
)

// process is that of a service; zero where it has none.
type process struct{ handle windows.Handle }

// endOf returns the process whose end is waited for.
func endOf(service *mgr.Service) (process, error) {
	now, err := service.Query()
	if err != nil || now.ProcessId == 0 {
		return process{}, err
	}
	handle, err := windows.OpenProcess(windows.SYNCHRONIZE, false, now.ProcessId)
	if errors.Is(err, windows.ERROR_INVALID_PARAMETER) { // it has just ended
		return process{}, nil
	}
	return process{handle}, err
}

// reached says that the process has ended, and with it all that it had open.
func (p process) reached() bool {
	if p.handle == 0 {
		return true
	}
	event, err := windows.WaitForSingleObject(p.handle, 0)
	return err == nil && event == windows.WAIT_OBJECT_0
}

func (p process) close() {
	if p.handle != 0 {
		_ = windows.CloseHandle(p.handle)
	}
}
