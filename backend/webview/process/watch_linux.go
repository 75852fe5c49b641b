package process

/*
#cgo pkg-config: gtk+-3.0
#cgo !webkit2_41 pkg-config: webkit2gtk-4.0
#cgo webkit2_41 pkg-config: webkit2gtk-4.1
#include "watch_linux.h"
*/
import "C"

import "sync/atomic"

var told atomic.Pointer[func(why string)]

// Watch calls ended, on a goroutine of its own, each time that the process of
// the program's web view has ended, and then has the view load the page again.
// Call it once the toolkit runs; the view may be made later.
func Watch(ended func(why string)) {
	told.Store(&ended)
	C.telehab_watch_web_process()
}

//export telehabWebProcessEnded
func telehabWebProcessEnded(reason C.int) {
	why := "it crashed"
	switch reason {
	case C.WEBKIT_WEB_PROCESS_EXCEEDED_MEMORY_LIMIT:
		why = "it used too much memory"
	case C.WEBKIT_WEB_PROCESS_TERMINATED_BY_API:
		why = "it was ended"
	}
	if ended := told.Load(); ended != nil {
		(*ended)(why)
	}
}
