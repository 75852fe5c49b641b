package session

import (
	"context"
	"slices"

	"telehab.io/desktop/backend/staff"
	"telehab.io/desktop/backend/workspace"
)

// renew reads anew whoever this session is of: another process may have changed
// them since the sign-in. It ends the session of somebody who is deactivated or
// gone.
func (s *Session) renew(ctx context.Context) error {
	if demo, _ := s.workspace.Demo(); demo || s.Ended() {
		return nil
	}
	before := s.Person()
	now, err := stored(ctx, s.workspace, before.ID)
	if err != nil {
		return s.workspace.IfReplaced(ctx, err)
	}
	if now == nil {
		s.End()
		s.options.Changed(s)
		return nil
	}
	s.mu.Lock()
	changed := !same(before, now) && same(before, &s.person) // else this session changed them meanwhile
	if changed {
		s.person = *now
	}
	s.mu.Unlock()
	if changed {
		s.options.Changed(s)
	}
	return nil
}

// requireNow is Require, but by what is stored of the person. It is for what
// matters, and for what has waited for a person: it reads the store.
//
// Errors: SignedOut, NotPermitted, and those of the store.
func (s *Session) requireNow(ctx context.Context, n Needs) error {
	if err := s.renew(ctx); err != nil {
		return err
	}
	return s.Require(n)
}

// Renew reads anew whoever is signed in, or has locked the window; see
// Session.requireNow. Options.Changed is told of the session. Whoever has locked
// the window and is deactivated meanwhile, is nobody. While nobody is here, it
// reads who may sign in. changed says that what is shown of them is not what is
// stored.
func (p *Presence) Renew(ctx context.Context, w *workspace.Workspace) (changed bool, err error) {
	if current := p.Session(); current != nil {
		return false, current.renew(ctx)
	}
	locked := p.Locked()
	if locked == nil {
		return p.renewOffered(ctx, w)
	}
	now, err := stored(ctx, w, locked.ID)
	if err != nil || same(locked, now) {
		return false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.locked != locked {
		return false, nil
	}
	p.locked = now
	return true, nil
}

// renewOffered is Renew while nobody is here. The first time it cannot know
// what is shown, and says that it has changed.
func (p *Presence) renewOffered(ctx context.Context, w *workspace.Workspace) (changed bool, err error) {
	now, err := w.Accounts.List(ctx)
	if err != nil {
		return false, err
	}
	now = slices.DeleteFunc(now, func(person staff.Person) bool { return !person.Active() })
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current != nil || p.locked != nil {
		return false, nil
	}
	changed = p.offered == nil || !slices.EqualFunc(p.offered, now, func(a, b staff.Person) bool {
		return a.ID == b.ID && same(&a, &b)
	})
	p.offered = append([]staff.Person{}, now...) // never nil
	return changed, nil
}

// stored returns the person with this id, or nil where there is none who may
// sign in.
func stored(ctx context.Context, w *workspace.Workspace, id string) (*staff.Person, error) {
	people, err := w.Accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(people, func(p staff.Person) bool { return p.ID == id && p.Active() })
	if at < 0 {
		return nil, nil
	}
	return &people[at], nil
}

func same(a, b *staff.Person) bool {
	return a != nil && b != nil && a.Name == b.Name && a.Email == b.Email && slices.Equal(a.Permissions, b.Permissions)
}
