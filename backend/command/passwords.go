package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"telehab.io/desktop/backend/logging"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/webview"
	"telehab.io/desktop/backend/workspace"
)

// passwordVariable holds a password for programs that cannot type one.
const passwordVariable = "TELEHAB_PASSWORD"

// passwords are read from the environment, a line each, or asked for.
type passwords struct {
	t     *Terminal
	given []string
	set   bool
}

func (t *Terminal) passwords() *passwords {
	value, set := os.LookupEnv(passwordVariable)
	return &passwords{t: t, given: strings.Split(value, "\n"), set: set}
}

func (p *passwords) next(ctx context.Context, prompt string) (string, error) {
	if p.set {
		if len(p.given) == 0 {
			return "", profile.Refuse(profile.Invalid, passwordVariable+" holds too few passwords. Put one on each line.")
		}
		next := p.given[0]
		p.given = p.given[1:]
		return next, nil
	}
	file, ok := p.t.In.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) { // #nosec G115 -- a file descriptor is small
		return "", profile.Refuse(profile.Invalid, "There is no terminal to type the password on. Set "+passwordVariable+" instead.")
	}
	return p.t.readHidden(ctx, int(file.Fd()), prompt) // #nosec G115
}

// readHidden asks for a line that the terminal does not show while it is typed.
// The terminal shows what is typed again afterwards, however it ended.
func (t *Terminal) readHidden(ctx context.Context, terminal int, prompt string) (string, error) {
	before, err := term.GetState(terminal)
	if err != nil {
		return "", fmt.Errorf("read a password: %w", err)
	}
	// Once more at the end: a signal may come before the reading goroutine has
	// hidden anything.
	t.showTyping = func() { _ = term.Restore(terminal, before) }
	_, _ = fmt.Fprint(t.Err, prompt+": ")
	password, err := ask(ctx, t, func() ([]byte, error) { return term.ReadPassword(terminal) })
	if ctx.Err() != nil {
		return "", errors.Join(ctx.Err(), term.Restore(terminal, before))
	}
	_, _ = fmt.Fprintln(t.Err)
	if err != nil {
		return "", fmt.Errorf("read a password: %w", err)
	}
	return string(password), nil
}

// errNobody: no password would be right.
var errNobody = profile.Refuse(profile.NotFound,
	"Nobody may sign in on this computer yet. Add the first person with telehab people add --email EMAIL --name NAME, then run the command again.")

// as opens the workspace and asks for the password of --as, who then does what
// do says.
func (t *Terminal) as(ctx context.Context, o workspace.Options, email string, do func(*workspace.Workspace, *session.Session) error) error {
	return t.with(ctx, false, o, func(w *workspace.Workspace) error {
		person, err := t.signIn(ctx, w, email)
		if err != nil {
			return err
		}
		return do(w, person)
	})
}

// signIn asks for the password of --as, if there is anybody who has one.
func (t *Terminal) signIn(ctx context.Context, w *workspace.Workspace, email string) (*session.Session, error) {
	somebody, err := w.Accounts.Any(ctx)
	if err != nil {
		return nil, err
	}
	if !somebody {
		return nil, errNobody
	}
	password, err := t.passwords().next(ctx, "Password of "+email)
	if err != nil {
		return nil, err
	}
	dir := t.options().DataDir()
	return session.Authenticate(ctx, w, session.Options{EraseTraces: func() error {
		return errors.Join(logging.Erase(filepath.Join(dir, "logs")), webview.Mark(dir))
	}}, email, password)
}
