package command_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/sys/unix"
)

// patience is far beyond what a busy computer needs.
const patience = time.Minute

// program is the real program on a terminal of its own.
type program struct {
	t        *testing.T
	cmd      *exec.Cmd
	keyboard *os.File // the terminal's other end
	terminal *os.File

	mu   sync.Mutex
	said bytes.Buffer
}

// onTerminal starts the program on a new terminal, as a shell does.
func onTerminal(t *testing.T, environment []string, args ...string) *program {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(keyboard.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, keyboard: keyboard, terminal: terminal}
	p.start(environment, terminal, args)
	go p.listen()
	t.Cleanup(func() { _ = errors.Join(keyboard.Close(), terminal.Close()) })
	return p
}

func (p *program) start(environment []string, in *os.File, args []string) {
	p.t.Helper()
	p.cmd = exec.CommandContext(p.t.Context(), "telehab", args...)
	p.cmd.Env = environment
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = in, p.terminal, p.terminal
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 1}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) listen() {
	some := make([]byte, 4096)
	for {
		n, err := p.keyboard.Read(some)
		p.mu.Lock()
		p.said.Write(some[:n])
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (p *program) output() string {
	return strings.ReplaceAll(p.written(), endMark, "")
}

func (p *program) written() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// endMark is what the test itself writes to the terminal after the program has
// ended: once it has been read, so has everything before it.
const endMark = "\x1e"

func (p *program) readToEnd() {
	p.t.Helper()
	before := strings.Count(p.written(), endMark)
	if _, err := p.terminal.WriteString(endMark); err != nil {
		p.t.Fatal(err)
	}
	for end := time.Now().Add(patience); strings.Count(p.written(), endMark) == before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("the terminal cannot be read to its end: %s", p.output())
		}
	}
}

// waitFor returns once the program has said this.
func (p *program) waitFor(text string) {
	p.t.Helper()
	for end := time.Now().Add(patience); !strings.Contains(p.output(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("it never said %q: %s", text, p.output())
		}
	}
}

// end returns the exit code, once everything that the program wrote has been
// read.
func (p *program) end() int {
	p.t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- p.cmd.Wait() }()
	select {
	case err := <-ended:
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			p.t.Fatal(err)
		}
		p.readToEnd()
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		p.t.Fatalf("it does not end: %s", p.output())
	}
	return -1
}

// shows reports whether the terminal shows what is typed.
func (p *program) shows() bool {
	p.t.Helper()
	settings, err := unix.IoctlGetTermios(int(p.terminal.Fd()), unix.TCGETS)
	if err != nil {
		p.t.Fatal(err)
	}
	return settings.Lflag&unix.ECHO != 0
}

// prepared is the environment of a connected clinic, without the password.
func prepared(t *testing.T) (environment []string, data string) {
	t.Helper()
	c := newComputer(t, 100)
	for i, p := range c.clinic.Patients() {
		if i < 60 && p.ArchivedAt == nil {
			if err := c.clinic.Delete(p.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd := exec.CommandContext(t.Context(), "telehab", "sync", "--full")
	cmd.Env = c.environment
	if said, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(said), "mass_disappearance") {
		t.Fatalf("%v: %s", err, said)
	}
	return c.environment, c.data
}

func withPassword(environment []string) []string {
	return append(slices.Clone(environment), "TELEHAB_PASSWORD="+password)
}

// Ctrl-C and SIGTERM end whatever waits for a person, with the exit codes of a
// shell, and the terminal shows what is typed again.
func TestASignalEndsEveryPrompt(t *testing.T) {
	environment, data := prepared(t)
	asDana := func(command ...string) []string { return append(command, "--as", "dana@example.com") }
	const hidden, question = "Password of dana@example.com: ", "Type yes to continue: "
	for _, prompt := range []struct {
		args     []string
		password bool // is given
		says     string
		then     string // what is said of what was not done
	}{
		{asDana("people", "add", "--email", "e@example.com", "--name", "E"), false, hidden, ""},
		{asDana("people", "list"), false, hidden, ""},
		{asDana("people", "change", "--email", "dana@example.com", "--name", "D"), false, hidden, ""},
		{asDana("export"), false, hidden, ""},
		{asDana("missing"), false, hidden, ""},
		{asDana("missing", "keep"), false, hidden, ""},
		{asDana("connect"), true, "Paste the API key and press Enter:", ""},
		{asDana("hub", "connect", "--region", "au"), true, "Client ID: ", ""},
		{asDana("disconnect"), true, question, "Nothing was erased."},
		{asDana("missing", "remove"), true, question, "Nothing was removed."},
		{[]string{"purge"}, false, question, "Nothing was erased."},
	} {
		name := strings.Join(prompt.args, " ")
		given := environment
		if prompt.password {
			given = withPassword(environment)
		}
		for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
			p := onTerminal(t, given, prompt.args...)
			p.waitFor(prompt.says)
			if signal == syscall.SIGINT {
				if _, err := p.keyboard.Write([]byte{3}); err != nil { // Ctrl-C
					t.Fatal(err)
				}
			} else if err := p.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if code := p.end(); code != want {
				t.Errorf("%s, %v: exit code %d: %s", name, signal, code, p.output())
			}
			if !p.shows() {
				t.Errorf("%s, %v: the terminal does not show what is typed", name, signal)
			}
			p.waitFor(prompt.then)
			p.waitFor("(cancelled)")
		}
	}
	if _, err := os.Stat(filepath.Join(data, "telehab.db")); err != nil {
		t.Error(err)
	}
}

// A key that comes from a program which does not end is not waited for either.
func TestASignalEndsAReadOfAPipe(t *testing.T) {
	environment, _ := prepared(t)
	for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		for _, args := range [][]string{{"connect", "--as", "dana@example.com"}, {"disconnect", "--as", "dana@example.com"}} {
			in, out, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "telehab", args...)
			cmd.Env, cmd.Stdin = withPassword(environment), in
			cmd.WaitDelay = patience
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(out, "half a line"); err != nil {
				t.Fatal(err)
			}
			waitUntilRead(t, in)
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != want {
				t.Errorf("%s, %v: exit code %d", args, signal, code)
			}
			if err := errors.Join(in.Close(), out.Close()); err != nil {
				t.Error(err)
			}
		}
	}
}

