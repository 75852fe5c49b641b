package workspace

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/postgres"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/replica"
	"telehab.io/desktop/backend/storecopy"
)

// Computer is one of those that share a clinic.
type Computer struct {
	replica.Computer
	Here bool // this one
}

// Share puts everything that this computer has of its clinic into an empty database,
// which several computers may share from then on; this one's store becomes a copy of
// it. All or nothing: ended in the middle, this computer is as before, and Share may
// begin again.
//
// Errors: Invalid for an address or a database that does not do, NotConnected, those of
// the database, the keyring and the store.
func (w *Workspace) Share(ctx context.Context, address string, progress func(done, all int)) error {
	switch {
	case w.demo != nil:
		return profile.Refuse(profile.Invalid, "This is the demo clinic, which cannot be shared. Leave the demo first.")
	case w.shared.Load() != nil:
		return errSharedAlready
	}
	unlock, err := w.passLock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := w.Erased(); err != nil {
		return err
	}
	l, err := w.linked(ctx) // proves the key
	if err != nil {
		return err
	}
	access, err := w.newAccess(ctx, address)
	if err != nil {
		return err
	}
	key, _, err := w.at.keyring.Find(ctx, w.at.name(apiKey), w.at.key.Place)
	if err != nil {
		return err
	}
	o := access.options()
	o.Keys = map[uint16][]byte{1: make([]byte, postgres.KeySize)}
	_, _ = rand.Read(o.Keys[1]) // never fails: it ends the program instead
	upload := &postgres.Upload{APIKey: key, Name: computerName(), Version: w.options.Version, Progress: progress}
	if err := w.local.BecomeCopy(ctx, w.options.Clock(), func(everything *storecopy.Changes) (*storecopy.Changes, error) {
		upload.Everything = everything
		db, err := postgres.Share(ctx, o, upload)
		if err != nil {
			return nil, err
		}
		defer db.Close()
		return db.ChangesSince(ctx, storecopy.Position{})
	}); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.link == l {
		w.unlink()
	}
	return w.useShared(ctx, &access, nil)
}

var errSharedAlready = profile.Refuse(profile.Invalid, "This clinic is shared already. telehab computers lists its computers.")

// MoveDatabase has this computer reach the clinic's database at another address, or with
// another password. Each computer is told by itself.
//
// Errors: Invalid where the clinic is not shared, StoreKeyLost where another clinic's
// database answers, and those of the database and the keyring.
func (w *Workspace) MoveDatabase(ctx context.Context, address string) error {
	s := w.shared.Load()
	if s == nil {
		return errNotShared
	}
	access, err := w.databaseAccess(ctx)
	if errors.Is(err, keyring.ErrAbsent) {
		err = errNoAccess
	}
	if err != nil {
		return err
	}
	access.Address = strings.TrimSpace(address)
	db, err := postgres.Open(ctx, access.options())
	if err != nil {
		return err
	}
	db.Close()
	if err := w.keepDatabaseAccess(ctx, &access); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unlink()
	s.store.Detach()
	return w.useShared(ctx, &access, nil)
}

// newAccess keeps how the database is reached before anything is there. A Share that
// was cut off has left the same computer's.
func (w *Workspace) newAccess(ctx context.Context, address string) (databaseSecret, error) {
	access, err := w.databaseAccess(ctx)
	if err != nil && !errors.Is(err, keyring.ErrAbsent) && !errors.Is(err, errNoAccess) {
		return access, err
	}
	if err != nil {
		if access, err = newComputer(); err != nil {
			return access, err
		}
	}
	access.Address = strings.TrimSpace(address)
	return access, w.keepDatabaseAccess(ctx, &access)
}

func newComputer() (access databaseSecret, err error) {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails: it ends the program instead
	access.Computer = hex.EncodeToString(id)
	access.Identity, err = postgres.NewIdentity()
	return access, err
}

// computerName is what the computer is called in the list.
func computerName() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "A computer"
	}
	return profile.Shorten(name)
}

// Computers returns those that share the clinic.
//
// Errors: Invalid where it is not shared, and those of the database.
func (w *Workspace) Computers(ctx context.Context) ([]Computer, error) {
	s := w.shared.Load()
	if s == nil {
		return nil, errNotShared
	}
	all, err := s.store.Computers(ctx)
	if err != nil {
		return nil, err
	}
	access, _ := w.databaseAccess(ctx) // or none is marked as this one
	computers := make([]Computer, len(all))
	for i, c := range all {
		computers[i] = Computer{c, c.ID == access.Computer}
	}
	return computers, nil
}

