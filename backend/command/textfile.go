package command

import (
	"fmt"
	"strings"

	"telehab.io/desktop/backend/atomicfile"
	"telehab.io/desktop/backend/profile"
)

// metric is a line of the text file.
type metric struct {
	name, help string
	label      string // with its braces, or ""
	value      int64
}

// metrics are counts and times: no name of a clinic, and no personal data.
func metrics(s *state) []metric {
	var last int64
	if !s.lastSync.IsZero() {
		last = s.lastSync.Unix()
	}
	list := []metric{
		{"connected", "Whether a clinic is connected.", "", number(s.Connected)},
		{"last_good_sync_timestamp_seconds", "When the last sync ended that ended well, in seconds since 1970; 0: never.", "", last},
		{"profiles", "Profiles on this computer, those that need attention included.", "", int64(s.Profiles)},
		{"profiles_need_attention", "Profiles that lack a required detail or have an impossible one.", "", int64(s.Failed)},
		{"profiles_archived", "Profiles whose clients are archived in Cliniko.", "", int64(s.Archived)},
		{"clients_active_in_cliniko", "Active clients, as Cliniko counted them last.", "", int64(s.ActiveInCliniko)},
		{"profiles_missing", "Profiles no longer in Cliniko, of which a person has to decide.", "", int64(s.Missing)},
		{"import_unfinished", "Whether an import was cut off and will be resumed.", "", number(s.Unfinished)},
	}
	if s.Stale != nil {
		list = append(list, metric{"stale", "Whether the last good sync is older than --max-age, or there was none.", "", number(*s.Stale)})
	}
	if s.Service != nil {
		list = append(list, metric{"service_installed", "Whether the service is installed.", "", number(s.Service.Installed)},
			metric{"service_running", "Whether the service runs.", "", number(s.Service.Running)})
	}
	if s.LastError != nil {
		list = append(list, metric{"last_error", "Why the last sync did not end well: its code.", fmt.Sprintf("{code=%q}", *s.LastError), 1})
	}
	return list
}

func number(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// writeTextfile writes the state as Prometheus' text format, for the textfile
// collector of node_exporter, which runs as somebody else and may read at any
// moment.
func writeTextfile(path string, s *state) error {
	var text strings.Builder
	for _, m := range metrics(s) {
		_, _ = fmt.Fprintf(&text, "# HELP telehab_%s %s\n# TYPE telehab_%[1]s gauge\ntelehab_%[1]s%[3]s %[4]d\n", m.name, m.help, m.label, m.value)
	}
	if err := atomicfile.Write(path, []byte(text.String()), 0o644); err != nil {
		return &profile.Error{Code: profile.Invalid, Cause: err,
			Message: "The text file could not be written. Check that its folder exists and that you may write there, then try again."}
	}
	return nil
}
