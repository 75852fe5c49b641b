// Package workspace is one data directory with everything that belongs to it:
// the sealed store and its key, the people, the connected clinic, its engine
// and the directory of who is signed in. The window and the headless commands
// work on the same workspaces.
package workspace

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adrg/xdg"
	"github.com/gofrs/flock"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/syncer"
)

// Names in the system keyring.
const (
	service  = "TeleHab"
	storeKey = "store key"
	nextKey  = "next store key" // while the store's key is being replaced
	apiKey   = "Cliniko API key"
)

// Options say which workspace is meant.
type Options struct {
	Dir        string // "" is the person's data folder
	ClinikoURL string // a loopback address in place of Cliniko
	Version    string
	OnWait     func(until time.Time) // Cliniko asked to wait
	OnChange   func()                // some profiles changed
	OnNotice   func(syncer.Notice)   // for the log

	listed bool // clinics.json has it: it had a store once
}

// FromEnvironment reads TELEHAB_DATA_DIR and TELEHAB_CLINIKO_URL.
func FromEnvironment(version string) Options {
	return Options{Dir: os.Getenv("TELEHAB_DATA_DIR"), ClinikoURL: os.Getenv("TELEHAB_CLINIKO_URL"), Version: version}
}

// DataDir returns the folder that the options mean.
func (o Options) DataDir() string {
	if o.Dir != "" {
		return o.Dir
	}
	return filepath.Join(xdg.DataHome, "TeleHab")
}

// HasStore says that there is something to open, or that there was: a store that
// cannot be seen now is not taken for none.
func (o Options) HasStore() bool {
	w := &Workspace{options: o, dir: o.DataDir()}
	found, err := w.look()
	return err != nil || found == storeThere || found == storeGone
}

// storeFile is the store within its folder.
const storeFile = "telehab.db"

// Workspace is an open data directory. It is safe for concurrent use.
type Workspace struct {
	People *account.People

	options Options
	dir     string
	keyring *keyring.Keyring
	key     keyPlace // where the store's key was found last
	db      *sqlite.DB
	demo    *demo        // nil for a real one
	idle    atomic.Int32 // minutes

	mu     sync.Mutex
	link   *link                // nil: no clinic is connected
	people *directory.Directory // nil: nobody is signed in
	fresh  *directory.Directory // takes over from people once it is filled
	read   int64                // the store's revision when people were read; 0: not known
}

// link is the connection to the clinic.
type link struct {
	clinic profile.Clinic
	store  *sqlite.Profiles
	client *cliniko.Client
	engine *syncer.Engine
}

// Open opens the workspace, and makes it where there is none.
//
// Errors: KeyringMissing, KeyringLocked; StoreMissing when there was a store and
// it is not to be seen; and those of sqlite.Open.
func Open(ctx context.Context, o Options) (*Workspace, error) {
	return open(ctx, o, systemKeyring())
}

// systemKeyring is one for the whole process, so that one that hangs is waited
// for once and not by each opening.
var systemKeyring = sync.OnceValue(func() *keyring.Keyring { return keyring.Open(service) })

func open(ctx context.Context, o Options, keys *keyring.Keyring) (*Workspace, error) {
	dir, err := filepath.Abs(o.DataDir())
	if err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	w := &Workspace{options: o, dir: dir, keyring: keys}
	if err := w.openStore(ctx); err != nil {
		return nil, err
	}
	minutes, err := w.db.IdleMinutes(ctx)
	if err != nil {
		return nil, errors.Join(err, w.db.Close())
	}
	w.idle.Store(int32(minutes)) // #nosec G115 -- at most MaxIdleMinutes
	w.People = account.New(w.db)
	return w, nil
}

// Close ends the connection and closes the store.
func (w *Workspace) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unlink()
	err := w.db.Close()
	if w.demo != nil {
		err = errors.Join(err, w.demo.close())
	}
	return err
}

// Dir returns the data directory.
func (w *Workspace) Dir() string { return w.dir }

// Demo says that this is the simulated clinic, and throwaway that its data
// does not outlive the computer's next start.
func (w *Workspace) Demo() (demo, throwaway bool) {
	return w.demo != nil, w.demo != nil && w.demo.throwaway
}

func (w *Workspace) storePath() string { return filepath.Join(w.dir, storeFile) }

// item names a secret of this workspace, so that two data directories of one
// person do not share keys.
func (w *Workspace) item(name string) string { return name + w.ending() }

// ending is what this workspace's names in the keyring end with.
func (w *Workspace) ending() string {
	if w.options.Dir == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(w.dir))
	return " " + hex.EncodeToString(sum[:6])
}

func (w *Workspace) deleteKeys(ctx context.Context) error {
	var errs []error
	for _, name := range []string{storeKey, nextKey, apiKey} {
		errs = append(errs, w.keyring.Delete(ctx, w.item(name)))
	}
	return errors.Join(errs...)
}

// Connection is what Connect proved.
type Connection struct {
	Clinic   profile.Clinic
	Patients int // unarchived ones in Cliniko
}

// Connect asks Cliniko whom a pasted key belongs to, keeps the key in the
// system keyring, and makes the clinic the connected one. Nothing is written
// before all of that is known.
//
// Errors: those of cliniko.ParseKey and profile.Source, OtherClinic,
// KeyringMissing, KeyringLocked.
func (w *Workspace) Connect(ctx context.Context, pasted string) (Connection, error) {
	proof, err := w.prove(ctx, pasted)
	if err != nil {
		return Connection{}, err
	}
	return proof.connection, w.connect(ctx, proof)
}

