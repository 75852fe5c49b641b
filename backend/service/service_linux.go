package service

import (
	"context"

	"telehab.io/desktop/backend/profile"
)

func install(context.Context, Options, Secrets) error { return unsupported() }

func remove(context.Context, Options) error { return unsupported() }

func status(context.Context, Options) (State, error) { return State{}, nil }

func run(ctx context.Context, w Work) error { return w.Do(ctx) }

func hasOwnKeyring() bool { return false }

func report(profile.Code) {}
