package service

import "context"

func install(context.Context, Options, Secrets) error { return unsupported() }

func remove(context.Context, Options) error { return unsupported() }

func status(context.Context, Options) (State, error) { return State{}, nil }

func run(ctx context.Context, do func(context.Context) error) error { return do(ctx) }
