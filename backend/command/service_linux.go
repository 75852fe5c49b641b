package command

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/service"
	"telehab.io/desktop/backend/workspace"
)

// sharedKeys is what service keys tells the administrator's process.
type sharedKeys struct {
	Password string `json:"password"` // of the copies in the data folder
	DataDir  string `json:"data_dir"`
	Setting  string `json:"setting"`
}

// serviceParts are commands of the service that no person uses.
func (t *Terminal) serviceParts() []*cobra.Command {
	var forget bool
	c := &cobra.Command{
		Use:     "keys",
		Short:   "Copy the keys for a service that an administrator installs, and hand over the password of the copy",
		Example: "  telehab service keys --forget",
		Hidden:  true,
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			if forget {
				return workspace.ForgetServiceCopy(c.Context(), t.options())
			}
			if term.IsTerminal(int(os.Stdout.Fd())) { // #nosec G115 -- a file descriptor is small
				return profile.Refuse(profile.Invalid, "This is a part of telehab service install --system, which an administrator runs. It shows nothing on a terminal.")
			}
			shared, err := t.shareKeys(c.Context())
			if err != nil {
				return err
			}
			return json.NewEncoder(t.Out).Encode(shared) // #nosec G117 -- to the administrator's process, by a pipe
		}),
	}
	c.Flags().BoolVar(&forget, "forget", false, "delete the copy and its password")
	return []*cobra.Command{c}
}

func (t *Terminal) shareKeys(ctx context.Context) (shared sharedKeys, err error) {
	if shared.DataDir, shared.Setting, err = t.Workspace.ForService(); err != nil {
		return shared, err
	}
	password, err := workspace.CopyForService(ctx, t.options())
	shared.Password = string(password)
	return shared, err
}

// forService makes the keys ready for the service, and completes what it is told.
// The keys are the person's: an administrator has them copied by a process of that
// person's, which finds their keyring if they are signed in.
func (t *Terminal) forService(ctx context.Context, o *service.Options) (service.Secrets, error) {
	if err := service.Check(ctx, *o); err != nil {
		return service.Secrets{}, err
	}
	var shared sharedKeys
	var err error
	switch {
	case !o.System:
		shared, err = t.shareKeys(ctx)
	case o.User == "":
		err = errNoUser
	default:
		var out []byte
		if out, err = service.AsUser(ctx, o.User, t.variables(), t.Err, o.Program, "service", "keys"); err == nil {
			err = json.Unmarshal(out, &shared)
		}
	}
	if err != nil {
		return service.Secrets{}, err
	}
	o.DataDir, o.Setting = shared.DataDir, []string{shared.Setting}
	return service.Secrets{Password: service.Named{Name: workspace.ServiceCredential, Value: []byte(shared.Password)}}, nil
}

// forgetService deletes the copy of the keys.
func (t *Terminal) forgetService(ctx context.Context, o *service.Options) error {
	if !o.System {
		return workspace.ForgetServiceCopy(ctx, t.options())
	}
	_, err := service.AsUser(ctx, o.User, t.variables(), t.Err, o.Program, "service", "keys", "--forget")
	return err
}

// variables are those of an administrator that say where the person's data is.
func (t *Terminal) variables() []string {
	if t.Workspace.Dir == "" {
		return nil
	}
	return []string{"TELEHAB_DATA_DIR=" + t.Workspace.Dir}
}

// removeOwnService removes this person's service, whose data is about to be
// erased, and says so where one of the system's is left.
func (t *Terminal) removeOwnService(ctx context.Context) error {
	if err := service.Remove(ctx, service.Options{}); err != nil {
		return err
	}
	left, err := service.Status(ctx, service.Options{System: true})
	if err == nil && left.Installed {
		_, err = fmt.Fprintf(t.Err, "%s is an administrator's to remove: sudo telehab service remove --system --user %s\n", left.Name, left.Owner)
	}
	return err
}
