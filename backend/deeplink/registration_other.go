//go:build !linux && !windows && !darwin

package deeplink

import "context"

func (r Registration) inspect() (State, error) {
	return State{Condition: Unsupported, Message: "TeleHab does not know how this computer opens links. " +
		"Paste the client's Cliniko address into TeleHab's search instead."}, nil
}

func (r Registration) write(context.Context) error { return nil }

func (r Registration) remove(context.Context) error { return nil }
