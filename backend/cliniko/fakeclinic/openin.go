package fakeclinic

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"telehab.io/desktop/build/bridge"
)

// BridgePath is where a clinic serves TeleHab's bridge page, which really has a
// host of its own.
const BridgePath = "/app/patients/integration"

// PatientApp is one of the clinic's connected patient apps. Cliniko lists them
// by name under "Open in" on a patient's page.
type PatientApp struct {
	// Name is what people click, such as TeleHab.
	Name string
	// URL is where the browser is sent, with the patient's id added as
	// patient_id: an address that [ParseAppURL] accepts, or a path of the
	// clinic itself.
	URL string
}

// TeleHabApp is TeleHab, with the bridge page that the clinic itself serves.
func TeleHabApp() PatientApp { return PatientApp{Name: "TeleHab", URL: BridgePath} }

// ParseAppURL checks an App URL. Cliniko accepts only those that it has
// approved, all of them https; http is for tests on this computer.
func ParseAppURL(text string) (string, error) {
	address, err := url.Parse(text)
	if err != nil {
		return "", fmt.Errorf("app URL: %w", err)
	}
	if address.Scheme != "https" && address.Scheme != "http" || address.Hostname() == "" || address.User != nil {
		return "", fmt.Errorf("app URL %q: want an address such as https://app.example.com/open", text)
	}
	return text, nil
}

// link returns the app with the link that opens a patient. Cliniko documents
// only patient_id. How it adds that to an App URL with a query is unknown; here
// it is added as another parameter.
func (a PatientApp) link(id string) PatientApp {
	address, fragment, hasFragment := strings.Cut(a.URL, "#")
	joint := "?"
	if strings.Contains(address, "?") {
		joint = "&"
	}
	a.URL = address + joint + "patient_id=" + url.QueryEscape(id)
	if hasFragment {
		a.URL += "#" + fragment
	}
	return a
}

// showBridge serves the page as docs/OPEN-IN.md says. The page has a policy of
// its own.
func showBridge(w http.ResponseWriter, _ *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "frame-ancestors 'none'")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "no-referrer")
	// The client may have disconnected.
	_, _ = w.Write(bridge.Page)
}
