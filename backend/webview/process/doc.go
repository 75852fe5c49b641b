// Package process notices when the process ends in which the web view runs the
// page: it crashed, or the system took it for its memory. The view is blank
// then, for good if nothing is done.
package process
