package screenlock

import (
	"syscall"
	"unsafe"
)

var (
	wtsapi32         = syscall.NewLazyDLL("wtsapi32.dll")
	querySession     = wtsapi32.NewProc("WTSQuerySessionInformationW")
	freeMemory       = wtsapi32.NewProc("WTSFreeMemory")
	thisServer       = uintptr(0)
	thisSession      = uintptr(0xFFFFFFFF) // WTS_CURRENT_SESSION
	sessionInfoEx    = uintptr(25)         // WTSSessionInfoEx
	sessionLocked    = int32(0)            // WTS_SESSIONSTATE_LOCK, since Windows 8
	smallestInfoSize = uint32(unsafe.Sizeof(info{}))
)

// info is the beginning of WTSINFOEXW.
type info struct {
	level uint32
	_     uint32 // the union that follows is aligned to 8 bytes
	id    uint32
	state int32
	flags int32
}

// On reports whether Windows shows its lock screen in this session.
func On() bool {
	var answer *info
	var size uint32
	ok, _, _ := querySession.Call(thisServer, thisSession, sessionInfoEx, uintptr(unsafe.Pointer(&answer)), uintptr(unsafe.Pointer(&size))) // #nosec G103 -- Windows' interface
	if ok == 0 || answer == nil {
		return false
	}
	defer func() { _, _, _ = freeMemory.Call(uintptr(unsafe.Pointer(answer))) }() // #nosec G103
	return size >= smallestInfoSize && answer.level == 1 && answer.flags == sessionLocked
}
