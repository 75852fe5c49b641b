// Package workspace is one data directory with everything that belongs to it:
// the sealed store and its key, the people, the connected clinic, its engine
// and the directory of who is signed in. The window and the headless commands
// work on the same workspaces.
package workspace

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"telehab.io/desktop/backend/account"
	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
	"telehab.io/desktop/backend/syncer"
	"telehab.io/desktop/backend/uptime"
)

// Workspace is an open data directory. It is safe for concurrent use.
type Workspace struct {
	Accounts *account.People // of those who may sign in

	options Options
	clocks  clocks
	at      *location
	local   *sqlite.DB
	shared  atomic.Pointer[sharing] // nil: local is no copy
	file    os.FileInfo             // the store's, when it was opened
	demo    *demo                   // nil for a real one
	idle    atomic.Int32            // minutes

	renewing atomic.Bool // the names are read again
	removed  sync.Once   // see eraseRemoved

	names names

	commits sync.Mutex // see syncer.Options.Commits

	mu   sync.Mutex
	link *link // nil: no clinic is connected
}

// clocks are this computer's. Those of the demo can be in its past.
type clocks struct {
	now    func() time.Time
	uptime func() time.Duration
}

// Now is this computer's time, or that of the demo.
func (w *Workspace) Now() time.Time { return w.clocks.now() }

// link is the connection to the clinic.
type link struct {
	clinic profile.Clinic
	store  Clients
	client *cliniko.Client
	engine *syncer.Engine
}

// Open opens the workspace, and makes it where there is none.
//
// Errors: KeyringMissing, KeyringLocked; StoreMissing when there was a store
// and it is not to be seen; and those of sqlite.Open.
func Open(ctx context.Context, o Options) (*Workspace, error) {
	return open(ctx, o, keyringFor(o))
}

// OpenCurrent opens the workspace of the clinic that was used last; the options
// mean all clinics of this computer. Errors: as Open.
func OpenCurrent(ctx context.Context, o Options) (*Workspace, error) {
	clinics := ClinicsOf(o)
	list, err := clinics.read()
	if err != nil {
		return nil, err
	}
	o = clinics.at(list.Current)
	at, err := locate(o, keyringFor(o))
	if err != nil {
		return nil, err
	}
	at.listed = list.has(list.Current)
	return openAt(ctx, o, at)
}

// systemKeyring is one for the whole process, so that one that hangs is waited
// for once and not by each opening.
var systemKeyring = sync.OnceValue(func() *keyring.Keyring { return keyring.Open(service) })

func open(ctx context.Context, o Options, keys *keyring.Keyring) (*Workspace, error) {
	at, err := locateListed(o, keys)
	if err != nil {
		return nil, err
	}
	return openAt(ctx, o, at)
}

