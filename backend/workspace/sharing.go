package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/replica"
	"telehab.io/desktop/backend/storecopy"
)

// A clinic may be shared by several computers. Then the store in the data folder is a
// copy of the clinic's database, which it follows.

// databaseSecret is how the database is reached: what the keyring has of it.
type databaseSecret struct {
	Address  string `json:"address"` // with the password
	Computer string `json:"computer"`
	Identity string `json:"identity"` // unwraps the clinic's key
}

// sharing is the shared store that a workspace works on.
type sharing struct {
	store     *replica.Store
	candidate *replica.Candidate

	mu      sync.Mutex // of what follows
	elected func()
}

var errShared = profile.Refuse(profile.Invalid,
	"Several computers share this clinic, so it cannot be disconnected here. Take this computer out of it first, with telehab share --stop.")

var errNotShared = profile.Refuse(profile.Invalid, "This clinic is on this computer alone. To use it on several, share it first: telehab share.")

var errNoAccess = profile.Refuse(profile.DatabaseUnreachable,
	"The access to the clinic's database is not in the system keyring, so nothing can be changed; what is on this computer can still be read. Ask for a code from telehab computers add and join the clinic again.")

// openShared has the workspace work on the shared store, if its own is a copy of one. It
// asks for nothing on the network.
func (w *Workspace) openShared(ctx context.Context) error {
	position, _, err := w.local.Copied(ctx)
	if err != nil || position == (storecopy.Position{}) {
		return err
	}
	access, err := w.databaseAccess(ctx)
	if errors.Is(err, keyring.ErrAbsent) {
		err = errNoAccess
	}
	// A keyring that cannot be read now hides the database, and not the copy.
	return w.useShared(ctx, &access, err)
}

func (w *Workspace) databaseAccess(ctx context.Context) (access databaseSecret, err error) {
	raw, _, err := w.at.keyring.Find(ctx, w.at.name(databaseAccess), w.at.key.Place)
	if err == nil && json.Unmarshal(raw, &access) != nil {
		err = errNoAccess
	}
	return access, err
}

func (w *Workspace) keepDatabaseAccess(ctx context.Context, access *databaseSecret) error {
	raw, err := json.Marshal(access) // #nosec G117 -- for the keyring
	if err != nil {
		return err
	}
	if len(raw) > keyring.MaxValue {
		return profile.Refuse(profile.Invalid, "The address of the database is too long for the system keyring. Use a shorter one.")
	}
	return w.at.put(ctx, w.at.name(databaseAccess), raw)
}

func (access *databaseSecret) options() postgres.Options {
	return postgres.Options{Address: access.Address, Identity: access.Identity, Computer: access.Computer}
}

// useShared makes the shared store the one that the workspace works on. refused: why its
// database cannot be asked at all.
func (w *Workspace) useShared(ctx context.Context, access *databaseSecret, refused error) error {
	s := &sharing{}
	version := w.options.Version
	if version == "" {
		version = "unknown"
	}
	store, err := replica.Of(ctx, w.local, replica.Options{Database: access.options(), Refused: refused, Version: version, Now: w.options.Clock,
		Copied: w.copied, Removed: w.eraseRemoved})
	if err != nil {
		return err
	}
	s.store, s.candidate = store, store.NewCandidate(func() {
		s.mu.Lock()
		elected := s.elected
		s.mu.Unlock()
		if elected != nil {
			elected()
		}
	})
	w.shared.Store(s)
	return nil
}

// closeStore closes whatever the workspace works on.
func (w *Workspace) closeStore() error {
	if s := w.shared.Load(); s != nil {
		return s.store.Close()
	}
	return w.local.Close()
}

// Shared says whether several computers share the clinic, and how its database stands.
func (w *Workspace) Shared() (shared bool, status replica.Status) {
	s := w.shared.Load()
	if s == nil {
		return false, status
	}
	return true, s.store.Status()
}

// RequireUnshared refuses what would end a clinic that other computers share.
func (w *Workspace) RequireUnshared() error {
	if w.shared.Load() != nil {
		return errShared
	}
	return nil
}

