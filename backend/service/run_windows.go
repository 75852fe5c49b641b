package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"

	"telehab.io/desktop/backend/profile"
)

// forgetArgument has the service delete the password of its keys, and end.
const forgetArgument = "forget"

// graceful is how long the work may take to end. A pass ends in far less; one that
// is cut off resumes.
const graceful = 10 * time.Second

// The numbers of the events, for IT's filters.
const (
	eventStarted = 1
	eventStopped = 2
	eventFailed  = 3
	eventTaken   = 4 // the password was handed over
	eventForgot  = 5
	eventWorks   = 6 // again
)

func run(ctx context.Context, w Work) error {
	is, err := isService()
	if err != nil {
		return fmt.Errorf("find out what started TeleHab: %w", err)
	}
	if !is {
		return w.Do(ctx)
	}
	h := &handler{ctx: ctx, work: w, dir: dataDir()}
	if h.log, err = eventlog.Open(name); err != nil {
		return fmt.Errorf("open the event log: %w", err)
	}
	defer func() { _ = h.log.Close() }()
	running.Store(h)
	defer running.Store(nil)
	return errors.Join(svc.Run(name, h), h.err)
}

// running is the handler of this process; nil where it is no service.
var running atomic.Pointer[handler]

func hasOwnKeyring() bool { return running.Load() != nil }

func report(code profile.Code) {
	switch h := running.Load(); {
	case h == nil:
	case code == "":
		_ = h.log.Info(eventWorks, "Syncing works again.")
	default:
		h.failed(profile.Refuse(code, ""))
	}
}

// isService says that Windows' service manager started this process. Session 0,
// for which svc.IsWindowsService looks as well, is not where Wine runs services.
func isService() (bool, error) {
	if is, err := svc.IsWindowsService(); is || err != nil {
		return is, err
	}
	all, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return false, err
	}
	defer func() { _ = windows.CloseHandle(all) }()
	names := map[uint32]string{}
	var parent uint32
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))} // #nosec G103 -- a size
	for err = windows.Process32First(all, &entry); err == nil; err = windows.Process32Next(all, &entry) {
		names[entry.ProcessID] = windows.UTF16ToString(entry.ExeFile[:])
		if entry.ProcessID == windows.GetCurrentProcessId() {
			parent = entry.ParentProcessID
		}
	}
	return strings.EqualFold(names[parent], "services.exe"), nil
}

// handler does the work as Windows' service manager asks for it.
type handler struct {
	ctx  context.Context
	work Work
	dir  string // the data folder
	log  *eventlog.Log
	err  error // with which the work ended
}

// Execute is called by svc.Run. The code is 0 where the service was told to end:
// otherwise Windows would start it again.
func (h *handler) Execute(arguments []string, requests <-chan svc.ChangeRequest, tell chan<- svc.Status) (own bool, code uint32) {
	if slices.Contains(arguments, forgetArgument) {
		return h.forgetUntilStopped(requests, tell)
	}
	ctx, cancel := context.WithCancel(h.ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- h.watch(ctx) }()
	tell <- runs
	for {
		select {
		case h.err = <-ended:
			if h.err != nil {
				h.failed(h.err)
				return true, 1
			}
			return false, 0
		case r := <-requests:
			switch r.Cmd {
			case svc.Interrogate:
				tell <- r.CurrentStatus
			case svc.Stop, svc.Shutdown:
				tell <- svc.Status{State: svc.StopPending, WaitHint: uint32(2 * graceful / time.Millisecond)}
				cancel()
				select {
				case err := <-ended:
					h.interrupted(err)
				case <-time.After(graceful):
				}
				_ = h.log.Info(eventStopped, "TeleHab has stopped syncing.")
				return false, 0
			}
		}
	}
}

var runs = svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}

// forgetUntilStopped runs once the password is deleted, or could not be, and says
// which when it is told to stop. Ended by itself it would, to Wine's manager, often
// be a service that did not start.
func (h *handler) forgetUntilStopped(requests <-chan svc.ChangeRequest, tell chan<- svc.Status) (own bool, code uint32) {
	if h.err = h.forget(h.ctx); h.err != nil {
		h.failed(h.err)
		own, code = true, 1
	}
	tell <- runs
	unstopped := time.After(patience)
	for {
		select {
		case <-unstopped:
			return own, code
		case r := <-requests:
			switch r.Cmd {
			case svc.Interrogate:
				tell <- r.CurrentStatus
			case svc.Stop, svc.Shutdown:
				return own, code
			}
		}
	}
}

// watch does the work, first with the password that was handed over, if any.
func (h *handler) watch(ctx context.Context) error {
	taken, err := takePassword(ctx, h.dir, h.work.Keep)
	if err != nil {
		return err
	}
	if taken {
		_ = h.log.Info(eventTaken, "The service has stored the password of its keys, which was handed over to it.")
	}
	_ = h.log.Info(eventStarted, "TeleHab syncs, with nobody signed in.")
	return h.work.Do(ctx)
}

// forget deletes the password that the service's account has.
func (h *handler) forget(ctx context.Context) error {
	err := h.work.Forget(ctx)
	if err == nil {
		_ = h.log.Info(eventForgot, "The service has deleted the password of its keys.")
	}
	return err
}

// interrupted reports what else went wrong when the work was told to end.
func (h *handler) interrupted(err error) {
	if code := profile.CodeOf(err); code != profile.Cancelled && err != nil {
		h.failed(err)
	}
}

// failed tells the event log the code of an error, which names nobody.
func (h *handler) failed(err error) {
	_ = h.log.Error(eventFailed, fmt.Sprintf("TeleHab does not sync: %s. telehab status says more.", profile.CodeOf(err)))
}
