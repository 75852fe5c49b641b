package command

import (
	"context"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/service"
)

func (t *Terminal) serviceParts() []*cobra.Command { return nil }

// forService hands over no keys: the launch agent uses the person's keychain.
func (t *Terminal) forService(ctx context.Context, o *service.Options) (service.Secrets, error) {
	if err := service.Check(ctx, *o); err != nil {
		return service.Secrets{}, err
	}
	dir, setting, err := t.Workspace.ForService()
	o.DataDir, o.Setting = dir, []string{setting}
	return service.Secrets{}, err
}

func (t *Terminal) forgetService(context.Context, *service.Options) error { return nil }

func (t *Terminal) removeOwnService(ctx context.Context) error {
	return service.Remove(ctx, service.Options{})
}
