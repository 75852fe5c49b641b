package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"telehab.io/desktop/backend/atomicfile"
	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/profile"
)

// unit is where a unit of systemd and its credential lie.
type unit struct {
	name       string // telehab-dana.service
	owner      string // whose data it is
	file       string // the unit's
	sealed     string // the credential's
	credential string // its name
	user       bool   // of the person's own manager
}

const (
	systemUnits  = "/etc/systemd/system"
	systemSealed = "/etc/credstore.encrypted"
	maxUnit      = 64 << 10
)

// The oldest systemd whose systemd-creds can seal, for the system and for a user.
const (
	sealsForSystem = 250
	sealsForUsers  = 258 // 256 and 257 seal for a user, and their managers of users cannot open that
)

func unitOf(o *Options) (*unit, error) {
	owner := o.User
	if owner == "" {
		current, err := user.Current()
		if err != nil {
			return nil, fmt.Errorf("find out who runs this: %w", err)
		}
		owner = current.Username
	}
	if o.System {
		name := "telehab-" + unitWord(owner)
		return &unit{name: name + ".service", owner: owner,
			file: filepath.Join(systemUnits, name+".service"), sealed: filepath.Join(systemSealed, name+".keyring")}, nil
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return nil, fmt.Errorf("find the folder of the settings: %w", err)
	}
	return &unit{name: "telehab.service", owner: owner, user: true,
		file: filepath.Join(config, "systemd", "user", "telehab.service"), sealed: filepath.Join(config, "credstore.encrypted", "telehab.keyring")}, nil
}

// unitWord is a name as a part of a unit's, as systemd-escape writes it.
func unitWord(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c == '.' && i > 0 {
			b.WriteByte(c)
			continue
		}
		_, _ = fmt.Fprintf(&b, `\x%02x`, c)
	}
	return b.String()
}

// Check says why Install would not do it, before anything is made ready for it.
//
// Errors: Invalid, NotPermitted.
func Check(ctx context.Context, o Options) error {
	_, err := check(ctx, &o)
	return err
}

// check returns the version of systemd.
func check(ctx context.Context, o *Options) (version int, err error) {
	const cron = " Open the window, which syncs while it is open, or have cron run telehab sync while the person is signed in."
	if !exists("/run/systemd/system") {
		return 0, profile.Refuse(profile.Invalid, "The service needs systemd, which does not run on this computer."+cron)
	}
	if o.System && os.Geteuid() != 0 {
		return 0, profile.Refuse(profile.NotPermitted, "The service of the system is an administrator's to change. Use sudo.")
	}
	out, err := command(ctx, nil, "systemctl", "--version")
	if err != nil {
		return 0, err
	}
	if found := regexp.MustCompile(`^systemd ([0-9]+)`).FindSubmatch(out); found != nil {
		version, _ = strconv.Atoi(string(found[1]))
	}
	_, err = exec.LookPath("systemd-creds")
	switch {
	case version < sealsForSystem || err != nil:
		return 0, profile.Refuse(profile.Invalid, fmt.Sprintf("The service needs systemd-creds of systemd %d or newer, which seals its password, and this computer has systemd %d.%s", sealsForSystem, version, cron))
	case !o.System && version < sealsForUsers:
		return 0, profile.Refuse(profile.Invalid, fmt.Sprintf("A service of your own needs systemd %d or newer, and this computer has systemd %d. "+
			"Have an administrator run sudo telehab service install --system --user NAME, with your user name, while you are signed in.", sealsForUsers, version))
	}
	return version, nil
}

func install(ctx context.Context, o Options, s Secrets) error {
	version, err := check(ctx, &o)
	if err != nil {
		return err
	}
	u, err := unitOf(&o)
	if err != nil {
		return err
	}
	for _, text := range append([]string{o.Program, o.DataDir, u.owner, s.Password.Name}, o.Setting...) {
		if strings.ContainsFunc(text, unicode.IsControl) {
			return profile.Refuse(profile.Invalid, "A path or a name has a control character in it, which a unit of systemd cannot have.")
		}
	}
	if strings.Contains(o.DataDir, ":") || !filepath.IsAbs(o.DataDir) || !filepath.IsAbs(o.Program) {
		return profile.Refuse(profile.Invalid, "The service needs a data folder without a colon in its path. Choose another with TELEHAB_DATA_DIR.")
	}
	u.credential = s.Password.Name
	if err := u.mayReplace(); err != nil {
		return err
	}
	sealed, err := command(ctx, s.Password.Value, "systemd-creds", u.own("encrypt", "--name="+u.credential, "-", "-")...)
	if err != nil {
		return err
	}
	for _, file := range []struct {
		path    string
		content []byte
		perm    fs.FileMode
	}{{u.sealed, sealed, 0o600}, {u.file, []byte(u.text(&o, version)), 0o644}} {
		err := datafolder.MakeElsewhere(filepath.Dir(file.path))
		if err == nil {
			err = atomicfile.Write(file.path, file.content, file.perm)
		}
		if err != nil {
			return failed("write "+file.path, err)
		}
	}
	if u.user {
		_, _ = command(ctx, nil, "loginctl", "enable-linger") // an administrator may have to: see State.AtStart
	}
	for _, verb := range [][]string{{"daemon-reload"}, {"enable", u.name}, {"restart", u.name}} {
		if _, err := command(ctx, nil, "systemctl", u.own(verb...)...); err != nil {
			return err
		}
	}
	return nil
}

