package command

import (
	"context"

	"telehab.io/desktop/backend/service"
	"telehab.io/desktop/backend/workspace"
)

// asService does the work of a service as the system's manager of services
// expects it. o are the options with which do opens the workspace.
func asService(ctx context.Context, o *workspace.Options, do func(context.Context) error) error {
	return service.Run(ctx, service.Work{
		Do: func(ctx context.Context) error {
			if service.HasOwnKeyring() {
				o.ServicePassword = workspace.ServicePassword
			}
			return do(ctx)
		},
		Keep: func(ctx context.Context, password service.Named) error {
			return workspace.KeepServicePassword(ctx, password.Value)
		},
		Forget: workspace.ForgetServicePassword,
	})
}
