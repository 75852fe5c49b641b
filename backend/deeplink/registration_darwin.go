package deeplink

import (
	"context"
	"os"
)

func (r Registration) inspect() (State, error) {
	return judgeBundle(r.Executable, os.DirFS("/")), nil
}

// The bundle carries the registration, so there is nothing to write or remove.

func (r Registration) write(context.Context) error { return nil }

func (r Registration) remove(context.Context) error { return nil }
