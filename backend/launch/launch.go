// Package launch opens an address, or a page that is a file, in the program that
// the person uses for it, a browser or one for calls or email, and does not wait
// for that program to end: an opener may be the parent of a
// browser, and then runs as long as the browser does.
package launch

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"time"
)

// moment is how long an opener may take to fail. One that is still running then
// has accepted the address.
const moment = time.Second

// acceptable and contact exclude what a script between us and the other program,
// such as xdg-open, could mistake for anything other than one address. contact is
// a number to call or an email to write to, without anything else that such an
// address may carry: no subject, no text, no second address.
var (
	acceptable = regexp.MustCompile(`^(https?|telehab)://[A-Za-z0-9\[\]:/?&=._~%+-]+$`)
	contact    = regexp.MustCompile(`^(tel:\+?[0-9]{3,17}|mailto:([A-Za-z0-9._~=+-]|%27)+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)$`)
)

// Address passes an address to the operating system. If it succeeds, the
// address was accepted; what the other program does with it is unknown. It
// returns within about a second in any case.
func Address(ctx context.Context, address string) error {
	if !acceptable.MatchString(address) && !contact.MatchString(address) {
		return errors.New("open an address: not one of ours") // without the address, which may name a client
	}
	return open(ctx, address)
}

// Page shows a page that is a file in the person's browser, as Address does. It
// refuses any file that the system could do something else with than show it.
func Page(ctx context.Context, path string) error {
	if !filepath.IsAbs(path) || filepath.Ext(path) != ".html" {
		return errors.New("open a file: not a page") // without the path, which is the person's
	}
	return open(ctx, path)
}

// open passes an address or a path to the operating system.
func open(ctx context.Context, address string) error {
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
