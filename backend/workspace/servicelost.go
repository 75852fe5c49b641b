package workspace

import (
	"errors"
	"path/filepath"

	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/profile"
)

// serviceLost is an empty file that says that the service has lost its copy of
// the keys, from then until it is installed again or removed. It lies in the data
// folder, so that the window knows what a command in a terminal has lost.
const serviceLost = "service-lost"

// errServiceLost is why the service does not sync any more, and what to do.
func errServiceLost(cause error) *profile.Error {
	return &profile.Error{Code: profile.KeyringMissing, Cause: cause, Message: "The service's copy of the keys could not be changed, so it was deleted, " +
		"and the service does not sync any more. Run telehab service install again, as it was run before."}
}

// ServiceTrouble returns why the service of this data folder does not sync any
// more, with what to do; nil where it does, or none is installed.
func (w *Workspace) ServiceTrouble() error {
	if !there(filepath.Join(w.at.options.DataDir(), serviceLost)) {
		return nil
	}
	return errServiceLost(nil)
}

// setServiceLost creates or removes the file.
func (o Options) setServiceLost(lost bool) error {
	data, err := datafolder.OpenMarked(o.DataDir())
	if err != nil {
		return err
	}
	if lost {
		err = data.Touch(serviceLost)
	} else {
		err = data.Remove(serviceLost)
	}
	return errors.Join(err, data.Close())
}
