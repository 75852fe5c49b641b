package service

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
	"golang.org/x/sys/windows/svc/eventlog"
	"golang.org/x/sys/windows/svc/mgr"
)

// registryKey is where Windows has the service's settings.
const registryKey = `SYSTEM\CurrentControlSet\Services\` + name

// dataDirValue names the data folder, for whoever removes the service.
const dataDirValue = "DataDir"

// recovery is what Windows does when the service has failed: whether it crashed,
// was killed, or ended with an error.
var recovery = []mgr.RecoveryAction{
	{Type: mgr.ServiceRestart, Delay: time.Minute},
	{Type: mgr.ServiceRestart, Delay: 5 * time.Minute},
	{Type: mgr.ServiceRestart, Delay: 15 * time.Minute},
}

const recoveryReset = 24 * 60 * 60 // seconds

// configure sets what the manager does not take when a service is made.
func configure(service *mgr.Service, o Options) error {
	about, err := windows.UTF16PtrFromString(description)
	if err != nil {
		return err
	}
	sid := uint32(windows.SERVICE_SID_TYPE_UNRESTRICTED)
	delayed := windows.SERVICE_DELAYED_AUTO_START_INFO{IsDelayedAutoStartUp: 1}
	err = errors.Join(
		setting(service, windows.SERVICE_CONFIG_DESCRIPTION, unsafe.Pointer(&windows.SERVICE_DESCRIPTION{Description: about})), // #nosec G103 -- as Windows wants it
		setting(service, windows.SERVICE_CONFIG_SERVICE_SID_INFO, unsafe.Pointer(&sid)),                                        // #nosec G103
		setting(service, windows.SERVICE_CONFIG_DELAYED_AUTO_START_INFO, unsafe.Pointer(&delayed)),                             // #nosec G103
		service.SetRecoveryActions(recovery, recoveryReset),
		orUnknown(service.SetRecoveryActionsOnNonCrashFailures(true)),
	)
	if err != nil {
		return fmt.Errorf("configure the service: %w", err)
	}
	if err := writeRegistry(o); err != nil {
		return fmt.Errorf("configure the service: %w", err)
	}
	_ = eventlog.Remove(name) // of a service that was there before
	if err := eventlog.InstallAsEventCreate(name, eventlog.Info|eventlog.Warning|eventlog.Error); err != nil {
		return fmt.Errorf("add the service to the event log: %w", err)
	}
	return nil
}

func setting(service *mgr.Service, level uint32, value unsafe.Pointer) error {
	return orUnknown(windows.ChangeServiceConfig2(service.Handle, level, (*byte)(value)))
}

// orUnknown takes it that a manager does not know a setting, as Wine's does not
// know some: the service works without it.
func orUnknown(err error) error {
	if errors.Is(err, windows.ERROR_INVALID_LEVEL) {
		return nil
	}
	return err
}

// change gives a service that exists the present program and account.
func change(service windows.Handle, c *mgr.Config) error {
	var texts [3]*uint16
	for i, text := range []string{c.BinaryPathName, c.ServiceStartName, c.DisplayName} {
		var err error
		if texts[i], err = windows.UTF16PtrFromString(text); err != nil {
			return err
		}
	}
	if err := windows.ChangeServiceConfig(service, c.ServiceType, c.StartType, c.ErrorControl, texts[0], nil, nil, nil, texts[1], nil, texts[2]); err != nil {
		return fmt.Errorf("change the service: %w", err)
	}
	return nil
}

// writeRegistry stores the variables with which Windows starts the service, and
// the data folder.
func writeRegistry(o Options) (err error) {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, registryKey, registry.SET_VALUE|registry.CREATE_SUB_KEY)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, key.Close()) }()
	if err := key.SetStringsValue("Environment", o.Setting); err != nil {
		return err
	}
	parameters, _, err := registry.CreateKey(key, "Parameters", registry.SET_VALUE)
	if err != nil {
		return err
	}
	return errors.Join(parameters.SetStringValue(dataDirValue, o.DataDir), parameters.Close())
}

// dataDir returns the data folder of the service; "" where there is none.
func dataDir() string {
	parameters, err := registry.OpenKey(registry.LOCAL_MACHINE, registryKey+`\Parameters`, registry.QUERY_VALUE)
	if err != nil {
		return ""
	}
	defer func() { _ = parameters.Close() }()
	dir, _, err := parameters.GetStringValue(dataDirValue)
	if err != nil {
		return ""
	}
	return dir
}

// leaveOther removes what an earlier installation left in another data folder.
func leaveOther(dir string) error {
	before := dataDir()
	if strings.EqualFold(before, dir) {
		return nil
	}
	return leave(before)
}

// leave removes what install made in a data folder. One that is gone has nothing.
func leave(dir string) error {
	if dir == "" {
		return nil
	}
	err := removeHandOver(dir)
	if err == nil {
		err = expel(dir)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
