package workspace

import (
	"context"
	"errors"
	"fmt"

	"telehab.io/desktop/backend/directory"
	"telehab.io/desktop/backend/hubsend"
	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/valdhub"
)

// hubLock is held by the process that sends to VALD Hub from the store beside it.
const hubLock = "hub.lock"

// HubProgress is how far a run of a HubSender is.
type HubProgress = hubsend.Progress

// HubSender sends what is in the outbox for VALD Hub, one run at a time on this
// computer. It keeps for its next runs what it has read. It is not safe for
// concurrent use.
type HubSender struct {
	workspace *Workspace
	emails    hubsend.Emails
	// Progress is told how far SendDue is; nil is nobody.
	Progress func(HubProgress)
}

// HubSender returns a sender for this workspace.
func (w *Workspace) HubSender() *HubSender {
	return &HubSender{workspace: w, emails: hubsend.Emails{}}
}

// Send sends what is due. Where sending is off, it asks nobody anything. progress
// may be nil.
//
// Errors: SyncRunning where another process sends, HubNotConnected, and those of
// hubsend.Sender.Run.
func (s *HubSender) Send(ctx context.Context, progress func(hubsend.Progress)) error {
	w := s.workspace
	store, err := w.Store(ctx)
	if err != nil {
		return err
	}
	// Before the keyring is asked, which may ask a person.
	if due, err := hubsend.IsDue(ctx, store, w.clocks.now()); err != nil || !due {
		return err
	}
	unlock, err := w.at.lockHub()
	if err != nil {
		return err
	}
	defer unlock()
	client, tenant, err := w.hubClient(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	sender := hubsend.New(hubsend.Options{Hub: client, Store: store, Tenant: tenant, Spellings: directory.Spellings, Now: w.clocks.now, Emails: s.emails, Progress: progress})
	err = sender.Run(ctx)
	if erased := w.Erased(); erased != nil {
		return erased // and not what that did to the store
	}
	return err
}

// SendDue is Send for what runs in the background: that no clinic is connected, or
// another process sends, is no error.
func (s *HubSender) SendDue(ctx context.Context) error {
	err := s.Send(ctx, s.Progress)
	if code := profile.CodeOf(err); code == profile.NotConnected || code == profile.SyncRunning {
		return nil
	}
	return err
}

// hubClient returns a client for the connected organisation.
func (w *Workspace) hubClient(ctx context.Context) (client *valdhub.Client, tenant string, err error) {
	a, err := w.hubAccess(ctx)
	if err != nil {
		return nil, "", err
	}
	credentials, region, err := hubLogin(a.Region, a.ID, a.Secret)
	if err != nil {
		return nil, "", err
	}
	client, err = w.newHub(credentials, region)
	return client, a.Tenant, err
}

// HubProfile is a profile in VALD Hub, as far as a person needs it to decide.
type HubProfile struct {
	ID, SyncID string
	Person     profile.Profile // name, birth date and email
}

// HubProfiles reads some profiles of VALD Hub, for a person who decides about them.
// Those that are not there any more are left out.
//
// Errors: HubNotConnected, and those of valdhub.Client.Profile.
func (w *Workspace) HubProfiles(ctx context.Context, ids []string) (found []HubProfile, err error) {
	client, tenant, err := w.hubClient(ctx)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	for _, id := range ids {
		detail, err := client.Profile(ctx, tenant, id)
		switch profile.CodeOf(err) {
		case "":
			found = append(found, HubProfile{ID: detail.ProfileID, SyncID: detail.SyncID, Person: profile.Profile{Details: profile.Details{
				FirstName: detail.GivenName, LastName: detail.FamilyName, DateOfBirth: detail.Born, Email: detail.Email}}})
		case profile.NotFound, profile.Invalid:
		default:
			return nil, err
		}
	}
	return found, nil
}

// lockHub keeps two processes from sending from the same store.
func (l *location) lockHub() (unlock func(), err error) {
	folder, err := l.makeFolder()
	if err != nil {
		return nil, profile.Because(profile.StoreUnreadable, err)
	}
	lock, err := folder.Flock(hubLock)
	if err = errors.Join(err, folder.Close()); err != nil {
		return nil, profile.Because(profile.StoreUnreadable, err)
	}
	free, err := lock.TryLock()
	if err != nil {
		return nil, profile.Because(profile.StoreUnreadable, fmt.Errorf("lock the outbox: %w", err))
	}
	if !free {
		return nil, profile.Refuse(profile.SyncRunning, "Another TeleHab on this computer is sending to VALD Hub right now. telehab hub status says how far it is.")
	}
	return func() { _ = lock.Unlock() }, nil
}
