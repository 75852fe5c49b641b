package screenlock

/*
#cgo LDFLAGS: -framework CoreGraphics -framework CoreFoundation
#include <CoreGraphics/CoreGraphics.h>

static int screenLocked(void) {
	CFDictionaryRef session = CGSessionCopyCurrentDictionary();
	if (session == NULL) {
		return 0;
	}
	CFBooleanRef locked = CFDictionaryGetValue(session, CFSTR("CGSSessionScreenIsLocked"));
	int on = locked != NULL && CFBooleanGetValue(locked);
	CFRelease(session);
	return on;
}
*/
import "C"

// On reports whether macOS shows its lock screen.
func On() bool { return C.screenLocked() != 0 }
