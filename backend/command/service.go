package command

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/service"
)

// serviceFlags say which service is meant.
type serviceFlags struct {
	system bool
	user   string
}

// service is the sync with nobody signed in.
func (t *Terminal) service() *cobra.Command {
	c := &cobra.Command{
		Use:   "service",
		Short: "Sync with nobody signed in",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(t.installService(), t.removeService(), t.serviceStatus())
	return c
}

func (f *serviceFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.system, "system", false, "the service that starts with the computer; needs an administrator")
	c.Flags().StringVar(&f.user, "user", "", "with --system, the user of the operating system whose data it is")
}

// options returns the service that the flags and the environment mean.
func (f *serviceFlags) options(t *Terminal) (service.Options, error) {
	program, err := os.Executable()
	if err == nil {
		program, err = filepath.EvalSymlinks(program)
	}
	if err != nil {
		return service.Options{}, fmt.Errorf("find the program: %w", err)
	}
	dir, err := filepath.Abs(t.Workspace.DataDir())
	if err != nil {
		return service.Options{}, fmt.Errorf("find the data folder: %w", err)
	}
	return service.Options{Program: program, DataDir: dir, User: f.user, System: f.system}, nil
}

func (t *Terminal) installService() *cobra.Command {
	var f serviceFlags
	c := &cobra.Command{
		Use:     "install",
		Short:   "Have this computer sync from now on, with nobody signed in",
		Example: "  telehab service install",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			o, err := f.options(t)
			if err != nil {
				return err
			}
			return service.Install(c.Context(), o, service.Secrets{})
		}),
	}
	f.add(c)
	return c
}

func (t *Terminal) removeService() *cobra.Command {
	var f serviceFlags
	c := &cobra.Command{
		Use:     "remove",
		Short:   "Stop the service and remove it, with its copy of the keys",
		Example: "  telehab service remove",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			o, err := f.options(t)
			if err != nil {
				return err
			}
			return service.Remove(c.Context(), o)
		}),
	}
	f.add(c)
	return c
}

// serviceLine is what service status --json prints.
type serviceLine struct {
	Installed bool    `json:"installed"`
	Running   bool    `json:"running"`
	Since     *string `json:"since"` // when it was started or ended last
	Name      *string `json:"name"`  // for the system's own tools
}

func (t *Terminal) serviceStatus() *cobra.Command {
	var f serviceFlags
	var asJSON bool
	c := &cobra.Command{
		Use:     "status",
		Short:   "Say whether the service is installed and runs",
		Example: "  telehab service status\n  telehab service status --json",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			o, err := f.options(t)
			if err != nil {
				return err
			}
			state, err := service.Status(c.Context(), o)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(t.Out).Encode(newServiceLine(state))
			}
			_, err = fmt.Fprintln(t.Out, serviceText(state, time.Local))
			return err
		}),
	}
	f.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func newServiceLine(s service.State) serviceLine {
	line := serviceLine{Installed: s.Installed, Running: s.Running, Name: orNil(s.Name)}
	if !s.Since.IsZero() {
		line.Since = new(s.Since.UTC().Format(time.RFC3339))
	}
	return line
}

// serviceText is the state for a person.
func serviceText(s service.State, zone *time.Location) string {
	if !s.Installed {
		return "No service is installed. telehab service install does it."
	}
	name := ""
	if s.Name != "" {
		name = " (" + profile.Display(s.Name) + ")"
	}
	what := "does not run"
	if s.Running {
		what = "runs"
	}
	if s.Since.IsZero() {
		return "The service" + name + " " + what + "."
	}
	return "The service" + name + " " + what + ", since " + localTime(s.Since, zone) + "."
}
