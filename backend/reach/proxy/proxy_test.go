package proxy

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
)

var cliniko = &url.URL{Scheme: "https", Host: "api.au1.cliniko.com", Path: "/v1/user"}

// finder returns a Finder with these variables and system settings.
func finder(variables map[string]string, system settings) *Finder {
	return &Finder{
		getenv: func(name string) string { return variables[name] },
		system: func(context.Context) (settings, error) { return system, nil },
		script: func(context.Context, settings, *url.URL) (string, error) { return "", errNoScripts },
		now:    time.Now,
	}
}

func TestVariables(t *testing.T) {
	for _, test := range []struct {
		name      string
		variables map[string]string
		proxy     string // with its user and password
		setting   string
	}{
		{"none", nil, "", ""},
		{"the usual", map[string]string{"HTTPS_PROXY": "http://web-proxy.clinic.lan:3128"}, "http://web-proxy.clinic.lan:3128", "HTTPS_PROXY"},
		{"small letters", map[string]string{"https_proxy": "http://proxy:3128/"}, "http://proxy:3128", "https_proxy"},
		{"both", map[string]string{"HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:2"}, "http://a:1", "HTTPS_PROXY"},
		{"no kind", map[string]string{"HTTPS_PROXY": "proxy:3128"}, "http://proxy:3128", "HTTPS_PROXY"},
		{"no kind, with a password", map[string]string{"HTTPS_PROXY": "me:pw@proxy:3128"}, "http://me:pw@proxy:3128", "HTTPS_PROXY"},
		{"no port", map[string]string{"HTTPS_PROXY": "http://proxy"}, "http://proxy", "HTTPS_PROXY"},
		{"white space", map[string]string{"HTTPS_PROXY": "  http://proxy:3128\t\r\n"}, "http://proxy:3128", "HTTPS_PROXY"},
		{"large letters in the kind", map[string]string{"HTTPS_PROXY": "HTTP://proxy:3128"}, "http://proxy:3128", "HTTPS_PROXY"},
		{"encrypted", map[string]string{"HTTPS_PROXY": "https://proxy:3129"}, "https://proxy:3129", "HTTPS_PROXY"},
		{"socks", map[string]string{"HTTPS_PROXY": "socks5://me:pw@proxy:1080"}, "socks5://me:pw@proxy:1080", "HTTPS_PROXY"},
		{"socks, names there", map[string]string{"ALL_PROXY": "socks5h://proxy:1080"}, "socks5h://proxy:1080", "ALL_PROXY"},
		{"for all", map[string]string{"all_proxy": "proxy:3128"}, "http://proxy:3128", "all_proxy"},
		{"its own before for all", map[string]string{"ALL_PROXY": "a:1", "https_proxy": "b:2"}, "http://b:2", "https_proxy"},
		{"only for http", map[string]string{"HTTP_PROXY": "http://proxy:3128", "http_proxy": "me:pa%ss@proxy"}, "", ""},
		{"empty", map[string]string{"HTTPS_PROXY": " ", "ALL_PROXY": ""}, "", ""},
		{"encoded", map[string]string{"HTTPS_PROXY": "http://me:pa%25ss%239@proxy:3128"}, "http://me:pa%25ss%239@proxy:3128", "HTTPS_PROXY"},
		{"an at sign", map[string]string{"HTTPS_PROXY": "http://me:p@ss@proxy:3128"}, "http://me:p%40ss@proxy:3128", "HTTPS_PROXY"},
		{"an address", map[string]string{"HTTPS_PROXY": "http://[fd00::1]:3128"}, "http://[fd00::1]:3128", "HTTPS_PROXY"},

		{"excluded", map[string]string{"HTTPS_PROXY": "proxy:3128", "NO_PROXY": "localhost, .cliniko.com"}, "", ""},
		{"excluded by its name", map[string]string{"HTTPS_PROXY": "proxy:3128", "no_proxy": "api.au1.cliniko.com:443"}, "", ""},
		{"excluded by spaces", map[string]string{"HTTPS_PROXY": "proxy:3128", "NO_PROXY": "localhost cliniko.com"}, "", ""},
		{"all excluded", map[string]string{"HTTPS_PROXY": "me:pa%ss@proxy", "NO_PROXY": "*"}, "", ""},
		{"others excluded", map[string]string{"HTTPS_PROXY": "proxy:3128", "NO_PROXY": "example.com,10.0.0.0/8,api.uk1.cliniko.com"}, "http://proxy:3128", "HTTPS_PROXY"},
	} {
		t.Run(test.name, func(t *testing.T) {
			route, err := finder(test.variables, settings{}).Find(t.Context(), cliniko)
			if err != nil {
				t.Fatal(err)
			}
			if got := proxyOf(route); got != test.proxy || route.Setting != test.setting {
				t.Errorf("%q by %q, want %q by %q", got, route.Setting, test.proxy, test.setting)
			}
		})
	}
}

