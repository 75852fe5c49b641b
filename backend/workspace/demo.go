package workspace

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sort"
	"sync/atomic"
	"time"

	"github.com/adrg/xdg"

	"telehab.io/desktop/backend/cliniko/fakeclinic"
	"telehab.io/desktop/backend/datafolder"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/uptime"
)

// demo is the simulated clinic behind a demo workspace. It is the only thing in
// the program that listens, on a loopback address and while the demo runs.
type demo struct {
	clinic    *fakeclinic.Clinic // nil until it is started
	server    *fakeclinic.Server
	throwaway bool
	present   func() time.Time // this computer's clock
	behind    atomic.Int64     // how far its clocks are behind this computer's, in nanoseconds
	// unlock lets other processes use its store, once it has a past; nil: they may.
	unlock func()
}

func (d *demo) close() error {
	d.share()
	if d.server == nil {
		return nil // it was not started yet
	}
	return d.server.Close()
}

// clocks are this computer's, as far behind as the demo is.
func (d *demo) clocks() clocks {
	behind := func() time.Duration { return time.Duration(d.behind.Load()) }
	return clocks{
		now:    func() time.Time { return d.present().Add(-behind()) },
		uptime: func() time.Duration { return 3*demoDays*24*time.Hour + uptime.Now() - behind() }, // never before a start
	}
}

// share lets other processes use its store.
func (d *demo) share() {
	if d.unlock != nil {
		d.unlock()
		d.unlock = nil
	}
}

// goTo sets its clocks to a time that is not after the present.
func (d *demo) goTo(at time.Time) { d.behind.Store(int64(d.present().Sub(at))) }

const (
	// demoLatency is about what Cliniko takes to answer, so that the demo feels
	// as the real thing does.
	demoLatency = 120 * time.Millisecond
	// demoDays is how long the demo's clinic has used TeleHab when the demo is
	// opened first, and for how long it can be opened again.
	demoDays = 30
)

// demoReady is a file beside the store of a demo that has lived through its past.
// One that was cut off in it has none, and is made anew.
const demoReady = "demo-ready"

// Past is what the demo's clinic has yet to live through before it is shown. It
// must be lived through in order, to its end.
type Past struct {
	Began, Opened time.Time // where it begins, unconnected, and ends

	workspace  *Workspace
	clinic     *fakeclinic.Clinic
	happenings []fakeclinic.Happening
}

// Key is the API key of the demo's clinic.
func (p *Past) Key() string { return p.clinic.Key() }

// Busy returns how much people do in the clinic's Cliniko after a time.
func (p *Past) Busy(after time.Time) int {
	return len(p.happenings) - sort.Search(len(p.happenings), func(i int) bool { return p.happenings[i].At.After(after) })
}

// Reach has everything happen until then, and sets all clocks to it.
func (p *Past) Reach(at time.Time) error {
	d := p.workspace.demo
	for len(p.happenings) > 0 && !p.happenings[0].At.After(at) {
		d.goTo(p.happenings[0].At)
		if err := p.happenings[0].Do(); err != nil {
			return err
		}
		p.happenings = p.happenings[1:]
	}
	d.goTo(at)
	return nil
}

// End has the rest happen, and returns to the present. From then on Cliniko
// takes its time to answer, and the demo is one that can be opened again.
func (p *Past) End() error {
	d := p.workspace.demo
	err := p.Reach(p.Opened)
	d.behind.Store(0)
	p.clinic.SetLatency(demoLatency)
	if err == nil && d.unlock != nil {
		err = p.workspace.at.touch(demoReady)
	}
	d.share()
	return err
}

// OpenDemo starts the simulated clinic and opens its own data directory. past is
// nil where it is connected; else the clinic is at the beginning of a month that
// it has to live through: see Past. Where there is no system keyring, that
// directory is one in the person's caches and its people, who are invented, are
// sealed with a key that is none.
func OpenDemo(ctx context.Context, o Options) (*Workspace, *Past, error) {
	w, began, err := openDemo(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	past, err := w.startDemo(ctx, began)
	if err != nil {
		return nil, nil, errors.Join(err, w.Close())
	}
	return w, past, nil
}

// startDemo starts the clinic that began then, or a month ago; zero is never.
func (w *Workspace) startDemo(ctx context.Context, began time.Time) (*Past, error) {
	now := w.demo.present()
	fresh := began.IsZero()
	if fresh {
		began = now.AddDate(0, 0, -demoDays).Truncate(time.Minute)
	}
	past := &Past{Began: began, Opened: began.AddDate(0, 0, demoDays), workspace: w}
	if !fresh {
		past.Opened = later(past.Opened, midnightOf(now)) // of a day, all or nothing
	}
	past.clinic = fakeclinic.New(fakeclinic.DemoOptions(began, w.clocks.now))
	past.happenings = past.clinic.Happenings(began, past.Opened)
	w.demo.clinic = past.clinic
	var err error
	if w.demo.server, err = past.clinic.Start("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start the demo clinic: %w", err)
	}
	w.options.ClinikoURL = w.demo.server.URL()
	if fresh {
		return past, past.Reach(began)
	}
	return nil, errors.Join(past.End(), w.reconnect(ctx, past.Key()))
}

