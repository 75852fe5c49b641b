package window

import (
	"context"
	"errors"

	"telehab.io/desktop/backend/profile"
	"telehab.io/desktop/backend/session"
	"telehab.io/desktop/backend/window/host"
	"telehab.io/desktop/backend/workspace"
)

// Computers are those that share the clinic, through a database of its own.
type Computers struct{ parts Parts }

// NewComputers returns the service.
func NewComputers(p Parts) *Computers { return &Computers{p} }

// SharingView is how the copy of a shared clinic stands.
type SharingView struct {
	Since   string     `json:"since"`   // when the clinic's database was last reached, by this computer's clock
	Problem *ErrorView `json:"problem"` // why it is not now, so that nothing can be changed; null: it is
}

// ComputerView is one of the computers that share the clinic.
type ComputerView struct {
	ID      string `json:"id"`
	Name    string `json:"name"`    // "" where it cannot be read
	Version string `json:"version"` // of its TeleHab
	Joined  string `json:"joined"`
	Seen    string `json:"seen"`  // as the database has it
	Syncs   bool   `json:"syncs"` // for all of them
	Here    bool   `json:"here"`  // this one
}

// Share shares the clinic through an empty PostgreSQL database, whose address has
// its password. How far it is, the event sharing tells. own is the password of whoever
// is signed in, who stays so.
func (s *Computers) Share(address, own string) (AppState, error) {
	return host.Do(s.parts.access, session.MayChangeComputers, func(ctx context.Context, c *host.Call) (AppState, error) {
		tell := func(done, all int) { s.parts.toolkit.Emit(eventSharing, float64(done)/float64(max(all, 1))) }
		if err := c.Session.Computers().Share(ctx, own, address, tell); err != nil {
			return AppState{}, err
		}
		return s.openAnew(ctx, c)
	})
}

// Join makes this computer, which has nobody and no clinic yet, one of those that
// share one.
func (s *Computers) Join(code string) (AppState, error) {
	return host.Do(s.parts.access, session.Anyone, func(ctx context.Context, c *host.Call) (AppState, error) {
		if err := c.Join(ctx, code); err != nil {
			return AppState{}, err
		}
		return s.parts.page.state(ctx, c)
	})
}

// List returns the computers that share the clinic, which the database is asked for.
func (s *Computers) List() ([]ComputerView, error) {
	return host.Do(s.parts.access, session.MayViewComputers, func(ctx context.Context, c *host.Call) ([]ComputerView, error) {
		all, err := c.Session.Computers().List(ctx)
		views := make([]ComputerView, len(all))
		for i := range all {
			views[i] = computerView(&all[i])
		}
		return views, err
	})
}

func computerView(c *workspace.Computer) ComputerView {
	return ComputerView{ID: c.ID, Name: profile.Display(c.Name), Version: profile.Display(c.Version), Joined: instant(c.Joined), Seen: instant(c.Seen), Syncs: c.Syncs, Here: c.Here}
}

// Add returns a code with which one further computer may join, within a day. It has
// the key to everything.
func (s *Computers) Add(own string) (string, error) {
	return host.Do(s.parts.access, session.MayChangeComputers, func(ctx context.Context, c *host.Call) (string, error) {
		return c.Session.Computers().Add(ctx, own)
	})
}

// CopyCode puts a code on the clipboard, which is cleared as after
// Profiles.CopyDetail.
func (s *Computers) CopyCode(code string) error {
	_, err := host.Do(s.parts.access, session.MayChangeComputers, func(context.Context, *host.Call) (none, error) {
		return none{}, s.parts.clipboard.put(code)
	})
	return err
}

// Remove takes a computer out of the clinic. It erases its copy when it next reaches
// the database.
func (s *Computers) Remove(own, id string) error {
	_, err := host.Do(s.parts.access, session.MayChangeComputers, func(ctx context.Context, c *host.Call) (none, error) {
		return none{}, c.Session.Computers().Remove(ctx, own, id)
	})
	return err
}

// StoppedView is what became of this computer once it shares nothing any more.
type StoppedView struct {
	State AppState   `json:"state"`
	Left  *ErrorView `json:"left"` // why the database could not be told; null: it was
}

// StopSharing makes the copy on this computer its own again, with everything that it
// has, and takes the computer out of the clinic.
func (s *Computers) StopSharing(own string) (StoppedView, error) {
	return host.Do(s.parts.access, session.MayChangeComputers, func(ctx context.Context, c *host.Call) (StoppedView, error) {
		var view StoppedView
		left, err := c.Session.Computers().StopSharing(ctx, own)
		if err != nil {
			return view, errors.Join(err, left)
		}
		if left != nil {
			view.Left = new(errorView(left))
		}
		view.State, err = s.openAnew(ctx, c)
		return view, err
	})
}

// openAnew opens what the store has become.
func (s *Computers) openAnew(ctx context.Context, c *host.Call) (AppState, error) {
	if err := c.OpenAnew(ctx); err != nil {
		return AppState{}, err
	}
	return s.parts.page.state(ctx, c)
}

// sharingView returns how the copy of a shared clinic stands, or null where this
// computer alone has the clinic.
func sharingView(w *workspace.Workspace) *SharingView {
	shared, status := w.Shared()
	if !shared {
		return nil
	}
	view := &SharingView{Since: instant(status.Since)}
	if status.Problem != nil {
		view.Problem = new(errorView(status.Problem))
	}
	return view
}
