package workspace

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/datafolder"
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
// connected. Where there is no system keyring, that directory is one in the
// person's caches and its people, who are invented, are sealed with a key that
// is none.
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
		var err error
		if o.Dir, err = makeDemoDir(o); err != nil {
			return nil, err
		}
	case profile.KeyringMissing, profile.KeyringLocked:
		d.throwaway = true
		var err error
		if o.Dir, err = makeThrowawayDir(); err != nil {
			return nil, err
		}
		keys = keyring.Memory()
		at, err := locate(o, keys)
		if err != nil {
			return nil, err
		}
		publicKey := sha256.Sum256([]byte("the people of the demo clinic are invented"))
		if err := keys.Set(ctx, at.name(storeKey), publicKey[:]); err != nil {
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
	folder, err := l.openFolder()
	if err == nil {
		err = errors.Join(folder.Erase(), folder.Close())
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return profile.Because(profile.StoreUnreadable, err)
	}
	return l.begin()
}

// demoDir is where the demo's data lies where there is a keyring.
func demoDir(o Options) string {
	if o.Dir == "" {
		return filepath.Join(xdg.DataHome, "TeleHab Demo")
	}
	return filepath.Join(o.Dir, "demo")
}

// makeDemoDir makes that folder. The one above it has to be ours too.
func makeDemoDir(o Options) (string, error) {
	dir := demoDir(o)
	var err error
	if o.Dir == "" {
		err = makeDataFolder(dir)
	} else if err = makeDataFolder(o.Dir); err == nil {
		err = makeDataFolder(dir)
	}
	return dir, err
}

func makeDataFolder(dir string) error {
	folder, err := datafolder.Make(dir)
	if err == nil {
		err = folder.Close()
	}
	if err != nil {
		return profile.Because(profile.StoreUnreadable, err)
	}
	return nil
}

// throwawayDir is where it lies where there is none: among the caches of this
// person, which the system may clear. It has the same name each time, so that
// the next start of the demo, and a link, find what this one stored. The
// temporary folder would not do: there, others may take the name first.
func throwawayDir() string { return filepath.Join(xdg.CacheHome, "TeleHab Demo") }

// makeThrowawayDir makes that folder; or one with a name that nobody knows
// before, if the caches cannot be used, or somebody else's things are there.
func makeThrowawayDir() (string, error) {
	folder, err := datafolder.Make(throwawayDir())
	if err != nil {
		folder, err = datafolder.MakeTemporary("telehab-demo-")
	}
	if err != nil {
		return "", profile.Because(profile.StoreUnreadable, fmt.Errorf("make a folder for the demo: %w", err))
	}
	return folder.Path(), folder.Close()
}
