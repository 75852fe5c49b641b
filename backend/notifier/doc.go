// Package notifier reports whether the operating system shows notifications of
// this program at all. Where it does not, sending one is no error everywhere.
package notifier

import "errors"

// ErrNobody is that this session has nothing that shows notifications.
var ErrNobody = errors.New("nothing shows notifications")
