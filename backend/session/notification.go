package session

import (
	"context"
	"time"

	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// Notification is what needs a person. It names nobody, since the operating
// system shows it on a locked screen, too.
type Notification struct {
	Halted  bool // no sync ends well until a person does something
	Stale   bool // no sync has ended well for a day, for other reasons
	Missing int  // clients about whom a person has to decide, for whoever may see the integration
	Failing int  // clients who need attention since the last notification
}

// Syncs is how the syncs of a workspace go.
type Syncs struct {
	Halted      bool      // no sync ends well until a person does something
	LastSuccess time.Time // when the last one ended that ended well; zero: none
}

// staleAfter is for how long no sync has ended well when somebody is notified.
const staleAfter = 24 * time.Hour

// Notify calls send with what needs a person, for whoever is signed in or has
// locked the window: once a day at most, and only for those who chose it. now is
// Cliniko's clock. What could not be sent is due the next time.
//
// Errors: NotConnected, and those of the store and of send.
func (p *Presence) Notify(ctx context.Context, w *workspace.Workspace, s Syncs, now time.Time, send func(Notification) error) error {
	person := p.atWindow()
	if person == nil {
		return nil
	}
	store, err := w.Store(ctx)
	if err != nil {
		return err
	}
	kept, err := store.Today(ctx, person.ID)
	if err != nil || !kept.MayNotify(now) {
		return err
	}
	n := Notification{Halted: s.Halted, Stale: !s.Halted && !s.LastSuccess.IsZero() && now.Sub(s.LastSuccess) >= staleAfter}
	if MayViewLink.metBy(person) {
		missing, err := store.Missing(ctx)
		if err != nil {
			return err
		}
		n.Missing = len(missing)
	}
	if MayViewClients.metBy(person) {
		if n.Failing, err = store.FailingSince(ctx, kept.NotifySince); err != nil {
			return err
		}
	}
	if n == (Notification{}) {
		return nil
	}
	if err := send(n); err != nil {
		return err
	}
	_, err = store.ChangeToday(ctx, person.ID, func(t *staff.Today) error {
		t.Notified, t.NotifySince = now, now
		return nil
	})
	return err
}

// atWindow returns who is signed in or has locked the window, or nil.
func (p *Presence) atWindow() *staff.Person {
	if current := p.Session(); current != nil {
		return current.Person()
	}
	return p.Locked()
}
