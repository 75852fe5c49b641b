package service

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"

	"telehab.io/desktop/backend/profile"
)

// maxAnswer is more than what the program prints for AsUser.
const maxAnswer = 64 << 10

// AsUser runs a program as another user of this computer, with nothing of ours but
// the named variables, and returns what it prints. It finds that user's system
// keyring if they are signed in. For an administrator: neither root nor its
// programs then touch that user's files or session.
//
// Errors: Invalid where there is no such user, and where the program fails; what
// it complains of goes to stderr.
func AsUser(ctx context.Context, name string, variables []string, stderr io.Writer, program string, arguments ...string) ([]byte, error) {
	person, err := user.Lookup(name)
	if err != nil {
		return nil, profile.Refuse(profile.Invalid, fmt.Sprintf("This computer has no user %s. Name the person whose data it is with --user.", profile.Display(name)))
	}
	identity, err := identityOf(person)
	if err != nil {
		return nil, fmt.Errorf("find the groups of a user: %w", err)
	}
	cmd := exec.CommandContext(ctx, program, arguments...) // #nosec G204 -- this program
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: identity, Setsid: true}
	cmd.Dir = "/"
	runtime := "/run/user/" + person.Uid
	cmd.Env = append([]string{"HOME=" + person.HomeDir, "USER=" + person.Username, "LOGNAME=" + person.Username, "PATH=/usr/local/bin:/usr/bin:/bin",
		"LANG=" + os.Getenv("LANG"), "XDG_RUNTIME_DIR=" + runtime, "DBUS_SESSION_BUS_ADDRESS=unix:path=" + runtime + "/bus"}, variables...)
	out := &limited{left: maxAnswer}
	cmd.Stdout, cmd.Stderr = out, stderr
	if err := cmd.Run(); err != nil {
		return nil, &profile.Error{Code: profile.Invalid, Cause: err, Message: fmt.Sprintf(
			"The keys could not be had from the system keyring of %s. Have them signed in on this computer, with their keyring unlocked, then try again.", profile.Display(name))}
	}
	return out.Bytes(), nil
}

func identityOf(person *user.User) (*syscall.Credential, error) {
	all, err := person.GroupIds()
	if err != nil {
		return nil, err
	}
	ids := make([]uint32, 0, len(all)+2)
	for _, text := range append([]string{person.Uid, person.Gid}, all...) {
		id, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return nil, err
		}
		ids = append(ids, uint32(id))
	}
	return &syscall.Credential{Uid: ids[0], Gid: ids[1], Groups: ids[2:]}, nil
}

// limited is a buffer that takes so many bytes.
type limited struct {
	bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, io.ErrShortWrite
	}
	return l.Buffer.Write(p)
}
