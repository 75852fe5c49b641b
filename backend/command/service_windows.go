package command

import (
	"context"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/service"
	"telehab.io/desktop/backend/workspace"
)

func (t *Terminal) serviceParts() []*cobra.Command { return nil }

// forService makes the keys ready for the service, and completes what it is told.
func (t *Terminal) forService(ctx context.Context, o *service.Options) (service.Secrets, error) {
	if err := service.Check(ctx, *o); err != nil {
		return service.Secrets{}, err
	}
	dir, setting, err := t.Workspace.ForService()
	if err != nil {
		return service.Secrets{}, err
	}
	o.DataDir, o.Setting = dir, []string{setting}
	password, err := workspace.CopyForService(ctx, t.options())
	return service.Secrets{Password: service.Named{Name: workspace.ServiceCredential, Value: password}}, err
}

// forgetService deletes the copy of the keys.
func (t *Terminal) forgetService(ctx context.Context, _ *service.Options) error {
	return workspace.ForgetServiceCopy(ctx, t.options())
}

// removeOwnService removes the service whose data is about to be erased: what it
// has open could not be deleted. That of another person stays.
func (t *Terminal) removeOwnService(ctx context.Context) error {
	dir, _, err := t.Workspace.ForService()
	if err != nil {
		return err
	}
	return service.Remove(ctx, service.Options{DataDir: dir})
}