// proxyOf returns the address of the route's proxy, or "".
func proxyOf(r Route) string {
	if r.Proxy == nil {
		return ""
	}
	return r.Proxy.String()
}

// An invalid setting is reported, and never leads to a direct connection, nor
// to a host that is part of the password.
func TestUnreadable(t *testing.T) {
	for value, problem := range map[string]Problem{
		"http://me:pa%ss9@proxy:3128":       Encoding,
		"http://me:pa%@proxy:3128":          Encoding,
		"http://me:pa#ss@proxy:3128":        Encoding,
		"http://me:12#34@proxy:3128":        Encoding, // the host "me", for url.Parse
		"http://me:12?34@proxy:3128":        Encoding,
		"http://me:12/34@proxy:3128":        Encoding,
		"http://me#1:pw@proxy:3128":         Encoding,
		"me:pa%ss9@proxy:3128":              Encoding,
		`http://CLINIC\me:pw@proxy:3128`:    Encoding,
		"http://me:pa ss@proxy:3128":        Encoding,
		"http://me:pa[ss@proxy:3128":        Encoding,
		"http://me:pw@proxy:3128#":          Encoding,
		"socks5://me:pa%zz@proxy:1080":      Encoding,
		`"http://proxy:3128"`:               Quotes,
		`'proxy:3128'`:                      Quotes,
		"socks4://proxy:1080":               Scheme,
		"socks://proxy:1080":                Scheme,
		"ftp://proxy:21":                    Scheme,
		"pac+http://proxy/proxy.pac":        Scheme,
		"://proxy:3128":                     Scheme,
		"http://":                           Host,
		"http://:3128":                      Host,
		"http://proxy clinic:3128":          Host,
		"http://proxy:3128/proxy.pac":       Host,
		"http://proxy:":                     Port,
		"http://proxy:port":                 Port,
		"http://proxy:0":                    Port,
		"http://proxy:99999":                Port,
		"http://a:3128,http://b:3128":       Host,
		"proxy:3128;other:3128":             Port,
		"http=proxy:3128;https=proxy2:3128": Port,
	} {
		for _, name := range []string{"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
			route, err := finder(map[string]string{name: value}, settings{server: "other:3128"}).Find(t.Context(), cliniko)
			var unreadable *UnreadableError
			if !errors.As(err, &unreadable) || unreadable.Setting != name || unreadable.Problem != problem {
				t.Errorf("%s=%s: %v, want %s", name, value, err, problem)
				continue
			}
			if route != (Route{}) {
				t.Errorf("%s: %+v", value, route)
			}
			for _, secret := range []string{"pa", "12", "me:"} {
				if strings.Contains(strings.ReplaceAll(err.Error(), "percent", ""), secret) {
					t.Errorf("%s: the error shows %q: %v", value, secret, err)
				}
			}
		}
	}
}

func TestLoopbackNeedsNoProxy(t *testing.T) {
	f := finder(map[string]string{"HTTPS_PROXY": "me:pa%ss@proxy"}, settings{server: "proxy:3128"})
	for _, host := range []string{"127.0.0.1:8700", "[::1]:8700", "127.9.9.9", "localhost"} {
		if route, err := f.Find(t.Context(), &url.URL{Scheme: "http", Host: host}); err != nil || route != (Route{}) {
			t.Errorf("%s: %+v, %v", host, route, err)
		}
	}
}

