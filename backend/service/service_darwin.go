package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"telehab.io/desktop/backend/atomicfile"
	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/profile"
)

// On a Mac the service is a launch agent of the person: it runs while they are
// signed in, with their login keychain. Not yet tried on a Mac.

const onlyThePerson = "On a Mac the service is a launch agent of one person and runs while they are signed in. Run telehab service install as that person, without --system and --user."

// Check says why Install would not do it.
func Check(_ context.Context, o Options) error {
	if o.System || o.User != "" {
		return profile.Refuse(profile.Invalid, onlyThePerson)
	}
	return nil
}

// install needs no secrets: the agent uses the person's own keychain.
func install(ctx context.Context, o Options, _ Secrets) error {
	if err := Check(ctx, o); err != nil {
		return err
	}
	path, err := agentPath()
	if err != nil {
		return err
	}
	if err := datafolder.MakeElsewhere(filepath.Dir(path)); err != nil {
		return fmt.Errorf("make the folder of launch agents: %w", err)
	}
	_, _ = launchctl(ctx, "bootout", agent()) // of an earlier installation
	if err := atomicfile.Write(path, []byte(agentPlist(o)), 0o644); err != nil {
		return err
	}
	if printed, err := launchctl(ctx, "bootstrap", person(), path); err != nil {
		return errors.Join(fmt.Errorf("start the launch agent: %w: %s", err, printed), datafolder.RemoveElsewhere(path))
	}
	return nil
}

func remove(ctx context.Context, o Options) error {
	now, err := status(ctx, o)
	if err != nil || !now.Installed {
		return err
	}
	path, err := agentPath()
	if err != nil {
		return err
	}
	if _, err := launchctl(ctx, "print", agent()); err == nil {
		if printed, err := launchctl(ctx, "bootout", agent()); err != nil {
			return fmt.Errorf("stop the launch agent: %w: %s", err, printed)
		}
	}
	return datafolder.RemoveElsewhere(path)
}

func status(ctx context.Context, _ Options) (State, error) {
	path, err := agentPath()
	if err != nil {
		return State{}, err
	}
	switch _, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return State{}, nil
	case err != nil:
		return State{}, fmt.Errorf("find the launch agent: %w", err)
	}
	printed, _ := launchctl(ctx, "print", agent()) // an error: launchd does not have it
	return State{Installed: true, Running: agentIsRunning(printed), Name: agentLabel}, nil
}

// run needs nothing: launchd ends the agent by SIGTERM.
func run(ctx context.Context, w Work) error { return w.Do(ctx) }

func agentPath() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the folder of launch agents: %w", err)
	}
	return filepath.Join(home, "Library", "LaunchAgents", agentLabel+".plist"), nil
}

// person is launchd's name for the session of who runs this, agent for the agent
// in it.
func person() string { return "gui/" + strconv.Itoa(os.Getuid()) }

func agent() string { return person() + "/" + agentLabel }

func launchctl(ctx context.Context, arguments ...string) (printed string, err error) {
	out, err := exec.CommandContext(ctx, "/bin/launchctl", arguments...).CombinedOutput() // #nosec G204 -- the arguments are ours
	return string(out), err
}

func hasOwnKeyring() bool { return false }

func report(profile.Code) {}