// MaySync says whether this computer may run a pass now: see profile.Election.
func (w *Workspace) MaySync(ctx context.Context) error {
	if s := w.shared.Load(); s != nil {
		return s.candidate.MaySync(ctx)
	}
	return nil
}

// Follow keeps the copy of a shared clinic up to date, and stands for election as the
// computer that syncs, until ctx ends; elected is called after each election that this
// one wins. Where the clinic is not shared it returns at once.
func (w *Workspace) Follow(ctx context.Context, elected func()) {
	s := w.shared.Load()
	if s == nil {
		return
	}
	s.mu.Lock()
	s.elected = elected
	s.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { s.store.Follow(ctx) })
	both.Go(func() { s.candidate.Stand(ctx) })
	both.Wait()
}

// catchUpLimit is how long a command waits for the database.
const catchUpLimit = 10 * time.Second

// CatchUp brings the copy of a shared clinic up to date, for a command. A database that
// does not answer is no error: Shared has it.
//
// Errors: ComputerRemoved, and then everything here is erased.
func (w *Workspace) CatchUp(ctx context.Context) error {
	s := w.shared.Load()
	if s == nil {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, catchUpLimit)
	defer cancel()
	err := s.store.CatchUp(limited)
	if profile.CodeOf(err) == profile.ComputerRemoved {
		w.eraseRemoved()
		return err
	}
	return ctx.Err()
}

// ForOnePass has this computer elected for one pass, or says which one syncs. release
// lets another one sync.
//
// Errors: SyncRunning, and those of the database.
func (w *Workspace) ForOnePass(ctx context.Context) (release func(), err error) {
	s := w.shared.Load()
	if s == nil {
		return func() {}, nil
	}
	standing, cancel := context.WithCancel(ctx)
	ended, err := s.candidate.Once(standing)
	if err == nil {
		return func() { cancel(); <-ended }, nil
	}
	cancel()
	if profile.CodeOf(err) != profile.SyncRunning {
		return nil, err
	}
	if name := w.syncing(ctx); name != "" {
		return nil, profile.Errorf(profile.SyncRunning, "%s syncs this clinic, so this computer does not. What it brings is here within seconds.", name)
	}
	return nil, err
}

// syncing returns the name of the computer that syncs, as far as it is known.
func (w *Workspace) syncing(ctx context.Context) string {
	computers, err := w.Computers(ctx)
	if err != nil {
		return ""
	}
	for _, c := range computers {
		if c.Syncs {
			return profile.Display(c.Name)
		}
	}
	return ""
}

// findAPIKey returns Cliniko's key: that of a shared clinic is the same on all
// computers, and may be another one than this one has had until now.
func (w *Workspace) findAPIKey(ctx context.Context) ([]byte, error) {
	here, _, err := w.at.keyring.Find(ctx, w.at.name(apiKey), w.at.key.Place)
	s := w.shared.Load()
	if s == nil {
		return here, err
	}
	limited, cancel := context.WithTimeout(ctx, catchUpLimit)
	defer cancel()
	key, unreached := s.store.APIKey(limited)
	if unreached != nil || key == "" {
		return here, err
	}
	if err != nil || string(here) != key {
		// So that this computer has it where the database is lost one day.
		_ = w.at.put(ctx, w.at.name(apiKey), []byte(key))
	}
	return []byte(key), nil
}

// eraseRemoved erases everything on a computer that is none of the clinic's any more.
// What cannot be deleted, because it is open, has lost its clients and its keys.
func (w *Workspace) eraseRemoved() {
	w.removed.Do(func() {
		ctx := context.Background()
		_ = w.local.EraseAll(ctx)
		_ = w.at.deleteKeys(ctx)
		_ = w.at.removeStore()
		if w.at.listed {
			_ = w.at.begin()
		}
		w.Lock()
		if w.options.OnRemoved != nil {
			w.options.OnRemoved()
		}
	})
}
