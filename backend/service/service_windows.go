package service

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
	"golang.org/x/sys/windows/svc/mgr"

	"telehab.io/desktop/backend/profile"
)

const description = "Keeps TeleHab's profiles equal to the clients in Cliniko while nobody is signed in."

const (
	onlyThePerson      = "On Windows the service is for the data of who installs it. Run telehab service install as that person, without --user."
	needsAdministrator = "Only an administrator can change TeleHab's service. Open a terminal with “Run as administrator”, as the person whose data it is, then try again."
	needsEveryone      = "The service runs under an account of its own, which can use only a program that is installed for everyone. " +
		"Install TeleHab for everyone (its installer with /ALLUSERS), then run that telehab service install."
	needsLogon = "Windows did not let the service's account sign in. Give “NT SERVICE\\ALL SERVICES” the right “Log on as a service” " +
		"(a group policy may have taken it), then try again."
	needsClosing = "Windows removes the earlier service once nobody looks at it any more. Close Windows' list of services and its Task Manager, then try again."
	didNotStart  = "The service ended right after it was started. Windows' event log says why, under Application, TeleHab."
)

// install makes or changes the service and starts it. One that was not there
// before is removed again where it does not start.
func install(ctx context.Context, o Options, s Secrets) error {
	if err := Check(ctx, o); err != nil {
		return err
	}
	manager, err := mgr.Connect()
	if err != nil {
		return fmt.Errorf("reach Windows' service manager: %w", err)
	}
	defer func() { _ = manager.Disconnect() }()
	service, made, err := makeService(manager, o.Program)
	if err != nil {
		return explained(err)
	}
	defer func() { _ = service.Close() }()
	err = stop(ctx, service)
	if err == nil {
		err = leaveOther(o.DataDir)
	}
	if err == nil {
		err = configure(service, o)
	}
	if err == nil {
		err = admit(o.DataDir)
	}
	if err == nil {
		err = givePassword(o.DataDir, s.Password)
	}
	if err == nil {
		err = start(ctx, service, o.DataDir)
	}
	if err != nil && made {
		waiting, _ := hasPasswordToTake(o.DataDir)
		err = errors.Join(err, discard(context.WithoutCancel(ctx), service, o.DataDir, !waiting))
	}
	return explained(err)
}

// Check says why Install would not do it, before anything is made ready for it.
//
// Errors: Invalid, NotPermitted.
func Check(_ context.Context, o Options) error {
	if o.User != "" {
		return profile.Refuse(profile.Invalid, onlyThePerson)
	}
	if !windows.GetCurrentProcessToken().IsElevated() {
		return profile.Refuse(profile.NotPermitted, needsAdministrator)
	}
	folder, err := windows.KnownFolderPath(windows.FOLDERID_ProgramFiles, 0)
	if err != nil {
		return fmt.Errorf("find the folder of programs: %w", err)
	}
	if !isBelow(o.Program, folder) {
		return profile.Refuse(profile.Invalid, needsEveryone)
	}
	return nil
}

// isBelow says that only administrators can replace the program, as nobody else
// may write to that folder.
func isBelow(program, folder string) bool {
	within := filepath.Clean(folder) + string(filepath.Separator)
	program = filepath.Clean(program)
	return len(program) > len(within) && strings.EqualFold(program[:len(within)], within)
}

// makeService opens the service, or makes it. made says which.
func makeService(manager *mgr.Mgr, program string) (service *mgr.Service, made bool, err error) {
	config := mgr.Config{
		ServiceType:      windows.SERVICE_WIN32_OWN_PROCESS,
		StartType:        mgr.StartAutomatic,
		ErrorControl:     mgr.ErrorNormal,
		DisplayName:      name,
		ServiceStartName: accountName,
	}
	service, err = manager.OpenService(name)
	if errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		service, err = manager.CreateService(name, program, config, arguments...)
		return service, err == nil, err
	}
	if err != nil {
		return nil, false, err
	}
	config.BinaryPathName = windows.ComposeCommandLine(append([]string{program}, arguments...))
	if err := change(service.Handle, &config); err != nil {
		return nil, false, errors.Join(err, service.Close())
	}
	return service, false, nil
}

// arguments are those of the program that the service runs.
var arguments = []string{"sync", "--watch"}

// start starts the service and waits until it has its password.
func start(ctx context.Context, service *mgr.Service, dir string) error {
	if err := service.Start(); err != nil {
		return fmt.Errorf("start the service: %w", err)
	}
	return wait(ctx, service, func(now svc.Status) (bool, error) {
		if now.State == svc.Stopped {
			return true, profile.Refuse(profile.Internal, didNotStart)
		}
		waiting, err := hasPasswordToTake(dir)
		return now.State == svc.Running && !waiting, err
	})
}

// patience is how long the manager and the service may take for one step. Windows
// itself waits 30 seconds for a service that starts.
const patience = 40 * time.Second

