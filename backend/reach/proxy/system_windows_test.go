package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/windows/registry"
)

// set writes the person's proxy settings, as a clinic's IT does, and restores
// them. It needs a registry for tests.
func set(t *testing.T, values map[string]any) {
	t.Helper()
	if os.Getenv("TELEHAB_TEST_REGISTRY") == "" {
		t.Skip("TELEHAB_TEST_REGISTRY is not set: this would change the settings of whoever runs it")
	}
	key, _, err := registry.CreateKey(registry.CURRENT_USER, internetSettings, registry.ALL_ACCESS)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for name := range values {
			_ = key.DeleteValue(name)
		}
		_ = key.Close()
	})
	for name, value := range values {
		switch value := value.(type) {
		case int:
			err = key.SetDWordValue(name, uint32(value))
		case string:
			err = key.SetStringValue(name, value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWindowsSettingsAreUsed(t *testing.T) {
	const name = "the Windows proxy settings"
	for _, test := range []struct {
		name    string
		values  map[string]any
		proxy   string
		setting string
	}{
		{"none", map[string]any{"ProxyEnable": 0}, "", ""},
		{"one", map[string]any{"ProxyEnable": 1, "ProxyServer": "web-proxy.clinic.lan:3128"}, "http://web-proxy.clinic.lan:3128", name},
		{"one each", map[string]any{"ProxyEnable": 1, "ProxyServer": "http=a:1;https=b:2"}, "http://b:2", name},
		{"switched off", map[string]any{"ProxyEnable": 0, "ProxyServer": "web-proxy.clinic.lan:3128"}, "", ""},
		{"bypassed", map[string]any{"ProxyEnable": 1, "ProxyServer": "web-proxy.clinic.lan:3128", "ProxyOverride": "*.cliniko.com;<local>"}, "", ""},
		{"others bypassed", map[string]any{"ProxyEnable": 1, "ProxyServer": "web-proxy.clinic.lan:3128", "ProxyOverride": "10.*;<local>"}, "http://web-proxy.clinic.lan:3128", name},
	} {
		t.Run(test.name, func(t *testing.T) {
			set(t, test.values)
			route, err := NewFinder().Find(t.Context(), cliniko)
			if err != nil {
				t.Fatal(err)
			}
			if got := proxyOf(route); got != test.proxy || route.Setting != test.setting || route.Script != "" {
				t.Errorf("%+v", route)
			}
		})
	}
}

// A request is really sent to the proxy of the settings.
func TestRequestsGoToTheProxyOfWindows(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	asked := make(chan string, 1)
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = connection.Close() }()
		if request, err := http.ReadRequest(bufio.NewReader(connection)); err == nil {
			asked <- request.Method + " " + request.Host
		}
		_, _ = io.WriteString(connection, "HTTP/1.1 403 Forbidden\r\n\r\n")
	}()
	set(t, map[string]any{"ProxyEnable": 1, "ProxyServer": listener.Addr().String()})
	finder := NewFinder()
	transport := &http.Transport{Proxy: func(r *http.Request) (*url.URL, error) {
		route, err := finder.Find(r.Context(), r.URL)
		return route.Proxy, err
	}}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, cliniko.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := transport.RoundTrip(request); err == nil || !strings.Contains(err.Error(), "Forbidden") {
		if response != nil {
			_ = response.Body.Close()
		}
		t.Fatal(err)
	}
	if got := <-asked; got != "CONNECT api.au1.cliniko.com:443" {
		t.Error(got)
	}
}

// Windows runs the script; a script that cannot be fetched is reported.
func TestWindowsRunsProxyScripts(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-ns-proxy-autoconfig")
		switch r.URL.Path {
		case "/proxy.pac":
			_, _ = io.WriteString(w, `function FindProxyForURL(url, host) { return dnsDomainIs(host, ".cliniko.com") ? "PROXY script.clinic.lan:3128; DIRECT" : "DIRECT"; }`)
		case "/direct.pac":
			_, _ = io.WriteString(w, `function FindProxyForURL(url, host) { return "DIRECT"; }`)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	for _, test := range []struct{ path, proxy, script string }{
		{"/proxy.pac", "http://script.clinic.lan:3128", ""},
		{"/direct.pac", "", ""},
		{"/missing.pac?secret", "", server.URL + "/missing.pac"},
	} {
		t.Run(test.path, func(t *testing.T) {
			set(t, map[string]any{"ProxyEnable": 0, "AutoConfigURL": server.URL + test.path})
			route, err := NewFinder().Find(t.Context(), cliniko)
			if err != nil {
				t.Fatal(err)
			}
			if got := proxyOf(route); got != test.proxy || route.Script != test.script {
				t.Errorf("%+v", route)
			}
		})
	}
}