func (w *Workspace) connect(ctx context.Context, p *proof) error {
	clinic := p.connection.Clinic
	if now, err := w.db.Clinic(ctx); err == nil && now.AccountID != clinic.AccountID {
		return &profile.Error{Code: profile.OtherClinic, Message: fmt.Sprintf(
			"This key belongs to %s, and this computer is connected to %s, so nothing was changed. Use a key of %[2]s, or keep %[1]s in a separate store.", clinic.Name, now.Name)}
	}
	if err := w.keyring.Set(ctx, w.item(apiKey), []byte(p.key.Secret())); err != nil {
		return err
	}
	if err := w.db.Connect(ctx, clinic, w.ClinicTime(ctx, time.Now())); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unlink()
	if w.people != nil {
		w.people.InCountry(clinic.Country)
	}
	return nil
}

// Disconnect erases the API key and everything that came from Cliniko, and
// replaces the store's key. It returns how much that was.
func (w *Workspace) Disconnect(ctx context.Context) (sqlite.Forgotten, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unlink()
	if err := w.keyring.Delete(ctx, w.item(apiKey)); err != nil {
		return sqlite.Forgotten{}, err
	}
	fresh := make([]byte, sqlite.KeySize)
	_, _ = rand.Read(fresh) // never fails: it ends the program instead
	if err := w.keyring.Set(ctx, w.item(nextKey), fresh); err != nil {
		return sqlite.Forgotten{}, err
	}
	gone, err := w.db.Forget(ctx, fresh)
	if err != nil {
		return gone, err
	}
	if w.people != nil {
		w.people = directory.New()
	}
	return gone, w.useNextKey(ctx, fresh)
}

// Clinic returns the connected clinic, or NotConnected.
func (w *Workspace) Clinic(ctx context.Context) (profile.Clinic, error) { return w.db.Clinic(ctx) }

// Engine returns the engine of the connected clinic.
//
// Errors: NotConnected, OtherClinic, KeyringMissing, KeyringLocked.
func (w *Workspace) Engine(ctx context.Context) (*syncer.Engine, error) {
	l, err := w.linked(ctx)
	if err != nil {
		return nil, err
	}
	return l.engine, nil
}

// Store returns the connected clinic's part of the store, or NotConnected.
func (w *Workspace) Store(ctx context.Context) (*sqlite.Profiles, error) {
	clinic, err := w.db.Clinic(ctx)
	if err != nil {
		return nil, err
	}
	return w.db.Profiles(clinic.AccountID, time.Now), nil
}

// PatientURL returns the address of the patient's page in the clinic's Cliniko.
//
// Errors: NotConnected; NotFound when Cliniko did not say its web address.
func (w *Workspace) PatientURL(ctx context.Context, id profile.ID) (string, error) {
	clinic, err := w.db.Clinic(ctx)
	if err != nil {
		return "", err
	}
	address := clinic.WebAddress()
	if u, err := url.Parse(w.options.ClinikoURL); err == nil && w.options.ClinikoURL != "" {
		address = u.Scheme + "://" + u.Host // the simulated clinic has both on one address
	}
	if address == "" {
		return "", profile.Errorf(profile.NotFound, "Cliniko did not say the web address of this clinic, so its pages cannot be opened from here. Look the client up in Cliniko, or replace the key to ask again.")
	}
	return address + "/patients/" + string(id), nil
}

// linked returns the connection, and makes it at its first use.
func (w *Workspace) linked(ctx context.Context) (*link, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.link != nil {
		return w.link, nil
	}
	clinic, err := w.db.Clinic(ctx)
	if err != nil {
		return nil, err
	}
	secret, _, err := w.keyring.Find(ctx, w.item(apiKey), w.key.Place)
	if errors.Is(err, keyring.ErrAbsent) {
		return nil, profile.Errorf(profile.NotConnected,
			"The API key is no longer in the system keyring. Open Settings, Software integration and paste a key again.")
	}
	if err != nil {
		return nil, err
	}
	key, err := cliniko.ParseKey(string(secret))
	if err != nil {
		return nil, err
	}
	// All clinics of a region answer at one address: with a key that Connect has
	// not proved, another clinic's clients would be stored as this one's.
	if key.Ends() != clinic.KeyEnds || key.Shard() != clinic.Shard {
		return nil, &profile.Error{Code: profile.OtherClinic, Cause: errors.New("not the key that was saved"), Message: fmt.Sprintf(
			"The API key in the system keyring is not the one that was saved for %s, so nothing was read. Open Settings, Software integration and replace the key.", clinic.Name)}
	}
	client, err := w.newClient(key)
	if err != nil {
		return nil, err
	}
	store := w.db.Profiles(clinic.AccountID, time.Now)
	w.link = &link{clinic: clinic, store: store, client: client, engine: syncer.New(client, store, syncer.Options{
		Destinations: []profile.Destination{w}, Lock: w.passLock, Notice: w.options.OnNotice, Version: w.options.Version,
	})}
	return w.link, nil
}

// unlink ends the connection. The caller holds the lock.
func (w *Workspace) unlink() {
	if w.link != nil {
		w.link.client.Close()
		w.link = nil
	}
}

func (w *Workspace) newClient(key cliniko.Key) (*cliniko.Client, error) {
	return cliniko.New(key, cliniko.Options{BaseURL: w.options.ClinikoURL, Version: w.options.Version, OnWait: w.options.OnWait})
}

// passLock keeps two processes from running a pass on the same store.
func (w *Workspace) passLock() (func(), error) {
	lock := flock.New(filepath.Join(w.dir, "sync.lock"), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the store for a pass: %w", err)
	}
	if !ok {
		return nil, profile.Errorf(profile.SyncRunning, "Another TeleHab on this computer is syncing right now. Wait until it is done, then try again.")
	}
	return func() { _ = lock.Unlock() }, nil
}