var errSlow = errors.New("the service does not answer")

// wait waits until the service is as reached says.
func wait(ctx context.Context, service *mgr.Service, reached func(svc.Status) (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errSlow)
	defer cancel()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		now, err := service.Query()
		if err != nil {
			return fmt.Errorf("ask for the service: %w", err)
		}
		if done, err := reached(now); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
	}
}

// stop stops the service if it runs, and waits for the end of its process, which
// has the data open until then.
func stop(ctx context.Context, service *mgr.Service) error {
	ended, err := endOf(service)
	if err != nil {
		return fmt.Errorf("find the service's process: %w", err)
	}
	defer ended.close()
	_, err = service.Control(svc.Stop)
	switch {
	case errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE):
		return nil
	case err != nil && !errors.Is(err, windows.ERROR_SERVICE_CANNOT_ACCEPT_CTRL): // it starts or stops right now
		return fmt.Errorf("stop the service: %w", err)
	}
	return wait(ctx, service, func(now svc.Status) (bool, error) { return now.State == svc.Stopped && ended.reached(), nil })
}

// remove also works for an administrator who is not the person whose data it is:
// the service's own registry says which folder that is. With a folder in the
// options, a service of another one stays.
func remove(ctx context.Context, o Options) error {
	now, err := status(ctx, o)
	if err != nil || !now.Installed || o.DataDir != "" && !strings.EqualFold(o.DataDir, dataDir()) {
		return err
	}
	if !windows.GetCurrentProcessToken().IsElevated() {
		return profile.Refuse(profile.NotPermitted, needsAdministrator)
	}
	manager, err := mgr.Connect()
	if err != nil {
		return fmt.Errorf("reach Windows' service manager: %w", err)
	}
	defer func() { _ = manager.Disconnect() }()
	service, err := manager.OpenService(name)
	if err != nil {
		return fmt.Errorf("open the service: %w", err)
	}
	defer func() { _ = service.Close() }()
	return discard(ctx, service, dataDir(), true)
}

const keptPassword = "The service is removed. Only the password of its keys could not be deleted: it is in the profile of the account " +
	"“NT SERVICE\\TeleHab”. Delete that under System, Advanced, User Profiles, and run telehab service remove once more, which deletes the keys."

// discard stops the service, has it delete its password where it has taken one,
// and removes all that install made. It does as much as it can.
func discard(ctx context.Context, service *mgr.Service, dir string, taken bool) error {
	if err := stop(ctx, service); err != nil {
		return err
	}
	var kept error
	if taken {
		kept = forget(ctx, service)
	}
	if kept != nil {
		kept = &profile.Error{Code: profile.Internal, Message: keptPassword, Cause: kept}
	}
	errs := []error{kept, leave(dir), service.Delete(), eventlog.Remove(name)}
	return errors.Join(errs...)
}

// forget runs the service once more, to delete its password: only it can.
func forget(ctx context.Context, service *mgr.Service) error {
	if err := service.Start(forgetArgument); err != nil {
		return fmt.Errorf("start the service: %w", err)
	}
	if err := wait(ctx, service, func(now svc.Status) (bool, error) { return now.State != svc.StartPending, nil }); err != nil {
		return err
	}
	if err := stop(ctx, service); err != nil {
		return err
	}
	now, err := service.Query()
	if err == nil && now.Win32ExitCode != 0 {
		err = fmt.Errorf("the service ended with %d, %d", now.Win32ExitCode, now.ServiceSpecificExitCode)
	}
	return err
}

// explained adds what a person can do about the manager's answer.
func explained(err error) error {
	switch {
	case errors.Is(err, windows.ERROR_SERVICE_LOGON_FAILED):
		return &profile.Error{Code: profile.NotPermitted, Message: needsLogon, Cause: err}
	case errors.Is(err, windows.ERROR_SERVICE_MARKED_FOR_DELETE):
		return &profile.Error{Code: profile.Invalid, Message: needsClosing, Cause: err}
	}
	return err
}

// status asks for no more rights than every user has.
func status(context.Context, Options) (State, error) {
	manager, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_CONNECT)
	if err != nil {
		return State{}, fmt.Errorf("reach Windows' service manager: %w", err)
	}
	defer func() { _ = windows.CloseServiceHandle(manager) }()
	wanted, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return State{}, err
	}
	handle, err := windows.OpenService(manager, wanted, windows.SERVICE_QUERY_STATUS)
	if errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		return State{}, nil
	}
	if err != nil {
		return State{}, fmt.Errorf("open the service: %w", err)
	}
	service := &mgr.Service{Name: name, Handle: handle}
	defer func() { _ = service.Close() }()
	now, err := service.Query()
	if err != nil {
		return State{}, fmt.Errorf("ask for the service: %w", err)
	}
	return State{Installed: true, Running: now.State == svc.Running, AtStart: true, Name: name, DataDir: dataDir()}, nil
}
