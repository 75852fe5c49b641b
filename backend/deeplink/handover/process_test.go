package handover

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"telehab.io/desktop/backend/deeplink"
)

// The test's program acts as the app if this is set to the link that it is
// started with.
const roleVariable = "TELEHAB_HANDOVER_LINK"

// play is a minimal app: it claims the window of the current folder and prints
// the links that arrive, or hands its own link over.
func play(link string) int {
	const dir = "."
	in, first, err := Listen(dir)
	switch {
	case err != nil:
		fmt.Println("error", err)
		return 1
	case !first:
		if err := Send(dir, deeplink.Parse(link)); err != nil {
			fmt.Println("error", err)
			return 1
		}
		fmt.Println("sent")
		return 0
	}
	fmt.Println("window")
	for link := range in.Links() {
		fmt.Println(link.URL())
	}
	return 0
}

func start(t *testing.T, dir, link string) (*exec.Cmd, func() string) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	command.Dir = dir
	// The race detector would make each process wait a second at its end.
	command.Env = append(os.Environ(), roleVariable+"="+link, "GORACE=atexit_sleep_ms=0")
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	lines := bufio.NewScanner(out)
	return command, func() string {
		t.Helper()
		watchdog := time.AfterFunc(patience, func() { _ = command.Process.Kill() })
		defer watchdog.Stop()
		lines.Scan()
		return strings.TrimSpace(lines.Text())
	}
}

func TestTwoProcesses(t *testing.T) {
	dir := dataDir(t)
	owner, says := start(t, dir, "telehab://patient?patient_id=1")
	if got := says(); got != "window" {
		t.Fatalf("the first process says %q", got)
	}
	for _, link := range []string{"telehab://patient?patient_id=836447129235883061", "telehab://test?n=7"} {
		second, answers := start(t, dir, link)
		if got := answers(); got != "sent" {
			t.Fatalf("the second process says %q", got)
		}
		if err := second.Wait(); err != nil {
			t.Errorf("the second process ended with %v", err)
		}
		if got := says(); got != link {
			t.Errorf("%s arrived as %q", link, got)
		}
	}

	// As kill -9 does.
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait()
	send(t, dir, patient(3))
	in := open(t, dir)
	if got := receive(t, in); got != patient(3) {
		t.Errorf("%+v came", got)
	}
}

// Of many that start at once, exactly one gets the window and all of the links.
func TestManyProcessesAtOnce(t *testing.T) {
	dir := dataDir(t)
	const processes = 8
	windows := 0
	var says func() string
	for range processes {
		_, answers := start(t, dir, "telehab://patient?patient_id=5")
		switch got := answers(); got {
		case "window":
			windows++
			says = answers
		case "sent":
		default:
			t.Fatalf("a process says %q", got)
		}
	}
	if windows != 1 {
		t.Fatalf("%d have the window", windows)
	}
	for range processes - 1 {
		if got := says(); got != "telehab://patient?patient_id=5" {
			t.Errorf("%q arrived", got)
		}
	}
}