func TestSystemSettings(t *testing.T) {
	const windows = "the Windows proxy settings"
	for _, test := range []struct {
		name   string
		system settings
		proxy  string
	}{
		{"none", settings{}, ""},
		{"one for all", settings{server: "proxy:3128"}, "http://proxy:3128"},
		{"one with its kind", settings{server: "http://proxy:3128"}, "http://proxy:3128"},
		{"one each", settings{server: "http=a:1;https=b:2;ftp=c:3;socks=d:4"}, "http://b:2"},
		{"one each, by spaces", settings{server: "http=a:1 HTTPS=b:2"}, "http://b:2"},
		{"each with its kind", settings{server: "https=http://b:2;"}, "http://b:2"},
		{"not for https", settings{server: "http=a:1;ftp=c:3"}, ""},
		{"one for all and one for http", settings{server: "http=a:1;b:2"}, "http://b:2"},
		{"socks of version 5", settings{server: "socks=socks5://d:4"}, "socks5://d:4"},
		{"local names bypass", settings{server: "proxy:3128", bypass: "<local>"}, "http://proxy:3128"},
		{"bypassed", settings{server: "proxy:3128", bypass: "localhost;*.cliniko.com;<local>"}, ""},
		{"bypassed by its name", settings{server: "proxy:3128", bypass: "API.AU1.CLINIKO.COM"}, ""},
		{"bypassed in its middle", settings{server: "proxy:3128", bypass: "api.*.cliniko.com"}, ""},
		{"bypassed with its kind and port", settings{server: "proxy:3128", bypass: "https://*.cliniko.com:443"}, ""},
		{"bypassed by its ending", settings{server: "proxy:3128", bypass: ".cliniko.com"}, ""},
		{"everything bypassed", settings{server: "proxy:3128", bypass: "*"}, ""},
		{"others bypassed", settings{server: "proxy:3128", bypass: "10.*;192.168.*;*.clinic.lan;cliniko.com;[a;<-loopback>"}, "http://proxy:3128"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.system.name = windows
			route, err := finder(nil, test.system).Find(t.Context(), cliniko)
			if err != nil {
				t.Fatal(err)
			}
			if test.proxy == "" {
				if route != (Route{}) {
					t.Errorf("%+v", route)
				}
			} else if route.Proxy == nil || route.Proxy.String() != test.proxy || route.Setting != windows {
				t.Errorf("%+v, want %s", route, test.proxy)
			}
		})
	}
	for _, server := range []string{"proxy:port", "https=", "socks=d:4", "me:pa%ss@proxy:3128"} {
		_, err := finder(nil, settings{name: windows, server: server}).Find(t.Context(), cliniko)
		var unreadable *UnreadableError
		if server == "https=" { // none for https
			if err != nil {
				t.Error(err)
			}
		} else if !errors.As(err, &unreadable) || unreadable.Setting != windows {
			t.Errorf("%s: %v", server, err)
		}
	}
	name := &url.URL{Scheme: "https", Host: "intranet"}
	if route, err := finder(nil, settings{server: "proxy:3128", bypass: "<local>"}).Find(t.Context(), name); err != nil || route.Proxy != nil {
		t.Errorf("a name without dots: %+v, %v", route, err)
	}
}

func TestVariablesBeforeTheSystem(t *testing.T) {
	system := settings{server: "system:3128"}
	if route, err := finder(map[string]string{"https_proxy": "mine:1"}, system).Find(t.Context(), cliniko); err != nil || route.Proxy.Host != "mine:1" {
		t.Errorf("%+v, %v", route, err)
	}
	if route, err := finder(map[string]string{"NO_PROXY": "cliniko.com"}, system).Find(t.Context(), cliniko); err != nil || route.Proxy != nil {
		t.Errorf("%+v, %v", route, err)
	}
}

func TestScripts(t *testing.T) {
	failed := errors.New("the script cannot be fetched")
	for _, test := range []struct {
		name   string
		system settings
		says   string
		err    error
		proxy  string
		script string
	}{
		{"says a proxy", settings{script: "http://clinic.lan/proxy.pac"}, "proxy:3128", nil, "http://proxy:3128", ""},
		{"says directly", settings{script: "http://clinic.lan/proxy.pac", server: "proxy:3128"}, "", nil, "", ""},
		{"fails", settings{script: "http://me:pw@clinic.lan/proxy.pac?token=secret#x"}, "", failed, "", "http://clinic.lan/proxy.pac"},
		{"fails, but there is a proxy", settings{script: "http://clinic.lan/proxy.pac", server: "proxy:3128"}, "", failed, "http://proxy:3128", ""},
		{"found in the network", settings{detect: true}, "proxy:3128", nil, "http://proxy:3128", ""},
		{"none in the network", settings{detect: true}, "", failed, "", ""},
		{"none is looked for", settings{}, "proxy:3128", nil, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := finder(nil, test.system)
			f.script = func(context.Context, settings, *url.URL) (string, error) { return test.says, test.err }
			route, err := f.Find(t.Context(), cliniko)
			if err != nil {
				t.Fatal(err)
			}
			if got := proxyOf(route); got != test.proxy || route.Script != test.script {
				t.Errorf("%+v", route)
			}
		})
	}
}

// A script runs once in five minutes, and again after a failure.
func TestSettingsAreReadAgain(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	asked := 0
	f := finder(nil, settings{})
	f.now = func() time.Time { return now }
	f.system = func(context.Context) (settings, error) { asked++; return settings{server: "proxy:3128"}, nil }
	for _, step := range []struct {
		later   time.Duration
		recheck bool
		asked   int
	}{
		{0, false, 1}, {4*time.Minute + 59*time.Second, false, 1}, {time.Second, false, 2},
		{19 * time.Second, true, 2}, {time.Second, true, 3}, {-time.Hour, false, 4},
	} {
		now = now.Add(step.later)
		if step.recheck {
			f.Recheck()
		}
		if _, err := f.Find(t.Context(), cliniko); err != nil || asked != step.asked {
			t.Errorf("after %s: asked %d times, want %d (%v)", step.later, asked, step.asked, err)
		}
	}
}

