package workspace

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"telehab.io/desktop/backend/cliniko"
	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/sqlite"
)

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
// KeyringMissing, KeyringLocked; StoreMissing when another process has erased
// the data meanwhile.
func (w *Workspace) Connect(ctx context.Context, pasted string) (Connection, error) {
	proof, err := w.prove(ctx, pasted)
	if err != nil {
		return Connection{}, err
	}
	return proof.connection, w.connect(ctx, proof)
}

func (w *Workspace) connect(ctx context.Context, p *proof) error {
	ctx = context.WithoutCancel(ctx) // a key without its clinic is of no use
	clinic := p.connection.Clinic
	switch now, err := w.db().Clinic(ctx); {
	case err == nil && now.AccountID != clinic.AccountID:
		return &profile.Error{Code: profile.OtherClinic, Message: fmt.Sprintf(
			"This key belongs to %s, and this computer is connected to %s, so nothing was changed. Use a key of %[2]s. To have both, choose Add a clinic.", clinic.Name, now.Name)}
	case err != nil && profile.CodeOf(err) != profile.NotConnected && profile.CodeOf(err) != profile.StoreDamaged: // connecting mends that one
		return err
	}
	if err := w.storeClinic(ctx, clinic, p.key); err != nil {
		return err
	}
	w.mu.Lock()
	w.unlink()
	w.mu.Unlock()
	w.names.mu.Lock()
	defer w.names.mu.Unlock()
	if w.names.current != nil {
		w.names.current.InCountry(clinic.Country)
	}
	return nil
}

// storeClinic stores a clinic and its key, both or neither: the clinic that
// another process connects at the same moment has its own key.
func (w *Workspace) storeClinic(ctx context.Context, clinic profile.Clinic, key cliniko.Key) error {
	if s := w.shared.Load(); s != nil {
		return s.store.ConnectWith(ctx, clinic, w.ClinicTime(ctx, w.clocks.now()), []byte(key.Secret()))
	}
	name := w.at.name(apiKey)
	var before []byte
	began, had := false, false
	err := w.local.ConnectWith(ctx, clinic, w.ClinicTime(ctx, w.clocks.now()), func() (err error) {
		if err := w.Erased(); err != nil {
			return err // an API key would stay behind
		}
		if before, had, err = w.at.keyring.Get(ctx, name); err != nil {
			return err
		}
		began = true
		return w.at.put(ctx, name, []byte(key.Secret()))
	})
	switch {
	case err == nil || !began:
		return err
	case had && len(before) > 0:
		return errors.Join(err, w.at.put(ctx, name, before))
	}
	return errors.Join(err, w.at.drop(ctx, name))
}

// Disconnect erases the API key, the access to VALD Hub and everything that came
// from Cliniko, and seals
// what stays with another key. It returns how much that was. FinishDisconnect
// does the rest. With an error no client is erased.
//
// Errors: Invalid where other computers share the clinic, SyncRunning while another
// process syncs, StoreMissing when another one has erased the data meanwhile, and those
// of the keyring and the store.
func (w *Workspace) Disconnect(ctx context.Context) (sqlite.Forgotten, error) {
	if err := w.RequireUnshared(); err != nil {
		return sqlite.Forgotten{}, err
	}
	ctx = context.WithoutCancel(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	unlock, err := w.passLock()
	if err != nil {
		return sqlite.Forgotten{}, err
	}
	defer unlock()
	if err := w.Erased(); err != nil {
		return sqlite.Forgotten{}, err
	}
	w.unlink()
	// What another process has sealed the store with is in the place of nextKey.
	if err := w.local.CheckKey(ctx); profile.CodeOf(err) == profile.StoreKeyLost {
		return sqlite.Forgotten{}, sqlite.Replaced(err)
	}
	if err := w.settleKey(ctx); err != nil {
		return sqlite.Forgotten{}, err
	}
	fresh := make([]byte, sqlite.KeySize)
	_, _ = rand.Read(fresh) // never fails: it ends the program instead
	if err := w.at.put(ctx, w.at.name(nextKey), fresh); err != nil {
		return sqlite.Forgotten{}, err
	}
	if err := w.at.deleteEarlierKeys(ctx); err != nil {
		return sqlite.Forgotten{}, err
	}
	gone, err := w.local.ForgetWith(ctx, fresh, func() error {
		// What is compared with VALD Hub, and sent there one day, is this clinic's.
		return errors.Join(w.at.drop(ctx, w.at.name(hubAccess)), w.at.drop(ctx, w.at.name(apiKey)))
	})
	if err != nil {
		return sqlite.Forgotten{}, err
	}
	w.names.mu.Lock()
	defer w.names.mu.Unlock()
	if w.names.current != nil {
		w.names.current, w.names.filling = directory.New(), nil
	}
	return gone, nil
}

// FinishDisconnect does what remains once Disconnect has erased the clients, now
// or in an earlier try: the store's file is rewritten, and the key of before
// goes. It does as much as it can.
//
// Errors: those of the keyring and the store.
func (w *Workspace) FinishDisconnect(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	return errors.Join(w.local.Rewrite(ctx), w.settleKey(ctx))
}

// settleKey puts the key that Disconnect has given to the store in the place of
// the one before, where that was not done yet.
func (w *Workspace) settleKey(ctx context.Context) error {
	next, found, err := w.at.keyring.Get(ctx, w.at.name(nextKey))
	if err != nil || !found || !w.local.HasKey(next) {
		return err
	}
	return w.at.useNextKey(ctx, next)
}

// proof is what Cliniko said about a pasted key.
type proof struct {
	key        cliniko.Key
	connection Connection
}

// prove asks Cliniko whom a pasted key belongs to.
func (w *Workspace) prove(ctx context.Context, pasted string) (*proof, error) {
	key, err := cliniko.ParseKey(pasted)
	if err != nil {
		return nil, err
	}
	client, err := w.newClient(key)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	clinic, err := client.Clinic(ctx)
	if err != nil {
		return nil, err
	}
	page, err := client.Patients(ctx, profile.Query{ActiveOnly: true, Size: 1})
	return &proof{key, Connection{Clinic: clinic, Patients: page.Total}}, err
}
