package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"

	"telehab.io/desktop/backend/profile"
)

// forgetArgument has the service delete its keys and end.
const forgetArgument = "forget"

// graceful is how long the work may take to end. A pass ends in far less; one that
// is cut off resumes.
const graceful = 10 * time.Second

// handOverEvery is how often the service looks for keys that were handed over.
const handOverEvery = 5 * time.Second

// The numbers of the events, for IT's filters.
const (
	eventStarted = 1
	eventStopped = 2
	eventFailed  = 3
	eventKeys    = 4 // taken
	eventForgot  = 5
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
	return errors.Join(svc.Run(name, h), h.err)
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
	ctx, cancel := context.WithCancel(h.ctx)
	defer cancel()
	do := h.watch
	if slices.Contains(arguments, forgetArgument) {
		do = h.forget
	}
	ended := make(chan error, 1)
	go func() { ended <- do(ctx) }()
	tell <- svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
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

// watch does the work, and begins it anew whenever keys were handed over.
func (h *handler) watch(ctx context.Context) error {
	if _, err := h.take(ctx); err != nil {
		h.failed(err) // the keys of before may still do
	}
	_ = h.log.Info(eventStarted, "TeleHab syncs, with nobody signed in.")
	for {
		again, err := h.untilKeys(ctx)
		if !again {
			return err
		}
	}
}

// untilKeys does the work until it ends by itself or keys were handed over.
func (h *handler) untilKeys(ctx context.Context) (again bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- h.work.Do(ctx) }()
	ticker := time.NewTicker(handOverEvery)
	defer ticker.Stop()
	told := false
	for {
		select {
		case err := <-ended:
			return false, err
		case <-ticker.C:
		}
		taken, err := h.take(ctx)
		if err != nil && !told {
			h.failed(err)
			told = true
		}
		if taken {
			cancel()
			h.interrupted(<-ended)
			return true, nil
		}
	}
}

// take takes the keys that were handed over, if any.
func (h *handler) take(ctx context.Context) (taken bool, err error) {
	taken, err = takeKeys(ctx, h.dir, h.work.Keep)
	if taken {
		_ = h.log.Info(eventKeys, "The service has stored the keys that were handed over to it.")
	}
	return taken, err
}

// forget deletes the keys of the service's account.
func (h *handler) forget(ctx context.Context) error {
	err := h.work.Forget(ctx)
	if err == nil {
		_ = h.log.Info(eventForgot, "The service has deleted its copy of the keys.")
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
	_ = h.log.Error(eventFailed, fmt.Sprintf("TeleHab's sync has failed: %s. telehab status says more.", profile.CodeOf(err)))
}