// mayReplace refuses a unit of this name that is not ours.
func (u *unit) mayReplace() error {
	if exists(u.file) && !isOurs(u.file) {
		return profile.Refuse(profile.Invalid, u.file+" is not TeleHab's, so nothing was changed. Move it away, then try again.")
	}
	return nil
}

func isOurs(file string) bool {
	content, err := datafolder.ReadRegular(file, maxUnit)
	return err == nil && bytes.HasPrefix(content, []byte(madeBy))
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// own are arguments for the manager of the unit.
func (u *unit) own(arguments ...string) []string {
	if u.user {
		return append([]string{"--user"}, arguments...)
	}
	return arguments
}

func remove(ctx context.Context, o Options) error {
	if o.System && os.Geteuid() != 0 {
		return profile.Refuse(profile.NotPermitted, "The service of the system is an administrator's to change. Use sudo.")
	}
	if o.System && o.User == "" {
		return removeAll(ctx)
	}
	u, err := unitOf(&o)
	if err != nil {
		return err
	}
	return u.remove(ctx)
}

// removeAll removes the services that the system has for whomever.
func removeAll(ctx context.Context) error {
	folder, err := datafolder.OpenPlain(systemUnits)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return failed("read "+systemUnits, err)
	}
	names, err := folder.Names()
	if err = errors.Join(err, folder.Close()); err != nil {
		return failed("read "+systemUnits, err)
	}
	var errs []error
	for _, name := range names {
		if !strings.HasPrefix(name, "telehab-") || !strings.HasSuffix(name, ".service") {
			continue
		}
		u := &unit{name: name, file: filepath.Join(systemUnits, name), sealed: filepath.Join(systemSealed, strings.TrimSuffix(name, ".service")+".keyring")}
		errs = append(errs, u.remove(ctx))
	}
	return errors.Join(errs...)
}

// remove stops the unit and deletes its files. What is not ours stays.
func (u *unit) remove(ctx context.Context) error {
	var errs []error
	if isOurs(u.file) {
		_, err := command(ctx, nil, "systemctl", u.own("disable", "--now", u.name)...)
		if err == nil || u.user && errors.Is(err, errNoManager) {
			err = datafolder.RemoveElsewhere(u.file)
			_, _ = command(ctx, nil, "systemctl", u.own("daemon-reload")...)
			_, _ = command(ctx, nil, "systemctl", u.own("reset-failed", u.name)...) // which fails where it has not failed
		}
		errs = append(errs, err)
	}
	if !exists(u.file) {
		errs = append(errs, datafolder.RemoveElsewhere(u.sealed))
	}
	if err := errors.Join(errs...); err != nil {
		return failed("remove "+u.name, err)
	}
	return nil
}

func status(ctx context.Context, o Options) (State, error) {
	u, err := unitOf(&o)
	if err != nil {
		return State{}, err
	}
	if !isOurs(u.file) {
		return State{}, nil
	}
	out, err := command(ctx, nil, "systemctl", u.own("show", "--timestamp=unix", "--property=ActiveState,ActiveEnterTimestamp,InactiveEnterTimestamp", u.name)...)
	if err != nil {
		return State{}, err
	}
	state := State{Installed: true, Name: u.name, Owner: u.owner, AtStart: o.System || exists("/var/lib/systemd/linger/"+u.owner)}
	values := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[name] = value
	}
	since := "InactiveEnterTimestamp"
	if state.Running = slices.Contains([]string{"active", "deactivating"}, values["ActiveState"]); state.Running {
		since = "ActiveEnterTimestamp"
	}
	if seconds, err := strconv.ParseInt(strings.TrimPrefix(values[since], "@"), 10, 64); err == nil && seconds > 0 {
		state.Since = time.Unix(seconds, 0)
	}
	return state, nil
}

func run(ctx context.Context, w Work) error { return w.Do(ctx) }

func hasOwnKeyring() bool { return false }

func report(profile.Code) {}

// errNoManager means that the manager of this user does not run.
var errNoManager = errors.New("no manager of this user")

// command runs a program of systemd's with a text on its standard input, and
// returns what it prints.
func command(ctx context.Context, input []byte, program string, arguments ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, arguments...) // #nosec G204 -- the callers name the programs
	cmd.Stdin = bytes.NewReader(input)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err == nil {
		return out, nil
	}
	if strings.Contains(said.String(), "Failed to connect to") {
		err = errors.Join(errNoManager, err)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	words := program + " " + strings.Join(arguments, " ")
	return nil, &profile.Error{Code: profile.Internal, Cause: err, Message: fmt.Sprintf("%s did not work: %s", words, strings.Join(strings.Fields(said.String()), " "))}
}

// failed is for what is an administrator's to find out: it says what the system
// said, which has no personal data.
func failed(what string, err error) error {
	var coded *profile.Error
	if errors.As(err, &coded) {
		return err
	}
	return &profile.Error{Code: profile.Internal, Cause: err, Message: fmt.Sprintf("TeleHab could not %s: %s.", what, err)}
}