// reconnect connects the clinic that is connected, whose key may have been kept
// in memory alone.
func (w *Workspace) reconnect(ctx context.Context, key string) error {
	clinic, err := w.Clinic(ctx)
	if err != nil {
		return err
	}
	proof, err := w.prove(ctx, key)
	if err != nil {
		return err
	}
	proof.connection.Clinic.Connected = clinic.Connected
	return w.connect(ctx, proof)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func midnightOf(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, t.Location())
}

// openDemo opens the demo's store, and says when the clinic in it began to use
// TeleHab: never, for a new one. One of long ago, and one that was cut off before
// it was ready, begin afresh.
func openDemo(ctx context.Context, o Options) (*Workspace, time.Time, error) {
	keys := keyring.Open(service + " Demo")
	d := &demo{}
	switch err := keys.Probe(ctx); profile.CodeOf(err) {
	case "":
		var err error
		if o.Dir, err = makeDemoDir(o); err != nil {
			return nil, time.Time{}, err
		}
	case profile.KeyringMissing, profile.KeyringLocked:
		d.throwaway = true
		var err error
		if o.Dir, err = makeThrowawayDir(); err != nil {
			return nil, time.Time{}, err
		}
		keys = keyring.Memory()
		at, err := locate(o, keys)
		if err != nil {
			return nil, time.Time{}, err
		}
		publicKey := sha256.Sum256([]byte("the people of the demo clinic are invented"))
		if err := keys.Set(ctx, at.name(storeKey), publicKey[:]); err != nil {
			return nil, time.Time{}, err
		}
	default:
		return nil, time.Time{}, err
	}
	w, began, err := reopenDemo(ctx, o, keys)
	switch profile.CodeOf(err) {
	case profile.StoreKeyLost, profile.StoreTooNew, profile.StoreUnreadable, profile.StoreDamaged, profile.StoreCorrupt,
		profile.StoreMissing, profile.NotConnected, profile.KeyringLocked:
		// Nothing in a demo is worth asking about.
		w, began, err = makeDemo(ctx, o, keys, d)
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	return w.asDemo(d), began, nil
}

// reopenDemo opens the store of a demo that is ready, and says when its clinic
// began to use TeleHab.
//
// Errors: StoreMissing for one that is not, and those of open and demoBegan.
func reopenDemo(ctx context.Context, o Options, keys *keyring.Keyring) (w *Workspace, began time.Time, err error) {
	at, err := locate(o, keys)
	if err != nil {
		return nil, began, err
	}
	ready, err := at.has(demoReady)
	if err == nil && !ready {
		err = profile.Because(profile.StoreMissing, errors.New("no demo that is ready"))
	}
	if err == nil {
		w, err = open(ctx, o, keys)
	}
	if err != nil {
		return nil, began, err
	}
	if began, err = w.demoBegan(ctx); err != nil {
		return nil, time.Time{}, errors.Join(err, w.Close())
	}
	return w, began, nil
}

// makeDemo makes the store of the demo anew, unless another process just has.
// Until that is ready, other processes neither sync it nor make it anew.
//
// Errors: SyncRunning where another process does.
func makeDemo(ctx context.Context, o Options, keys *keyring.Keyring, d *demo) (w *Workspace, began time.Time, err error) {
	at, err := locate(o, keys)
	if err != nil {
		return nil, began, err
	}
	unlock, err := at.lockPasses()
	if err != nil {
		return nil, began, err
	}
	if w, began, err = reopenDemo(ctx, o, keys); err == nil {
		unlock()
		return w, began, nil
	}
	if err = beginAfresh(o); err != nil {
		err = fmt.Errorf("start the demo afresh: %w", err)
	}
	if err == nil {
		w, err = open(ctx, o, keys)
	}
	if err != nil {
		unlock()
		return nil, time.Time{}, err
	}
	d.unlock = unlock
	return w, time.Time{}, nil
}

func (w *Workspace) asDemo(d *demo) *Workspace {
	d.present = w.clocks.now
	w.demo, w.clocks = d, d.clocks()
	return w
}

// Simulates says that this is the demo, and that its clinic has the client.
func (w *Workspace) Simulates(client profile.ID) bool {
	if w.demo == nil || w.demo.clinic == nil {
		return false
	}
	_, known := w.demo.clinic.Get(string(client))
	return known
}

// demoBegan returns when the demo's clinic began to use TeleHab: its first
// import took less than the rest of a minute.
//
// Errors: NotConnected, and StoreDamaged for a store that is of no more use.
func (w *Workspace) demoBegan(ctx context.Context) (time.Time, error) {
	store, err := w.Store(ctx)
	if err != nil {
		return time.Time{}, err
	}
	imported, err := store.ImportedAt(ctx)
	if err != nil {
		return time.Time{}, err
	}
	began := imported.Local().Truncate(time.Minute)
	age := w.Now().Sub(began.AddDate(0, 0, demoDays))
	if imported.IsZero() || age < 0 || age > demoDays*24*time.Hour {
		return time.Time{}, profile.Refuse(profile.StoreDamaged, "The demo is of another time. Open it again.")
	}
	return began, nil
}

// beginAfresh erases what the demo's folder has of ours.
func beginAfresh(o Options) error {
	l, err := locate(o, nil)
	if err != nil {
		return err
	}
	folder, err := l.openFolder()
	if err == nil {
		err = errors.Join(folder.Erase(syncLock), folder.Close()) // whoever erases it holds that
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
