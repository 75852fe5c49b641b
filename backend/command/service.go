package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
		Short: "Have this computer sync with nobody signed in",
		Long: "A service of the operating system that syncs as an open window does, from the start of the computer on. It has a copy of\n" +
			"the keys, sealed by the system. Connect the clinic first. On Linux an administrator installs it for the person whose\n" +
			"data it is, while that person is signed in and their keyring unlocked:\n\n" +
			"  sudo telehab service install --system --user dana\n\n" +
			"With systemd 258 or newer, persons can install one of their own without an administrator.",
		Example: "  telehab service status",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(t.installService(), t.removeService(), t.serviceStatus())
	c.AddCommand(t.serviceParts()...)
	return c
}

func (f *serviceFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.system, "system", false, "the service that the computer starts; for an administrator")
	c.Flags().StringVar(&f.user, "user", "", "with --system, the person of the operating system whose data it is")
}

// options returns the service that the flags mean.
func (f *serviceFlags) options() (service.Options, error) {
	program, err := os.Executable()
	if err == nil {
		program, err = filepath.EvalSymlinks(program)
	}
	if err != nil {
		return service.Options{}, fmt.Errorf("find the program: %w", err)
	}
	if f.user != "" && !f.system {
		return service.Options{}, profile.Refuse(profile.Invalid, "--user goes with --system: without it, the service is your own.")
	}
	o := service.Options{Program: program, User: f.user, System: f.system}
	if o.System && o.User == "" {
		o.User = os.Getenv("SUDO_USER")
	}
	return o, nil
}

func (t *Terminal) installService() *cobra.Command {
	var f serviceFlags
	c := &cobra.Command{
		Use:   "install",
		Short: "Install the service, or replace it, and start it",
		Example: "  telehab service install\n" +
			"  telehab service install --system --user dana   # as an administrator, while dana is signed in",
		Args: cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			o, err := f.options()
			if err != nil {
				return err
			}
			secrets, err := t.forService(ctx, &o)
			if err != nil {
				return err
			}
			if err := service.Install(ctx, o, secrets); err != nil {
				return err
			}
			return t.printService(ctx, o, false)
		}),
	}
	f.add(c)
	return c
}

func (t *Terminal) removeService() *cobra.Command {
	var f serviceFlags
	var all bool
	c := &cobra.Command{
		Use:   "remove",
		Short: "Stop the service and remove it, with its copy of the keys",
		Example: "  telehab service remove\n" +
			"  telehab service remove --system --user dana   # as an administrator\n" +
			"  telehab service remove --system --all         # of everybody, before the program is removed",
		Args: cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			o, err := f.options()
			if err != nil {
				return err
			}
			if all {
				o.User = ""
			} else if o.System && o.User == "" {
				return errNoUser
			}
			if err := service.Remove(ctx, o); err != nil {
				return err
			}
			if !all {
				err = t.forgetService(ctx, &o)
			}
			_, _ = fmt.Fprintln(t.Out, "No service is installed any more.")
			return err
		}),
	}
	f.add(c)
	c.Flags().BoolVar(&all, "all", false, "with --system, the services of everybody; their copies of the keys stay, sealed, until telehab purge")
	c.MarkFlagsMutuallyExclusive("user", "all")
	return c
}

var errNoUser = profile.Refuse(profile.Invalid, "Name the person whose data it is: --user NAME.")

// serviceLine is what service status --json prints.
type serviceLine struct {
	Installed bool    `json:"installed"`
	Running   bool    `json:"running"`
	Since     *string `json:"since"`      // when it was started or ended last
	AtStart   bool    `json:"at_start"`   // it starts with the computer, before anybody signs in
	Name      *string `json:"name"`       // for the system's own tools
	DataDir   *string `json:"data_dir"`   // that it syncs; null where each person has a service of their own
	Other     bool    `json:"other_data"` // the computer's service is for another data folder: none is installed for this one
}

func (t *Terminal) serviceStatus() *cobra.Command {
	var f serviceFlags
	var asJSON bool
	c := &cobra.Command{
		Use:     "status",
		Short:   "Say whether a service is installed and runs; yours, or the system's for you",
		Example: "  telehab service status\n  telehab service status --json",
		Args:    cobra.NoArgs,
		RunE: work(func(c *cobra.Command, _ []string) error {
			o, err := f.options()
			if err != nil {
				return err
			}
			return t.printService(c.Context(), o, asJSON)
		}),
	}
	f.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// serviceOf is the state of the service that is meant. Where no kind was named, the
// system's for this person counts as well.
func (t *Terminal) serviceOf(ctx context.Context, o service.Options) (ownService, error) {
	state, err := service.Status(ctx, o)
	if err == nil && !state.Installed && !o.System {
		o.System = true
		state, err = service.Status(ctx, o)
	}
	dir, _, dirErr := t.Workspace.ForService()
	return ownService{state, isOther(state.DataDir, dir)}, errors.Join(err, dirErr)
}

// ownService is the state of the service, and whether that is for the data of
// somebody else: it does not sync this data then, whatever it does.
type ownService struct {
	service.State
	other bool
}

// isOther says that a service which syncs one folder does not sync another.
// Where a service tells its folder, letters of either case are the same.
func isOther(synced, dir string) bool { return synced != "" && !strings.EqualFold(synced, dir) }

// installedService is what telehab status says of the service; nil where that
// cannot be told.
func (t *Terminal) installedService(ctx context.Context) *installedState {
	o, err := (&serviceFlags{}).options()
	if err != nil {
		return nil
	}
	own, err := t.serviceOf(ctx, o)
	if err != nil {
		return nil
	}
	return &installedState{Installed: own.Installed && !own.other, Running: own.Running && !own.other, Other: own.other}
}

func (t *Terminal) printService(ctx context.Context, o service.Options, asJSON bool) error {
	own, err := t.serviceOf(ctx, o)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(t.Out).Encode(newServiceLine(&own))
	}
	_, err = fmt.Fprintln(t.Out, serviceText(&own, time.Local))
	return err
}

func newServiceLine(s *ownService) serviceLine {
	line := serviceLine{Installed: s.Installed && !s.other, Running: s.Running && !s.other, AtStart: s.AtStart, Name: orNil(s.Name), DataDir: orNil(s.DataDir), Other: s.other}
	if !s.Since.IsZero() {
		line.Since = new(s.Since.UTC().Format(time.RFC3339))
	}
	return line
}

// serviceText is the state for a person.
func serviceText(s *ownService, zone *time.Location) string {
	switch {
	case !s.Installed:
		return "No service is installed. telehab service install does it."
	case s.other:
		return fmt.Sprintf("The service %s is for the data in %s, so it does not sync yours. This computer can have one. telehab service install makes it yours instead.",
			profile.Display(s.Name), profile.Display(s.DataDir))
	}
	text := "The service"
	if s.Name != "" {
		text += " " + profile.Display(s.Name)
	}
	if s.Running {
		text += " runs"
	} else {
		text += " does not run"
	}
	if !s.Since.IsZero() {
		text += ", since " + localTime(s.Since, zone)
	}
	text += "."
	if !s.AtStart {
		text += " It starts when you sign in."
	}
	return text
}