func openAt(ctx context.Context, o Options, at *location) (*Workspace, error) {
	db, err := at.openStore(ctx)
	if err != nil {
		return nil, err
	}
	minutes, err := db.IdleMinutes(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	file, err := os.Stat(at.storePath())
	if err != nil {
		return nil, errors.Join(profile.Because(profile.StoreUnreadable, err), db.Close())
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	w := &Workspace{options: o, clocks: clocks{o.Clock, uptime.Now}, at: at, local: db, file: file}
	options := []account.Option{account.WithClinic(w.clinicWords)}
	if o.HashCost != (account.Cost{}) {
		options = append(options, account.WithCost(o.HashCost))
	}
	w.Accounts = account.New(people{w}, options...)
	w.idle.Store(int32(minutes)) // #nosec G115 -- at most MaxIdleMinutes
	if err := w.openShared(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return w, nil
}

// clinicWords are the names of the connected clinic, which make a password no
// harder to guess.
func (w *Workspace) clinicWords(ctx context.Context) []string {
	clinic, err := w.Clinic(ctx)
	if err != nil {
		return nil // none is connected yet
	}
	return []string{clinic.Name, clinic.Subdomain}
}

// Close ends the connection and closes the store.
func (w *Workspace) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unlink()
	err := w.closeStore()
	if w.demo != nil {
		err = errors.Join(err, w.demo.close())
	}
	return err
}

// Dir returns the data directory.
func (w *Workspace) Dir() string { return w.at.dir }

// SeparateAccount returns the account of a clinic that has a store of its own
// beside the first one's; "" for the first.
func (w *Workspace) SeparateAccount() string { return w.options.Account }

// Demo says that this is the simulated clinic, and throwaway that its data lies
// where the system may clear it.
func (w *Workspace) Demo() (demo, throwaway bool) {
	return w.demo != nil, w.demo != nil && w.demo.throwaway
}

// Clinic returns the connected clinic, or NotConnected.
func (w *Workspace) Clinic(ctx context.Context) (profile.Clinic, error) { return w.db().Clinic(ctx) }

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
func (w *Workspace) Store(ctx context.Context) (Clients, error) {
	clinic, err := w.db().Clinic(ctx)
	if err != nil {
		return nil, err
	}
	return w.clients(clinic.AccountID), nil
}

// PatientURL returns the address of the patient's page in the clinic's Cliniko.
//
// Errors: NotConnected; NotFound when Cliniko did not say its web address.
func (w *Workspace) PatientURL(ctx context.Context, id profile.ID) (string, error) {
	clinic, err := w.db().Clinic(ctx)
	if err != nil {
		return "", err
	}
	address := clinic.WebAddress()
	if u, err := url.Parse(w.options.ClinikoURL); err == nil && w.options.ClinikoURL != "" {
		address = u.Scheme + "://" + u.Host // the simulated clinic has both on one address
	}
	if address == "" {
		return "", profile.Refuse(profile.NotFound, "Cliniko did not say the web address of this clinic, so its pages cannot be opened from here. Look the client up in Cliniko, or replace the key to ask again.")
	}
	return address + "/patients/" + string(id), nil
}

// linked returns the connection, and makes it at its first use.
func (w *Workspace) linked(ctx context.Context) (*link, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	clinic, err := w.db().Clinic(ctx)
	switch {
	case w.link != nil && (err != nil || clinic.Connected.Equal(w.link.clinic.Connected)):
		return w.link, nil
	case err != nil:
		return nil, err
	}
	w.unlink() // another process has replaced the key
	secret, err := w.findAPIKey(ctx)
	if errors.Is(err, keyring.ErrAbsent) {
		return nil, profile.Refuse(profile.NotConnected,
			"The API key is no longer in the system keyring. Open Settings, Software integration and paste a key again.")
	}
	if err != nil {
		return nil, err
	}
	key, err := cliniko.ParseKey(string(secret))
	if err != nil {
		return nil, err
	}
	// All clinics of a region answer at one address: with a key that Connect
	// has not proved, another clinic's clients would be stored as this one's.
	if key.Ends() != clinic.KeyEnds || key.Shard() != clinic.Shard {
		return nil, &profile.Error{Code: profile.OtherClinic, Cause: errors.New("not the key that was saved"), Message: fmt.Sprintf(
			"The API key in the system keyring is not the one that was saved for %s, so nothing was read. Open Settings, Software integration and replace the key.", clinic.Name)}
	}
	client, err := w.newClient(key)
	if err != nil {
		return nil, err
	}
	store := w.clients(clinic.AccountID)
	w.link = &link{clinic: clinic, store: store, client: client, engine: syncer.New(client, store.Store(), syncer.Options{
		Destinations: []profile.Destination{w}, Commits: &w.commits, Lock: w.passLock, Now: w.clocks.now, Notice: w.options.OnNotice, Version: w.options.Version,
		Service: w.options.Service,
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
	return cliniko.New(key, cliniko.Options{BaseURL: w.options.ClinikoURL, Version: w.options.Version, OnWait: w.options.OnWait,
		Traffic: w.traffic()})
}

// passLock keeps two processes from running a pass on the same store. While the
// demo lives through its past, it has the lock.
func (w *Workspace) passLock() (func(), error) {
	if w.demo != nil && w.demo.unlock != nil {
		return func() {}, nil
	}
	return w.at.lockPasses()
}
