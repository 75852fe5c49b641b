package proxy

import "strings"

// parseScutil reads what scutil --proxy prints on macOS.
func parseScutil(text string) settings {
	values, exceptions := readScutil(text)
	s := settings{name: "the macOS proxy settings", bypass: strings.Join(exceptions, ";")}
	if values["ExcludeSimpleHostnames"] == "1" {
		s.bypass += ";<local>"
	}
	server := func(kind string) string {
		if values[kind+"Enable"] != "1" || values[kind+"Proxy"] == "" {
			return ""
		}
		if port := values[kind+"Port"]; port != "" && port != "0" {
			return values[kind+"Proxy"] + ":" + port
		}
		return values[kind+"Proxy"]
	}
	if secure := server("HTTPS"); secure != "" {
		s.server = "https=" + secure
	} else if socks := server("SOCKS"); socks != "" {
		s.server = "socks=socks5://" + socks
	}
	if values["ProxyAutoConfigEnable"] == "1" {
		s.script = values["ProxyAutoConfigURLString"]
	}
	s.detect = values["ProxyAutoDiscoveryEnable"] == "1"
	return s
}

// readScutil reads a dictionary of names and values, each on a line of its own,
// and its list of exceptions. It skips nested dictionaries, such as those of
// single interfaces.
func readScutil(text string) (values map[string]string, exceptions []string) {
	values = map[string]string{}
	var inside []string // the names of the enclosing dictionaries and arrays
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		name, value, named := strings.Cut(line, " : ")
		switch {
		case strings.HasSuffix(line, "{"): // a dictionary or an array
			inside = append(inside, name)
		case line == "}":
			inside = inside[:max(0, len(inside)-1)]
		case named && len(inside) == 1:
			values[name] = value
		case named && len(inside) == 2 && inside[1] == "ExceptionsList":
			exceptions = append(exceptions, value)
		}
	}
	return values, exceptions
}
