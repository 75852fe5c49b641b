package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/hubcompare"
	"telehab.io/desktop/backend/keyring"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// Organisation is a tenant of VALD Hub.
type Organisation struct{ ID, Name string }

// HubConnection is the organisation in VALD Hub that the clinic is connected to.
type HubConnection struct {
	Organisation
	Region string // its code
}

// access is what the keyring has of VALD Hub.
type access struct {
	Account string `json:"account"` // of the clinic in Cliniko that it is for
	ID      string `json:"client_id"`
	Secret  string `json:"client_secret"`
	Region  string `json:"region"`
	Tenant  string `json:"tenant"`
	Name    string `json:"tenant_name"`
}

func (a *access) connection() HubConnection {
	return HubConnection{Organisation{a.Tenant, a.Name}, a.Region}
}

var (
	errNoHub     = profile.Refuse(profile.HubNotConnected, "VALD Hub is not connected. Run telehab hub connect first.")
	errHubInDemo = profile.Refuse(profile.Invalid, "This is the demo clinic, which is in no VALD Hub. Leave the demo first.")
)

// ConnectHub asks VALD which organisations the credentials reach in a region,
// has one chosen, and keeps all of it in the system keyring. Nothing is written
// before.
//
// Errors: NotConnected without a clinic, Invalid, those of valdhub.Client.Tenants
// and of choose, KeyringMissing, KeyringLocked.
func (w *Workspace) ConnectHub(ctx context.Context, region, id, secret string, choose func([]Organisation) (string, error)) (HubConnection, error) {
	if w.demo != nil {
		return HubConnection{}, errHubInDemo
	}
	clinic, err := w.db().Clinic(ctx)
	if err != nil {
		return HubConnection{}, err
	}
	credentials, in, err := hubLogin(region, id, secret)
	if err != nil {
		return HubConnection{}, err
	}
	found, err := w.organisations(ctx, credentials, in)
	if err != nil {
		return HubConnection{}, err
	}
	chosen, err := choose(found)
	if err != nil {
		return HubConnection{}, err
	}
	i := slices.IndexFunc(found, func(o Organisation) bool { return o.ID == chosen })
	if i < 0 {
		return HubConnection{}, profile.Refuse(profile.Invalid, "These credentials do not reach that organisation in "+in.Name+". Choose one of the list.")
	}
	a := access{Account: clinic.AccountID, Region: in.Code, Tenant: found[i].ID, Name: found[i].Name}
	a.ID, a.Secret = credentials.Reveal()
	return a.connection(), w.keepAccess(context.WithoutCancel(ctx), &a)
}

// HubOrganisations returns the organisations that the credentials reach in a
// region, at least one. Nothing is kept.
//
// Errors: Invalid, and those of valdhub.Client.Tenants.
func (w *Workspace) HubOrganisations(ctx context.Context, region, id, secret string) ([]Organisation, error) {
	if w.demo != nil {
		return nil, errHubInDemo
	}
	credentials, in, err := hubLogin(region, id, secret)
	if err != nil {
		return nil, err
	}
	return w.organisations(ctx, credentials, in)
}

// hubLogin reads what a person, or the keyring, has given.
func hubLogin(region, id, secret string) (credentials valdhub.Credentials, in valdhub.Region, err error) {
	if in, err = valdhub.ParseRegion(region); err == nil {
		credentials, err = valdhub.NewCredentials(id, secret)
	}
	return credentials, in, err
}

// organisations are those that the credentials reach, at least one.
func (w *Workspace) organisations(ctx context.Context, credentials valdhub.Credentials, region valdhub.Region) ([]Organisation, error) {
	client, err := w.newHub(credentials, region)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	tenants, err := client.Tenants(ctx)
	if err != nil {
		return nil, err
	}
	if len(tenants) == 0 {
		return nil, profile.Errorf(profile.Invalid, "These credentials reach no organisation in %s. VALD Hub keeps each organisation in one region: try another one, or ask support@vald.com where yours is.", region.Name)
	}
	found := make([]Organisation, len(tenants))
	for i, t := range tenants {
		found[i] = Organisation{t.ID, profile.Shorten(profile.Display(t.Name))}
	}
	return found, nil
}

