package workspace

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/syncer"
)

// Options say which workspace is meant, and who is told what.
type Options struct {
	Dir        string // "" is the person's data folder
	Account    string // of a clinic with a store of its own below Dir; "" is the first one
	ClinikoURL string // a loopback address in place of Cliniko
	ValdURL    string // a loopback address in place of VALD Hub
	Version    string
	OnWait     func(until time.Time) // Cliniko asked to wait
	OnChange   func()                // some profiles changed
	OnNotice   func(syncer.Notice)   // for the log
	OnDemo     func(done, all int)   // the demo is made, and so many of its syncs are done
	OnUnsaved  func(error)           // something was done, and that it was could not be saved beside it
	OnService  func(error)           // the service cannot sync any more; the error says what to do
	HashCost   account.Cost          // of new passwords; zero is account.DefaultCost
	OnBusy     func()                // another process has been opening the store for a second, and is waited for
	OnRemoved  func()                // this computer was removed from the clinic's, and what it had is erased
	Clock      func() time.Time      // this computer's; nil is time.Now
	Service    bool                  // the passes are those of telehab sync --watch

	// ServicePassword opens the copies of the keys, in a service that has a keyring
	// of its own; nil elsewhere.
	ServicePassword func() (string, error)
}

// FromEnvironment reads TELEHAB_DATA_DIR, TELEHAB_CLINIKO_URL and TELEHAB_VALD_URL.
func FromEnvironment(version string) Options {
	return Options{Dir: os.Getenv("TELEHAB_DATA_DIR"), ClinikoURL: os.Getenv("TELEHAB_CLINIKO_URL"), ValdURL: os.Getenv("TELEHAB_VALD_URL"), Version: version}
}

// DataDir returns the folder of all clinics of this computer.
func (o Options) DataDir() string {
	if o.Dir != "" {
		return o.Dir
	}
	return filepath.Join(xdg.DataHome, "TeleHab")
}

// storeDir returns the absolute path of the folder that the store lies in.
func (o Options) storeDir() (string, error) {
	dir := o.DataDir()
	if o.Account != "" {
		dir = filepath.Join(dir, clinicsFolder, o.Account)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the data folder: %w", err)
	}
	return dir, nil
}
