//go:build !linux && !windows && !darwin

package command

import (
	"context"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/service"
)

func (t *Terminal) serviceParts() []*cobra.Command { return nil }

func (t *Terminal) forService(context.Context, *service.Options) (service.Secrets, error) {
	return service.Secrets{}, nil
}

func (t *Terminal) forgetService(context.Context, *service.Options) error { return nil }

func (t *Terminal) removeOwnService(context.Context) error { return nil }