// A network without a script is not searched again for an hour.
func TestNoScriptInTheNetwork(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	asked := 0
	f := finder(nil, settings{detect: true})
	f.now = func() time.Time { return now }
	f.script = func(context.Context, settings, *url.URL) (string, error) { asked++; return "", errNoScripts }
	for _, step := range []struct {
		later   time.Duration
		recheck bool
		asked   int
	}{{0, false, 1}, {59*time.Minute + 59*time.Second, false, 1}, {time.Second, false, 2}, {20 * time.Second, true, 3}} {
		now = now.Add(step.later)
		if step.recheck {
			f.Recheck()
		}
		if _, err := f.Find(t.Context(), cliniko); err != nil || asked != step.asked {
			t.Errorf("after %s: asked %d times, want %d (%v)", step.later, asked, step.asked, err)
		}
	}
}

// A variable for http only does not count, and is reported.
func TestUnusedVariable(t *testing.T) {
	for _, test := range []struct {
		variables map[string]string
		system    settings
		unused    string
	}{
		{nil, settings{}, ""},
		{map[string]string{"HTTP_PROXY": "proxy:3128"}, settings{}, "HTTP_PROXY"},
		{map[string]string{"http_proxy": "proxy:3128"}, settings{}, "http_proxy"},
		{map[string]string{"HTTP_PROXY": "a:1", "http_proxy": "b:2"}, settings{}, "HTTP_PROXY"},
		{map[string]string{"HTTP_PROXY": " "}, settings{}, ""},
		{map[string]string{"HTTP_PROXY": "a:1", "HTTPS_PROXY": "b:2"}, settings{}, ""},
		{map[string]string{"HTTP_PROXY": "a:1", "NO_PROXY": "cliniko.com"}, settings{}, ""},
		{map[string]string{"HTTP_PROXY": "a:1"}, settings{server: "b:2"}, ""},
	} {
		if route, err := finder(test.variables, test.system).Find(t.Context(), cliniko); err != nil || route.Unused != test.unused {
			t.Errorf("%v: %+v, %v", test.variables, route, err)
		}
	}
}

func TestScutil(t *testing.T) {
	const text = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
  }
  ExcludeSimpleHostnames : 1
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 3128
  HTTPProxy : http-proxy.clinic.lan
  HTTPSEnable : 1
  HTTPSPort : 3129
  HTTPSProxy : proxy.clinic.lan
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : http://clinic.lan/proxy.pac
  ProxyAutoDiscoveryEnable : 0
  SOCKSEnable : 0
  __SCOPED__ : <dictionary> {
    en0 : <dictionary> {
      ExceptionsList : <array> {
        0 : *
      }
      HTTPSProxy : scoped.clinic.lan
    }
  }
}
`
	got := parseScutil(text)
	want := settings{name: "the macOS proxy settings", server: "https=proxy.clinic.lan:3129", bypass: "*.local;169.254/16;<local>",
		script: "http://clinic.lan/proxy.pac"}
	if got != want {
		t.Errorf("%+v", got)
	}
	for text, want := range map[string]settings{
		"<dictionary> {\n}\n": {},
		"<dictionary> {\n  HTTPSEnable : 0\n  HTTPSPort : 3129\n  HTTPSProxy : proxy\n}\n":                           {},
		"<dictionary> {\n  HTTPSEnable : 1\n}\n":                                                                     {},
		"<dictionary> {\n  HTTPSEnable : 1\n  HTTPSProxy : proxy\n}\n":                                               {server: "https=proxy"},
		"<dictionary> {\n  SOCKSEnable : 1\n  SOCKSPort : 1080\n  SOCKSProxy : proxy\n}\n":                           {server: "socks=socks5://proxy:1080"},
		"<dictionary> {\n  HTTPEnable : 1\n  HTTPPort : 80\n  HTTPProxy : proxy\n}\n":                                {}, // not for https
		"<dictionary> {\n  ProxyAutoDiscoveryEnable : 1\n}\n":                                                        {detect: true},
		"<dictionary> {\n  ProxyAutoConfigEnable : 0\n  ProxyAutoConfigURLString : http://clinic.lan/proxy.pac\n}\n": {},
		"No such key\n": {},
	} {
		want.name = "the macOS proxy settings"
		if got := parseScutil(text); got != want {
			t.Errorf("%s\n%+v", text, got)
		}
	}
}
