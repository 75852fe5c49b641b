// Package launch opens an address in the program that the person uses for it,
// and does not wait for that program to end: an opener may be the parent of a
// browser, and then lasts as long as the browser does.
package launch

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// moment is how long an opener may take to refuse. One that still runs by then
// has taken the address.
const moment = time.Second

// acceptable leaves out what a script between us and the browser, such as
// xdg-open, could take for anything else than one address.
var acceptable = regexp.MustCompile(`^(https?|telehab)://[A-Za-z0-9\[\]:/?&=._~%+-]+$`)

// Address hands an address to the operating system. Without an error it was
// taken; what the other program makes of it is not known. It returns within
// about a second, whatever the other program does.
func Address(ctx context.Context, address string) error {
	if !acceptable.MatchString(address) {
		return errors.New("open an address: not one of ours") // not repeated: it may name a client
	}
	ended := make(chan error, 1)
	if err := start(address, ended); err != nil {
		return err
	}
	timer := time.NewTimer(moment)
	defer timer.Stop()
	select {
	case err := <-ended:
		return err
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the opener: %w", ctx.Err())
	}
}