// waitUntilRead returns once what was written to a pipe has been read.
func waitUntilRead(t *testing.T, in *os.File) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		waiting, err := unix.IoctlGetInt(int(in.Fd()), unix.TIOCINQ)
		if err == nil && waiting == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d bytes are not read, %v", waiting, err)
		}
	}
}

// While another process holds the store's lock, a command says that it waits,
// and a signal ends it.
func TestASignalEndsTheWaitForALock(t *testing.T) {
	environment, data := prepared(t)
	lock := flock.New(filepath.Join(data, "telehab.db.lock"))
	if held, err := lock.TryLock(); err != nil || !held {
		t.Fatal(held, err)
	}
	for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		for _, args := range [][]string{{"status"}, {"sync"}, {"export", "--as", "dana@example.com"}} {
			p := onTerminal(t, withPassword(environment), args...)
			p.waitFor("telehab: Another TeleHab is opening the data. Waiting for it. (store_busy)")
			if err := p.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if code := p.end(); code != want {
				t.Errorf("%s, %v: exit code %d: %s", args, signal, code, p.output())
			}
		}
	}
	p := onTerminal(t, environment, "status")
	p.waitFor("Waiting for it.")
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	if code := p.end(); code != 0 {
		t.Errorf("once the lock is free: exit code %d: %s", code, p.output())
	}
	p.waitFor("Harbour Physio")
}

// A sync that is under way ends with the signal's code too.
func TestASignalEndsASync(t *testing.T) {
	environment, _ := prepared(t)
	for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		asked, over := make(chan struct{}, 100), make(chan struct{})
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			asked <- struct{}{}
			select {
			case <-over:
			case <-r.Context().Done():
			}
		}))
		p := onTerminal(t, append(slices.Clone(environment), "TELEHAB_CLINIKO_URL="+server.URL+"/v1"), "sync")
		select {
		case <-asked:
		case <-time.After(patience):
			t.Fatalf("Cliniko is not asked: %s", p.output())
		}
		if err := p.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if code := p.end(); code != want {
			t.Errorf("%v: exit code %d: %s", signal, code, p.output())
		}
		close(over)
		server.Close()
	}
}

// Whoever watches sees how far a sync is, in one line that goes when it ends.
func TestProgressOnATerminal(t *testing.T) {
	p := onTerminal(t, newComputer(t, 100).environment, "sync", "--full")
	if code := p.end(); code != 3 {
		t.Fatalf("exit code %d: %s", code, p.output())
	}
	p.waitFor("They are kept.")
	said := p.output()
	for _, want := range []string{"\rSyncing clients: 100 of 100", "\rComparing with Cliniko…", " \rHarbour Physio\r\n", "100  clients read\r\n"} {
		if !strings.Contains(said, want) {
			t.Errorf("it never says %q: %q", want, said)
		}
	}
	if strings.Contains(said, "/hr") || strings.Contains(said, "/-") {
		t.Errorf("%q", said)
	}
}
