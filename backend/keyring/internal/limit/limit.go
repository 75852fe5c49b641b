// Package limit holds how long a call waits for the system keyring.
package limit

import "time"

// Call is the limit of one call. Tests of what needs a keyring raise it, before
// they open one: on a computer with thirty other programs at work, a keyring
// that is in order does not answer for seconds.
var Call = 3 * time.Second
