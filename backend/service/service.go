// Package service installs, removes and reports the service that syncs with
// nobody signed in: a systemd unit on Linux, a service on Windows, a launch agent
// on macOS. What it runs is PROGRAM sync --watch.
//
// It knows no data folder and no keyring. What the service needs of them, the
// caller hands over.
package service

import (
	"context"
	"time"

	"telehab.io/desktop/backend/profile"
)

// Options say which service is meant, and what it runs.
type Options struct {
	Program string   // absolute path of the program
	DataDir string   // absolute path of the data folder, with no links in it
	Setting []string // variables of the service that tell where its data lies, as NAME=VALUE; no secrets
	User    string   // the user of the operating system whose data it is; "" is who runs this, and for Remove with System, everybody
	System  bool     // starts with the computer, and is an administrator's to change; else of the person alone
}

// Secrets are what the service opens the store with. They are written to no file
// in clear, and given to no other program as an argument or in its environment.
type Secrets struct {
	Password Named // of the encrypted keyring in the data folder, where the service has one
}

// Named is a secret and its name in the keyring.
type Named struct {
	Name  string
	Value []byte
}

// State is what is known of a service.
type State struct {
	Installed bool
	Running   bool
	Since     time.Time // when it was started or ended last; zero: not known
	AtStart   bool      // starts with the computer, before anybody signs in
	Owner     string    // whose data it is, as the system calls them; "": not known
	Name      string    // by which the system's own tools know it; "" where it is not installed
	DataDir   string    // the data folder that it syncs, where the whole computer has one service, as on Windows; "": not known
}

// Install makes the service, or replaces it, and starts it. It starts again with
// the computer, and after it has failed.
//
// Errors: NotPermitted where an administrator has to do it, Invalid where this
// system has no such service; both say what to do instead.
func Install(ctx context.Context, o Options, s Secrets) error { return install(ctx, o, s) }

// Remove stops the service and removes all that Install made. A missing one is no
// error. Errors: NotPermitted.
func Remove(ctx context.Context, o Options) error { return remove(ctx, o) }

// Status says whether there is such a service, and whether it runs.
func Status(ctx context.Context, o Options) (State, error) { return status(ctx, o) }

// Work is what a service does, and what only it can do with a keyring of its own.
type Work struct {
	Do     func(ctx context.Context) error                 // until ctx ends
	Keep   func(ctx context.Context, password Named) error // stores the password that was handed over, and reads it back
	Forget func(ctx context.Context) error                 // deletes what Keep has stored
}

// Run does what the service is for, as the system's manager of services expects
// it: ctx of Do ends when that stops the service. Without such a manager it only
// calls Do.
func Run(ctx context.Context, w Work) error { return run(ctx, w) }

// HasOwnKeyring says that this process is a service with an account and a keyring
// of its own, which has the password that Work.Keep has stored.
func HasOwnKeyring() bool { return hasOwnKeyring() }

// Report tells the system's event log what keeps a service from syncing, by its
// code and without names; "" is that it works again. Where services write to
// their standard error, as on Linux, it does nothing.
func Report(code profile.Code) { report(code) }
