package proxy

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

var (
	winhttp          = windows.NewLazySystemDLL("winhttp.dll")
	httpOpen         = winhttp.NewProc("WinHttpOpen")
	httpClose        = winhttp.NewProc("WinHttpCloseHandle")
	httpUserConfig   = winhttp.NewProc("WinHttpGetIEProxyConfigForCurrentUser")
	httpSystemConfig = winhttp.NewProc("WinHttpGetDefaultProxyConfiguration")
	httpProxyForURL  = winhttp.NewProc("WinHttpGetProxyForUrl")
	globalFree       = windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalFree")
)

// userConfig is WINHTTP_CURRENT_USER_IE_PROXY_CONFIG.
type userConfig struct {
	detect int32
	script *uint16
	server *uint16
	bypass *uint16
}

// proxyInfo is WINHTTP_PROXY_INFO.
type proxyInfo struct {
	access uint32
	server *uint16
	bypass *uint16
}

// namedProxy is WINHTTP_ACCESS_TYPE_NAMED_PROXY.
const namedProxy = 3

// scriptOptions is WINHTTP_AUTOPROXY_OPTIONS.
type scriptOptions struct {
	flags    uint32
	detect   uint32
	script   *uint16
	reserved uintptr
	also     uint32
	signIn   int32
}

// WINHTTP_AUTOPROXY_AUTO_DETECT and _CONFIG_URL, WINHTTP_AUTO_DETECT_TYPE_DHCP
// and _DNS_A, ERROR_WINHTTP_LOGIN_FAILURE.
const (
	byDetection  = 1
	byAddress    = 2
	detectByAll  = 1 | 2
	loginFailure = windows.Errno(12015)
)

// scriptLimit is how long a proxy script may take, its download included.
const scriptLimit = 8 * time.Second

// systemSettings returns Windows' settings for this person, otherwise those for
// the computer: a clinic's IT uses both.
func systemSettings(context.Context) (settings, error) {
	s := settings{name: "the Windows proxy settings"}
	var user userConfig
	if ok, _, _ := httpUserConfig.Call(uintptr(unsafe.Pointer(&user))); ok != 0 { // #nosec G103 -- Windows' interface
		s.detect, s.script = user.detect != 0, takeString(user.script)
		s.server, s.bypass = takeString(user.server), takeString(user.bypass)
	}
	if s.server == "" && s.script == "" {
		// Administrators' scripts write here, and Windows applies it later.
		detect := s.detect
		s = fromRegistry(s.name)
		s.detect = detect
	}
	if s.server == "" && s.script == "" {
		var computer proxyInfo                                                              // as set by netsh winhttp set proxy
		if ok, _, _ := httpSystemConfig.Call(uintptr(unsafe.Pointer(&computer))); ok != 0 { // #nosec G103 -- Windows' interface
			server, bypass := takeString(computer.server), takeString(computer.bypass)
			if computer.access == namedProxy {
				s.server, s.bypass = server, bypass
			}
		}
	}
	return s, nil
}

const internetSettings = `Software\Microsoft\Windows\CurrentVersion\Internet Settings`

// fromRegistry reads the person's settings, or the computer's if a policy says
// that they apply to all users.
func fromRegistry(name string) settings {
	s := settings{name: name}
	root := registry.CURRENT_USER
	policy, err := registry.OpenKey(registry.LOCAL_MACHINE, `Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings`, registry.QUERY_VALUE)
	if err == nil {
		if each, _, err := policy.GetIntegerValue("ProxySettingsPerUser"); err == nil && each == 0 {
			root = registry.LOCAL_MACHINE
		}
		_ = policy.Close()
	}
	key, err := registry.OpenKey(root, internetSettings, registry.QUERY_VALUE)
	if err != nil {
		return s
	}
	defer func() { _ = key.Close() }()
	s.script, _, _ = key.GetStringValue("AutoConfigURL")
	if enabled, _, err := key.GetIntegerValue("ProxyEnable"); err == nil && enabled != 0 {
		s.server, _, _ = key.GetStringValue("ProxyServer")
		s.bypass, _, _ = key.GetStringValue("ProxyOverride")
	}
	return s
}

// takeString returns a text that Windows has allocated, and frees it.
func takeString(text *uint16) string {
	if text == nil {
		return ""
	}
	defer func() { _, _, _ = globalFree.Call(uintptr(unsafe.Pointer(text))) }() // #nosec G103 -- Windows' interface
	return windows.UTF16PtrToString(text)
}

// runScript lets Windows fetch and run the proxy script of the settings, or the
// one that the network offers. server is "" if the script says to connect
// directly.
func runScript(ctx context.Context, s settings, target *url.URL) (server string, err error) {
	type result struct {
		server string
		err    error
	}
	done := make(chan result, 1)
	go func() { // this call of Windows cannot be cancelled
		server, err := proxyForURL(s, target.String())
		done <- result{server, err}
	}()
	select {
	case r := <-done:
		return r.server, r.err
	case <-time.After(scriptLimit):
		return "", errors.New("the proxy script took too long")
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// proxyForURL runs the network's script first, then the one of the settings, as
// browsers do.
func proxyForURL(s settings, address string) (server string, err error) {
	if s.detect {
		server, err = askScript(scriptOptions{flags: byDetection, detect: detectByAll}, address)
		if err == nil || s.script == "" {
			return server, err
		}
	}
	script, err := windows.UTF16PtrFromString(s.script)
	if err != nil {
		return "", err
	}
	return askScript(scriptOptions{flags: byAddress, script: script}, address)
}

// askScript runs one script. server is "" if it says to connect directly.
func askScript(options scriptOptions, address string) (server string, err error) {
	target, err := windows.UTF16PtrFromString(address)
	if err != nil {
		return "", err
	}
	session, _, err := httpOpen.Call(0, 1 /* no proxy */, 0, 0, 0)
	if session == 0 {
		return "", fmt.Errorf("open WinHTTP: %w", err)
	}
	defer func() { _, _, _ = httpClose.Call(session) }()
	var found proxyInfo
	ask := func() (bool, error) {
		// #nosec G103 -- Windows' interface
		ok, _, err := httpProxyForURL.Call(session, uintptr(unsafe.Pointer(target)), uintptr(unsafe.Pointer(&options)), uintptr(unsafe.Pointer(&found)))
		return ok != 0, err
	}
	ok, err := ask()
	if !ok && errors.Is(err, loginFailure) {
		options.signIn = 1 // only if required, since Windows does not cache the result then
		ok, err = ask()
	}
	if !ok {
		return "", fmt.Errorf("run the proxy script: %w", err)
	}
	server = takeString(found.server)
	_ = takeString(found.bypass)
	if found.access != namedProxy {
		return "", nil
	}
	return serverFor(server, "https"), nil
}
