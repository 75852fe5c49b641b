//go:build !linux && !windows && !darwin

package service

import (
	"context"

	"telehab.io/desktop/backend/profile"
)

// Check says why Install would not do it.
func Check(context.Context, Options) error { return unsupported() }

func install(context.Context, Options, Secrets) error { return unsupported() }

func remove(context.Context, Options) error { return unsupported() }

func status(context.Context, Options) (State, error) { return State{}, nil }

func run(ctx context.Context, w Work) error { return w.Do(ctx) }

func hasOwnKeyring() bool { return false }

func report(profile.Code) {}

// unsupported is for a system that has no such service.
func unsupported() error {
	return profile.Refuse(profile.Invalid, "TeleHab has no service on this system. Open the window, which syncs while it is open, or run telehab sync by a schedule of the system.")
}
