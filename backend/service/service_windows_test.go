package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows/registry"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
	"golang.org/x/sys/windows/svc/mgr"

	"telehab.io/desktop/backend/profile"
)

// registryVariable allows the tests to make a service and to change the
// registry. build/scripts/wine-test.sh sets it, for a temporary computer.
const registryVariable = "TELEHAB_TEST_REGISTRY"

// TestMain is also what runs as the service.
func TestMain(m *testing.M) {
	if is, err := isService(); err != nil {
		panic(err)
	} else if is {
		err := Run(context.Background(), recording(dataDir()))
		if _, lingers := os.Stat(filepath.Join(filepath.Dir(dataDir()), "linger")); lingers == nil && worked {
			time.Sleep(3 * time.Second) // Windows knows by now that it has stopped
		}
		if err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// worked says that this process has done a service's work.
var worked bool

// recording is a service that records what it is asked to do in a file beside
// the data folder.
func recording(dir string) Work {
	record := func(format string, values ...any) error {
		file, err := os.OpenFile(filepath.Join(filepath.Dir(dir), "record"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(file, format+"\n", values...)
		return errors.Join(err, file.Close())
	}
	return Work{
		Do: func(ctx context.Context) error {
			_, err := os.Create(filepath.Join(filepath.Dir(dir), "open")) // until the process ends
			if err = errors.Join(err, record("begins with %q", os.Args[1:])); err != nil {
				return err
			}
			<-ctx.Done()
			worked = true
			return errors.Join(ctx.Err(), record("ends"))
		},
		Keep: func(_ context.Context, password Named) error {
			return record("keeps %s %q", password.Name, password.Value)
		},
		Forget: func(context.Context) error { return record("forgets") },
	}
}

// computer is one on which tests may install the service.
type computer struct {
	t       *testing.T
	options Options
}

func newComputer(t *testing.T) *computer {
	t.Helper()
	if os.Getenv(registryVariable) == "" {
		t.Skip("it makes a service; build/scripts/wine-test.sh runs it on a computer of its own")
	}
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	folder := `C:\Program Files\TeleHab test`
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := newFolder(t)
	c := &computer{t, Options{Program: folder + `\telehab.exe`, DataDir: dir, Setting: []string{"TELEHAB_DATA_DIR=" + dir}}}
	t.Cleanup(func() {
		if err := Remove(context.Background(), c.options); err != nil {
			t.Error(err)
		}
		_ = os.RemoveAll(folder) // Wine cannot
	})
	if err := os.WriteFile(c.options.Program, program, 0o700); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *computer) install() {
	c.t.Helper()
	if err := Install(c.t.Context(), c.options, Secrets{Password: handed}); err != nil {
		c.t.Fatalf("Install: %v", err)
	}
}

// records waits until the service has recorded these lines and no others.
func (c *computer) records(want ...string) {
	c.t.Helper()
	var got string
	c.until(func() bool {
		raw, err := os.ReadFile(filepath.Join(filepath.Dir(c.options.DataDir), "record"))
		got = string(raw)
		return err == nil && got == strings.Join(want, "\n")+"\n"
	}, func() string { return "the service recorded\n" + got })
}

func (c *computer) until(reached func() bool, otherwise func() string) {
	c.t.Helper()
	for end := time.Now().Add(time.Minute); !reached(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatal(otherwise())
		}
	}
}

func (c *computer) is(want State) {
	c.t.Helper()
	if got, err := Status(c.t.Context(), c.options); err != nil || got != want {
		c.t.Fatalf("Status: %+v, %v", got, err)
	}
}

// manager does something with the service as Windows' own tools would.
func (c *computer) manager(do func(*mgr.Service) error) {
	c.t.Helper()
	manager, err := mgr.Connect()
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = manager.Disconnect() }()
	service, err := manager.OpenService("TeleHab")
	if err != nil {
		c.t.Fatal(err)
	}
	if err := errors.Join(do(service), service.Close()); err != nil {
		c.t.Fatal(err)
	}
}

const (
	begins = `begins with ["sync" "--watch"]`
	keeps  = `keeps telehab-keyring "\x00\x01canary\xff"`
)

func TestTheServiceIsInstalledAndRemoved(t *testing.T) {
	c := newComputer(t)
	c.is(State{})
	c.install()
	c.is(State{Installed: true, Running: true, AtStart: true, Name: "TeleHab", DataDir: c.options.DataDir})
	c.records(keeps, begins)
	if all := names(t, c.options.DataDir); !reflect.DeepEqual(all, []string{".telehab"}) {
		t.Errorf("the data folder has %q", all)
	}
	c.hasRegistry()
	c.install() // again: of a newer program
	c.records(keeps, begins, "ends", keeps, begins)
	if err := Remove(t.Context(), c.options); err != nil {
		t.Fatalf("Remove: %v", err)
	}
	c.records(keeps, begins, "ends", keeps, begins, "ends", "forgets")
	c.is(State{})
	for _, key := range []string{`SYSTEM\CurrentControlSet\Services\TeleHab`, `SYSTEM\CurrentControlSet\Services\EventLog\Application\TeleHab`} {
		if _, err := registry.OpenKey(registry.LOCAL_MACHINE, key, registry.QUERY_VALUE); !errors.Is(err, registry.ErrNotExist) {
			t.Errorf("left in the registry: %s, %v", key, err)
		}
	}
	if err := Remove(t.Context(), c.options); err != nil {
		t.Errorf("Remove once more: %v", err)
	}
}

// What the service had open can be deleted as soon as it is removed, as purge
// does, though its process takes a while to end after it has stopped.
func TestNothingIsOpenOnceTheServiceIsRemoved(t *testing.T) {
	c := newComputer(t)
	beside := filepath.Dir(c.options.DataDir)
	if err := os.WriteFile(filepath.Join(beside, "linger"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.install()
	c.records(keeps, begins)
	if err := os.Remove(filepath.Join(beside, "open")); err == nil {
		t.Fatal("the service has nothing open")
	}
	if err := Remove(t.Context(), c.options); err != nil {
		t.Fatalf("Remove: %v", err)
	}
	if err := os.Remove(filepath.Join(beside, "open")); err != nil {
		t.Errorf("once the service is removed: %v", err)
	}
}

// hasRegistry compares what Windows starts the service with.
func (c *computer) hasRegistry() {
	c.t.Helper()
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, `SYSTEM\CurrentControlSet\Services\TeleHab`, registry.QUERY_VALUE)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = key.Close() }()
	for value, want := range map[string]string{
		"ImagePath":   `"C:\Program Files\TeleHab test\telehab.exe" sync --watch`,
		"ObjectName":  `NT SERVICE\TeleHab`,
		"DisplayName": "TeleHab",
		"Description": "Keeps TeleHab's profiles equal to the clients in Cliniko while nobody is signed in.",
	} {
		if got, _, err := key.GetStringValue(value); err != nil || got != want {
			c.t.Errorf("%s is %q, %v", value, got, err)
		}
	}
	if got, _, err := key.GetIntegerValue("Start"); err != nil || got != 2 {
		c.t.Errorf("Start is %d, %v, not automatic", got, err)
	}
	if got, _, err := key.GetStringsValue("Environment"); err != nil || !reflect.DeepEqual(got, []string{"TELEHAB_DATA_DIR=" + c.options.DataDir}) {
		c.t.Errorf("Environment is %q, %v", got, err)
	}
}

func TestAServiceThatWasStoppedOrKilledStartsAgain(t *testing.T) {
	c := newComputer(t)
	c.install()
	c.manager(func(s *mgr.Service) error { return stop(t.Context(), s) })
	c.records(keeps, begins, "ends")
	c.is(State{Installed: true, AtStart: true, Name: "TeleHab", DataDir: c.options.DataDir})
	c.manager(func(s *mgr.Service) error { return s.Start() })
	c.records(keeps, begins, "ends", begins)
	c.manager(func(s *mgr.Service) error {
		now, err := s.Query()
		if err != nil {
			return err
		}
		process, err := os.FindProcess(int(now.ProcessId))
		if err != nil {
			return err
		}
		return errors.Join(process.Kill(), process.Release())
	})
	// Windows would start it again after a minute; Wine does not even notice.
	c.manager(func(s *mgr.Service) error {
		var err error
		c.until(func() bool { err = s.Start(); return err == nil }, func() string { return fmt.Sprint(err) })
		return nil
	})
	c.records(keeps, begins, "ends", begins, begins)
	c.manager(func(s *mgr.Service) error {
		_, err := s.Control(svc.Interrogate)
		return err
	})
}

func TestTheServiceNeedsAProgramThatOnlyAdministratorsCanChange(t *testing.T) {
	for program, want := range map[string]bool{
		`C:\Program Files\TeleHab\telehab.exe`:                           true,
		`c:\program files\TELEHAB\telehab.exe`:                           true,
		`C:\Program Files\..\Users\dana\telehab.exe`:                     false,
		`C:\Program Files (x86)\TeleHab\telehab.exe`:                     false,
		`C:\Program Files`:                                               false,
		`C:\Users\dana\AppData\Local\Programs\TeleHab\telehab.exe`:       false,
		`\\server\Program Files\TeleHab\telehab.exe`:                     false,
		`C:\Users\dana\Downloads\telehab-1.2.3-windows-x64-portable.exe`: false,
	} {
		if got := isBelow(program, `C:\Program Files`); got != want {
			t.Errorf("%s: %v", program, got)
		}
	}
	err := Install(t.Context(), Options{Program: `C:\Users\dana\telehab.exe`, DataDir: newFolder(t)}, Secrets{})
	if profile.CodeOf(err) != profile.Invalid || !strings.Contains(profile.MessageOf(err), "/ALLUSERS") {
		t.Errorf("Install: %v", err)
	}
}

// What the manager is told when the work ends by itself: anything but 0 has it
// start the service again.
func TestTheServiceSaysHowItEnded(t *testing.T) {
	log, err := eventlog.Open("TeleHab")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	broken := profile.Refuse(profile.StoreKeyLost, "gone")
	for _, c := range []struct {
		name      string
		arguments []string
		work      Work
		code      uint32
	}{
		{"done", []string{"TeleHab"}, Work{Do: func(context.Context) error { return nil }}, 0},
		{"failed", []string{"TeleHab"}, Work{Do: func(context.Context) error { return broken }}, 1},
		{"the password is deleted", []string{"TeleHab", "forget"}, Work{Forget: func(context.Context) error { return nil }}, 0},
		{"the password is not deleted", []string{"TeleHab", "forget"}, Work{Forget: func(context.Context) error { return broken }}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &handler{ctx: t.Context(), work: c.work, dir: newFolder(t), log: log}
			told := make(chan svc.Status, 1)
			requests := make(chan svc.ChangeRequest, 1)
			if c.arguments[len(c.arguments)-1] == "forget" { // which waits for that
				requests <- svc.ChangeRequest{Cmd: svc.Stop}
			}
			if _, code := h.Execute(c.arguments, requests, told); code != c.code || (h.err != nil) != (c.code != 0) {
				t.Errorf("the code is %d, the error %v", code, h.err)
			}
			if first := <-told; first.State != svc.Running || first.Accepts != svc.AcceptStop|svc.AcceptShutdown {
				t.Errorf("the manager was told %+v", first)
			}
		})
	}
}

func TestTheServiceEndsWhenItIsTold(t *testing.T) {
	log, err := eventlog.Open("TeleHab")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	for _, command := range []svc.Cmd{svc.Stop, svc.Shutdown} {
		ended := make(chan struct{})
		work := Work{Do: func(ctx context.Context) error {
			<-ctx.Done()
			close(ended)
			return ctx.Err()
		}}
		h := &handler{ctx: t.Context(), work: work, dir: newFolder(t), log: log}
		told := make(chan svc.Status, 2)
		requests := make(chan svc.ChangeRequest, 1)
		requests <- svc.ChangeRequest{Cmd: command}
		if _, code := h.Execute([]string{"TeleHab"}, requests, told); code != 0 || h.err != nil {
			t.Errorf("the code is %d, the error %v", code, h.err)
		}
		<-ended
		if first, then := <-told, <-told; first.State != svc.Running || then.State != svc.StopPending {
			t.Errorf("the manager was told %+v, %+v", first, then)
		}
	}
}
