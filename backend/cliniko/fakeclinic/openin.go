package fakeclinic

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"telehab.io/desktop/build/bridge"
)

// BridgePath is where a clinic serves TeleHab's bridge page, which stands on a host of its own in life.
const BridgePath = "/app/patients/integration"

// PatientApp is one of the clinic's connected patient apps. Cliniko lists them by name under "Open in" on a patient's page.
type PatientApp struct {
	// Name is what people choose, such as TeleHab.
	Name string
	// URL is where their browser is sent, with the patient's id added as patient_id: an address as [ParseAppURL] wants it,
	// or a path of the clinic itself.
	URL string
}

// TeleHabApp is TeleHab with the bridge page that the clinic serves itself.
func TeleHabApp() PatientApp { return PatientApp{Name: "TeleHab", URL: BridgePath} }

// ParseAppURL says whether text could be an App URL. Cliniko takes only those that it has approved, all of them https;
// http is for trying something on this machine.
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

// open is the link that opens a patient in the app. Cliniko documents patient_id and nothing more. How it joins that to
// an App URL that has a query is not known; here it is joined as queries are.
func (a PatientApp) open(id string) PatientApp {
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

// showBridge serves the page as docs/OPEN-IN.md tells its hosts to. The page has a policy of its own.
func showBridge(w http.ResponseWriter, _ *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "frame-ancestors 'none'")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "no-referrer")
	// The reader may have gone, which is its own affair.
	_, _ = w.Write(bridge.Page)
}
