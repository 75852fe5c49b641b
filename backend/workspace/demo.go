package workspace

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
)

// demo is the simulated clinic behind a demo workspace. It is the only thing in
// the program that listens, on a loopback address and while the demo runs.
type demo struct {
	server    *fakeclinic.Server
	throwaway bool
}

func (d *demo) close() error { return d.server.Close() }

// demoLatency is about what Cliniko takes to answer, so that the demo feels as
// the real thing does.
const demoLatency = 120 * time.Millisecond

// OpenDemo starts the simulated clinic and opens its own data directory,
// connected. Where there is no system keyring, that directory is a temporary
// one and its people, who are invented, are sealed with a key that is none.
func OpenDemo(ctx context.Context, o Options) (*Workspace, error) {
	options := fakeclinic.DemoOptions()
	options.Latency = demoLatency
	server, err := fakeclinic.New(options).Start("127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the demo clinic: %w", err)
	}
	w, err := openDemo(ctx, o, server)
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	if _, err := w.Connect(ctx, server.Key()); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func openDemo(ctx context.Context, o Options, server *fakeclinic.Server) (*Workspace, error) {
	o.ClinikoURL = server.URL()
	keys := keyring.Open(service + " Demo")
	d := &demo{server: server}
	switch err := keys.Probe(ctx); profile.CodeOf(err) {
	case "":
		if o.Dir == "" {
			o.Dir = filepath.Join(xdg.DataHome, "TeleHab Demo")
		} else {
			o.Dir = filepath.Join(o.Dir, "demo")
		}
	case profile.KeyringMissing, profile.KeyringLocked:
		d.throwaway = true
		var err error
		if o.Dir, err = temporaryDir(); err != nil {
			return nil, err
		}
		keys = keyring.Memory()
		publicKey := sha256.Sum256([]byte("the people of the demo clinic are invented"))
		if err := keys.Set(ctx, namesFor(o, o.Dir).of(storeKey), publicKey[:]); err != nil {
			return nil, err
		}
	default:
		return nil, err
	}
	w, err := open(ctx, o, keys)
	switch profile.CodeOf(err) {
	case profile.StoreKeyLost, profile.StoreTooNew, profile.StoreUnreadable, profile.StoreDamaged, profile.StoreCorrupt,
		profile.StoreMissing, profile.KeyringLocked:
		// Nothing in a demo is worth asking about.
		if err := beginAfresh(o); err != nil {
			return nil, fmt.Errorf("start the demo afresh: %w", err)
		}
		w, err = open(ctx, o, keys)
	}
	if err != nil {
		return nil, err
	}
	w.demo = d
	return w, nil
}

func beginAfresh(o Options) error {
	l, err := locate(o, nil)
	if err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(l.dir), l.begin())
}

// temporaryDir returns a folder that lasts until the computer's next start, so
// that a second run of the demo finds what the first one stored.
func temporaryDir() (string, error) {
	dir := filepath.Join(os.TempDir(), "telehab-demo-"+strconv.Itoa(os.Getuid()))
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("make a folder for the demo: %w", err)
	}
	// Somebody else may have put something in that place.
	if info, err := os.Lstat(dir); err == nil && info.IsDir() && (info.Mode().Perm() == 0o700 || runtime.GOOS == "windows") {
		if probe, err := os.CreateTemp(dir, "probe"); err == nil {
			return dir, errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	dir, err := os.MkdirTemp("", "telehab-demo-")
	if err != nil {
		return "", fmt.Errorf("make a folder for the demo: %w", err)
	}
	return dir, nil
}