// codePrefix begins every join code.
const codePrefix = "telehab-join-1."

// joinCode is what a join code has.
type joinCode struct {
	Address string `json:"a"`
	Secret  string `json:"s"`
}

// AddComputer returns a code with which one further computer may join, for a day. It
// has the address of the database, with its password.
//
// Errors: as Computers.
func (w *Workspace) AddComputer(ctx context.Context) (code string, err error) {
	s := w.shared.Load()
	if s == nil {
		return "", errNotShared
	}
	access, err := w.databaseAccess(ctx)
	if err != nil {
		return "", err
	}
	secret, err := s.store.Invite(ctx)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(joinCode{access.Address, secret}) // #nosec G117 -- it is for the other computer
	return codePrefix + base64.RawURLEncoding.EncodeToString(raw), err
}

// RemoveComputer takes a computer out of the clinic: see postgres.DB.Remove.
//
// Errors: NotFound, Invalid for this computer, and as Computers.
func (w *Workspace) RemoveComputer(ctx context.Context, id string) error {
	s := w.shared.Load()
	if s == nil {
		return errNotShared
	}
	return s.store.Remove(ctx, id)
}

// StopSharing makes the copy on this computer a store of its own, with everything that
// it has, and takes this computer out of the clinic. left is why the database could not
// be told, nil if it was: another computer should remove this one then.
//
// Errors: Invalid where it is not shared, SyncRunning, those of the keyring and of the
// store.
func (w *Workspace) StopSharing(ctx context.Context) (left, err error) {
	s := w.shared.Load()
	if s == nil {
		return nil, errNotShared
	}
	unlock, err := w.passLock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.findAPIKey(ctx); err != nil {
		return nil, err // it has to be here afterwards
	}
	var outbox storecopy.Outbox
	if clinic, err := w.Clinic(ctx); err == nil {
		outbox, _ = s.store.Outbox(ctx, clinic.AccountID) // a lost one is made anew by whoever turns sending on again
	}
	left = s.store.Leave(ctx)
	if code := profile.CodeOf(left); code == profile.ComputerRemoved || code == profile.Cancelled {
		return nil, left
	}
	if err := w.local.StopCopying(ctx, &outbox); err != nil {
		return left, err
	}
	w.unlink()
	w.shared.Store(nil)
	s.store.Detach()
	return left, w.at.drop(ctx, w.at.name(databaseAccess))
}

// Join makes the data folder that the options mean a copy of the clinic that a code from
// AddComputer is for. It must have nothing of a clinic yet.
//
// Errors: Invalid for a code that does not count, or where there is a clinic; those of
// the database, the keyring and the store.
func Join(ctx context.Context, o Options, pasted string) (err error) {
	code, err := parseCode(pasted)
	if err != nil {
		return err
	}
	w, err := Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := w.RequireEmpty(ctx); err != nil {
		return err
	}
	access, err := newComputer()
	if err != nil {
		return err
	}
	access.Address = code.Address
	if err := w.keepDatabaseAccess(ctx, &access); err != nil {
		return err
	}
	err = postgres.Join(ctx, access.options(), code.Secret, computerName(), o.Version)
	if err == nil {
		err = w.useShared(ctx, &access, nil)
	}
	if err == nil {
		err = w.shared.Load().store.CatchUp(ctx)
	}
	if err != nil {
		return errors.Join(err, w.at.drop(context.WithoutCancel(ctx), w.at.name(databaseAccess)))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = w.findAPIKey(ctx) // for a service, and for the day on which the database is lost
	return nil
}

// RequireEmpty refuses to make a copy where somebody has a clinic already.
//
// Errors: Invalid, and those of the store.
func (w *Workspace) RequireEmpty(ctx context.Context) error {
	somebody, err := w.Accounts.Any(ctx)
	if err != nil {
		return err
	}
	if _, err := w.Clinic(ctx); somebody || profile.CodeOf(err) != profile.NotConnected {
		return profile.Refuse(profile.Invalid,
			"This computer has people or a clinic of its own already, so it did not join. Erase them with telehab purge if they are not needed, or set TELEHAB_DATA_DIR to another folder, then join again.")
	}
	return nil
}

func parseCode(pasted string) (code joinCode, err error) {
	text, ok := strings.CutPrefix(strings.Join(strings.Fields(pasted), ""), codePrefix)
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &code)
	}
	if !ok || err != nil || code.Address == "" || code.Secret == "" {
		return joinCode{}, profile.Refuse(profile.Invalid, fmt.Sprintf("This is not a whole join code: it begins with %s. Copy it once more.", codePrefix))
	}
	return code, nil
}