func (w *Workspace) newHub(credentials valdhub.Credentials, region valdhub.Region) (*valdhub.Client, error) {
	return valdhub.New(credentials, region, valdhub.Options{Address: w.options.ValdURL, Version: w.options.Version})
}

// keepAccess keeps the access, unless another process has disconnected the clinic
// meanwhile, or does so at this moment.
func (w *Workspace) keepAccess(ctx context.Context, a *access) error {
	raw, err := json.Marshal(a) // #nosec G117 -- for the keyring
	if err != nil {
		return fmt.Errorf("encode the access to VALD Hub: %w", err)
	}
	if len(raw) > keyring.MaxValue && a.Name != "" {
		a.Name = "" // it is shown by its id
		return w.keepAccess(ctx, a)
	}
	if len(raw) > keyring.MaxValue {
		return profile.Refuse(profile.Invalid, "The client ID and the client secret are too long for the system keyring. Copy them one by one from the link that VALD's support sent.")
	}
	if err := w.Erased(); err != nil {
		return err
	}
	if err := w.at.put(ctx, w.at.name(hubAccess), raw); err != nil {
		return err
	}
	clinic, err := w.db().Clinic(ctx)
	if err == nil && clinic.AccountID != a.Account {
		err = profile.Refuse(profile.OtherClinic, "Somebody connected another clinic meanwhile, so VALD Hub was not connected. Run telehab hub connect again.")
	}
	if err != nil {
		return errors.Join(err, w.at.drop(ctx, w.at.name(hubAccess)))
	}
	return nil
}

// hubAccess reads the access from the keyring.
func (w *Workspace) hubAccess(ctx context.Context) (*access, error) {
	raw, _, err := w.at.keyring.Find(ctx, w.at.name(hubAccess), w.at.key.Place)
	if errors.Is(err, keyring.ErrAbsent) {
		return nil, errNoHub
	}
	if err != nil {
		return nil, err
	}
	clinic, err := w.db().Clinic(ctx)
	if err != nil {
		return nil, err
	}
	var a access
	if err := json.Unmarshal(raw, &a); err != nil || a.Account != clinic.AccountID {
		return nil, profile.Refuse(profile.HubNotConnected, "The access to VALD Hub in the system keyring is not this clinic's. Run telehab hub connect again.")
	}
	return &a, nil
}

// Hub returns the organisation in VALD Hub, without asking VALD.
//
// Errors: HubNotConnected, KeyringMissing, KeyringLocked.
func (w *Workspace) Hub(ctx context.Context) (HubConnection, error) {
	a, err := w.hubAccess(ctx)
	if err != nil {
		return HubConnection{}, err
	}
	return a.connection(), nil
}

// CompareHub compares the clients with the organisation's profiles, and only
// reads. It returns how many requests that took.
//
// Errors: HubNotConnected, and those of hubcompare.Read.
func (w *Workspace) CompareHub(ctx context.Context, entries []profile.Entry, emails bool, progress func(done, all int)) (*hubcompare.Result, int, error) {
	client, tenant, err := w.hubClient(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer client.Close()
	result, err := hubcompare.Read(ctx, client, hubcompare.Asked{Tenant: tenant, Entries: entries, Spellings: directory.Spellings, Emails: emails, Progress: progress})
	return result, client.Requests(), err
}

// DisconnectHub stops sending, and deletes the access to VALD Hub from the system
// keyring.
func (w *Workspace) DisconnectHub(ctx context.Context) error {
	if store, err := w.Store(ctx); err == nil { // without a clinic nothing is sent
		sending, err := store.Sending(ctx)
		if sending.On = false; err != nil || sending.Tenant != "" {
			err = store.SetSending(ctx, sending)
		}
		if err != nil {
			return err
		}
	}
	return w.at.drop(context.WithoutCancel(ctx), w.at.name(hubAccess))
}

// HubAbsent says that the keyring has no access to VALD Hub, readable or not.
func (w *Workspace) HubAbsent(ctx context.Context) bool {
	_, _, err := w.at.keyring.Find(ctx, w.at.name(hubAccess), w.at.key.Place)
	return errors.Is(err, keyring.ErrAbsent)
}
