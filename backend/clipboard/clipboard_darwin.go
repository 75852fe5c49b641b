package clipboard

/*
#cgo CFLAGS: -x objective-c
#cgo LDFLAGS: -framework AppKit
#include <stdlib.h>
#import <AppKit/AppKit.h>

// The second type asks clipboard managers to ignore the text:
// http://nspasteboard.org
static int setPrivate(const char *utf8) {
	@autoreleasepool {
		NSString *text = [NSString stringWithUTF8String:utf8];
		NSPasteboard *board = [NSPasteboard generalPasteboard];
		if (text == nil) {
			return 0;
		}
		[board prepareForNewContentsWithOptions:NSPasteboardContentsCurrentHostOnly];
		[board setString:@"" forType:@"org.nspasteboard.ConcealedType"];
		return [board setString:text forType:NSPasteboardTypeString];
	}
}
*/
import "C"

import (
	"errors"
	"unsafe"
)

// SetPrivate puts text on the clipboard so that clipboard managers and other
// devices do not get it.
func SetPrivate(text string) (done bool, err error) {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	if C.setPrivate(c) == 0 {
		return false, errors.New("clipboard: macOS did not take the text")
	}
	return true, nil
}
